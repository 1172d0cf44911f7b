"""A desk with a teacher, two assistants, and five students in two sections, who have answered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.settings import Course
from tests.kit.answers import WITH_RUBRIC, answered
from tests.kit.course import make_source, release_by_hand, write_course
from tests.kit.desk import STAFF, TestDesk, due_tomorrow, set_course

ROSTER = """id,first_name,last_name,section,role
farah,Farah,Al-Sayed,A,
goran,Goran,Novak,A,
mira,Mira,Lange,B,
nils,Nils,Dahl,B,
zoe,Zoe,Baker,B,
ada,Ada,Abara,,teacher
tom,Tom,Berg,A,assistant
uma,Uma,Rao,A; B,assistant
"""
STUDENTS = ("farah", "goran", "mira", "nils", "zoe")


@pytest.fixture(scope="session")
def unmarked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course before anybody has answered; its databases take a while to make."""
    course = due_tomorrow(write_course(tmp_path_factory.mktemp("unmarked") / "course"))
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    set_course(course, "manual: true", WITH_RUBRIC)
    release_by_hand(course)
    TestDesk(Course.load(course.root)).close()
    return course.root


@pytest.fixture(scope="session")
def marked_by_nobody(unmarked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with an answer of each student, in capitals, which no name is."""
    root = tmp_path_factory.mktemp("answered") / "course"
    shutil.copytree(unmarked, root)
    answered(Course.load(root), {student: f"ANSWER {n}" for n, student in enumerate(STUDENTS)})
    return root


@pytest.fixture
def desk(unmarked: Path, tmp_path: Path) -> Iterator[TestDesk]:
    """A desk where nobody has answered yet."""
    yield from _opened(unmarked, tmp_path)


@pytest.fixture
def marking(marked_by_nobody: Path, tmp_path: Path) -> Iterator[TestDesk]:
    """A desk with an answer of each student."""
    yield from _opened(marked_by_nobody, tmp_path)


def _opened(template: Path, folder: Path) -> Iterator[TestDesk]:
    shutil.copytree(template, folder / "course")
    opened = TestDesk(Course.load(folder / "course"))
    yield opened
    opened.close()


@pytest.fixture
def taught(desk: TestDesk) -> TestDesk:
    """Farah and Mira have handed in; Ada teaches, Tom assists in Farah's section, Eve in none."""
    desk.course.roster_path.write_text(STAFF, encoding="utf-8")
    for student in ("farah", "mira"):
        desk.browser(student).hand_in(make_source())
    return desk
