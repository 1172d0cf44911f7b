"""A course in a folder of its own, so that a download can lie beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.downloads import write_course_with_roster


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The tiny course with a roster of five."""
    return write_course_with_roster(tmp_path / "course")
