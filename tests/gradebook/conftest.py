"""A gradebook that knows the tiny course; a new database takes seconds, so it is made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.notebook import Notebook, loads
from tests.kit.course import ID, release_by_hand, write_course


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose gradebook knows the assignment."""
    root = tmp_path_factory.mktemp("template") / "course"
    course = write_course(root)
    release = release_by_hand(course)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")  # alembic is found all the same
        with CourseGradebook(course) as book:
            book.register(release, course.assignment(ID))
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    """A copy of it."""
    shutil.copytree(template, tmp_path / "course")
    return Course.load(tmp_path / "course")


@pytest.fixture
def release(course: Course) -> Notebook:
    """The release that it knows."""
    return loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())


@pytest.fixture
def book(course: Course) -> Iterator[CourseGradebook]:
    """Its gradebook, open."""
    with CourseGradebook(course) as opened:
        yield opened
