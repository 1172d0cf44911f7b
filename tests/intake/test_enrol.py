"""`grader roster`: exports of Canvas, Moodle and others become roster.csv, and later join it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from grader.cli.app import cli
from grader.course.roster import Person, load_roster
from grader.course.settings import Course
from tests.kit.course import write_course

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (77),Current Score\r\n"
    ",,,,,,Manual Posting,\r\n"
    '"    Points Possible",,,,,,5.00,(read only)\r\n'
    '"Lovelace, Ada",501,S1,lovelace,"A and B",likes,4.50,90\r\n'
    '"Szabó, Béla",777,S2,szabo,B,,,\r\n'
    '"Student, Test",999,,8a7b,B,,,\r\n'
)
MOODLE = {
    "en": 'Identifier,"Full name","Email address",Status,Grade\n'
    'Participant 71,"Ada Lovelace",ada@x.org,x,\nParticipant 72,李佳,lj@x.org,x,\n',
    "de": 'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung\n'
    'Teilnehmer/in71,"Ada Lovelace",ada@x.org,x,\nTeilnehmer/in72,李佳,lj@x.org,x,\n',
    "fr": 'Identifiant,"Nom complet","Adresse de courriel",Statut,Note\n'
    'Participant 71,"Ada Lovelace",ada@x.org,x,\nParticipant 72,李佳,lj@x.org,x,\n',
    "es": "Identificador;Nombre completo;Dirección de correo;Estado;Calificación\n"
    "Participante 71;Ada Lovelace;ada@x.org;x;\nParticipante 72;李佳;lj@x.org;x;\n",
    "zh": '编号,全名,电子邮件地址,状态,成绩\n参与者 71,"Ada Lovelace",ada@x.org,x,\n'
    "参与者 72,李佳,lj@x.org,x,\n",
    "unknown": 'Азначальнік,"Поўнае імя",Пошта,x,y\n'
    'Удзельнік 71,"Ada Lovelace",ada@x.org,x,\nУдзельнік 72,李佳,lj@x.org,x,\n',
    "gradebook": "Förnamn,Efternamn,ID-nummer,E-postadress,Sluttotal\n"
    "Ada,Lovelace,,ada@x.org,3\n佳,李,,lj@x.org,4\n",
    "participants": '"First name","Last name","Email address",Roles,Groups\n'
    "Ada,Lovelace,ada@x.org,Student,\n佳,李,lj@x.org,Student,\nPat,Prof,p@x.org,Teacher,\n",
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_course(tmp_path / "course")


def run(course: Course, system: str, content: str | bytes, *options: str) -> Result:
    path = course.root / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    command = ["roster", "--from", system, str(path), "--course", str(course.root), *options]
    return CliRunner().invoke(cli, command)


def people(course: Course) -> list[Person]:
    roster = load_roster(course)
    assert roster is not None
    return list(roster)


def test_a_canvas_gradebook_becomes_a_roster(course: Course) -> None:
    done = run(course, "canvas", CANVAS)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "S1: new (Ada Lovelace)" in done.output
    assert "line 6 (Test Student): left out: Canvas's test student" in done.output
    assert people(course) == [
        Person("S1", "Ada", "Lovelace", "", "A and B", "501", "S1", "lovelace"),
        Person("S2", "Béla", "Szabó", "", "B", "777", "S2", "szabo"),
    ]


@pytest.mark.parametrize("language", MOODLE)
def test_moodle_files_are_read_in_any_language(course: Course, language: str) -> None:
    assert run(course, "moodle", MOODLE[language]).exit_code == 0
    assert people(course) == [
        Person("ada", "Ada", "Lovelace", "ada@x.org"),
        Person("lj", "佳", "李", "lj@x.org"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_class_list_of_a_spreadsheet_is_read(
    course: Course, encoding: str, separator: str
) -> None:
    rows = ["学号,姓名,班级", "20260001,欧阳娜娜,一班", "20260002,李佳,二班"]
    text = "\r\n".join(rows).replace(",", separator)
    assert run(course, "csv", text.encode(encoding)).exit_code == 0
    assert people(course) == [
        Person("20260001", "娜娜", "欧阳", section="一班", sis_id="20260001"),
        Person("20260002", "佳", "李", section="二班", sis_id="20260002"),
    ]


def test_a_second_export_joins_the_roster(course: Course) -> None:
    course.roster_path.write_text(
        "id,seat,first_name,last_name,canvas_id\nada,12,Ada,Lovelace,501\nold,3,Old,Timer,400\n"
    )
    done = run(course, "canvas", CANVAS, "--id", "sis_login")
    assert done.exit_code == 0
    assert "ada: changed (section (none) → A and B" in done.output
    assert "old: not in the file; stays in the roster" in done.output
    assert course.roster_path.read_text().splitlines()[:3] == [
        "id,seat,first_name,last_name,canvas_id,section,sis_id,sis_login",
        "ada,12,Ada,Lovelace,501,A and B,S1,lovelace",
        "old,3,Old,Timer,400,,,",
    ]
    assert [person.id for person in people(course)] == ["ada", "old", "szabo"]
    before = course.roster_path.read_bytes()
    done = run(course, "canvas", CANVAS)
    assert "2 unchanged" in done.output
    assert course.roster_path.read_bytes() == before


def test_who_left_is_taken_out_only_when_told(course: Course) -> None:
    course.roster_path.write_text("id,canvas_id\nS1,501\nold,400\n")
    work = course.submitted_dir / "old" / "tiny" / "tiny.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("{}")
    done = run(course, "canvas", CANVAS, "--drop")
    assert "old: not in the file; taken out of the roster, the work stays" in done.output
    assert [person.id for person in people(course)] == ["S1", "S2"]
    assert work.exists()


def test_a_dry_run_writes_nothing(course: Course) -> None:
    done = run(course, "canvas", CANVAS, "--dry-run")
    assert "S2: new (Béla Szabó)\n2 new\n" in done.output
    assert not course.roster_path.exists()


def test_in_doubt_nothing_is_written(course: Course) -> None:
    course.roster_path.write_text("id,first_name,last_name,canvas_id\nada,Ada,Lovelace,77\n")
    before = course.roster_path.read_bytes()
    done = run(course, "canvas", CANVAS)
    assert done.exit_code == 1
    assert "line 4 (Ada Lovelace): may be ada; if so, write canvas_id 501" in done.output
    assert "roster.csv: nothing was written" in done.output
    assert course.roster_path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "no column with names, student numbers or addresses among 'a', 'b'"),
        ("", "empty; its first line must name the columns"),
        ("姓名,email\n李佳,=cmd|' /C calc'!A0\n", "line 2: email"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(course: Course, content: str, words: str) -> None:
    done = run(course, "csv", content)
    assert done.exit_code == 2 or done.exception is not None
    assert words in str(done.exception)
    assert not course.roster_path.exists()


def test_a_name_of_an_export_is_no_formula_and_no_command(course: Course) -> None:
    done = run(course, "csv", 'id,first_name,last_name\neve,"=1+1","\x1b[2JDoe"\n')
    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert "eve,'=1+1,[2JDoe" in course.roster_path.read_text()


def test_a_list_leaves_the_rows_of_teachers_as_they_are(course: Course) -> None:
    course.roster_path.write_text(
        "id,first_name,last_name,email,role\nada,Ada,Lovelace,ada@x.org,\n"
        "pat,Pat,Prof,p@x.org,Teacher\n",
        encoding="utf-8",
    )
    ran = run(course, "csv", "first_name,last_name,email\nPat,Prof,p@x.org\n", "--drop")
    assert ran.exit_code == 0 and "pat: stays teacher of the course" in ran.output
    assert course.roster_path.read_text(encoding="utf-8").splitlines()[1:] == [
        "pat,Pat,Prof,p@x.org,Teacher"
    ]


def test_a_class_list_may_have_titles_above_its_head(course: Course) -> None:
    list_ = "某大学 2026 秋\n班级,计算机1班\n\n序号,学 号,姓 名\n1,20260101,李梅\n"
    assert run(course, "csv", list_.encode("gbk")).exit_code == 0
    assert [(p.id, p.full_name) for p in people(course)] == [("20260101", "李梅")]


@pytest.mark.slow
def test_a_class_list_may_stand_behind_a_cover_sheet(course: Course) -> None:
    book = Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("名单")
    for row in (["计算机1班名单"], ["序号", "学号", "姓名"], [1, "20260101", "李梅"]):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    assert run(course, "csv", file.getvalue()).exit_code == 0
    assert [(p.id, p.full_name) for p in people(course)] == [("20260101", "李梅")]


def test_a_row_below_the_first_is_no_head_for_one_known_word(course: Course) -> None:
    done = run(course, "csv", "x,y\nAda,Student\nBéla,Student\n")
    assert "no column with names" in str(done.exception)


def test_messages_show_letters_of_any_script(course: Course) -> None:
    assert "'题目', '成绩单'" in str(run(course, "csv", "题目,成绩单\n1,2\n").exception)
    course.roster_path.write_text("id\n李梅\n", encoding="utf-8")
    assert "line 2: id '李梅'" in str(run(course, "csv", "name,email\n梅,m@x.org\n").exception)
