"""Pages on comments in Canvas: every page back to its owner, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from grader.course.roster import Roster
from grader.course.settings import Course
from grader.errors import LmsError
from grader.export.giving.by_canvas import ByCanvas
from grader.export.giving.due import Due
from grader.intake.from_canvas import collect_from_canvas
from tests.kit.canvas_class import connected, enroll_forty, id_of, write_roster
from tests.kit.canvas_server import Class, playing
from tests.kit.course import ID

pytestmark = pytest.mark.slow


@dataclass
class Given:
    """What one run of giving back did."""

    planned: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def known(course: Course) -> Iterator[Class]:
    """Forty students, whose work was collected."""
    with playing(Class()) as served:
        for number in enroll_forty(served):
            work = json.dumps({"cells": [], "of": number}).encode()
            served.hand_in(number, {f"{ID}.ipynb": work})
        write_roster(course, served)
        assert all(line.ok for line in collect_from_canvas(course, ID, connected(served)))
        served.seen.clear()
        yield served


def page(student: str, version: int = 1) -> Due:
    content = f"the page of {student}, version {version}".encode()
    return Due(student, content, sha256(content).hexdigest(), "new")


def give(course: Course, known: Class, pages: Sequence[Due], *, everything: bool = False) -> Given:
    way = ByCanvas(connected(known), everything=everything)
    plan = way.plan(course, ID, pages, Roster())
    given = Given({parcel.due.student for parcel in plan.parcels}, problems=dict(plan.problems))

    def keep(dues: Sequence[Due]) -> None:
        given.kept |= {due.student for due in dues}

    given.problems |= way.deliver(course, course.assignment(ID), plan.parcels, keep)
    return given


def contents(known: Class) -> dict[int, list[str]]:
    return {
        number: [text for comment in s["comments"] for text in comment["contents"]]
        for number, s in known.submissions.items()
    }


def test_forty_pages_reach_forty_owners(course: Course, known: Class) -> None:
    students = {number: id_of(number) for number in known.users}
    given = give(course, known, [page(student) for student in students.values()])
    assert given.kept == set(students.values()) and not given.problems
    assert contents(known) == {
        number: [f"the page of {student}, version 1"] for number, student in students.items()
    }


def test_a_page_of_a_member_is_not_for_the_group(course: Course, known: Class) -> None:
    known.task = {"group_category_id": 31}
    known.groups = {1: ("Team", [501, 502, 503])}
    give(course, known, [page("s01")])
    assert {number for number, pages in contents(known).items() if pages} == {501}


def test_a_page_that_is_there_is_not_put_there_twice(course: Course, known: Class) -> None:
    give(course, known, [page("s01"), page("s02")])
    again = give(course, known, [page("s01"), page("s02", version=2), page("s03")])
    assert again.planned == {"s02", "s03"} and again.kept == {"s01", "s02", "s03"}
    assert len(contents(known)[501]) == 1 and len(contents(known)[502]) == 2
    give(course, known, [page("s01")], everything=True)
    assert len(contents(known)[501]) == 2


def test_a_comment_whose_answer_was_lost_is_not_sent_again(course: Course, known: Class) -> None:
    give(course, known, [page("s01")])
    before = contents(known)
    known.troubles = lambda r: "drop" if r.method == "PUT" else None
    with pytest.raises(LmsError, match="run the same command again"):
        give(course, known, [page("s02"), page("s03")])
    known.troubles = lambda r: None
    given = give(course, known, [page("s01"), page("s02"), page("s03")])
    assert given.planned == {"s02", "s03"}
    assert contents(known)[501] == before[501]


def test_a_student_whom_canvas_refuses_costs_nobody_else_a_page(
    course: Course, known: Class
) -> None:
    known.troubles = lambda r: (
        (401, {}, b"{}") if r.method == "POST" and "/submissions/501/" in r.path else None
    )
    given = give(course, known, [page("s01"), page("s02")])
    assert given.kept == {"s02"} and "(401)" in given.problems["s01"]


def test_a_roster_that_was_changed_since_sends_no_page_astray(course: Course, known: Class) -> None:
    course.roster_path.write_text("id,canvas_id\ns01,502\ns02,501\ns03,503\n")
    given = give(course, known, [page("s01"), page("s02"), page("s03")])
    assert given.kept == {"s03"}
    assert "handed in as 501 in Canvas, but by the roster is 502" in given.problems["s01"]
    assert contents(known)[501] == contents(known)[502] == []


def test_nobody_in_canvas_is_told(course: Course, known: Class) -> None:
    given = give(course, known, [page("stranger")])
    assert "not in this course in Canvas" in given.problems["stranger"]


def test_anonymous_work_gets_its_page_once_names_are_shown(course: Course, known: Class) -> None:
    known.task = {"anonymize_students": True}
    hidden = give(course, known, [page("anon_a507Z")])
    assert "marked anonymously" in hidden.problems["anon_a507Z"]
    known.task = {}
    assert give(course, known, [page("anon_a507Z")]).kept == {"anon_a507Z"}
    assert {number for number, pages in contents(known).items() if pages} == {507}
