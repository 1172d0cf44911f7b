from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.desk import graders
from grader.desk.graders import Graders
from grader.desk.open_book import OpenBook
from grader.errors import GradebookError
from grader.gradebook.records import load_result
from grader.grading.batch import autograde
from grader.grading.crew import Workers
from grader.notebook import Notebook, grade_id
from tests.kit.course import RIGHT, make_source
from tests.kit.crew import CrewOfOne
from tests.kit.desk import TestDesk, set_course
from tests.kit.marks import first_is_fast

WAIT_S = 120


def answered(**answers: str) -> Notebook:
    notebook = make_source()
    for cell in notebook["cells"]:
        name = grade_id(cell) or ""
        cell["source"] = answers.get(name) or RIGHT.get(name, cell["source"])
    return notebook


@contextmanager
def grading(desk: TestDesk, crew: CrewOfOne | None = None) -> Iterator[CrewOfOne]:
    """Everything that was handed in before is graded when the block begins."""
    crew = crew or CrewOfOne()
    with Graders(desk.files, desk.receipts, crew, desk.warnings.append):
        drained(desk)
        yield crew


def drained(desk: TestDesk) -> None:
    with desk.receipts.news:
        assert desk.receipts.news.wait_for(lambda: desk.receipts.length() == 0, WAIT_S)


@pytest.mark.slow
def test_the_student_reads_what_failed_and_why_but_no_expected_number(desk: TestDesk) -> None:
    mira, token = desk.browser("mira"), ""
    mira.hand_in(answered(double="def double(x):\n    return 3 * x"))
    with grading(desk):
        page = mira.get("/assignments/tiny/attempts/1").text
        assert "double(x) is 2x." in page and "This attempt counts." in page
        assert "expected" not in page and "refresh" not in page
        assert mira.get("/assignments/tiny/attempts/1/feedback").status_code == 404
        assert "3 of 9" in mira.get("/").text
        token = desk.token("mira")
        told = mira.get(
            "/api/v1/assignments/tiny/attempts/1", Authorization=f"Bearer {token}"
        ).json()
        assert (told["state"], told["counts"], told["score"]) == ("done", True, 3)
        assert told["questions"]["square"]["checks"] == []
        failed = [check["claim"] for check in told["questions"]["double"]["checks"]]
        assert failed == ["double(x) is 2x."]
    assert desk.warnings == []


@pytest.mark.slow
def test_desk_and_autograde_are_one_course(desk: TestDesk, course: Course) -> None:
    """What the desk has graded is up to date for the command, and the other way round."""
    desk.browser("mira").hand_in(answered())
    with grading(desk):
        pass
    result = load_result(course, "tiny", "mira")
    assert result is not None and result.score == 6
    summary = autograde(Course.load(course.root), "tiny", crew=CrewOfOne())
    assert (summary.unchanged, len(summary.results)) == (1, 0)


