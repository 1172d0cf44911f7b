"""The visible checks of an assignment, as they run at a student's home."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from grader.box.outputs import LIBRARIES
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
