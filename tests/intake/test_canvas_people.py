"""Who is who in Canvas: the same person for work coming in and pages going out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.course.roster import load_roster
from grader.course.settings import Course
from grader.intake.canvas_people import listed_in_canvas, people_of
from grader.intake.enrol import joined
from grader.lms.canvas import Submission
from tests.kit.canvas_class import connected, enroll_forty, id_of, write_roster
from tests.kit.canvas_server import Class, playing


@pytest.fixture
def known() -> Iterator[Class]:
    with playing(Class()) as served:
        yield served


def test_forty_students_have_one_submission_each(course: Course, known: Class) -> None:
    numbers = enroll_forty(known)
    write_roster(course, known)
    canvas = connected(known)
    found = people_of(canvas, load_roster(course)).by_student(canvas.submissions())
    assert {s.user for s in found.values()} == set(numbers)
    assert all(found[id_of(number)].user == number for number in numbers)


def test_two_in_canvas_who_are_one_here_get_nothing(course: Course, known: Class) -> None:
    known.enroll(501, "Abara, Ann", email="a@example.org")
    known.enroll(502, "Abara, A.", sis_user_id="S1")
    course.roster_path.write_text("id,email,sis_id\nann,a@example.org,S1\n")
    canvas = connected(known)
    found = people_of(canvas, load_roster(course)).by_student(canvas.submissions())
    assert [student for student in found if not student.startswith("anon_")] == []


@pytest.mark.slow
def test_anonymous_work_finds_its_owner_when_names_are_shown(course: Course, known: Class) -> None:
    enroll_forty(known)
    write_roster(course, known)
    canvas = connected(known)
    people = people_of(canvas, load_roster(course))
    assert people.by_student(canvas.submissions())["anon_a507Z"].user == 507
    hidden = [replace(submission, user=0) for submission in canvas.submissions()]
    assert people.by_student(hidden)["anon_a507Z"] == Submission(0, "a507Z")


def test_the_roster_is_made_from_canvas(course: Course, known: Class) -> None:
    known.enroll(501, "Abara, Ann", email="a@example.org", sis_user_id="S1", login_id="ann")
    known.enroll(502, "王, 小明", section=72)
    known.enroll(999, "Student, Test", kind="StudentViewEnrollment")
    _, file = joined(course, listed_in_canvas(connected(known)), id_column="canvas_id")
    assert file is not None
    file.save(course.roster_path)
    roster = load_roster(course)
    assert roster is not None and set(roster.people) == {"501", "502"}
    ann, wang = roster.people["501"], roster.people["502"]
    assert (ann.full_name, ann.sis_id, ann.sis_login) == ("Ann Abara", "S1", "ann")
    assert (wang.full_name, wang.section) == ("王小明", "Friday")


@pytest.mark.parametrize("value", ["=1+1", "a,b", "\x1b[2J", "x" * 400])
def test_numbers_that_cannot_stand_in_a_roster_are_left_out(known: Class, value: str) -> None:
    known.enroll(501, "Abara, Ann", sis_user_id=value)
    (one,) = listed_in_canvas(connected(known))
    assert (one.person.canvas_id, one.person.sis_id) == ("501", "")
