"""Scores into Canvas itself: shown first, written only if nothing has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.errors import LmsError, UsageError
from grader.export.canvas_grades import Plan, plan_grades, write_grades
from tests.kit.canvas_class import connected
from tests.kit.canvas_server import Class, playing
from tests.kit.course import ID
from tests.kit.lms import write_graded_course

LATE = {"late_submission_deduction_enabled": True, "late_submission_deduction": 10}


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        served.enroll(501, "Lovelace, Ada")
        served.enroll(777, "Szabó, Béla", sis_user_id="S2")
        served.enroll(778, "Okafor, Chidi", login_id="okafor")
        served.enroll(504, "Dee, Dora")
        served.enroll(901, "Stranger, A")
        yield served


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    return write_graded_course(tmp_path, monkeypatch)


def rows(plan: Plan) -> dict[str, tuple[str, str, str]]:
    return {c.student: (c.before, c.score, c.reason) for c in plan.changes}


def written(course: Course, known: Class, **how: bool) -> dict[str, str]:
    plan = plan_grades(course, ID, connected(known), **how)
    return {c.student: c.reason for c in write_grades(plan, connected(known))}


def scores(known: Class) -> dict[int, float | None]:
    return {number: s["entered_score"] for number, s in known.submissions.items()}


def puts(known: Class) -> int:
    return sum(request.method == "PUT" for request in known.seen)


def test_each_score_goes_to_its_student(graded: Course, known: Class) -> None:
    known.submissions[501]["entered_score"] = 3.0
    plan = plan_grades(graded, ID, connected(known))
    assert puts(known) == 0
    assert rows(plan)["ada"] == ("3", "5.5", "")
    assert rows(plan)["bela"] == ("", "4", "")
    assert rows(plan)["eve"][2].startswith("not in this course")
    assert {c.reason for c in write_grades(plan, connected(known))} == {""}
    assert scores(known) == {501: 5.5, 777: 4.0, 778: 0.0, 504: 2.0, 901: None}


def test_what_is_there_already_is_not_written_again(graded: Course, known: Class) -> None:
    written(graded, known)
    known.seen.clear()
    assert written(graded, known) == {} and puts(known) == 0


def test_a_score_that_changed_meanwhile_is_left_alone(graded: Course, known: Class) -> None:
    plan = plan_grades(graded, ID, connected(known))
    known.submissions[501]["entered_score"] = 9.0
    known.submissions[504]["excused"] = True
    reasons = {c.student: c.reason for c in write_grades(plan, connected(known))}
    assert reasons["ada"] == "changed in Canvas since it was shown, to 9"
    assert reasons["dora"] == "excused in Canvas since it was shown"
    assert (scores(known)[501], scores(known)[504]) == (9.0, None)


def test_a_run_that_broke_off_is_taken_up(graded: Course, known: Class) -> None:
    plan = plan_grades(graded, ID, connected(known))
    known.troubles = lambda request: "drop" if puts(known) > 2 else None
    with pytest.raises(LmsError):
        list(write_grades(plan, connected(known)))
    known.troubles = lambda request: None
    assert len(written(graded, known)) == 2
    assert scores(known) == {501: 5.5, 777: 4.0, 778: 0.0, 504: 2.0, 901: None}


def test_excused_stays_excused(graded: Course, known: Class) -> None:
    known.submissions[501]["excused"] = True
    assert "ada" not in written(graded, known)
    assert rows(plan_grades(graded, ID, connected(known)))["ada"][2] == "excused in Canvas"


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ({"grading_type": "not_graded"}, "not graded there"),
        ({"moderated_grading": True, "grades_published": False}, "moderated"),
        ({"in_closed_grading_period": True}, "grading period is closed"),
    ],
)
def test_an_assignment_that_takes_no_scores_is_told(
    graded: Course, known: Class, task: dict[str, object], reason: str
) -> None:
    known.task = task
    with pytest.raises(UsageError, match=reason):
        plan_grades(graded, ID, connected(known))


def test_pass_or_fail_takes_all_points_or_none(graded: Course, known: Class) -> None:
    known.task = {"grading_type": "pass_fail"}
    plan = plan_grades(graded, ID, connected(known))
    assert rows(plan)["chidi"][2] == ""
    assert "all points or none" in rows(plan)["ada"][2]


@pytest.mark.parametrize("grading", ["letter_grade", "gpa_scale"])
def test_points_are_not_taken_for_a_grade_of_the_scheme(
    graded: Course, known: Class, grading: str
) -> None:
    known.task = {"grading_type": grading}
    written(graded, known)
    forms = [dict(request.form) for request in known.seen if request.method == "PUT"]
    assert {form["prefer_points_over_scheme"] for form in forms} == {"true"}


def test_it_is_told_that_canvas_would_take_points_twice(graded: Course, known: Class) -> None:
    known.late_policy = LATE
    known.hand_in(501, {"tiny.ipynb": b"{}"}, late=True)
    known.hand_in(777, {"tiny.ipynb": b"{}"}, late=True)
    said = plan_grades(graded, ID, connected(known)).remarks
    assert any(s.startswith("late: Canvas would take points once more from ada;") for s in said)
    assert any("by its own policy from bela;" in s for s in said)
    written(graded, known, no_lateness=True)
    ada, dora = known.submissions[501], known.submissions[504]
    assert (ada["score"], ada["points_deducted"], ada["late_policy_status"]) == (5.5, 0.0, "none")
    assert dora["late_policy_status"] is None


def test_hidden_scores_and_other_maxima_are_told(graded: Course, known: Class) -> None:
    known.task = {"post_manually": True, "points_possible": 100.0}
    said = "\n".join(plan_grades(graded, ID, connected(known)).remarks)
    assert "no score before you post it" in said
    assert "100 points in Canvas, but 9 here" in said


def test_a_group_with_one_grade_gets_no_two(graded: Course, known: Class) -> None:
    known.task = {"group_category_id": 31}
    known.groups = {1: ("Team", [501, 777]), 2: ("Solo", [504])}
    assert set(written(graded, known)) == {"chidi", "dora"}
    known.task = {"group_category_id": 31, "grade_group_students_individually": True}
    assert set(written(graded, known)) == {"ada", "bela"}
    assert scores(known) == {501: 5.5, 777: 4.0, 778: 0.0, 504: 2.0, 901: None}


def test_who_handed_nothing_in_gets_a_zero_if_asked(graded: Course, known: Class) -> None:
    graded.result_path(ID, "bela").unlink()
    assert "bela" not in rows(plan_grades(graded, ID, connected(known)))
    written(graded, known, zeros=True)
    assert scores(known) == {501: 5.5, 777: 0.0, 778: 0.0, 504: 2.0, 901: None}


def test_anonymous_work_is_graded_by_its_anonymous_id(graded: Course, known: Class) -> None:
    known.task = {"anonymize_students": True}
    for path in graded.results_dir(ID).glob("*.json"):
        path.unlink()
    assert written(graded, known) == {}
    assert all(request.method == "GET" for request in known.seen)


def test_a_server_that_makes_something_else_of_a_score_is_told(
    graded: Course, known: Class
) -> None:
    plan = plan_grades(graded, ID, connected(known))
    known.troubles = lambda r: (200, {}, b'{"entered_score": 1}') if r.method == "PUT" else None
    reasons = {c.student: c.reason for c in write_grades(plan, connected(known))}
    assert reasons["ada"] == "Canvas made 1 of it"