@pytest.mark.slow
def test_the_latest_attempt_counts_and_each_has_its_own_result(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(answered())
    mira.hand_in(answered(square="def square(x):\n    return x"))
    with grading(desk):
        page = mira.get("/assignments/tiny").text
    assert page.count("6 of 9") == 1 and page.count("4 of 9") == 2
    result = load_result(desk.course, "tiny", "mira")
    assert result is not None and result.score == 4
    assert "Attempt 2 counts, not this one." in mira.get("/assignments/tiny/attempts/1").text


@pytest.mark.slow
def test_an_attempt_after_the_deadline_is_graded_but_the_one_in_time_counts(
    desk: TestDesk, course: Course
) -> None:
    mira = desk.browser("mira")
    mira.hand_in(answered(square="def square(x):\n    return x"))
    due = desk.files.now().course.assignment("tiny").due
    assert due is not None
    set_course(course, due.isoformat(), (datetime.now(UTC)).isoformat())
    set_course(course, "grace_minutes: 10", "grace_minutes: 0")
    mira.hand_in(answered())
    with grading(desk):
        late = mira.get("/assignments/tiny/attempts/2").text
        assert "6 of 9" in late and "Attempt 1 counts, not this one." in late
        whole = mira.get("/assignments/tiny/attempts/1/feedback")
    assert whole.status_code == 200 and "Your notebook, as it ran" in whole.text
    assert '<a href="/assignments/tiny/attempts/1">Back to the desk</a>' in whole.text
    assert "script" not in whole.headers["content-security-policy"]


@pytest.mark.parametrize("level", first_is_fast(["none", "score", "full"]))
def test_the_teacher_chooses_what_is_shown_before_the_deadline(
    desk: TestDesk, course: Course, level: str
) -> None:
    set_course(course, "title: Tiny", f"title: Tiny\n    feedback_before_due: {level}")
    mira = desk.browser("mira")
    mira.hand_in(answered(double="def double(x):\n    return 3 * x"))
    with grading(desk):
        page = mira.get("/assignments/tiny/attempts/1").text
        whole = mira.get("/assignments/tiny/attempts/1/feedback").status_code
    assert ("3 of 9" in page) == (level != "none")
    assert ("double(x) is 2x." in page) == (level == "full")
    assert whole == (200 if level == "full" else 404)
    assert ("feedback after your due date." in page) == (level != "full")


def test_work_that_is_no_notebook_is_rejected_with_a_reason(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(b"this is no notebook")
    with grading(desk):
        page = mira.get("/assignments/tiny/attempts/1").text
    assert "0 of 9" in page and 'class="note"' in page
    assert desk.warnings == []


def test_what_cannot_be_graded_fails_without_stopping_others(desk: TestDesk) -> None:
    """A teacher's mistake: it is told once to the teacher, and a restart tries again."""
    tests = desk.course.solution_dir("tiny") / "hidden_tests.py"
    kept = tests.read_bytes()
    tests.unlink()
    mira = desk.browser("mira")
    mira.hand_in(answered())
    with grading(desk):
        assert "Your teacher will see to it" in mira.get("/assignments/tiny/attempts/1").text
    assert len(desk.warnings) == 1 and "mira" not in desk.warnings[0]
    tests.write_bytes(kept)
    with grading(desk):
        assert "6 of 9" in mira.get("/assignments/tiny/attempts/1").text


@pytest.mark.slow
def test_a_database_that_does_not_answer_for_a_while_stops_nobody(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the threads that take attempts, nor the one that ends them."""
    monkeypatch.setattr(graders, "PAUSE_S", 0.01)
    refused: list[str] = []

    def at_first_not(work: Callable[..., Any]) -> Callable[..., Any]:
        def working(*values: Any) -> Any:
            if refused.count(work.__name__) < 3:
                refused.append(work.__name__)
                raise OperationalError("UPDATE", {"student": "mira"}, Exception("is locked"))
            return work(*values)

        return working

    for name in ("take", "end"):
        monkeypatch.setattr(desk.receipts, name, at_first_not(getattr(desk.receipts, name)))
    desk.browser("mira").hand_in(answered())
    with grading(desk):
        pass
    assert [receipt.state for receipt in desk.receipts.of("mira", "tiny")] == ["done"]
    assert refused == ["take"] * 3 + ["end"] * 3
    told = "nothing can be kept just now: OperationalError: is locked; the desk tries again"
    assert desk.warnings == [told] * 6


@pytest.mark.parametrize(("refusals", "state"), first_is_fast([(2, "done"), (3, "failed")]))
def test_a_gradebook_that_another_program_holds_is_tried_again_but_not_for_ever(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch, refusals: int, state: str
) -> None:
    monkeypatch.setattr(graders, "PAUSE_S", 0.01)
    keep, left = OpenBook.keep, [GradebookError("database is locked")] * refusals

    def kept(*values: Any) -> list[str]:
        if left:
            raise left.pop()
        return keep(*values)

    monkeypatch.setattr(OpenBook, "keep", kept)
    desk.browser("mira").hand_in(answered())
    with grading(desk):
        pass
    assert [receipt.state for receipt in desk.receipts.of("mira", "tiny")] == [state]
    assert len(desk.warnings) == refusals


def test_a_group_has_the_work_that_one_of_them_hands_in(desk: TestDesk) -> None:
    path = desk.course.groups_path
    path.write_text("group,student\none,mira\none,farah\n", encoding="utf-8")
    desk.browser("mira").hand_in(answered())
    with grading(desk) as crew:
        assert crew.ran == ["mira"]
    for student in ("mira", "farah"):
        result = load_result(desk.course, "tiny", student)
        assert result is not None and result.score == 6


@pytest.mark.slow
def test_what_a_teacher_has_to_see_to_is_told_once_and_not_with_each_attempt(
    desk: TestDesk,
) -> None:
    desk.course.groups_path.write_text("group,student\none,mira\none,nobody\n", encoding="utf-8")
    mira = desk.browser("mira")
    mira.hand_in(answered())
    with grading(desk):
        mira.hand_in(answered(square="def square(x):\n    return x"))
        drained(desk)
    assert len(desk.warnings) == 1 and "nobody" in desk.warnings[0]


class Dying(Executor):
    """A worker that dies of each submission."""

    def __init__(self, crew: CrewOfOne) -> None:
        self._crew = crew

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self._crew.ran.append(args[1].student)
        died: Future[Any] = Future()
        died.set_exception(BrokenProcessPool("killed"))
        return died


class DyingCrew(CrewOfOne):
    """Workers that die, as an out-of-memory killer would have it."""

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        yield Workers(Dying(self), bundle.digest)


@pytest.mark.slow
def test_an_attempt_that_ends_its_worker_again_fails_and_the_next_start_tries_it_again(
    desk: TestDesk,
) -> None:
    mira = desk.browser("mira")
    mira.hand_in(answered())
    with grading(desk, DyingCrew(deaths=(BrokenProcessPool,))) as crew:
        assert crew.ran == ["mira"] * 3  # among others, then twice alone
        assert "Your teacher will see to it" in mira.get("/assignments/tiny/attempts/1").text
        (receipt,) = desk.receipts.of("mira", "tiny")
        assert receipt.state == "failed"
        token = desk.token("mira")
        place = "/api/v1/assignments/tiny/attempts/1"
        told = mira.get(place, Authorization=f"Bearer {token}").json()
        assert (told["state"], told["score"]) == ("failed", None)
        why = "the class page names them; a restart tries again"
        assert desk.warnings == [f"attempts {receipt.id} could not be graded: {why}"]
    with grading(desk):
        (receipt,) = desk.receipts.of("mira", "tiny")
        assert receipt.state == "done"
    result = load_result(desk.course, "tiny", "mira")
    assert result is not None and result.score == 6


@pytest.mark.slow
def test_what_a_teacher_wants_graded_again_is_graded_once_and_kept_anew(
    desk: TestDesk, course: Course
) -> None:
    desk.browser("mira").hand_in(answered())
    with grading(desk) as crew:
        path = course.result_path("tiny", "mira")
        path.write_text(path.read_text().replace('"score": 4.0', '"score": 1.0', 1))
        now = desk.files.now()
        assert desk.receipts.again(now, "tiny", "mira", 1, "ada")
        drained(desk)
        assert not desk.receipts.again(now, "tiny", "mira", 2, "ada")
        assert crew.ran == ["mira", "mira"]
    result = load_result(course, "tiny", "mira")
    assert result is not None and result.score == 6 and result.previous_score == 3


@pytest.mark.slow
def test_who_becomes_an_assistant_holds_up_nobody(desk: TestDesk, course: Course) -> None:
    for student in ("farah", "mira"):
        desk.browser(student).hand_in(answered())
    course.roster_path.write_text("id,role\nfarah,assistant\nmira,\n", encoding="utf-8")
    with grading(desk):
        pass
    assert load_result(course, "tiny", "mira") is not None
    assert load_result(course, "tiny", "farah") is None and desk.warnings == []
