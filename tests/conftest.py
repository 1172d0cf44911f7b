"""What most tests start from; a module that needs another course has a `course` of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.notebook import Notebook
from tests.kit.course import release_by_hand, write_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The tiny course, of which nothing is built or handed in."""
    return write_course(tmp_path)


@pytest.fixture
def release(course: Course) -> Notebook:
    """Its release."""
    return release_by_hand(course)
