"""A run over a class, and what it says to whoever started it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.late import Lateness
from grader.grading.batch import Summary, autograde
from grader.grading.pool import LocalCrew
from grader.intake.attempts import StudentAttempts
from grader.notebook import Notebook, dumps
from grader.results import Status
from grader.system.listener import Listener
from tests.kit.course import COURSE_YML, DUE, ID, RIGHT, release_by_hand, write_course
from tests.kit.notebooks import answered


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own: these tests change its files."""
    return write_course(tmp_path)


@pytest.fixture
def release(course: Course) -> Notebook:
    return release_by_hand(course)


def run(course: Course) -> tuple[Summary, list[str]]:
    """Grade the class; how it went, and the warnings."""
    said: list[str] = []
    listener = Listener(warn=said.append)
    return autograde(course, ID, crew=LocalCrew(1), unsafe=True, listener=listener), said


def hand_in(course: Course, release: Notebook, student: str, at: datetime = DUE) -> None:
    work = dumps(answered(release, **RIGHT)).encode()
    theirs = StudentAttempts(course, ID, student)
    theirs.add(work, "test", at)


def lateness(course: Course) -> dict[str, Lateness]:
    with CourseGradebook(course) as book:
        return book.lateness(ID)


def test_an_extension_of_a_dropped_student_is_a_remark_and_everybody_is_graded(
    course: Course, release: Notebook
) -> None:
    course.roster_path.write_text("id,first_name\nada,Ada\n")
    course.extensions_path.write_text(f"student,assignment,until,days\nbela,{ID},,3\n")
    for student in ("ada", "bela"):
        hand_in(course, release, student)
    summary, said = run(course)
    assert {r.student: r.status for r in summary.results} == dict.fromkeys(
        ("ada", "bela"), Status.GRADED
    )
    assert summary.exit_code == 0
    problem = "'bela' is not in roster.csv; correct the id if it is misspelt"
    assert said == [f"{course.extensions_path}: line 2: {problem}"]


def test_days_are_those_of_the_calendar_across_the_end_of_summer_time(
    course: Course, release: Notebook
) -> None:
    course_yml = course.root / "course.yml"
    text = COURSE_YML.replace("2026-01-10T12:00:00+00:00", "2025-10-19T23:59:00+02:00")
    course_yml.write_text(text + "time_zone: Europe/Berlin\n")
    course = Course.load(course.root)
    course.extensions_path.write_text(f"student,assignment,until,days\nada,{ID},,7\n")
    hand_in(course, release, "ada", datetime(2025, 10, 26, 22, 30, tzinfo=UTC))  # 23:30 there
    hand_in(course, release, "bela", datetime(2025, 10, 26, 22, 58, tzinfo=UTC))
    run(course)
    assert {s: late.days for s, late in lateness(course).items()} == {"ada": 0, "bela": 7}
    course_yml.write_text(text)  # with days of 24 hours instead
    course = Course.load(course.root)
    assert run(course)[0].results == []
    assert {s: late.days for s, late in lateness(course).items()} == {"ada": 1, "bela": 8}
