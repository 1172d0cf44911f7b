"""A run over a class, and what it says to whoever started it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.late import Lateness
from grader.grading.batch import Summary, autograde
from grader.intake.attempts import StudentAttempts
from grader.notebook import Notebook, dumps
from grader.results import Status
from grader.system.listener import Listener
from tests.kit.course import COURSE_YML, DUE, ID, RIGHT, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.notebooks import answered

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own: these tests change its files."""
    return write_course(tmp_path)


@pytest.fixture
def release(course: Course) -> Notebook:
    return release_by_hand(course)


def run(course: Course, *first: str) -> tuple[Summary, list[str]]:
    """Grade the class; how it went, and the warnings."""
    said: list[str] = []
    listener, crew = Listener(warn=said.append), CrewOfOne()
    return autograde(course, ID, crew=crew, unsafe=True, first=first, listener=listener), said


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


def test_who_takes_longest_can_be_graded_before_all_others(course: Course) -> None:
    release_by_hand(course)
    for student in ("ada", "bela", "cyd"):  # no notebooks, so no box has to open
        path = course.submitted_dir / student / ID / f"{ID}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text("{")
    summary, _ = run(course, "cyd", "nobody")
    assert [result.student for result in summary.results] == ["cyd", "ada", "bela"]


def test_a_moment_costs_the_same_whatever_its_time_zone_is_called_and_no_time_is_invented(
    course: Course, release: Notebook
) -> None:
    stamps = {
        "abbreviated": "2026-01-10 19:00:00 EST",
        "ambiguous": "2026-01-11 05:30:00 IST",
        "exact": "2026-01-11 00:00:00.000000000 UTC",
        "future": "9000-01-01 00:00:00 UTC",
        "named": "2026-01-10 19:00:00 America/Port-au-Prince",
        "offset": "2026-01-11 01:00:00 +0100",
        "unknown": "2026-01-11 00:00:00 PPR",
        "unzoned": "2026-01-11 00:00:00",
    }
    for student, stamp in stamps.items():
        folder = course.submitted_dir / student / ID
        folder.mkdir(parents=True)
        (folder / f"{ID}.ipynb").write_text(dumps(answered(release, **RIGHT)))
        (folder / "timestamp.txt").write_text(stamp)
    summary, said = run(course)
    assert [r.status for r in summary.results] == [Status.GRADED] * len(stamps)
    assert summary.exit_code == 1
    doubtful = ["ambiguous", "future", "unknown"]
    assert [line.split(":")[0] for line in said] == doubtful
    assert all("its lateness is not known; write it as" in line for line in said)
    assert all(line.endswith("timestamp.txt") for line in said)
    assert {s: late.days for s, late in lateness(course).items()} == {
        student: int(student not in doubtful) for student in stamps
    }
    again, said = run(course)
    assert (again.results, again.exit_code, len(said)) == ([], 1, 3)
    for student in ("ambiguous", "unknown"):
        stamp_file = course.submitted_dir / student / ID / "timestamp.txt"
        assert stamp_file.read_text() == stamps[student]
        stamp_file.write_text("2026-01-11 00:00:00 UTC")
    after, said = run(course)
    assert (after.exit_code, len(said)) == (0, 1)
    assert "9000-01-01 00:00 UTC lies in the future" in said[0]
    assert lateness(course)["ambiguous"].days == 1


def test_a_time_corrected_in_submitted_wins_and_nothing_is_graded_again(
    course: Course, release: Notebook
) -> None:
    hand_in(course, release, "ada", DUE + timedelta(days=1))
    run(course)
    assert lateness(course)["ada"].days == 1
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    for text, days in (
        ("2026-01-12 12:00:00 UTC", 2),
        ("2026-01-10 12:00:00 UTC", 0),
        ("2026-01-11 12:00:00 UTC", 1),
    ):
        stamp.write_text(text)
        summary, said = run(course)
        assert (summary.results, summary.exit_code, said) == ([], 0, [])
        assert stamp.read_text() == text
        assert lateness(course)["ada"].days == days


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
    for zone, days in (
        ("", {"ada": 0, "bela": 7}),  # the offset may be that of summer time
        ("time_zone: Africa/Johannesburg\n", {"ada": 1, "bela": 8}),
    ):
        course_yml.write_text(text + zone)
        course = Course.load(course.root)
        assert run(course)[0].results == []
        assert {s: late.days for s, late in lateness(course).items()} == days
