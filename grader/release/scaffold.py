"""`grader new`: an assignment with one question of each kind, which builds and grades at once."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from keyword import iskeyword, issoftkeyword
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from grader.course.settings import COURSE_FILE, Course, Identifier
from grader.errors import UsageError
from grader.notebook import Cell, Notebook, dumps
from grader.release.course_text import last_line
from grader.system.files import write_whole

__all__ = ["first_assignment", "new_assignment"]

TEMPLATES = ("hidden_tests.py", "mistakes.py", "small_inputs.py")
POINTS = {"affine": 3, "explain": 2}

TITLE = """\
# {id}

**Goal.** Say in one paragraph what a student can do afterwards.

| name | shape | meaning |
|---|---|---|
| `X` | (N, D) | a batch of N rows with D features |
| `W`, `b` | (D, C), (C,) | weights and biases |"""

IDEA = """\
## 1. An affine layer

Every row of scores is a weighted sum of the features plus the bias: `scores = XW + b`,
of shape (N, C)."""

SOLUTION = '''\
def affine(X, W, b):
    """Scores of an affine layer.

    Args:
        X: batch, (N, D).
        W: weights, (D, C).
        b: biases, (C,).

    Returns:
        scores, (N, C).
    """
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION'''

CHECK = """\
scores = affine(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]]), np.ones(3))
assert np.shape(scores) == (1, 3), f"expected shape (1, 3), got {np.shape(scores)}"
assert np.allclose(scores, [[2.0, 3.0, 2.0]]), f"expected [[2, 3, 2]], got {scores}"
"""

QUESTION = (
    "## 2. Explain\n\nWhy does the bias need no weight of its own for each row? Two sentences."
)


def new_assignment(course: Course, assignment_id: str) -> Iterator[Path]:
    """Write solutions/<id>/ and an entry in course.yml.

    Args:
        course: the course.
        assignment_id: id of the new assignment.

    Yields:
        Each file, when it has been written.

    Raises:
        UsageError: the id is not valid or is taken, or the list of assignments in course.yml has a
            form to which nothing can be added. Nothing is written then.
    """
    _refuse_bad_id(assignment_id)
    folder = course.solution_dir(assignment_id)
    if folder.exists() or any(a.id == assignment_id for a in course.assignments):
        raise UsageError(f"{folder}: the assignment exists; choose another id")
    course_yml = course.root / COURSE_FILE
    extended = _with_entry(course_yml, assignment_id)
    contents = {folder / name: text for name, text in _sources(assignment_id).items()}
    contents[course_yml] = extended  # last: course.yml must not name files that do not exist
    for path, text in contents.items():
        write_whole(path, text)
        yield path


def first_assignment(assignment_id: str) -> tuple[str, dict[str, str]]:
    """An assignment for a course that has no other yet.

    Args:
        assignment_id: its id.

    Returns:
        The lines of course.yml on it, and its files by name.

    Raises:
        UsageError: the id is not valid.
    """
    _refuse_bad_id(assignment_id)
    return _entry(assignment_id, 2), _sources(assignment_id)


def _sources(assignment_id: str) -> dict[str, str]:
    notebook = {f"{assignment_id}.ipynb": dumps(_notebook(assignment_id))}
    return notebook | {name: _template(name, assignment_id) for name in TEMPLATES}


def _refuse_bad_id(assignment_id: str) -> None:
    """Refuse what is no id, or a Python module's name: students would import the wrong one."""
    try:
        TypeAdapter(Identifier).validate_python(assignment_id)
    except ValidationError:
        raise UsageError(
            f"{assignment_id!r} is not an assignment id; start with a small letter, then use small "
            "letters, digits and _, at most 64 characters in all"
        ) from None
    if iskeyword(assignment_id) or issoftkeyword(assignment_id):
        taken = "a keyword of Python"
    elif (spec := find_spec(assignment_id)) and spec.origin:  # a mere folder has no origin
        taken = "a Python module that is installed here"
    else:
        return
    raise UsageError(
        f"{assignment_id!r} is {taken}; choose another id, such as {assignment_id}_assignment"
    )


def _template(name: str, assignment_id: str) -> str:
    source = files("grader.release") / "templates" / "assignment" / f"{name}.txt"
    return source.read_text(encoding="utf-8").replace("{{id}}", assignment_id)


def _with_entry(path: Path, assignment_id: str) -> str:
    """course.yml with one more assignment, its comments and layout kept."""
    text = path.read_text(encoding="utf-8")
    tree: Any = yaml.compose(text, yaml.SafeLoader)
    (listed,) = (value for key, value in tree.value if key.value == "assignments")
    if listed.flow_style:
        raise UsageError(
            f"{path}: assignments are listed in brackets; write them one below the other first"
        )
    lines = text.splitlines(keepends=True)
    last = last_line(listed)
    lines[last] = lines[last].rstrip("\n") + "\n"
    lines[last + 1 : last + 1] = ["\n", _entry(assignment_id, listed.start_mark.column)]
    return "".join(lines)


def _entry(assignment_id: str, column: int) -> str:
    """The lines of course.yml on a new assignment, which begin in this column."""
    lines = [f"- id: {assignment_id}", f"  title: {assignment_id}", "  questions:"]
    lines += [f"    affine: {POINTS['affine']}"]
    lines += [f"    explain: {{points: {POINTS['explain']}, manual: true}}"]
    return "".join(f"{' ' * column}{line}\n" for line in lines)


def _notebook(assignment_id: str) -> Notebook:
    answer = {"grade": True, "locked": False, "solution": True, "points": POINTS["explain"]}
    check = {"grade": True, "locked": True, "solution": False, "points": POINTS["affine"]}
    cells = [
        _cell("title", "markdown", TITLE.format(id=assignment_id)),
        _cell("set-up", "code", "import numpy as np", grade=False, locked=True, solution=False),
        _cell("affine-idea", "markdown", IDEA),
        _cell("affine", "code", SOLUTION, grade=False, locked=False, solution=True),
        _cell("test_affine", "code", CHECK.rstrip(), **check),
        _cell("explain-idea", "markdown", QUESTION),
        _cell("explain", "markdown", "Each row gets the same bias, so b has one entry.", **answer),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(name: str, kind: str, source: str, **marks: bool | int) -> Cell:
    """A cell; with `marks`, it is a cell of nbgrader."""
    metadata = {"nbgrader": {"grade_id": name, "schema_version": 3, "task": False, **marks}}
    cell: Cell = {"cell_type": kind, "id": name.replace("_", "-"), "source": source}
    cell["metadata"] = metadata if marks else {}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
