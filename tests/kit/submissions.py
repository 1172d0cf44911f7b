"""A release with three questions, and submissions as students and editors change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from grader.course.settings import Course
from grader.intake.rebuild import Intake
from grader.intake.submissions import find_submissions, read_submission
from grader.notebook import Cell, Notebook, dumps, is_solution
from tests.kit.course import hand_in
from tests.kit.notebooks import answered, make_cell, make_notebook

STUBS = {
    "forward": "def forward(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "gates": "def add(x, y):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\n\n"
    "def multiply(x, y):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
}
FORWARD = "def forward(x):\n    return 2 * x"
ADD = "def add(x, y):\n    return x + y"
MULTIPLY = "def multiply(x, y):\n    return x * y"


def solution(name: str) -> Cell:
    """An answer cell that nobody has touched."""
    return make_cell(name, STUBS[name], solution=True)


def check(name: str) -> Cell:
    """The check cell of a question."""
    source = f"assert {name}"
    return make_cell(f"test_{name}", source, grade=True, locked=True, points=2)


def make_release() -> Notebook:
    """A notebook with two questions of code and one that is answered in words."""
    return make_notebook(
        make_cell("title", "# Title", "markdown"),
        make_cell("setup", "import numpy as np", locked=True),
        solution("forward"),
        check("forward"),
        make_cell("gates-text", "Now the gates.", "markdown"),
        solution("gates"),
        check("gates"),
        make_cell("explain-text", "Why?", "markdown"),
        make_cell("explain", "YOUR ANSWER HERE", "markdown", solution=True, grade=True, points=3),
        make_cell("end", "The end.", "markdown"),
    )


def told(intake: Intake) -> tuple[str, ...]:
    """The notes that the student reads."""
    return tuple(note.text for note in intake.notes)


def repaired(intake: Intake) -> Notebook:
    """The notebook that is graded."""
    assert intake.notebook is not None
    return intake.notebook


def index(notebook: Notebook, name: str) -> int:
    """Where a cell stands."""
    return [cell["id"] for cell in notebook["cells"]].index(name)


def source(notebook: Notebook | None, name: str) -> str:
    """The source of a cell."""
    assert notebook is not None
    text: str = notebook["cells"][index(notebook, name)]["source"]
    return text


RELEASE = make_release()


def stripped(notebook: Notebook) -> Notebook:
    """The notebook without labels and cell ids; it is changed in place."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    return notebook


def protected(notebook: Notebook) -> list[str]:
    """Every cell that a student must not change, as text of a file."""
    cells = [c for c in notebook["cells"] if not is_solution(c) and "grader" not in c["metadata"]]
    return [dumps({"cells": [cell]}) for cell in cells]


ALL = {"forward": FORWARD, "gates": f"{ADD}\n\n\n{MULTIPLY}", "explain": "Because é 😀."}
NAMES = st.sampled_from(["forward", "gates", "explain", "setup", "test_forward", "other"])


def write_bare_course(root: Path) -> Course:
    """A course that has this assignment."""
    text = "name: c\nseed: 1\nassignments: [{id: net, title: t, questions: {forward: 2}}]\n"
    (root / "course.yml").write_text(text)
    return Course.load(root)


def handed_in(course: Course, student: str, data: bytes | None = None, name: str = "") -> Path:
    """Hand a notebook in, a right one unless `data` is given; returns its path."""
    content = answered(RELEASE, forward=FORWARD) if data is None else data
    return hand_in(course, student, content, name=name, assignment="net").path


def read_only_one(course: Course) -> Any:
    """What intake makes of the only submission there is."""
    (submission,) = find_submissions(course, "net")
    return read_submission(submission, RELEASE)
