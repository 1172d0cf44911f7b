"""`grader check`: what a student learns about a notebook, with nothing but the release."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import notebook
from grader.box.launch import Launcher, launcher
from grader.course.settings import Limits
from grader.errors import UsageError
from grader.grading.visible_checks import (
    CheckedQuestion,
    check_notebook,
    language_of,
    limits_of,
)

RELEASE = Path(__file__).parents[2] / "assignments" / "backprop"
RIGHT = "def sgd_step(w, dw, learning_rate):\n    return w - learning_rate * dw"
LIMITS = {"cell_timeout_s": 1, "memory_mib": 512}

SET_UP = next(
    cell["source"]
    for cell in notebook.loads((RELEASE / "backprop.ipynb").read_bytes())["cells"]
    if notebook.grade_id(cell) == "set_up"
)


@pytest.fixture(scope="module")
def boxes() -> Iterator[Launcher]:
    opened = launcher(own_code=True)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def shared_boxes(boxes: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """One launcher for all tests: each would start a zygote for a second."""
    monkeypatch.setattr(boxes, "close", lambda: None)
    monkeypatch.setattr("grader.grading.visible_checks.launcher", lambda own_code: boxes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASE, tmp_path / "backprop"))


def answered(folder: Path, answers: dict[str, str]) -> dict[str, CheckedQuestion]:
    path = folder / "backprop.ipynb"
    document = notebook.loads(path.read_bytes())
    for cell in document["cells"]:
        name = notebook.grade_id(cell)
        if name in answers:
            cell["source"] = answers[name]
    path.write_text(notebook.dumps(document))
    return {answer.question: answer for answer in check_notebook(path)}


def test_each_question_is_right_wrong_or_not_started(folder: Path) -> None:
    wrong = "def circuit(x, y, z):\n    return (x + y) * z, 1.0, 1.0, 1.0"
    found = answered(folder, {"sgd_step": RIGHT, "circuit": wrong})
    assert found["sgd_step"].passed
    assert not found["circuit"].passed
    assert "expected" in found["circuit"].message
    assert "not started" in found["neuron"].message


CIRCUIT = """def circuit(x, y, z):
    dq, dz = multiply_backward(1.0, x + y, z)
    return (x + y) * z, dq, dq, dz
