"""The reference: definitions only, with overrides and variants, or a one-line error."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from grader.course.solution import reference_source
from grader.errors import JudgeError
from grader.judge.reference import Reference
from tests.kit.notebooks import code_notebook

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


def test_a_later_definition_of_a_name_wins(tmp_path: Path) -> None:
    source = reference_source(code_notebook("def f(): return 1", "def f(): return 2"))
    assert Reference(source, tmp_path).f() == 2


def test_overrides_are_seen_by_the_definitions_and_only_in_the_copy(reference: Reference) -> None:
    copy = reference.namespace(inner=lambda x: -x)
    assert (copy.outer(2), copy.Box().value(), reference.outer(2)) == (-20, -1, 30)


def test_a_variant_replaces_what_it_defines_for_all_functions(reference: Reference) -> None:
    variant = reference.variant("def inner(x): return x * math.pi")
    assert (variant.inner(1), variant.outer(1)) == (np.pi, 10 * np.pi)
    assert (reference.outer(0), reference.inner(1)) == (10, 2)


def test_callers_are_the_functions_that_call_one_by_name(reference: Reference) -> None:
    assert reference.with_callers({"inner"}) == {"inner", "outer"}
    assert reference.with_callers({"outer", "unknown"}) == {"outer", "unknown"}


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


def test_helpers_are_imported_once_for_all_copies(tmp_path: Path) -> None:
    count = "from pathlib import Path\nwith Path(__file__).with_suffix('.txt').open('a') as file:\n"
    (tmp_path / "counted.py").write_text(f"{count}    file.write('x')\n")
    reference = Reference("import counted\ndef f(): return counted", tmp_path)
    assert reference.namespace().f() is reference.namespace(g=1).f() is reference.f()
    assert (tmp_path / "counted.txt").read_text() == "x"
    assert "counted" not in sys.modules
