"""Whether there is probably something to grade, by the times of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.grading.foresight import probably_grades

ID = "steps"


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A course in which ada and bela have handed in, and have records that are younger."""
    for student in ("ada", "bela"):
        written(tmp_path / "submitted" / student / ID / f"{ID}.ipynb", 100)
        written(tmp_path / "results" / ID / f"{student}.json", 200)
    return tmp_path


def written(path: Path, moment: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (moment, moment))


def test_a_class_with_records_that_are_younger_has_probably_nothing(graded: Path) -> None:
    assert not probably_grades(graded, ID, (), force=False)
    assert probably_grades(graded, ID, (), force=True)


def test_a_submission_without_a_record_is_probably_graded(graded: Path) -> None:
    (graded / "results" / ID / "bela.json").unlink()
    assert probably_grades(graded, ID, (), force=False)
    assert probably_grades(graded, ID, ("bela",), force=False)
    assert not probably_grades(graded, ID, ("ada",), force=False)


def test_a_submission_that_is_younger_than_its_record_is_probably_graded(graded: Path) -> None:
    written(graded / "submitted" / "ada" / ID / f"{ID}.ipynb", 300)
    assert probably_grades(graded, ID, (), force=False)


@pytest.mark.parametrize("assignment_id", ["other", "../other", "a\0b"])
def test_where_nothing_was_handed_in_nothing_is_graded(graded: Path, assignment_id: str) -> None:
    for root in (graded, graded / "nowhere"):
        assert not probably_grades(root, assignment_id, (), force=True)
