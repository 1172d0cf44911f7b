"""The name of a page's file: nothing that a student wrote sends the page to somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course.roster import Roster, load_roster
from grader.course.settings import Course
from grader.export.giving.due import Due
from grader.export.giving.names import Plan, for_canvas, for_moodle, for_people
from grader.intake.attempts import StudentAttempts
from tests.kit.course import ID, write_course

IN_MOODLE = f"_assignsubmission_file_/{ID}.ipynb"


def course_of(root: Path, roster: str, **origins: str) -> tuple[Course, Roster]:
    """A course in which each student's only attempt came under a name."""
    course = write_course(root)
    course.roster_path.write_text(roster, encoding="utf-8")
    for student, origin in origins.items():
        StudentAttempts(course, ID, student).add(b"{}", origin)
    return course, load_roster(course) or Roster()


def pages(*students: str) -> list[Due]:
    return [Due(student, b"<p>", "d", "new") for student in students]


@pytest.mark.parametrize(
    "origin",
    [
        "jane/bob_777_1_tiny.ipynb",
        f"Jane Doe_12_assignsubmission_file_/janedoe_777_1_{ID}.ipynb",
        "tiny-jane/ann_999_1_tiny.ipynb",
        "777/_777_1_tiny.ipynb",
    ],
)
def test_a_name_in_the_form_of_canvas_that_a_student_chose_leads_nowhere(
    tmp_path: Path, origin: str
) -> None:
    roster = "id,first_name,last_name\njane,Jane,Doe\nbob,Bob,Roe\n777,Cy,Poe\n"
    course, people = course_of(tmp_path, roster, jane=origin)
    plan = for_canvas(course, ID, pages("jane"), people)
    assert plan.parcels == () and "not certain" in plan.problems["jane"]


@pytest.mark.parametrize("roster", ["id,canvas_id\njane,501\n", "id\n501\n", "id\n"])
def test_of_a_zip_in_canvas_only_the_name_of_the_zip_counts(tmp_path: Path, roster: str) -> None:
    student = "jane" if "jane" in roster else "501"
    origin = "doejane_501_9001_hw.zip/bob_777_1_tiny.ipynb"
    course, people = course_of(tmp_path, roster, **{student: origin})
    (parcel,) = for_canvas(course, ID, pages(student), people).parcels
    assert parcel.name == "doejane_501_9001_hw.html"


def test_two_pages_for_one_number_both_stay(tmp_path: Path) -> None:
    """Unless the roster says whose the number is."""
    roster = "id,first_name,last_name\njane,Jane,Doe\nbob,Bob,Roe\n"
    names = {"jane": "doejane_777_1_a.ipynb", "bob": "roebob_777_2_b.ipynb"}
    course, people = course_of(tmp_path / "canvas", roster, **names)
    in_canvas = for_canvas(course, ID, pages(*names), people)
    moodle = {"jane": f"Jane Doe_0777{IN_MOODLE}", "bob": f"Bob Roe_777{IN_MOODLE}"}
    course, people = course_of(tmp_path / "moodle", roster, **moodle)
    for plan in (in_canvas, for_moodle(course, ID, pages(*names), people)):
        assert plan.parcels == () and "number 777 there, and so has bob" in plan.problems["jane"]
    sure = "id,first_name,last_name,canvas_id\njane,Jane,Doe,\nbob,Bob,Roe,777\n"
    course, people = course_of(tmp_path / "sure", sure, **names)
    plan = for_canvas(course, ID, pages(*names), people)
    assert [parcel.due.student for parcel in plan.parcels] == ["bob"]


def test_the_number_of_another_participant_is_refused(tmp_path: Path) -> None:
    roster = "id,first_name,last_name,moodle_id\njane,Jane,Doe,\nbob,Bob,Roe,7003\n"
    course, people = course_of(tmp_path, roster, jane=f"Jane Doe_7003{IN_MOODLE}")
    plan: Plan = for_moodle(course, ID, pages("jane"), people)
    assert plan.parcels == () and "the roster gives to bob" in plan.problems["jane"]


def test_a_name_fits_every_file_system_whatever_letters_it_has(tmp_path: Path) -> None:
    roster = f"id,first_name,last_name\njane,{'é' * 200},{'𠮷' * 200}\n" + "bob,..,con\n"
    course, people = course_of(tmp_path, roster)
    course = course.model_copy(update={"page_name": "{name}-{id}"})
    plan = for_people(course, ID, pages("jane", "bob"), people)
    assert all(len(parcel.name.encode()) <= 240 for parcel in plan.parcels)
    assert all(re.fullmatch(r"\w.*\.html", parcel.name) for parcel in plan.parcels)
