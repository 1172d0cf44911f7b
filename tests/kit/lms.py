"""Grades of a class, filled into files that Canvas and Moodle exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Assignment, Course
from grader.export.export import Exported, export
from grader.gradebook import grades
from grader.gradebook.late import Lateness
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import save_result
from grader.system.table import csv_text
from tests.kit.course import make_result, release_by_hand, write_course

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

# Moodle's grading worksheet, in the words of its language packs; “unknown” is a language of which
# we know no word.
HEADS = {
    "en": "Identifier|Full name|Email address|Status|Grade|Maximum Grade|Grade can be changed|"
    "Last modified (submission)|Last modified (grade)|Feedback comments",
    "zh": "编号|全名|电子邮件地址|状态|成绩|最高分|允许更改成绩|"
    "最后修改（学生）|最后修改（教师）|反馈评论",
    "de": "ID|Vollständiger Name|E-Mail-Adresse|Status|Bewertung|Bestwertung|"
    "Bewertung kann geändert werden|Zuletzt geändert (Abgabe)|Zuletzt geändert (Bewertung)|"
    "Feedback als Kommentar",
    "fr": "Identifiant|Nom complet|Adresse de courriel|Statut|Note|Note maximale|"
    "La note peut être modifiée|Dernière modification (travail remis)|"
    "Dernière modification (note)|Feedback par commentaires",
    "es": "Identificador|Nombre completo|Dirección de correo|Estado|Calificación|"
    "Calificación máxima|La calificación puede ser cambiada|Última modificación (entrega)|"
    "Última modificación (calificación)|Comentarios de retroalimentación",
    "unknown": "Азн|Імя|Пошта|Стан|Адзнака|Найбольшая|Можна змяніць|Змена 1|Змена 2|Каментар",
}
CELLS = {  # participant, yes, no, maximum, and 9 January 2026, 10:00
    "en": ("Participant ", "Yes", "No", "9.00", "Friday, 9 January 2026, 10:00 AM"),
    "zh": ("参与者", "是", "否", "9.00", "2026年01月9日 星期五 10:00"),
    "de": ("Teilnehmer/in", "Ja", "Nein", "9,00", "Freitag, 9. Januar 2026, 10:00"),
    "fr": ("Participant ", "Oui", "Non", "9,00", "vendredi 9 janvier 2026, 10:00"),
    "es": ("Participante ", "Sí", "No", "9,00", "viernes, 9 de enero de 2026, 10:00"),
    "unknown": ("Удзельнік ", "Так", "Не", "9,00", "2026-01-09 10:00"),
}


def worksheet(language: str) -> str:
    """A grading worksheet of Ada, who has 1 point, Béla, Chidi, who is locked, and a stranger."""
    word, yes, no, most, time = CELLS[language]
    one = most.replace("9", "1")
    rows = [
        HEADS[language].split("|"),
        [f"{word}7001", "Ada Lovelace", "ada@example.org", "x", one, most, yes, time, "-", "a, b"],
        [f"{word}7002", "Béla Szabó", "BELA@example.org", "x", "", most, yes, time, "-", ""],
        [f"{word}7003", "Chidi Okafor", "chidi@example.org", "x", "", most, no, "-", "-", ""],
        [f"{word}7009", "Some Body", "some@example.org", "x", "", most, yes, "-", "-", ""],
    ]
    return csv_text(rows)


WORKSHEETS = {language: worksheet(language) for language in HEADS}


def stand_in_for_the_gradebook(
    monkeypatch: pytest.MonkeyPatch, told: Callable[[], Mapping[str, grades.Standing]]
) -> None:
    """Replace the gradebook's standings by what `told` returns: importing it takes seconds."""

    def standings(
        gradebook: GradebookOnDemand, assignment: Assignment
    ) -> dict[str, grades.Standing]:
        records = sorted(gradebook.course.results_dir(assignment.id).glob("*.json"))
        return {path.stem: told().get(path.stem, grades.Standing()) for path in records}

    monkeypatch.setattr(grades, "standings", standings)


def write_graded_course(root: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Ada 6 − 0.5, Béla 4, Chidi 0, Dora 2, Eve (not in the roster) 2 of 9 points."""
    course = write_course(root)
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
    stand_in_for_the_gradebook(monkeypatch, lambda: late)
    return course


def filled(course: Course, kind: str, text: str) -> tuple[list[list[str]], Exported]:
    """Rows of an exported file after scores were filled in, and the whole export."""
    path = course.root / "exported.csv"
    path.write_bytes(text.encode())
    exported = export(course, (), kind, path)
    assert path.read_bytes() == text.encode()  # the file given is never changed
    return cells(exported.files[""].decode(), text[: text.index("\n")]), exported


def cells(text: str, head: str = ",") -> list[list[str]]:
    """Rows of a CSV file, which has semicolons if `head` has more of them."""
    delimiter = ";" if head.count(";") > head.count(",") else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
