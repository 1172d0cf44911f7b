"""`grader check`: what a student sees of the own notebook, with nothing but the release."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import notebook
from grader.check import Answer, check_notebook
from grader.errors import UsageError

RELEASE = Path(__file__).parent.parent / "assignments" / "backprop"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASE, tmp_path / "backprop"))


def answered(folder: Path, answers: dict[str, str]) -> dict[str, Answer]:
    path = folder / "backprop.ipynb"
    document = notebook.loads(path.read_bytes())
    for cell in document["cells"]:
        name = notebook.grade_id(cell)
        if name in answers:
            cell["source"] = answers[name]
    path.write_text(notebook.dumps(document))
    return {answer.question: answer for answer in check_notebook(path)}


def test_each_question_is_right_wrong_or_not_started(folder: Path) -> None:
    right = "def sgd_step(w, dw, learning_rate):\n    return w - learning_rate * dw"
    wrong = "def circuit(x, y, z):\n    return (x + y) * z, 1.0, 1.0, 1.0"
    found = answered(folder, {"sgd_step": right, "circuit": wrong})
    assert found["sgd_step"].passed
    assert not found["circuit"].passed
    assert "expected" in found["circuit"].message
    assert "not started" in found["neuron"].message


def test_an_answer_that_ends_python_costs_only_itself(folder: Path) -> None:
    right = "def sgd_step(w, dw, learning_rate):\n    return w - learning_rate * dw"
    found = answered(folder, {"sgd_step": right, "circuit": "import os\nos._exit(3)"})
    assert found["sgd_step"].passed
    assert not found["circuit"].passed


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"cells": []}'])
def test_a_file_that_is_no_notebook_is_one_line(folder: Path, content: str) -> None:
    path = folder / "backprop.ipynb"
    path.write_text(content)
    with pytest.raises(UsageError) as error:
        check_notebook(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
