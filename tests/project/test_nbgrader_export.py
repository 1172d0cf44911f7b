"""`nbgrader export --exporter=…` with our exporters, and that formgrader's numbers are ours."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.export.export import rows
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand, write_course
from tests.kit.files import ROOT
from tests.kit.processes import run_nbgrader

pytestmark = pytest.mark.slow

CONFIG = ROOT / "nbgrader_config.py"
LATE = datetime(2026, 1, 11, 13, 0, tzinfo=UTC)  # a day and an hour: two days begun
GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,Tiny (7)\n"
    "    Points Possible,,,,9\n"
    "Ada,1,ada,A,\n"
    "Bela,2,bela,A,3\n"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("course"))
    release = release_by_hand(course)
    shutil.copy(CONFIG, course.root)
    (course.root / "exported.csv").write_text(GRADEBOOK)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        for student, scores in (("ada", {"double": 4.0}), ("bela", {"square": 2.0})):
            result = make_result(student, release, **scores)
            save_result(course, result)
            book.store(result, LATE)
    return course


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text().splitlines()))


def test_canvas_gets_its_own_file_filled_in(course: Course) -> None:
    done = run_nbgrader(
        course.root,
        "export",
        "--exporter=grader.nbgrader_plugins.CanvasExporter",
        "--CanvasExporter.into=exported.csv",
        "--to=import.csv",
    )
    assert done.returncode == 0, done.stderr
    rows = table(course.root / "import.csv")
    assert [row[4] for row in rows] == ["Tiny (7)", "9", "3.2", "1.6"]


def test_moodle_gradescope_and_csv_are_written_for_whom_it_is_asked(course: Course) -> None:
    for name in ("Moodle", "Gradescope", "Spreadsheet"):
        exporter = f"--exporter=grader.nbgrader_plugins.{name}Exporter"
        done = run_nbgrader(
            course.root, "export", exporter, "--student=['ada']", f"--assignment=['{ID}']"
        )
        assert done.returncode == 0, done.stderr
    assert [row[-1] for row in table(course.root / "moodle.csv")[1:]] == ["3.2"]
    assert [row[0] for row in table(course.root / "grades.csv")[1:]] == ["ada"]
    (found,) = (course.root / "gradescope-results").rglob("*.json")
    assert json.loads(found.read_text())["score"] == 4.0


def test_an_error_is_one_line(course: Course) -> None:
    (course.root / "other.csv").write_text("a,b\n")
    done = run_nbgrader(
        course.root,
        "export",
        "--exporter=grader.nbgrader_plugins.CanvasExporter",
        "--CanvasExporter.into=other.csv",
    )
    assert done.returncode == 2
    assert "give the file that Canvas's gradebook exports" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_formgrader_reads_is_what_we_export(course: Course) -> None:
    penalties = {row["student"]: row["late_penalty"] for row in rows(course)}
    query = """select student_id, late_submission_penalty from submitted_notebook
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""
    connection = sqlite3.connect(course.root / "gradebook.db")
    assert dict(connection.execute(query).fetchall()) == penalties == {"ada": 0.8, "bela": 0.4}
    connection.close()
    done = run_nbgrader(course.root, "export", "--to=stock.csv")
    assert done.returncode == 0, done.stderr
    stock = list(csv.DictReader((course.root / "stock.csv").read_text().splitlines()))
    found = {row["student_id"]: float(row["late_submission_penalty"]) for row in stock}
    assert found == penalties
