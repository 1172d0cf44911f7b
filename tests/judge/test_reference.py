"""The reference: definitions only, with overrides and variants, or a one-line error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.solution import reference_source, without_idle_imports
from grader.errors import JudgeError
from grader.judge.catalogue import Alternative, Catalogue, Mistake
from grader.judge.oracle import complex_step_gradient
from grader.judge.reference import Reference


def notebook(*sources: str) -> dict[str, Any]:
    cells = [{"cell_type": "code", "id": f"c{i}", "source": s} for i, s in enumerate(sources)]
    return {"cells": [{"cell_type": "markdown", "id": "m", "source": "# not code"}, *cells]}


SOURCE = """
import math
def inner(x): return x + 1
def outer(x): return 10 * inner(x)
class Box:
    def value(self): return inner(1)
"""


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    return Reference(SOURCE, tmp_path)


def test_only_imports_functions_and_classes_are_kept() -> None:
    kept = reference_source(
        notebook(
            "import math\nx = math.inf\nprint(x)\ndef f(): return 1\n",
            "assert False\nclass A:\n    b = 2\nif True:\n    def g(): pass\n",
            "from math import pi\n1 / 0",
        )
    )
    assert kept == (
        "import math\n\ndef f():\n    return 1\n\nclass A:\n    b = 2\n\nfrom math import pi\n"
    )


def test_a_cell_that_is_no_python_is_named_with_its_line() -> None:
    with pytest.raises(JudgeError, match=r"cell 'c1': line 2: [^\n]*plain Python$"):
        reference_source(notebook("x = 1", "x = 1\n%matplotlib inline"))


def test_an_import_is_dropped_when_neither_definitions_nor_users_mention_it() -> None:
    imports = (
        "import a",
        "import b.c",
        "import d as e",
        "from f import g, h",
        "import used_by_tests",
        "from i import *",
    )
    source = "\n\n".join([*imports, "def k():\n    return b.c.x(h)"])
    kept = without_idle_imports(source, "assert used_by_tests")
    assert kept.split("\n\n")[:-1] == [imports[1], *imports[3:]]


def test_a_later_definition_of_a_name_wins(tmp_path: Path) -> None:
    source = reference_source(notebook("def f(): return 1", "def f(): return 2"))
    assert Reference(source, tmp_path).f() == 2


def test_overrides_are_seen_by_the_definitions_and_only_in_the_copy(reference: Reference) -> None:
    copy = reference.namespace(inner=lambda x: -x)
    assert (copy.outer(2), copy.Box().value(), reference.outer(2)) == (-20, -1, 30)


def test_a_variant_replaces_what_it_defines_for_all_functions(reference: Reference) -> None:
    variant = reference.variant("def inner(x): return x * math.pi")
    assert (variant.inner(1), variant.outer(1)) == (np.pi, 10 * np.pi)
    assert (reference.outer(0), reference.inner(1)) == (10, 2)


def test_an_unknown_name_is_an_attribute_error_that_names_it(reference: Reference) -> None:
    with pytest.raises(AttributeError, match="defines no 'absent'"):
        _ = reference.absent


@pytest.mark.parametrize("source", ["import nothing_like_this", "class A:\n    x = 1 / 0"])
def test_definitions_that_do_not_run_are_our_error(tmp_path: Path, source: str) -> None:
    with pytest.raises(JudgeError, match="the definitions do not run"):
        Reference(source, tmp_path)


def test_helpers_are_imported_from_the_folder_and_forgotten(tmp_path: Path) -> None:
    for name, answer in (("one", 1), ("two", 2)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "tiny_helper.py").write_text(f"ANSWER = {answer}\n")
        source = "import tiny_helper\ndef f(): return tiny_helper.ANSWER\n"
        assert Reference(source, folder).f() == answer
    assert "tiny_helper" not in sys.modules
    assert not [path for path in sys.path if path.startswith(str(tmp_path))]


def test_helper_packages_are_forgotten_with_their_parts(tmp_path: Path) -> None:
    for name, answer in (("one", 1), ("two", 2)):
        package = tmp_path / name / "tiny_package"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "part.py").write_text(f"ANSWER = {answer}\n")
        source = "from tiny_package.part import ANSWER\ndef f(): return ANSWER\n"
        assert Reference(source, tmp_path / name).f() == answer
    assert not [name for name in sys.modules if name.startswith("tiny_package")]


# The oracle


def test_the_complex_step_is_exact_to_rounding() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3))
    before = x.copy()
    gradient = complex_step_gradient(lambda v: np.sum(np.exp(v) * np.sin(v) / (1 + v**2)), x)
    exact = np.exp(x) * (np.sin(x) + np.cos(x)) / (1 + x**2)
    exact -= np.exp(x) * np.sin(x) * 2 * x / (1 + x**2) ** 2
    np.testing.assert_allclose(gradient, exact, rtol=1e-14)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("h", [1e-8, 1e-30, 1e-100])
def test_the_complex_step_hardly_depends_on_its_step(h: float) -> None:
    gradient = complex_step_gradient(lambda v: v[()] ** 3, np.array(2), h)
    assert gradient.shape == ()
    assert abs(gradient[()] - 12) < 1e-13


def test_a_relu_network_can_be_stepped() -> None:
    gradient = complex_step_gradient(lambda v: np.maximum(0, v).sum(), np.array([-2.0, 3.0, 0.5]))
    np.testing.assert_array_equal(gradient, [0, 1, 1])


# The catalogue

HEAD = "from grader.judge.catalogue import Alternative, Mistake\n"


def test_a_catalogue_lists_mistakes_and_alternatives() -> None:
    catalogue = Catalogue.from_source(
        HEAD
        + "MISTAKES = [Mistake('f.a', 'f', 'Hint.', 'def f(): pass\\ndef g(): pass\\nx = 1')]\n"
        + "ALTERNATIVES = [Alternative(id='f.b', question='f', code='def f(): return 1')]\n"
    )
    (mistake,) = catalogue.mistakes
    assert mistake.functions == {"f", "g"}
    assert isinstance(mistake, Mistake)
    assert isinstance(catalogue.alternatives[0], Alternative)


@pytest.mark.parametrize("source", ["", "\n", "MISTAKES = []"])
def test_an_empty_catalogue_is_one(source: str) -> None:
    assert Catalogue.from_source(source) == Catalogue()


@pytest.mark.parametrize(
    "source,reason",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("def broken(:", "mistakes.py: line 1: invalid syntax; mend it"),
        ("import nothing_like_this", "ModuleNotFoundError"),
        (HEAD + "MISTAKES = [Mistake('a', 'f', 'H', '')] * 2", "'a' is used twice"),
        (HEAD + "MISTAKES = ['a']", "mistakes.py"),
        (HEAD + "MISTAKES = 5", "mistakes.py"),
        (HEAD + "MISTAKES = [Mistake('a', 'f', 'H', 'def f(:')]", "mistakes.py: a: line 1: "),
    ],
)
def test_a_broken_catalogue_is_one_line_of_ours(source: str, reason: str) -> None:
    with pytest.raises(JudgeError, match=reason) as caught:
        Catalogue.from_source(source)
    assert "\n" not in str(caught.value)
