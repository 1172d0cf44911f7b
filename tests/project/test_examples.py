"""The sample class fits the releases that it was made from."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.intake.submissions import Submission, find_submissions, read_submission
from grader.notebook import loads
from tests.kit.files import ROOT, contents

SAMPLE = ROOT / "examples" / "submitted"
COURSE = Course.load(ROOT)
ASSIGNMENTS = [assignment.id for assignment in COURSE.assignments]


@pytest.mark.slow
def test_the_sample_class_is_what_its_script_makes(tmp_path: Path) -> None:
    script = ROOT / "examples" / "make_class.py"
    subprocess.run([sys.executable, "-B", script, "--into", tmp_path], check=True, timeout=60)
    made, committed = contents(tmp_path), contents(SAMPLE)
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def handed_in(submission: Submission) -> datetime:
    """Whatever the clock of this machine says: a time that lies ahead would count as unknown."""
    text = (submission.path.parent / "timestamp.txt").read_text(encoding="ascii")
    return datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_class_hands_in_what_classes_hand_in(assignment: str, tmp_path: Path) -> None:
    """At least twelve, one of them late, some to repair."""
    (tmp_path / "submitted").symlink_to(SAMPLE)
    course = COURSE.model_copy(update={"root": tmp_path})
    submissions = find_submissions(course, assignment)
    due = COURSE.assignment(assignment).due
    assert due
    assert len(submissions) >= 12
    assert [s.student for s in submissions if handed_in(s) > due] == ["nadia"]
    release = loads((COURSE.release_dir(assignment) / f"{assignment}.ipynb").read_bytes())
    intakes = {s.student: read_submission(s, release) for s in submissions}
    repaired = {name for name, intake in intakes.items() if intake.notes}
    assert repaired >= {"kofi", "lena"}
    rejected = {name for name, intake in intakes.items() if intake.rejection}
    assert rejected <= {"olu"}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_outputs_are_committed(assignment: str) -> None:
    for path in SAMPLE.glob(f"*/{assignment}/*.ipynb"):
        if path.parent.parent.name != "olu" or assignment != "two_layer_net":  # that one is cut off
            cells = loads(path.read_bytes())["cells"]
            assert not any(cell.get("outputs") for cell in cells)
