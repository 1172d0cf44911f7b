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
from tests.kit.lms import WORKSHEETS, cells, filled

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


def test_what_moodle_did_not_export_is_refused(graded_course: Course) -> None:
    with pytest.raises(UsageError, match="give the grading worksheet or the gradebook as Moodle"):
        filled(graded_course, "moodle", "Kennung,Bewertung\nTeilnehmer/in 1,\n")


@pytest.mark.parametrize("language", WORKSHEETS)
def test_a_worksheet_in_any_language_comes_back_filled_in(
    graded_course: Course, language: str
) -> None:
    text = WORKSHEETS[language]
    rows, exported = filled(graded_course, "moodle", text)
    before = cells(text)
    half = "5,5" if "9,00" in text else "5.5"
    locked = "0" if language == "unknown" else ""  # nobody can tell which word of two says no
    assert [row[4] for row in rows[1:]] == [half, "4", locked, ""]
    assert [row[:4] + row[5:] for row in rows] == [row[:4] + row[5:] for row in before]
    assert f"{ID}: not in the file: dora, eve" in exported.remarks


GRADEBOOKS = {
    "zh": "名,姓,学号,电子邮件地址,作业：Tiny（实际）,作业：Tiny（百分比）,课程总分（实际）",
    "de": "Vorname,Nachname,ID-Nummer,E-Mail-Adresse,Aufgabe: Tiny (Punkte),"
    "Aufgabe: Tiny (Prozent),Kurs gesamt (Punkte)",
    "fr": "Prénom,Nom,Numéro d'identification,Adresse de courriel,Devoir : Tiny (Brut),"
    "Devoir : Tiny (Pourcentage),Total du cours (Brut)",
    "es": "Nombre,Apellido(s),Número de ID,Dirección de correo,Tarea: Tiny (Real),"
    "Tarea: Tiny (Porcentaje),Total del curso (Real)",
    "unknown": "Імя,Прозвішча,Нумар,Email,Заданне: Tiny (Бал),Заданне: Tiny (Доля),Разам (Бал)",
}


@pytest.mark.parametrize("language", GRADEBOOKS)
def test_a_gradebook_in_any_language_comes_back_filled_in(
    graded_course: Course, language: str
) -> None:
    text = f"{GRADEBOOKS[language]}\n"
    text += 'Ada,Lovelace,S1,ada@example.org,"1,00","11,11 %","3,00"\n'
    text += 'Some,Body,S7,some@example.org,-,-,"3,00"\n'
    rows, _ = filled(graded_course, "moodle", text)
    assert [row[4:] for row in rows[1:]] == [["5,5", "11,11 %", "3,00"], ["-", "-", "3,00"]]


def test_a_name_finds_a_row_only_if_nothing_speaks_against_it(graded_course: Course) -> None:
    head = "First name,Last name,Email address,Assignment: Tiny (Real)\n"
    rows = ["Ada,Lovelace,,-", "Béla,Szabó,other@example.org,-", "Dora,Dee,,-", "Dora,Dee,,-"]
    filled_in, _ = filled(graded_course, "moodle", head + "\n".join(rows) + "\n")
    assert [row[3] for row in filled_in[1:]] == ["5.5", "-", "-", "-"]
