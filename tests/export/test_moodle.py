"""Moodle: a file that it exported is filled in and otherwise stays the same.

The checks of format are those of Moodle's `assignfeedback_offline_grade_importer`, copied from its
source.
"""

from __future__ import annotations

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.export import export
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand
from tests.kit.lms import cells, filled

WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\n'
    'Participant 7001,"Ada Lovelace",ada@example.org,"Submitted for grading - Graded",1.00,9.00,'
    'Yes,"Friday, 9 January 2026, 10:00 AM","Saturday, 10 January 2026, 9:00 AM","<p>a, b</p>"\n'
    'Participant 7002,"Béla Szabó",BELA@example.org,"Submitted for grading",,9.00,Yes,-,-,\n'
    'Participant 7003,"Chidi Okafor",chidi@example.org,"No submission",,9.00,No,-,-,\n'
    'Participant 7004,"Dora Dee",dora@example.org,"Submitted for grading",,"1,00",Yes,-,-,\n'
    'Participant 7009,"Some Body",some@example.org,"No submission",,9.00,Yes,-,-,\n'
)


def assert_moodle_accepts(rows: list[list[str]]) -> None:
    """`init` and `next` of assignfeedback_offline_grade_importer."""
    head = rows[0]
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(head)
    for row in rows[1:]:
        assert row[head.index("Identifier")].removeprefix("Participant ").isdecimal()
        grade = row[head.index("Grade")]
        assert grade == "" or 0 <= float(grade) <= 9


def test_a_grading_worksheet_comes_back_filled_in(graded_course: Course) -> None:
    rows, exported = filled(graded_course, "moodle", WORKSHEET)
    assert_moodle_accepts(rows)
    before = cells(WORKSHEET)
    assert [row[4] for row in rows[1:]] == ["5.5", "4", "", "", ""]
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in before]
    assert "chidi: its grade cannot be changed in Moodle; left as it is" in exported.remarks
    assert "dora: 2 is more than Moodle's maximum, 1,00; left as it is" in exported.remarks
    assert f"{ID}: not in the file: eve" in exported.remarks


def test_participants_of_a_blind_worksheet_are_known_by_number(graded_course: Course) -> None:
    graded_course.roster_path.unlink()
    save_result(graded_course, make_result("7009", release_by_hand(graded_course), double=4.0))
    rows, _ = filled(graded_course, "moodle", WORKSHEET)
    assert rows[5][4] == "4"


def test_a_worksheet_is_of_one_assignment(graded_course: Course) -> None:
    path = graded_course.root / "course.yml"
    more = "  - {id: other, title: Other, questions: {a: 1}}\nlimits:"
    path.write_text(path.read_text().replace("limits:", more))
    with pytest.raises(UsageError, match="a grading worksheet has one assignment"):
        filled(Course.load(graded_course.root), "moodle", WORKSHEET)


GRADEBOOK = (
    '"First name","Last name","ID number",Institution,Department,"Email address",'
    '"Assignment: Tiny (Real)","Assignment: Tiny (Percentage)","Quiz: Tiny too (Real)",'
    '"Course total (Real)","Last downloaded from this course"\n'
    "Ada,Lovelace,S1,,,ada@example.org,-,-,3.00,3.00,1767960000\n"
    'Béla,Szabó,S2,"Uni, Main",,,1.00,"11.11 %",3.00,4.00,1767960000\n'
    "Some,Body,S7,,,some@example.org,-,-,-,-,1767960000\n"
)


def test_a_moodle_gradebook_comes_back_filled_in(graded_course: Course) -> None:
    rows, _ = filled(graded_course, "moodle", GRADEBOOK)
    before = cells(GRADEBOOK)
    assert [row[6] for row in rows[1:]] == ["5.5", "4", "-"]
    assert [row[:6] + row[7:] for row in rows] == [row[:6] + row[7:] for row in before]


def test_without_a_file_moodle_gets_one_to_be_mapped(graded_course: Course) -> None:
    rows = cells(export(graded_course, (), "moodle").files[""].decode())
    assert rows[:2] == [
        [
            *"First name,Last name,Username,ID number,Email address,Assignment: Tiny (Real)".split(
                ","
            )
        ],
        ["Ada", "Lovelace", "al", "S1", "ada@example.org", "5.5"],
    ]
    assert rows[5] == ["", "", "eve", "", "", "2"]


def test_a_file_in_another_language_is_refused(graded_course: Course) -> None:
    with pytest.raises(UsageError, match="export it from Moodle in English"):
        filled(graded_course, "moodle", "Kennung,Bewertung\nTeilnehmer/in 1,\n")
