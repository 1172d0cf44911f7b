"""The visible checks of an assignment, as they run at a student's home."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.box.outputs import LIBRARIES
from grader.release.build import GOES_ON
from tests.kit.files import ROOT

FILES = sorted(ROOT.glob("solutions/*/checking.py"))


@pytest.fixture(params=FILES, ids=lambda path: path.parent.name)
def checking(request: pytest.FixtureRequest) -> Any:
    spec = importlib.util.spec_from_file_location("checking", request.param)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of a notebook, with SciPy as a student's own computer has it."""
    main = ModuleType("__main__")
    exec("def expit(x): pass", scipy := {"__name__": "scipy.special"})
    package, special = ModuleType("scipy"), ModuleType("scipy.special")
    package.special = special  # type: ignore[attr-defined]
    special.expit = scipy["expit"]  # type: ignore[attr-defined]
    for name, module in {"scipy": package, "scipy.special": special, "__main__": main}.items():
        monkeypatch.setitem(sys.modules, name, module)
    return vars(main)


@pytest.mark.parametrize(
    "code",
    [
        "import scipy.special",
        "from scipy.special import expit as sigmoid",
        "def forward(x):\n    from scipy.special import expit\n    return expit(x)",
        "import scipy as tool",
    ],
)
def test_a_library_that_the_grader_lacks_is_refused_in_words(
    checking: Any, notebook: dict[str, Any], code: str
) -> None:
    exec(code, notebook)
    with pytest.raises(AssertionError, match="the grader has no scipy: use numpy, matplotlib or"):
        checking.check("it holds", True)


def test_what_the_grader_has_is_no_reason_to_refuse(
    checking: Any, notebook: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"import {name}" for name in (*LIBRARIES, "math", "json")]
    exec("\n".join([*lines, "def torch(x): return x"]), notebook)
    checking.check("it holds", True)
    checking.check_close("a number", 1.0, 1.0)
    assert capsys.readouterr().out == "✓ it holds\n✓ a number: 1\n"


def test_no_library_of_the_grader_is_refused(checking: Any) -> None:
    assert not checking.NOT_THERE & set(LIBRARIES)


WRONG = 'from checking import check\ncheck("it holds", False)\n'


@pytest.mark.slow
def test_jupyter_goes_on_after_a_failed_check_and_nbgrader_counts_it_as_failed() -> None:
    # imported here, since this takes a second that processes without this test need not spend
    import nbformat
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook
    from nbgrader.utils import determine_grade

    check, other = new_code_cell(WRONG), new_code_cell("print('the next exercise')")
    missing = new_code_cell("check('is there', forward)\n", metadata={"tags": [GOES_ON]})
    mark = {"grade": True, "grade_id": "test_f", "points": 2, "solution": False, "locked": True}
    check.metadata = nbformat.from_dict({"tags": [GOES_ON], "nbgrader": mark})
    folder = str(FILES[0].parent)
    NotebookClient(
        new_notebook(cells=[check, missing, other]), resources={"metadata": {"path": folder}}
    ).execute()
    (error,) = check.outputs
    assert error["traceback"] == ["✗ not so: it holds"]
    assert determine_grade(check) == (0, 2)
    (error,) = missing.outputs
    assert error["traceback"] == [
        "✗ stopped at `check('is there', forward)`: name 'forward' is not defined. "
        "Is it misspelt, or did its cell not run to its end?"
    ]
    assert other.outputs[0]["text"] == "the next exercise\n"


def test_a_plain_script_stops_at_a_failed_check_with_one_line() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WRONG], cwd=FILES[0].parent, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (1, "✗ not so: it holds\n")


def test_other_errors_of_a_plain_script_are_shown_as_usual() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import checking\n1 / 0"],
        cwd=FILES[0].parent,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "Traceback" in ran.stderr
    assert ran.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize("shape", [(1,), (3,)])
def test_an_array_for_a_number_gets_no_advice_that_would_not_help(
    checking: Any, shape: tuple[int, ...]
) -> None:
    with pytest.raises(AssertionError, match=r"expected a number, got an array of shape \(\d,\)$"):
        checking.check_close("loss", np.zeros(shape), 0.0)


def test_functions_that_are_not_written_in_python_can_be_checked(checking: Any) -> None:
    with pytest.raises(AssertionError, match="maximum stopped: ValueError: operands"):
        checking.run(np.maximum, np.zeros(2), np.zeros(3))
    assert checking.run(np.maximum, 1.0, 2.0) == 2.0


def test_what_a_function_changed_is_put_back_for_the_other_checks(checking: Any) -> None:
    def damage(x: Any, params: Any, fail: bool = False) -> Any:
        x += 1
        params["W"][0] = 7
        params["W"], params["more"] = np.zeros(2), 0
        return 1 / 0 if fail else x

    x, weights = np.arange(3), np.ones(2)
    params = {"W": weights}
    for fail, sentence in ((False, "damage changes its argument x"), (True, "ZeroDivisionError")):
        with pytest.raises(AssertionError, match=sentence):
            checking.run(damage, x, params, fail=fail)
        assert x.tolist() == [0, 1, 2]
        assert params == {"W": weights}
        assert weights.tolist() == [1, 1]


def test_an_argument_that_a_function_may_change_stays_changed(checking: Any) -> None:
    def step(w: Any) -> None:
        w -= 1

    w = np.ones(2)
    checking.run(step, w, returns="", changes="w")
    assert w.tolist() == [0, 0]
