"""Roles: students are who is not staff, and sections are read as people write them."""

from __future__ import annotations

import pytest

from grader.course.roles import known_role, sections_in, whole_names
from grader.course.roster import load_people, load_roster, load_staff
from grader.course.settings import Course
from grader.errors import UsageError

ROSTER = (
    'id,section,role\nada,,Teacher\nbo,Mon; Tue,assistant\ncy,Mon,\ndi,"Mon, Wed",student\n'
    "ed,Wed,\nfe,,\nga,,assistant\n"
)


@pytest.mark.parametrize("cell", ["", "student", "Teacher ", "ASSISTANT"])
def test_a_role_is_known_in_any_case(cell: str) -> None:
    assert known_role(cell) == cell.strip().casefold()


def test_who_teaches_is_no_student(course: Course) -> None:
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    roster = load_roster(course)
    assert roster is not None
    assert [person.id for person in roster] == ["cy", "di", "ed", "fe"]
    assert sorted(roster.staff) == sorted(load_staff(course)) == ["ada", "bo", "ga"]
    assert roster.by_any("ada") is None and len(roster) == 4


def test_an_assistant_sees_students_of_their_sections_only(course: Course) -> None:
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    roster = load_people(course)

    def seen(who: str) -> list[str]:
        return [s for s in roster.everyone if roster.sees(roster.everyone[who], s)]

    assert seen("ada") == ["cy", "di", "ed", "fe"]
    assert seen("bo") == ["cy", "di"]
    assert seen("ga") == seen("cy") == []


def test_a_wrong_role_is_refused_with_file_and_line(course: Course) -> None:
    course.roster_path.write_text("id,role\nada,teacher\nbo,boss\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"roster\.csv: line 3: role 'boss': must be teacher, ass"):
        load_roster(course)


def test_a_roster_of_teachers_does_not_say_that_nobody_takes_the_course(course: Course) -> None:
    course.roster_path.write_text("id,role\nada,teacher\n", encoding="utf-8")
    assert load_roster(course) is None
    assert list(load_people(course).staff) == ["ada"]


@pytest.mark.parametrize(
    ("cell", "sections"),
    [
        ("", ()),
        ("A", ("a",)),
        (" Group  one ;B", ("group one", "b")),
        ("A, B", ("a", "b")),
        ("A and B", ("a", "b")),
        ("CS 101, Tuesday", ("cs 101, tuesday",)),
        ("CS 101, Tuesday; A", ("cs 101, tuesday", "a")),
    ],
)
def test_several_sections_stand_in_one_cell(cell: str, sections: tuple[str, ...]) -> None:
    names = whole_names(["A", "b", "CS 101, Tuesday", "CS 101, Monday", ""])
    assert tuple(sections_in(cell, names)) == sections
