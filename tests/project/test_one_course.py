"""The desk beside `collect` and `autograde`: one course, whichever way work came in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.desk.graders import Graders
from grader.export.export import export
from grader.gradebook.book import CourseGradebook
from grader.gradebook.mark import Mark, Tick
from grader.grading.batch import autograde
from grader.intake.collect import collect
from grader.notebook import Notebook, dumps, grade_id
from grader.pages.class_feedback import write_feedback
from tests.kit.course import ID, RIGHT, make_source
from tests.kit.crew import CrewOfOne
from tests.kit.desk import TestDesk, open_desk, set_course
from tests.kit.gradebook import GRADES, rows

WAIT_S = 120
ANSWERS = {
    "mira": {"why": "I wrote this."},
    "farah": {"why": "And I this.", "double": "def double(x):\n    return 3 * x"},
}


@pytest.fixture
def desk(course: Course) -> Iterator[TestDesk]:
    with open_desk(course) as opened:
        yield opened


def notebook_of(student: str) -> Notebook:
    notebook = make_source()
    for cell in notebook["cells"]:
        name = grade_id(cell) or ""
        cell["source"] = ANSWERS[student].get(name) or RIGHT.get(name, cell["source"])
    return notebook


@contextmanager
def grading(desk: TestDesk) -> Iterator[None]:
    """Everything that was handed in before is graded when the block begins."""
    with Graders(desk.files, desk.receipts, CrewOfOne(), desk.warnings.append):
        with desk.receipts.news:
            assert desk.receipts.news.wait_for(lambda: desk.receipts.length() == 0, WAIT_S)
        yield


def collected(course: Course, folder: Path, *students: str) -> None:
    """Put their notebooks into a folder, and run `grader collect` and `grader autograde`."""
    for student in students:
        path = folder / student / ID / f"{ID}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(dumps(notebook_of(student)), encoding="utf-8")
    list(collect(course, ID, folder))
    autograde(course, ID, crew=CrewOfOne())


def contents(course: Course) -> dict[str, Any]:
    """Every file that work and its grading leave behind, without the times of handing in."""
    found: dict[str, Any] = {}
    for place in ("submitted", "attempts", "results", "autograded"):
        for path in sorted((course.root / place).rglob("*")):
            name = path.relative_to(course.root).as_posix()
            if path.is_file() and path.name not in ("timestamp.txt", "attempt.json", "tiny.late"):
                data = path.read_text(encoding="utf-8")
                found[name] = json.loads(data) if path.suffix in (".json", ".ipynb") else data
    return found


@pytest.mark.slow
def test_both_ways_on_one_day_lead_to_the_same_files_records_and_gradebook(
    desk: TestDesk, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(desk.course.root, other, ignore=shutil.ignore_patterns("desk.db*", "other"))
    collected(Course.load(other), tmp_path / "download", "farah", "mira")

    desk.browser("mira").hand_in(notebook_of("mira"))
    with grading(desk):
        pass
    collected(Course.load(desk.course.root), tmp_path / "other download", "farah")

    apart, together = contents(Course.load(other)), contents(desk.course)
    assert len([name for name in together if name.startswith("results/")]) == 2
    beside = together.pop(f"attempts/{ID}/mira/1/result.json")  # each attempt at the desk has one
    assert beside == {**together[f"results/{ID}/mira.json"], "notebook": None}
    assert together == apart
    assert rows(desk.course, GRADES) == rows(Course.load(other), GRADES)
    tables = [
        export(Course.load(root), [ID], "json").files[""] for root in (other, desk.course.root)
    ]
    assert json.loads(tables[0]) == json.loads(tables[1])


@pytest.mark.slow
def test_what_was_collected_counts_at_the_desk_until_something_newer_comes(
    desk: TestDesk, tmp_path: Path
) -> None:
    collected(desk.course, tmp_path / "download", "farah")
    farah = desk.browser("farah")
    assert "3 of 9" in farah.get("/assignments/tiny/attempts/1").text
    farah.hand_in(notebook_of("mira"))
    with grading(desk):
        page = farah.get("/assignments/tiny").text
    assert "6 of 9" in page and "handed in</td>" in page


@pytest.mark.slow
def test_a_mark_is_read_by_the_student_after_the_deadline_and_on_the_page_to_give_back(
    desk: TestDesk,
) -> None:
    mira = desk.browser("mira")
    mira.hand_in(notebook_of("mira"))
    with grading(desk):
        pass
    with CourseGradebook(desk.course) as book:
        answer = book.written_answer(ID, "why", "mira")
        assert answer is not None and answer.waits
        lines = (Tick(2.0, "says <why>", True), Tick(1.0, "names it", False))
        assert book.give_mark(ID, "why", "mira", answer.seen, Mark(2.0, "Well <said>.", lines))
    before = mira.get("/assignments/tiny/attempts/1").text
    assert "6 of 9" in before and "said&gt;" not in before
    due = desk.files.now().course.assignment(ID).due
    assert due is not None
    set_course(desk.course, due.isoformat(), datetime.now(UTC).isoformat())
    for place in ("/assignments/tiny/attempts/1", "/assignments/tiny/attempts/1/feedback"):
        page = mira.get(place).text
        assert "Well &lt;said&gt;." in page and "says &lt;why&gt;" in page
    assert "8 of 9" in mira.get("/").text
    course = Course.load(desk.course.root)
    (page_file,) = write_feedback(course, course.assignment(ID)).ready
    kept = page_file.path.read_text(encoding="utf-8")
    assert "Well &lt;said&gt;." in kept and "says &lt;why&gt;" in kept
