"""A class of five that has been graded, for the files of a learning management system."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.lms import write_graded_course


@pytest.fixture
def graded_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Ada 6 − 0.5, Béla 4, Chidi 0, Dora 2, Eve (not in the roster) 2 of 9 points."""
    return write_graded_course(tmp_path, monkeypatch)
