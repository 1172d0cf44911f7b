"""Marks of written answers: nbgrader's own rows, and nobody overwrites what they have not seen."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.course.settings import Course
from grader.export.export import export
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import grades
from grader.gradebook.mark import Mark, MarkedAnswer, Tick
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import save_result
from grader.gradebook.rename import rename
from grader.gradebook.tables import open_gradebook
from grader.notebook import Notebook
from grader.results import Status, SubmissionResult
from tests.kit.course import DUE, ID, make_result
from tests.kit.gradebook import GRADES, change, rows

NAMED, WHY = Tick(1.0, "names it", True), Tick(2.0, "says why", False)
MARK = Mark(1.0, "Say why.", (NAMED, WHY))
MANUAL = "select manual_comment from comment where manual_comment is not null"


def keep(course: Course, book: CourseGradebook, result: SubmissionResult) -> None:
    book.store(result, DUE)
    save_result(course, result)


def answer(book: CourseGradebook, student: str = "ada") -> MarkedAnswer:
    found = book.written_answer(ID, "why", student)
    assert found is not None
    return found


@pytest.fixture
def answered(course: Course, book: CourseGradebook, release: Notebook) -> CourseGradebook:
    """Ada and Bela have answered; Chidi has not."""
    for student in ("ada", "bela"):
        keep(course, book, make_result(student, release, double=4.0, why=None))
    keep(course, book, make_result("chidi", release, double=4.0))
    return book


def test_only_answers_wait_that_somebody_wrote(answered: CourseGradebook) -> None:
    found = answered.written_answers(ID, "why")
    assert [(one.student, one.waits, one.mark.score) for one in found] == [
        ("ada", True, None),
        ("bela", True, None),
    ]
    cell = answer(answered).cell
    assert cell is not None and cell["source"] == "an answer"
    assert answered.written_answer(ID, "why", "chidi") is None
    assert answered.written_answer(ID, "why", "nobody") is None


def test_a_mark_is_nbgraders_own_score_and_comment(
    answered: CourseGradebook, course: Course
) -> None:
    assert answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    nbgrader = open_gradebook(course.gradebook_url, "course")
    grade = nbgrader.find_grade("why", ID, ID, "ada")
    comment = nbgrader.find_comment("why", ID, ID, "ada")
    assert (grade.score, grade.needs_manual_grade, comment.comment) == (1.0, False, "Say why.")
    assert nbgrader.find_submission(ID, "ada").score == 5.0
    nbgrader.close()
    assert not answer(answered).waits and answer(answered).mark == MARK
    with GradebookOnDemand(course) as gradebook:
        ada = grades(gradebook, course.assignment(ID))[0]
    assert (ada.result.score, ada.comments, ada.rubrics) == (
        5.0,
        {"why": "Say why."},
        {"why": (NAMED, WHY)},
    )
    table = io.StringIO(export(course, [ID], "csv").files[""].decode())
    (told,) = [row for row in csv.DictReader(table) if row["student"] == "ada"]
    assert (told["score"], told["why"]) == ("5", "1")


def test_points_of_formgrader_count_here_and_the_ticks_before_them_do_not(
    answered: CourseGradebook, course: Course
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    change(course, "update grade set manual_score = 2.5 where manual_score = 1.0")
    assert answer(answered).mark == Mark(2.5, "Say why.")
    change(course, "update comment set manual_comment = 'Good.' where manual_comment is not null")
    assert answer(answered).mark.comment == "Good."


@pytest.mark.parametrize(
    "statement",
    [
        "update grade set manual_score = 3 where cell_id in (select id from base_cell"
        " where name = 'why')",
        "update comment set manual_comment = 'Mine.'",
    ],
)
def test_what_formgrader_wrote_meanwhile_is_not_overwritten(
    answered: CourseGradebook, course: Course, statement: str
) -> None:
    seen = answer(answered).seen
    change(course, statement)
    before = (rows(course, GRADES), rows(course, MANUAL))
    assert not answered.give_mark(ID, "why", "ada", seen, MARK)
    assert (rows(course, GRADES), rows(course, MANUAL)) == before


def test_a_mark_of_an_answer_that_was_replaced_is_not_kept(
    answered: CourseGradebook, course: Course, release: Notebook
) -> None:
    seen = answer(answered).seen
    keep(course, answered, other_answer(release, "a better answer"))
    assert not answered.give_mark(ID, "why", "ada", seen, MARK)
    assert answer(answered).mark.score is None


def test_another_answer_keeps_its_mark_and_waits_to_be_looked_at(
    answered: CourseGradebook, course: Course, release: Notebook
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    keep(course, answered, make_result("ada", release, double=0.0, why=None))
    assert not answer(answered).waits
    keep(course, answered, other_answer(release, "a better answer"))
    assert answer(answered).waits and answer(answered).mark == MARK
    assert answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    assert not answer(answered).waits


def test_what_could_not_be_graded_is_no_answer(
    answered: CourseGradebook, course: Course, release: Notebook
) -> None:
    failed = make_result("ada", release, why=None)
    keep(course, answered, replace(failed, status=Status.NOT_GRADED, notebook=None))
    assert [one.student for one in answered.written_answers(ID, "why")] == ["bela"]
    assert answered.written_answer(ID, "why", "ada") is None


@pytest.mark.slow
def test_of_markers_at_once_exactly_one_is_kept(answered: CourseGradebook, course: Course) -> None:
    seen, start, kept = answer(answered).seen, threading.Barrier(6), []

    def give(points: float) -> None:
        with CourseGradebook(course) as book:
            start.wait()
            if book.give_mark(ID, "why", "ada", seen, Mark(points, f"{points}")):
                kept.append(points)

    threads = [threading.Thread(target=give, args=(n / 2,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (points,) = kept
    assert answer(answered).mark == Mark(points, f"{points}")


def test_a_mark_changes_what_lateness_costs(
    answered: CourseGradebook, course: Course, release: Notebook
) -> None:
    late = datetime(2026, 1, 11, 13, tzinfo=UTC)
    answered.store(make_result("ada", release, double=4.0, why=None), late)
    before = answered.stored_penalty(ID, "ada")
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    assert answered.stored_penalty(ID, "ada") > before > 0


@pytest.fixture
def pair(course: Course) -> None:
    """Ada and Bela work together."""
    course.groups_path.write_text("group,student\none,ada\none,bela\n", encoding="utf-8")


@pytest.mark.parametrize("marked", ["ada", "bela"])
def test_a_group_has_one_mark_whoever_of_it_is_looked_at(
    pair: None, answered: CourseGradebook, marked: str
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    assert answer(answered, "bela").mark == MARK and not answer(answered, "bela").waits
    better = Mark(3.0, "Yes.", (NAMED, replace(WHY, given=True)))
    assert answered.give_mark(ID, "why", marked, answer(answered, marked).seen, better)
    assert {answer(answered, student).mark for student in ("ada", "bela")} == {better}


def test_a_member_to_whom_formgrader_gave_other_points_keeps_them(
    pair: None, answered: CourseGradebook, course: Course
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    change(
        course,
        "update grade set manual_score = 0 where manual_score = 1.0 and notebook_id in"
        " (select n.id from submitted_notebook n join submitted_assignment a"
        " on a.id = n.assignment_id where student_id = 'bela')",
    )
    assert answer(answered, "bela").mark.score == 0
    assert answered.give_mark(ID, "why", "ada", answer(answered).seen, Mark(3.0))
    assert (answer(answered).mark.score, answer(answered, "bela").mark.score) == (3, 0)


def test_the_mark_goes_with_a_student_who_gets_another_id(
    answered: CourseGradebook, course: Course
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    rename(course, "ada", "zoe")
    assert answer(answered, "zoe").mark == MARK


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"ada/why": {"score": 1.0, "lines": [3]}}'])
def test_a_damaged_file_of_ticks_costs_the_ticks_only(
    answered: CourseGradebook, course: Course, damage: bytes
) -> None:
    answered.give_mark(ID, "why", "ada", answer(answered).seen, MARK)
    course.rubric_ticks_path(ID).write_bytes(damage)
    assert answer(answered).mark == Mark(1.0, "Say why.")


def other_answer(release: Notebook, text: str) -> SubmissionResult:
    result = make_result("ada", release, double=4.0, why=None)
    assert result.notebook is not None
    result.notebook["cells"][-1]["source"] = text
    return result
