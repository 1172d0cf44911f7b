"""Late penalties follow scores, deadlines, extensions, times and the policy."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

from nbgrader.api import Gradebook

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import Grade, grades, standings
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import fingerprint, save_result
from grader.intake.submissions import find_submissions
from grader.notebook import Notebook
from tests.kit.course import (
    COURSE_YML,
    DUE,
    ID,
    hand_in,
    make_result,
)
from tests.kit.gradebook import change, penalties, rows
from tests.kit.notebooks import answered


def test_a_penalty_follows_scores_by_hand_extensions_and_the_policy(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=4.0, why=None), DUE + timedelta(hours=1))
    assert penalties(course) == [0.4]
    change(course, "update grade set manual_score=3 where auto_score is null")
    assert book.lateness(ID)["ada"].penalty == 0.7
    text = COURSE_YML.replace("penalty_per_day: 0.1", "penalty_per_day: 0.2")
    (course.root / "course.yml").write_text(text, encoding="utf-8")
    with CourseGradebook(Course.load(course.root)) as other:
        assert other.lateness(ID)["ada"].penalty == 1.4
    with Gradebook(course.gradebook_url, course.root.name) as formgraders:
        formgraders.grant_extension(ID, "ada", hours=2)
    assert book.lateness(ID)["ada"].penalty == 0
    assert penalties(course) == [None]


def test_a_new_deadline_or_extension_counts_without_regrading(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    book.store(make_result("ada", release, double=4.0, why=0.0), DUE + timedelta(days=2))
    assert penalties(course) == [0.8]
    course.extensions_path.write_text(f"student,assignment,days\nada,{ID},1\n")
    with CourseGradebook(course) as other:
        other.lateness(ID)
    assert penalties(course) == [0.4]
    course.extensions_path.unlink()
    text = COURSE_YML.replace("2026-01-10", "2026-01-12")
    (course.root / "course.yml").write_text(text, encoding="utf-8")
    with CourseGradebook(Course.load(course.root)) as other:
        other.lateness(ID)
    assert penalties(course) == [None]
    assert rows(course, "select duedate from assignment") == [("2026-01-12 12:00:00.000000",)]


def graded(course: Course) -> list[Grade]:
    with GradebookOnDemand(course) as gradebook:
        return grades(gradebook, course.assignment(ID))


def test_a_corrected_time_counts_at_once_for_what_was_graded(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    """A newer attempt that waits to be graded must not lend its time to the old score."""
    for student in ("ada", "bela"):
        path = hand_in(course, student, answered(release, double="double = None")).path
        (path.parent / "timestamp.txt").write_text("2026-01-12 11:00:00 UTC")
        (submission,) = find_submissions(course, ID, [student])
        mark = fingerprint(load_bundle(course, ID), submission)
        result = replace(make_result(student, release, double=4.0), fingerprint=mark)
        save_result(course, result)
        book.store(result, submission.submitted_at)
        (path.parent / "timestamp.txt").write_text("2026-01-10 11:00:00 UTC")
    newer = course.submitted_dir / "bela" / ID / f"{ID}.ipynb"
    newer.write_text("another attempt", encoding="utf-8")
    late = {g.result.student: g.lateness.penalty for g in graded(course)}
    assert late == {"ada": 0.0, "bela": 0.8}
    assert penalties(course) == [None, 0.8]
    shutil.rmtree(course.solution_dir(ID))
    assert len(graded(course)) == 2


def test_what_the_gradebook_adds_for_one_student_is_the_same_as_among_all(
    course: Course, book: CourseGradebook, release: Notebook
) -> None:
    for student in ("ada", "bela"):
        result = make_result(student, release, double=4.0, why=None)
        save_result(course, result)
        book.store(result, DUE + timedelta(hours=1))
    change(course, "update grade set manual_score=3 where auto_score is null")
    change(course, "update comment set manual_comment='Well put.'")
    with GradebookOnDemand(course) as gradebook:
        assignment = course.assignment(ID)
        among_all = standings(gradebook, assignment)
        alone = standings(gradebook, assignment, ["bela"])
        assert standings(gradebook, assignment, ["nobody"]) == {}
    assert alone == {"bela": among_all["bela"]}
    assert (alone["bela"].by_hand, alone["bela"].lateness.penalty) == ({"why": 3.0}, 0.7)
