"""A course with one assignment, a net: its source, and its release as nbgrader would make it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from grader.course.settings import Course
from grader.course.solution import replace_solution
from grader.notebook import Notebook, dumps
from tests.kit.notebooks import make_cell, make_notebook

COURSE = """\
name: Tiny
seed: 1
assignments:
  - id: net
    title: A net
    questions: {forward: 2, both: 1, explain: {points: 3, manual: true}}
"""
FORWARD = '''def forward(params, X):
    """Scores of the rows of X, as `(scores, hidden)`."""
    ### BEGIN SOLUTION
    W1, b1 = params["W1"], params["b1"]
    hidden = np.maximum(0, X @ W1 + b1)
    scores = (
        hidden @ params["W2"]
        + params["b2"]
    )
    return scores, hidden
    ### END SOLUTION'''
ANSWER = """Answer in one sentence.

### BEGIN SOLUTION
A row maximum keeps every exponent at or below zero. That is all.
### END SOLUTION"""
VISIBLE = """params = {"W1": np.eye(2), "b1": np.zeros(2), "W2": np.eye(2), "b2": np.zeros(2)}
scores, hidden = forward(params, np.ones((3, 2)))
assert scores.shape == (3, 2), f"expected shape (3, 2), got {scores.shape}\""""
HIDDEN_TESTS = '''"""Hidden tests of the tiny net."""
import numpy as np
import pytest
from grader.judge import assert_close, expect_tuple


@pytest.mark.question("forward", points=2)
def test_forward_scores(student, reference, rng):
    """The scores of every row are affine → ReLU → affine."""
    params = {"W1": rng.normal(size=(4, 7)), "b1": rng.normal(size=7)}
    params |= {"W2": rng.normal(size=(7, 3)), "b2": rng.normal(size=3)}
    X = rng.normal(size=(6, 4))
    scores, hidden = expect_tuple(student.forward(params, X), 2, "forward")
    assert_close(scores, reference.forward(params, X)[0], "scores")


@pytest.mark.question("both", points=1)
def test_both_work(student, progress):
    """Everything together works."""
    assert progress.full_marks("forward"), "forward is not right yet"
'''
MISTAKES = '''"""Known mistakes."""
from grader.judge.catalogue import Mistake

MISTAKES = [
    Mistake(
        id="forward.no_relu",
        question="forward",
        hint="Look at the hidden layer: which values "
        "of it can a ReLU never give?",
        code="""
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    return hidden @ params["W2"] + params["b2"], hidden
""",
    )
]
'''
HELPER = "def show(values):\n    return [round(value, 3) for value in values]\n"


def notebook() -> Notebook:
    """The instructor's notebook."""
    title = "# A net\n\nThe hidden layer is $h = \\max(0, XW_1 + b_1)$."
    check: dict[str, Any] = {"grade": True, "locked": True}
    return make_notebook(
        make_cell("title", title, "markdown"),
        make_cell("setup", "import numpy as np\nfrom helper import show", locked=True),
        make_cell("forward", FORWARD, solution=True),
        make_cell("test_forward", VISIBLE, **check, points=2),
        make_cell("test_both", "assert forward is not None", **check, points=1),
        make_cell("explain", ANSWER, "markdown", grade=True, solution=True, points=3),
    )


def released(source: Notebook) -> Notebook:
    """The release of a source, similar enough to nbgrader's for the gates."""
    result = deepcopy(source)
    for cell in result["cells"]:
        if "BEGIN SOLUTION" in cell["source"]:
            stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
            kind = cell["cell_type"]
            text = replace_solution(cell["source"], stub if kind == "code" else "YOUR ANSWER HERE")
            cell["source"] = "\n".join(line for line in text.split("\n") if "SOLUTION" not in line)
    return result


def write_net_course(root: Path) -> Course:
    """A course with one assignment, `net`, which is not built yet."""
    write_source(root, notebook())
    (root / "course.yml").write_text(COURSE)
    folder = root / "solutions" / "net"
    (folder / "hidden_tests.py").write_text(HIDDEN_TESTS)
    (folder / "mistakes.py").write_text(MISTAKES)
    (folder / "helper.py").write_text(HELPER)
    return Course.load(root)


def write_source(root: Path, source: Notebook) -> None:
    """Put it where the build looks for it."""
    path = root / "solutions" / "net" / "net.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(source))


def change(name: str, **keys: Any) -> Notebook:
    """The instructor's notebook with keys of one cell changed."""
    source = notebook()
    cell = next(cell for cell in source["cells"] if cell["id"] == name)
    cell.update(keys)
    return source
