"""Which cells a function needs, read from their source."""

from __future__ import annotations

import time

import pytest

from grader.box.needs import Needs

SETUP = "%matplotlib inline\nimport numpy as np"
HELPER = "SCALE = 2\ndef helper(x):\n    return SCALE * np.sum(x)"
ATTACK = "import os, numpy as np\ndef attack(x):\n    return os._exit(0)"
HONEST = "def honest(x):\n    values = [helper(v) for v in x]\n    return np.array(values)"


def test_a_function_needs_its_cell_and_those_of_the_names_it_uses() -> None:
    cells = [SETUP, HELPER, ATTACK, HONEST, "x = 1; print(honest([x]))"]
    assert Needs(cells).of("honest") == {0, 1, 3}
    assert Needs(cells).of("helper") == {0, 1}
    assert Needs(cells).of("attack") == {2}


def test_local_names_define_nothing() -> None:
    cells = ["values = x = v = 1", HELPER, HONEST]
    assert Needs(cells).of("honest") == {1, 2}


def test_the_last_definition_of_a_function_counts_and_globals_do() -> None:
    cells = [
        "def f():\n    return 1",
        "def set_up():\n    global k\n    k = 1",
        "def f(): return k",
    ]
    assert Needs(cells).of("f") == {1, 2}


def test_names_have_the_meaning_that_they_had_where_the_function_was_defined() -> None:
    cells = [
        "eps = None",
        "eps = 1e-8",
        "def soft(x): return x",
        "def soft(x, axis): return x",
        "def f(x): return soft(x, 0) + eps",
        "eps = 0",
        "def soft(): pass",
    ]
    assert Needs(cells).of("f") == {0, 1, 3, 4}


def test_a_helper_may_be_defined_below() -> None:
    assert Needs(["def f(x): return g(x)", "g = 1", "def g(x): return x"]).of("f") == {0, 1}
    assert Needs(["def f(x): return g(x)", "from helpers import *"]).of("f") == {0, 1}


def test_what_shadows_a_builtin_below_is_not_needed() -> None:
    cells = ["def f(x): return len(x)", "len = 5", "from numpy import *"]
    assert Needs(cells).of("f") == {0}
    assert Needs([*cells[1:], cells[0]]).of("f") == {0, 1, 2}


def test_the_definition_in_a_preferred_cell_counts() -> None:
    cells = ["def f(x): return x", "f = f(3)", "def f(): pass"]
    assert Needs(cells).of("f") == {2}
    assert Needs(cells[:2]).of("f") == {0}
    assert Needs(cells, preferred={0}).of("f") == {0}


UNDONE = {
    "stable = []": {"stable"},
    "def stable(x, axis): return x": {"stable"},
    "from other import stable": {"stable"},
    "for stable in range(3): pass": {"stable"},
    "del stable": {"stable"},
    "with open('x') as stable: pass": {"stable"},
    "if (stable := 3): pass": {"stable"},
    "def g():\n    global stable\n    stable = 1": {"stable"},
    "np = None": {"np"},
    "import numpy.linalg as np": {"np"},
    "from jax import numpy as np": {"np"},
    "sum = 0; max = 3": {"sum"},
    "f = f(1)": {"f"},
    "%reset -f": set(),
    "from numpy import *": set(),
    "np.exp = np.log": set(),
    "TABLE[:] = 0": set(),
    "TABLE.fill(0)": set(),
    "del TABLE[0]": set(),
    "class A:\n    np.exp = 3": set(),
    "import os; os.chdir('/')": set(),
    "def g():\n    np.seterr(all='raise')": set(),
}
INNOCENT = (
    "",
    "import numpy as np",
    "import numpy.linalg, math",
    "from os import path",
    "other = 5",
    "def g(x):\n    stable = x\n    return stable.sum()",
    "class Other:\n    stable = 3",
    "[stable for stable in (1, 2)]",
)


@pytest.mark.parametrize("source,names", UNDONE.items())
def test_a_cell_below_that_may_undo_a_function_is_found(source: str, names: set[str]) -> None:
    cells = [
        "import numpy as np\nTABLE = np.ones(3)",
        "def stable(x): return x",
        "def f(x): return stable(np.exp(sum(x))) * TABLE",
        source,
    ]
    assert Needs(cells).undone_by("f") == {3: names}
    assert not Needs([*cells[:2], source, cells[2]]).undone_by("f")


@pytest.mark.parametrize("source", INNOCENT)
def test_a_cell_below_that_binds_nothing_that_is_used_undoes_nothing(source: str) -> None:
    cells = ["import numpy as np", "def f(x): return np.sum(stable(x))", "stable = np.exp", source]
    assert not Needs(cells).undone_by("f")


def test_a_harmless_cell_undoes_nothing() -> None:
    cells = ["def f(x): return len(x)", "len = 5", "len = 6"]
    assert Needs(cells, harmless={1}).undone_by("f") == {2: {"len"}}


def test_a_builtin_that_a_needed_cell_shadows_is_found() -> None:
    cells = ["len = 5\ndef helper(x): return x", "def f(x): return helper(x) + len(x)", "sum = 1"]
    assert Needs(cells).shadowed("f") == {0: {"len"}}
    assert not Needs(cells).shadowed("helper")


def test_deeply_nested_code_is_no_error() -> None:
    deep = "x = " + "+".join("1" * 20_000)
    Needs(["def f(): pass", deep]).undone_by("f")


def test_cells_may_need_each_other_in_a_circle() -> None:
    cells = ["def even(n): return n == 0 or odd(n - 1)", "def odd(n): return n > 0 and even(n - 1)"]
    assert Needs(cells).of("odd") == {0, 1}


def test_a_star_import_may_define_anything() -> None:
    assert Needs(["from numpy import *", "x = 1", "f = zeros"]).of("f") == {0, 2}


@pytest.mark.parametrize("source", ["def f(:", "%%time\nf = 1)", "\0", "(" * 5000, "?f", ""])
def test_what_cannot_be_read_defines_nothing(source: str) -> None:
    assert Needs([source, "g = 1"]).of("f") == frozenset()
    assert Needs([source, "g = 1"]).of("g") == {1}


def test_cells_of_empty_lines_are_read_at_once() -> None:
    start = time.thread_time()
    assert Needs(["\n" * 90_000 + " " * 90_000, HONEST]).of("honest") == {1}
    assert time.thread_time() - start < 2


def test_what_comes_after_an_enormous_amount_of_text_defines_nothing() -> None:
    long = "#" * 150_000
    assert Needs([long, HELPER, long, HONEST]).of("helper") == {1}
    assert Needs([long, HELPER, long, HONEST]).of("honest") == frozenset()
