"""Several attempts: none is lost, and the one that counts is the one course.yml asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import load_result
from grader.grading.batch import autograde
from grader.intake.attempts import StudentAttempts, latest
from grader.notebook import Notebook, dumps
from grader.results import SubmissionResult
from tests.kit.course import COURSE_YML, DUE, ID, RIGHT, release_by_hand, write_course
from tests.kit.crew import CrewOfOne
from tests.kit.notebooks import answered

DAY = timedelta(days=1)


def test_the_same_content_is_kept_once_and_a_later_known_time_is_noted(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    assert shelf.is_empty
    first = shelf.add(b"one", "a.zip/one")
    assert first is not None and first.number == 1
    assert shelf.add(b"one", "b.zip/one") is None
    assert shelf.add(b"one", "c.zip/one", DUE) is None
    (kept,) = StudentAttempts(course, ID, "ada").attempts
    assert (kept.submitted_at, kept.origin) == (DUE, "a.zip/one")


def test_the_same_notebook_handed_in_once_more_is_the_latest_and_pages_go_back_to_it(
    course: Course,
) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    for data, order in ((b"one", 9001), (b"two", 9002), (b"one", 9003), (b"one", 9001)):
        shelf.add(data, f"ada_501_{order}_tiny.ipynb", order=order)
    one, two = StudentAttempts(course, ID, "ada").attempts
    assert (one.order, one.origin) == (9003, "ada_501_9003_tiny.ipynb")
    assert latest([one, two], DUE) == one


def times(course: Course) -> list[datetime | None]:
    return [attempt.submitted_at for attempt in StudentAttempts(course, ID, "ada").attempts]


def test_the_same_content_with_another_time_is_another_attempt(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(b"one", "a.zip/one", DUE)
    shelf.add(b"one", "a.zip/again", DUE + DAY)
    shelf.add(b"one", "a.zip/unread", unread="2026-01-12 12:00 IST")
    assert times(course) == [DUE, DUE + DAY, None]


@pytest.mark.parametrize("days", [-2, 2])
def test_a_corrected_time_wins_and_no_old_download_undoes_it(course: Course, days: int) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(b"one", "x", DUE)
    shelf.add(b"one", "x", DUE + days * DAY, corrects=True)
    assert times(course) == [DUE + days * DAY]
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(b"one", "x", DUE)
    shelf.add(b"one", "x", DUE, corrects=True)
    shelf.add(b"one", "x")
    assert times(course) == [DUE + days * DAY]
    shelf.correct_time(b"one", DUE)  # a person says so
    assert times(course) == [DUE]


def test_a_corrected_time_is_that_of_every_attempt_with_this_notebook(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    for day in (0, 1):
        shelf.add(b"one", "x", DUE + day * DAY)
    shelf.add(b"two", "x", DUE - DAY)
    shelf.correct_time(b"one", DUE + 3 * DAY)
    assert times(course) == [DUE + 3 * DAY, DUE + 3 * DAY, DUE - DAY]


def test_a_time_that_can_be_read_corrects_one_that_cannot_and_stays(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(b"one", "x", unread="2026-01-10 17:30 IST")
    shelf.correct_time(b"one", DUE)
    shelf = StudentAttempts(course, ID, "ada")
    for corrects in (True, False):
        shelf.add(b"one", "x", unread="2026-01-10 17:30 IST", corrects=corrects)
    (kept,) = StudentAttempts(course, ID, "ada").attempts
    assert (kept.submitted_at, kept.stamp.unread) == (DUE, "")


def test_what_is_written_into_submitted_corrects_the_time_also_back_again(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    attempt = shelf.add(b"one", "x", DUE)
    assert attempt
    shelf.install(attempt)
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    for text, moment in (
        ("2026-01-12 13:00:00 +0100", DUE + 2 * DAY),
        ("2026-01-10 12:00:00 UTC", DUE),
        ("2026-01-10 17:30:00 IST", None),
        ("2026-01-08 12:00:00", DUE - 2 * DAY),
    ):
        stamp.write_text(text)
        shelf = StudentAttempts(course, ID, "ada")
        shelf.take_in_submitted()
        assert times(course) == [moment]
        shelf.install(latest(shelf.attempts, DUE))
        assert stamp.read_text() == text  # it says the same time


def test_a_half_written_attempt_does_not_count(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(b"one", "x")
    (shelf.attempts[0].path.parent / "attempt.json").write_text("{")
    assert StudentAttempts(course, ID, "ada").attempts == []


def test_installing_takes_the_time_along(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    early, late = shelf.add(b"one", "x", DUE), shelf.add(b"two", "y")
    assert early and late
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    assert shelf.install(early)
    assert stamp.read_text() == "2026-01-10 12:00:00.000000 UTC"
    assert not shelf.install(early)
    assert shelf.install(late)
    assert not stamp.exists()


def test_the_lms_order_decides_where_there_is_one(course: Course) -> None:
    shelf = StudentAttempts(course, ID, "ada")
    for content, order in ((b"new", 12), (b"old", 11)):
        shelf.add(content, "x", order=order)
    assert latest(shelf.attempts, None).order == 12


def as_file(release: Notebook, **answers: str) -> bytes:
    return dumps(answered(release, **answers)).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "scores"),
    [
        ("latest", {"ada": 2.0, "bela": 4.0, "chidi": 2.0, "dora": 0.0}),
        ("best", {"ada": 6.0, "bela": 4.0, "chidi": 6.0, "dora": 4.0}),
    ],
)
def test_the_attempt_that_course_yml_asks_for_is_graded(
    tmp_path: Path, rule: str, scores: dict[str, float]
) -> None:
    write_course(tmp_path)
    policy = f"late_policy: {{penalty_per_day: 0.5}}\nattempts: {rule}\n"
    text = COURSE_YML[: COURSE_YML.index("late_policy")] + policy
    (tmp_path / "course.yml").write_text(text)
    course = Course.load(tmp_path)
    release = release_by_hand(course)
    double, square = (as_file(release, **{n: code}) for n, code in RIGHT.items())
    both = as_file(release, **RIGHT)
    for student, data, moment in (
        ("ada", both, DUE - DAY),
        ("ada", square, DUE),  # in time and later, but worse
        ("bela", double, DUE),
        ("bela", both, DUE + DAY),  # half of 6 is less than 4
        ("chidi", square, DUE),
        ("chidi", both, DUE + DAY),  # half of 6 is more than 2
        ("dora", double, DUE - DAY),
        ("dora", b"broken", DUE),
    ):
        StudentAttempts(course, ID, student).add(data, "test", moment)
    assert autograde(course, ID, crew=CrewOfOne(), unsafe=True).exit_code == 0
    found = {student: load_result(course, ID, student) for student in scores}
    assert {s: result.score for s, result in found.items() if result} == scores
    kept = list(course.attempts_dir.rglob("result.json"))
    assert len(kept) == (0 if rule == "latest" else 8)
    again = autograde(course, ID, crew=CrewOfOne(), unsafe=True)
    assert (again.unchanged, again.results) == (4, [])


@pytest.mark.slow
def test_a_new_policy_counts_at_the_next_autograde_which_grades_nothing(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    release = release_by_hand(course)
    StudentAttempts(course, ID, "ada").add(
        as_file(release, double=RIGHT["double"]), "test", DUE + DAY
    )
    autograde(course, ID, crew=CrewOfOne(), unsafe=True)

    def stored() -> float:
        with CourseGradebook(course) as book:
            return book.stored_penalty(ID, "ada")

    assert stored() == 0.4
    changed = COURSE_YML.replace("penalty_per_day: 0.1", "penalty_per_day: 0.2")
    (tmp_path / "course.yml").write_text(changed)
    course = Course.load(tmp_path)
    assert autograde(course, ID, crew=CrewOfOne(), unsafe=True).results == []
    assert stored() == 0.8
    (tmp_path / "course.yml").write_text(changed.replace("2026-01-10", "2026-01-11"))
    course = Course.load(tmp_path)
    assert autograde(course, ID, crew=CrewOfOne(), unsafe=True).results == []
    assert stored() == 0.0
    stamp = course.submitted_dir / "ada" / ID / "timestamp.txt"
    stamp.write_text("2026-01-12 13:00:00 UTC")
    assert autograde(course, ID, crew=CrewOfOne(), unsafe=True).results == []
    assert stored() == 1.0  # the second day has begun, but a quarter is the most


@pytest.mark.slow
def test_a_stopped_run_leaves_the_times_of_what_still_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = write_course(tmp_path)
    release = release_by_hand(course)
    shelf = StudentAttempts(course, ID, "ada")
    shelf.add(as_file(release, double=RIGHT["double"]), "test", DUE)
    autograde(course, ID, crew=CrewOfOne(), unsafe=True)
    shelf.add(as_file(release, **RIGHT), "test", DUE + DAY)

    def stopped_at_once(*given: Any) -> Iterator[SubmissionResult]:
        given[-1].set()
        return iter(())

    monkeypatch.setattr("grader.grading.batch.done_by", stopped_at_once)
    monkeypatch.setattr("grader.grading.choice.latest", lambda attempts, _: attempts[-1])
    assert autograde(course, ID, crew=CrewOfOne(), unsafe=True).exit_code == 130
    with CourseGradebook(course) as book:
        assert book.stored_penalty(ID, "ada") == 0
