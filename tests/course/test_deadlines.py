"""The deadlines of each student."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course.deadlines import extend, load_deadlines
from grader.course.settings import Course
from grader.errors import UsageError
from tests.kit.course import COURSE_YML, DUE, ID, write_course

DAY = timedelta(days=1)


def test_extensions_move_a_students_own_deadline(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    course.extensions_path.write_text(
        "student;assignment;until;days;reason\n"
        f"ada;{ID};2026-01-12T12:00:00+02:00;;illness\n"
        f"bela;{ID};;1.5;\n"
        f"chidi;{ID};2025-01-01T00:00:00Z;;\n"
    )
    deadlines = load_deadlines(course)
    tiny = course.assignment(ID)
    assert deadlines.of(tiny, "ada") == datetime(2026, 1, 12, 10, tzinfo=UTC)
    assert deadlines.of(tiny, "bela") == DUE + 1.5 * DAY
    assert deadlines.of(tiny, "chidi") == deadlines.of(tiny, "dora") == DUE


def test_an_extension_in_days_ends_at_the_same_time_by_the_clocks_of_the_course(
    tmp_path: Path,
) -> None:
    write_course(tmp_path)
    text = COURSE_YML.replace("2026-01-10T12:00:00+00:00", "2025-10-19T23:59:00+02:00")
    (tmp_path / "course.yml").write_text(text + "time_zone: Europe/Berlin\n")
    course = Course.load(tmp_path)
    course.extensions_path.write_text(f"student,assignment,days\nada,{ID},7\n")
    until = load_deadlines(course).of(course.assignment(ID), "ada")
    assert until == datetime(2025, 10, 26, 22, 59, tzinfo=UTC)


def test_an_extension_of_somebody_who_is_not_in_the_roster_is_a_remark(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    course.roster_path.write_text("id\nada\n")
    rows = f"adda,{ID},,1\nada,{ID},,2\n"
    course.extensions_path.write_text(f"student,assignment,until,days\n{rows}")
    deadlines = load_deadlines(course)
    problem = "'adda' is not in roster.csv; correct the id if it is misspelt"
    assert deadlines.remarks == (f"{course.extensions_path}: line 2: {problem}",)
    tiny = course.assignment(ID)
    assert deadlines.of(tiny, "ada") == DUE + 2 * DAY
    assert deadlines.of(tiny, "adda") == DUE + DAY  # who dropped out may have handed in before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"../x,{ID},,1", "line 2: student '../x': An id has at most 64 characters: letters"),
        ("ada,nope,,1", "line 2: 'nope' is not an assignment of this course"),
        ("ada,nope,,1", "; take the row out if it was withdrawn"),
        (f"ada,{ID},,", "line 2: give either until or days"),
        (f"ada,{ID},2026-01-12,", "line 2: not understood; write days such as 2, or until such as"),
        (f"ada,{ID},,-1", "line 2: not understood"),
        (f"ada,{ID},,nan", "line 2: not understood"),
        (f"ada,{ID},,1\nada,{ID},,2", "line 3: a second extension of ada for tiny; keep one"),
    ],
)
def test_a_wrong_extension_is_one_line(tmp_path: Path, row: str, words: str) -> None:
    course = write_course(tmp_path)
    course.extensions_path.write_text(f"student,assignment,until,days\n{row}\n")
    with pytest.raises(UsageError) as refused:
        load_deadlines(course)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_of_two_columns_with_one_name_none_counts(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    course.extensions_path.write_text(f"student,assignment,days,Days\nada,{ID},3,9\n")
    with pytest.raises(UsageError, match="line 1: two columns 'days'; keep one"):
        load_deadlines(course)


def test_an_extension_is_given_changed_and_taken_back(course: Course) -> None:
    (tiny,) = course.assignments
    assert tiny.due
    path = course.extensions_path
    path.write_text("why,student,assignment,days\nill,bo,tiny,2\n", encoding="utf-8")
    until = tiny.due + timedelta(days=3)
    assert extend(course, "ada", tiny, until) == ""
    assert extend(course, "bo", tiny, until) == "2 days"
    assert load_deadlines(course).of(tiny, "ada") == load_deadlines(course).of(tiny, "bo") == until
    assert path.read_text(encoding="utf-8").startswith("why,student,assignment,days,until\nill,bo,")
    assert extend(course, "ada", tiny, None) == until.isoformat()
    assert load_deadlines(course).extended.keys() == {("bo", "tiny")}


def test_an_extension_ends_after_the_due_date(course: Course) -> None:
    (tiny,) = course.assignments
    with pytest.raises(UsageError, match="must end after the due date"):
        extend(course, "ada", tiny, tiny.due)
    assert not course.extensions_path.exists()
