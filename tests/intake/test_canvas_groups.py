"""Canvas's groups → groups.csv; what an instructor wrote there stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.course.groups import load_groups
from grader.course.settings import Course
from grader.intake.from_canvas import collect_from_canvas
from tests.kit.canvas_class import connected, enroll_forty, id_of, write_roster
from tests.kit.canvas_server import Class, playing
from tests.kit.course import ID
from tests.kit.marks import first_is_fast


@pytest.fixture
def known(course: Course) -> Iterator[Class]:
    """Forty students in ten groups of four."""
    with playing(Class()) as served:
        numbers = enroll_forty(served)
        served.task = {"group_category_id": 31}
        served.groups = {g: (f"Team {g}", numbers[4 * g : 4 * g + 4]) for g in range(10)}
        write_roster(course, served)
        yield served


def said(course: Course, known: Class) -> str:
    return "\n".join(str(line) for line in collect_from_canvas(course, ID, connected(known)))


def members(course: Course) -> dict[str, tuple[str, ...]]:
    return {group.name: group.members for group in load_groups(course).at(ID)}


@pytest.mark.slow
def test_a_new_file_gets_everybody_in_their_group(course: Course, known: Class) -> None:
    for number in known.groups[3][1]:  # Canvas has the hand-in with each member
        known.hand_in(number, {f"{ID}.ipynb": b"{}"})
    lines = said(course, known)
    assert "10 groups from Canvas are in groups.csv now" in lines
    expected = {name: tuple(map(id_of, numbers)) for name, numbers in known.groups.values()}
    assert members(course) == expected
    assert "no submission of 36 of 40" in lines
    before = course.groups_path.read_bytes()
    assert "groups" not in said(course, known)
    assert course.groups_path.read_bytes() == before


def test_a_file_of_the_instructor_stays_and_the_difference_is_told(
    course: Course, known: Class
) -> None:
    course.groups_path.write_text("group,student\nOurs,s01\nOurs,s09\n")
    lines = said(course, known)
    assert "groups.csv has other groups than Canvas, and counts; in Canvas: Team 0" in lines
    assert course.groups_path.read_text() == "group,student\nOurs,s01\nOurs,s09\n"


@pytest.mark.slow
def test_rows_of_another_assignment_stay(course: Course, known: Class) -> None:
    text = course.root / "course.yml"
    more = "assignments:\n  - {id: other, title: Other, questions: {a: 1}}\n"
    text.write_text(text.read_text().replace("assignments:\n", more))
    again = Course.load(course.root)
    again.groups_path.write_text("student;group;assignment;note\ns01;A;other;x")
    said(again, known)
    assert again.groups_path.read_text().startswith(
        "student;group;assignment;note\ns01;A;other;x\ns01;Team 0;tiny;\n"
    )
    assert len(members(again)) == 10


@pytest.mark.parametrize("name", first_is_fast(["=cmd|x", "\x1b[2J", "", "Team 1", "a\nb"]))
def test_a_name_of_any_kind_leaves_a_file_that_can_be_read(
    course: Course, known: Class, name: str
) -> None:
    known.groups[2] = (name, known.groups[2][1])
    said(course, known)
    assert len(members(course)) == 10
    assert not course.groups_path.read_text().count("\n=")
