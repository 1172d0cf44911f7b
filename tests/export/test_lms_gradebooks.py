"""Canvas and Moodle: what they export comes back filled in and otherwise the same.

The checks of form below are those of Canvas's `GradebookImporter` and of Moodle's
`assignfeedback_offline_grade_importer`, written down from their source.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.export import Exported, export
from grader.gradebook import grades
from grader.gradebook.late import Lateness
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand, write_course

ROSTER = """\
id,first_name,last_name,email,section,canvas_id,sis_id,sis_login,moodle_username
ada,Ada,Lovelace,ada@example.org,A,501,S1,lovelace,al
bela,Béla,Szabó,bela@example.org,B,,S2,szabo,bs
chidi,Chidi,Okafor,chidi@example.org,=B,,,okafor,
dora,Dora,Dee,dora@example.org,B,504,,,
"""
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (77),Tiny (78),"
    "Assignments Current Score,Assignments Unposted Final Score,Current Score,Final Score\r\n"
    ",,,,,,,Manual Posting,,,,\r\n"
    '"    Points Possible",,,,,,5.00,9.00,(read only),(read only),(read only),(read only)\r\n'
    '"Lovelace, Ada",501,S1,lovelace,"A and B","likes ""x""",4.50,1.00,90,90,90,90\r\n'
    '"Szabó, Béla",777,S2,szabo,B,,,,,,,\r\n'
    '"Okafor, Chidi",778,,OKAFOR,B,=1+1,3,,,,,\r\n'
    '"Dee, Dora",504,,,B,,3,EX,,,,\r\n'
    '"Stranger, A",901,S9,other,B,,3,2.00,,,,\r\n'
    '"Student, Test",999,,8a7b,B,,,,,,,\r\n'
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Ada 6 − 0.5, Béla 4, Chidi 0, Dora 2, Eve (in no roster) 2 of 9 points."""
    course = write_course(tmp_path)
    release = release_by_hand(course)
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    points: dict[str, Any] = {
        "ada": {"double": 4.0, "square": 2.0},
        "bela": {"double": 4.0},
        "chidi": {},
        "dora": {"square": 2.0},
        "eve": {"square": 2.0},
    }
    for student, scores in points.items():
        save_result(course, make_result(student, release, **scores))
    late = {"ada": grades.Standing(lateness=Lateness(3600, 1, 0, 0.5))}
    monkeypatch.setattr(grades, "_from_gradebook", lambda course, assignment: late)
    return course


def filled(course: Course, kind: str, text: str) -> tuple[list[list[str]], Exported]:
    path = course.root / "exported.csv"
    path.write_bytes(text.encode())
    exported = export(course, (), kind, path)
    assert path.read_bytes() == text.encode()  # the file given is never changed
    return cells(exported.files[""].decode(), text[: text.index("\n")]), exported


def cells(text: str, head: str = ",") -> list[list[str]]:
    delimiter = ";" if head.count(";") > head.count(",") else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def assert_canvas_accepts(rows: list[list[str]]) -> None:
    """`header?`, `update_column_count` and `check_for_non_student_row` of GradebookImporter."""
    head = rows[0]
    assert len(head) > 3 and "Student" in head[0] and "ID" in head[1]
    columns = 3
    if "SIS Login ID" in head[2]:
        columns += 1
    elif "SIS User ID" in head[2] and "SIS Login ID" in head[3]:
        columns += 2
    assert "Section" in head[columns - 1]
    assert any("Points Possible" in row[0] for row in rows[1:3])
    assert all(len(row) == len(head) for row in rows)


def test_a_canvas_gradebook_comes_back_with_scores_and_otherwise_unchanged(course: Course) -> None:
    rows, exported = filled(course, "canvas", CANVAS)
    before = cells(CANVAS)
    assert_canvas_accepts(rows)
    changed = {
        (row[0] or "?", before[0][i]): (before[n][i], cell)
        for n, row in enumerate(rows)
        for i, cell in enumerate(row)
        if cell != before[n][i]
    }
    assert changed == {
        ("Lovelace, Ada", "Tiny (78)"): ("1.00", "5.5"),
        ("Szabó, Béla", "Tiny (78)"): ("", "4"),
        ("Okafor, Chidi", "Tiny (78)"): ("", "0"),
    }
    assert exported.files[""].count(b"\r\n") == CANVAS.count("\r\n")
    assert "dora: excused in Canvas (EX); left as it is" in exported.remarks
    assert f"{ID}: no row of the file is theirs: eve" in exported.remarks
    again, _ = filled(course, "canvas", exported.files[""].decode())
    assert again == rows


def test_a_canvas_gradebook_with_semicolons_and_a_mark_keeps_them(course: Course) -> None:
    text = "\ufeff" + CANVAS.replace('"Lovelace, Ada"', "Lovelace").replace(",", ";")
    rows, exported = filled(course, "canvas", text)
    assert exported.files[""].startswith(b"\xef\xbb\xbfStudent;ID;")
    assert [row[7] for row in rows if row[0] == "Lovelace"] == ["5.5"]


def test_other_points_in_canvas_are_told(course: Course) -> None:
    _, exported = filled(course, "canvas", CANVAS.replace(",9.00,", ",10.00,"))
    assert f"{ID}: 10.00 points in Canvas, but 9 here; scores are written as they are" in (
        exported.remarks
    )
    assert not any("points in Canvas" in r for r in filled(course, "canvas", CANVAS)[1].remarks)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Tiny (78)", "Small (78)", "no column is named 'Tiny'; write the right one of these"),
        ("Warm-up (77)", "Tiny (77)", "several columns are named 'Tiny'"),
        (",9.00,", ",(read only),", "column 'Tiny (78)' is read-only in Canvas"),
        ("Section", "Group", "line 1: no columns Student, ID and Section"),
    ],
)
def test_a_gradebook_that_does_not_fit_is_one_line(
    course: Course, old: str, new: str, words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        filled(course, "canvas", CANVAS.replace(old, new, 1))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_course_yml_may_name_the_column(course: Course) -> None:
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("title: Tiny", "title: X\n    lms_name: Warm-up (77)"))
    rows, _ = filled(Course.load(course.root), "canvas", CANVAS)
    assert [row[6] for row in rows if row[1] == "501"] == ["5.5"]


def test_a_row_that_names_two_students_is_left_as_it_is(course: Course) -> None:
    text = CANVAS.replace("777,S2,szabo", "777,S2,lovelace")
    rows, exported = filled(course, "canvas", text)
    assert [row[7] for row in rows if row[1] == "777"] == [""]
    assert "line 5: it names ada and bela; left as it is" in exported.remarks


def test_without_a_file_canvas_gets_a_small_one(course: Course) -> None:
    rows = cells(export(course, (), "canvas").files[""].decode())
    assert_canvas_accepts(rows)
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny"],
        ["    Points Possible", "", "", "", "", "9"],
        ["Lovelace, Ada", "501", "S1", "lovelace", "A", "5.5"],
        ["Szabó, Béla", "", "S2", "szabo", "B", "4"],
        ["Okafor, Chidi", "", "", "okafor", "'=B", "0"],
        ["Dee, Dora", "504", "", "", "B", "2"],
        ["eve", "", "", "eve", "", "2"],
    ]


def test_without_a_roster_ids_are_what_canvas_knows(course: Course) -> None:
    course.roster_path.unlink()
    release = release_by_hand(course)
    save_result(course, make_result("901", release, double=4.0))
    rows, exported = filled(course, "canvas", CANVAS)
    assert [row[7] for row in rows if row[1] == "901"] == ["4"]
    assert f"{ID}: no row of the file is theirs: ada, bela, chidi, dora, eve" in exported.remarks


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


def test_a_grading_worksheet_comes_back_filled_in(course: Course) -> None:
    rows, exported = filled(course, "moodle", WORKSHEET)
    assert_moodle_accepts(rows)
    before = cells(WORKSHEET)
    assert [row[4] for row in rows[1:]] == ["5.5", "4", "", "", ""]
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in before]
    assert "chidi: its grade cannot be changed in Moodle; left as it is" in exported.remarks
    assert "dora: 2 is more than Moodle's maximum, 1,00; left as it is" in exported.remarks
    assert f"{ID}: no row of the file is theirs: eve" in exported.remarks


def test_participants_of_a_blind_worksheet_are_known_by_number(course: Course) -> None:
    course.roster_path.unlink()
    save_result(course, make_result("7009", release_by_hand(course), double=4.0))
    rows, _ = filled(course, "moodle", WORKSHEET)
    assert rows[5][4] == "4"


def test_a_worksheet_is_of_one_assignment(course: Course) -> None:
    path = course.root / "course.yml"
    more = "  - {id: other, title: Other, questions: {a: 1}}\nlimits:"
    path.write_text(path.read_text().replace("limits:", more))
    with pytest.raises(UsageError, match="a grading worksheet is of one assignment"):
        filled(Course.load(course.root), "moodle", WORKSHEET)


GRADEBOOK = (
    '"First name","Last name","ID number",Institution,Department,"Email address",'
    '"Assignment: Tiny (Real)","Assignment: Tiny (Percentage)","Quiz: Tiny too (Real)",'
    '"Course total (Real)","Last downloaded from this course"\n'
    "Ada,Lovelace,S1,,,ada@example.org,-,-,3.00,3.00,1767960000\n"
    'Béla,Szabó,S2,"Uni, Main",,,1.00,"11.11 %",3.00,4.00,1767960000\n'
    "Some,Body,S7,,,some@example.org,-,-,-,-,1767960000\n"
)


def test_a_moodle_gradebook_comes_back_filled_in(course: Course) -> None:
    rows, _ = filled(course, "moodle", GRADEBOOK)
    before = cells(GRADEBOOK)
    assert [row[6] for row in rows[1:]] == ["5.5", "4", "-"]
    assert [row[:6] + row[7:] for row in rows] == [row[:6] + row[7:] for row in before]


def test_without_a_file_moodle_gets_one_to_be_mapped(course: Course) -> None:
    rows = cells(export(course, (), "moodle").files[""].decode())
    assert rows[:2] == [
        [
            *"First name,Last name,Username,ID number,Email address,Assignment: Tiny (Real)".split(
                ","
            )
        ],
        ["Ada", "Lovelace", "al", "S1", "ada@example.org", "5.5"],
    ]
    assert rows[5] == ["", "", "eve", "", "", "2"]


def test_a_file_in_another_language_is_refused(course: Course) -> None:
    with pytest.raises(UsageError, match="export it from Moodle in English"):
        filled(course, "moodle", "Kennung,Bewertung\nTeilnehmer/in 1,\n")


def test_into_is_for_an_lms_only(course: Course) -> None:
    with pytest.raises(UsageError, match="--into: only for canvas and moodle"):
        filled(course, "csv", CANVAS)
