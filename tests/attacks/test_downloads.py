"""Names in downloads: what a student wrote decides neither whose work something is nor its time.

A module `download_*` has a docstring, the sentence on what it tries, and these names:

* ``HANDED_IN``: the members of a zip, with who handed it in. The attacker is chidi.
* ``CONTENTS``: what a member holds, if it is not its own name.
* ``AT``: the times of submission that must count, by student; "" for none.
* ``EVIDENCE``: a pattern in the lines that are printed, that shows that the attack took place.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from grader.course.settings import Course
from grader.intake.submissions import find_submissions
from tests.attacks.box_attacks import snippets
from tests.kit.course import ID
from tests.kit.downloads import archive, submitted, taken, write_course_with_roster

ATTACKS = snippets("download")
ATTACKER = "chidi"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_everybody_keeps_what_is_theirs(attack: ModuleType, tmp_path: Path) -> None:
    course = write_course_with_roster(tmp_path / "course")
    contents = getattr(attack, "CONTENTS", {})
    members = {name: contents.get(name, name).encode() for name in attack.HANDED_IN}
    found, lines = taken(course, archive(tmp_path / "download.zip", members))

    assert re.search(attack.EVIDENCE, lines), lines
    assert {student: attack.HANDED_IN[name] for student, name in found.items()} == {
        student: student for student in found
    }
    honest = {*attack.HANDED_IN.values()} - {ATTACKER}
    assert honest <= set(found), lines
    assert {path.split("/")[0] for path in submitted(course)} == set(found)
    for student, moment in getattr(attack, "AT", {}).items():
        assert times(course)[student] == moment


def times(course: Course) -> dict[str, str]:
    """When each submission came, as it counts; "" if nobody knows."""
    found = find_submissions(course, ID)
    return {s.student: f"{s.submitted_at:%Y-%m-%d %H:%M}" if s.submitted_at else "" for s in found}


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 15
    assert [attack for attack in ATTACKS if not (attack.__doc__ or "").endswith(".")] == []
