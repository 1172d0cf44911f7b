"""A real course in a folder: one assignment of three questions, one of them graded by hand."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.course.settings import Course
from grader.intake.submissions import Submission
from grader.notebook import Cell, Notebook, dumps, grade_id, is_manual, is_solution, question_of
from grader.results import QuestionResult, Status, SubmissionResult
from tests.kit.notebooks import make_cell, make_notebook

ID = "tiny"
RIGHT = {"double": "def double(x):\n    return 2 * x", "square": "def square(x):\n    return x * x"}

DUE = datetime(2026, 1, 10, 12, tzinfo=UTC)  # as COURSE_YML has it

COURSE_YML = """\
name: Tiny course
seed: 7
assignments:
  - id: tiny
    title: Tiny
    due: 2026-01-10T12:00:00+00:00
    questions:
      double: 4
      square: 2
      why: {points: 3, manual: true}
limits: {cell_timeout_s: 10, call_timeout_s: 5, submission_timeout_s: 60}
late_policy: {grace_minutes: 10, penalty_per_day: 0.1, max_penalty: 0.25}
"""

HIDDEN_TESTS = '''\
import numpy as np
import pytest
from grader.judge import assert_close, expect_float


@pytest.mark.question("double", points=3)
def test_doubles(student, reference, rng):
    """double(x) is 2x."""
    x = float(rng.normal())
    assert_close(expect_float(student.double(x), "2x"), reference.double(x), "2x")


@pytest.mark.question("double", points=1)
def test_doubles_zero(student):
    """double(0) is 0."""
    assert_close(expect_float(student.double(0.0), "2x"), 0.0, "2x")


@pytest.mark.question("square", points=2)
def test_squares(student, reference, rng):
    """square(x) is x²."""
    x = float(rng.normal())
    assert_close(expect_float(student.square(x), "x²"), reference.square(x), "x²")
'''


def make_source() -> Notebook:
    """The instructor's notebook."""

    def solution(name: str, body: str) -> Cell:
        source = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {body}\n    ### END SOLUTION"
        return make_cell(name, source, solution=True)

    def check(name: str, test: str, points: int) -> Cell:
        marks: dict[str, Any] = {"grade": True, "locked": True, "points": points}
        return make_cell(f"test_{name}", f"assert {test}", **marks)

    answer = {"grade": True, "solution": True, "points": 3}
    return make_notebook(
        make_cell("title", "# Tiny", "markdown"),
        make_cell("setup", "import helper", locked=True),
        solution("double", "2 * x"),
        check("double", "double(1) == 2", 4),
        solution("square", "x * x"),
        check("square", "square(3) == 9", 2),
        make_cell("why", "Because the answer is known.", "markdown", **answer),
    )


def write_course(root: Path) -> Course:
    """Write course.yml and solutions/; nothing is built yet."""
    folder = root / "solutions" / ID
    folder.mkdir(parents=True)
    (root / "course.yml").write_text(COURSE_YML, encoding="utf-8")
    (folder / f"{ID}.ipynb").write_text(dumps(make_source()), encoding="utf-8")
    (folder / "hidden_tests.py").write_text(HIDDEN_TESTS, encoding="utf-8")
    (folder / "mistakes.py").write_text("MISTAKES = []\n", encoding="utf-8")
    (folder / "helper.py").write_text("ANSWER = 42\n", encoding="utf-8")
    return Course.load(root)


def release_by_hand(course: Course) -> Notebook:
    """Write the release as generate_assignment would, without the seconds that its import takes."""
    notebook = make_source()
    for cell in notebook["cells"]:
        if grade_id(cell) in ("double", "square"):
            cell["source"] = f"def {grade_id(cell)}(x):\n    raise NotImplementedError()"
        if is_manual(cell):
            cell["source"] = "YOUR ANSWER HERE"
        if grade_id(cell):
            cell["metadata"]["nbgrader"]["checksum"] = f"checksum of {grade_id(cell)}"
    folder = course.release_dir(ID)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ID}.ipynb").write_text(dumps(notebook), encoding="utf-8")
    (folder / "helper.py").write_text("ANSWER = 42\n", encoding="utf-8")
    return notebook


def make_result(student: str, release: Notebook, **scores: float | None) -> SubmissionResult:
    """A graded submission; a question without a score here is left untouched, with 0 points."""
    notebook = deepcopy(release)
    for cell in notebook["cells"]:
        if is_solution(cell) and question_of(cell) in scores:
            cell["source"] = "an answer"
    points = {"double": 4.0, "square": 2.0, "why": 3.0}
    questions = tuple(
        QuestionResult(name, scores.get(name, 0.0), points[name], manual=name == "why")
        for name in points
    )
    return SubmissionResult(student, ID, Status.GRADED, 9.0, questions, notebook=notebook)


def hand_in(
    course: Course,
    student: str,
    content: Notebook | bytes,
    *,
    name: str = "",
    assignment: str = ID,
) -> Submission:
    """Put a file into submitted/, named `name`.ipynb, or after the assignment without `name`."""
    path = course.submitted_dir / student / assignment / f"{name or assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else dumps(content).encode())
    return Submission(student, assignment, path)