"""


def test_finished_code_is_never_called_unfinished(folder: Path) -> None:
    """It may call a function that is, or still hold the line with which it was released."""
    inside = (
        "def patterns(x, y, z, w):\n    f = x * y\n    raise NotImplementedError()\n    return f"
    )
    above = f"raise NotImplementedError()\n\n{RIGHT}"
    found = answered(folder, {"circuit": CIRCUIT, "patterns": inside, "sgd_step": above})
    assert "multiply_backward" in found["circuit"].message
    assert "circuit is not started" not in found["circuit"].message
    for question in ("patterns", "sgd_step"):
        assert "the line `raise NotImplementedError()`" in found[question].message
        assert "not started" not in found[question].message
    assert found["neuron"].message.startswith("not started")


def test_an_answer_that_ends_python_costs_only_itself(folder: Path) -> None:
    found = answered(folder, {"sgd_step": RIGHT, "circuit": "import os\nos._exit(3)"})
    assert found["sgd_step"].passed
    assert not found["circuit"].passed


def are_there(folder: Path, *names: str) -> bool:
    """Whether code in the notebook can read these files beside it."""
    code = f"for name in {names!r}:\n    open(name).close()\n{RIGHT}"
    return answered(folder, {"sgd_step": code})["sgd_step"].passed


def test_helpers_are_found_in_a_folder_full_of_other_files(folder: Path) -> None:
    for number in range(600):
        (folder / f"a{number:03}.pdf").write_text("x")
        (folder / f"a{number:03}.zip").write_text("x")
    assert are_there(folder, "checking.py")


def with_files(folder: Path, *names: str) -> tuple[str, ...]:
    """The names of empty files that are put beside the notebook."""
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return names


def test_helpers_of_any_kind_in_folders_too_are_found(folder: Path) -> None:
    assert are_there(folder, *with_files(folder, "data/table.json", "data/__init__.py"))


def test_hidden_files_and_other_notebooks_are_no_helpers(folder: Path) -> None:
    for name in with_files(folder, ".git/config", "other.ipynb"):
        assert not are_there(folder, name)


def test_what_is_too_much_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "film.mp4").write_bytes(bytes(2 << 20))
    monkeypatch.setattr("grader.grading.visible_checks.MAX_TOTAL_BYTES", 1 << 20)
    assert not are_there(folder, "film.mp4")
    assert are_there(folder, "checking.py")


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"cells": []}'])
def test_a_file_that_is_no_notebook_is_one_line(folder: Path, content: str) -> None:
    path = folder / "backprop.ipynb"
    path.write_text(content)
    with pytest.raises(UsageError) as error:
        check_notebook(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_cell_that_stops_above_the_check_is_the_reason_given(folder: Path) -> None:
    """Otherwise a forgotten colon would be reported as a name that is not defined."""
    broken = "def sgd_step(w, dw, learning_rate)\n    return w - learning_rate * dw"
    found = answered(folder, {"sgd_step": broken})
    assert found["sgd_step"].message.startswith(
        "cell sgd_step, above this check, fails: SyntaxError"
    )
    assert "ipython" not in found["sgd_step"].message


def test_a_helper_file_that_is_missing_is_named_with_its_origin(folder: Path) -> None:
    (folder / "checking.py").unlink()
    found = answered(folder, {"sgd_step": RIGHT})
    assert found["sgd_step"].message == (
        "the helper file checking.py is missing. It was released with this notebook: get it from "
        "where you got the notebook, and put it into the same folder"
    )
    assert "not started" in found["neuron"].message


def test_a_data_file_that_is_missing_is_named_where_it_is_needed(folder: Path) -> None:
    set_up = "values = open('values.csv').read()"
    found = answered(folder, {"set_up": f"{SET_UP}\n{set_up}", "sgd_step": f"values\n{RIGHT}"})
    assert "the helper file values.csv is missing" in found["sgd_step"].message
    assert "not started" in found["neuron"].message


def test_the_released_cell_that_fails_first_is_the_reason_given(folder: Path) -> None:
    found = answered(folder, {"set_up": f"1 / 0\n{SET_UP}", "sgd_step": RIGHT})
    text = "cell set_up, above this check, fails: ZeroDivisionError: division by zero"
    assert found["sgd_step"].message == text


def test_a_library_that_is_not_installed_is_no_helper_file(folder: Path) -> None:
    code = "raise ModuleNotFoundError(\"No module named 'torch'\")"
    found = answered(folder, {"set_up": f"{code}\n{SET_UP}", "sgd_step": RIGHT})
    assert "No module named 'torch'" in found["sgd_step"].message
    assert "helper" not in found["sgd_step"].message


def test_the_sign_of_a_lost_check_is_said_once(folder: Path) -> None:
    found = answered(folder, {"circuit": "def circuit(x, y, z):\n    return 1.0"})
    assert found["circuit"].message.startswith("circuit(-2, 5, -4): expected 4 values")


WRONG_LIMITS = {"limits": {"cell_timeout_s": -1}}


@pytest.mark.parametrize("mark", [None, 5, [], {"added": True}, {"language": ["de"]}, WRONG_LIMITS])
def test_a_notebook_that_does_not_say_its_language_is_checked_in_english(
    folder: Path, mark: object
) -> None:
    path = folder / "backprop.ipynb"
    document = notebook.loads(path.read_bytes())
    path.write_text(notebook.dumps({**document, "metadata": {"grader": mark}}))
    assert language_of(path) == "en"
    assert limits_of(path) is None


@pytest.mark.slow
def test_the_limits_that_a_notebook_tells_hold(folder: Path) -> None:
    path = folder / "backprop.ipynb"
    document = notebook.loads(path.read_bytes())
    path.write_text(notebook.dumps({**document, "metadata": {"grader": {"limits": LIMITS}}}))
    assert limits_of(path) == Limits(**LIMITS)
    found = answered(folder, {"circuit": "while True: pass", "sgd_step": RIGHT})
    assert "this cell did not finish within 1 s" in found["circuit"].message
    assert found["sgd_step"].passed


def test_a_missing_library_is_told_with_those_that_are_there(folder: Path) -> None:
    found = answered(folder, {"sgd_step": f"from scipy_like.special import expit\n{RIGHT}"})
    assert found["sgd_step"].message == (
        "cell sgd_step, above this check, fails: ModuleNotFoundError: No module named "
        "'scipy_like' (the grader has Python's own modules, numpy, matplotlib, tqdm and the "
        "released files)"
    )
