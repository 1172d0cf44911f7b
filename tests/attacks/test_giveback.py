"""Names on the way back: what a student wrote sends no page to anybody else.

A module `giveback_*` has a docstring, the sentence on what it tries, and these names:

* ``FOR``: the system that pages go back to.
* ``CAME_AS``: under which name in a download each student's work came. The attacker is chidi.
* ``EVIDENCE``: a pattern in the name of a page, or in the reason why one stays here.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from grader.course.roster import load_roster
from grader.export.giving.due import Due
from grader.export.giving.give_back import KINDS
from grader.intake.attempts import StudentAttempts
from tests.attacks.box_attacks import snippets
from tests.kit.course import ID, write_course

ATTACKS = snippets("giveback")
NUMBERS = {"501": "ada", "502": "chidi", "7001": "ada", "7003": "chidi"}
ROSTER = "id,first_name,last_name\nada,Ada,Lovelace\nchidi,Chidi,Okafor\n"


@pytest.mark.parametrize("honest", [(), ("ada",)], ids=["alone", "with_others"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_page_goes_to_nobody_but_its_owner(
    attack: ModuleType, honest: tuple[str, ...], tmp_path: Path
) -> None:
    course = write_course(tmp_path)
    course.roster_path.write_text(ROSTER)
    for student, origin in attack.CAME_AS.items():
        StudentAttempts(course, ID, student).add(b"{}", origin)
    pages = [Due(student, b"<p>", "d", "new") for student in ("chidi", *honest)]
    roster = load_roster(course)
    assert roster is not None
    plan = KINDS[attack.FOR](course, ID, pages, roster)
    told = [*(parcel.name for parcel in plan.parcels), *plan.problems.values()]
    assert re.search(attack.EVIDENCE, "\n".join(told)), told
    for parcel in plan.parcels:
        number = next(part for part in parcel.name.split("_") if part.isdecimal())
        assert NUMBERS[str(int(number))] == parcel.due.student


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 9
    assert [attack for attack in ATTACKS if not (attack.__doc__ or "").endswith(".")] == []
