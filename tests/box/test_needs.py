"""Which cells a function needs, read from their source."""

from __future__ import annotations

import time

import pytest

from grader.box.needs import needed_cells

SETUP = "%matplotlib inline\nimport numpy as np"
HELPER = "SCALE = 2\ndef helper(x):\n    return SCALE * np.sum(x)"
ATTACK = "import os, numpy as np\ndef attack(x):\n    return os._exit(0)"
HONEST = "def honest(x):\n    values = [helper(v) for v in x]\n    return np.array(values)"


def test_a_function_needs_its_cell_and_those_of_the_names_it_uses() -> None:
    cells = [SETUP, HELPER, ATTACK, HONEST, "x = 1; print(honest([x]))"]
    assert needed_cells(cells, "honest") == {0, 1, 3}
    assert needed_cells(cells, "helper") == {0, 1}
    assert needed_cells(cells, "attack") == {2}


def test_local_names_define_nothing() -> None:
    cells = ["values = x = v = 1", HELPER, HONEST]
    assert needed_cells(cells, "honest") == {1, 2}


def test_the_last_definition_of_a_function_counts_and_globals_do() -> None:
    cells = [
        "def f():\n    return 1",
        "def set_up():\n    global k\n    k = 1",
        "def f(): return k",
    ]
    assert needed_cells(cells, "f") == {1, 2}


def test_cells_may_need_each_other_in_a_circle() -> None:
    cells = ["def even(n): return n == 0 or odd(n - 1)", "def odd(n): return n > 0 and even(n - 1)"]
    assert needed_cells(cells, "odd") == {0, 1}


def test_a_star_import_may_define_anything() -> None:
    assert needed_cells(["from numpy import *", "x = 1", "f = zeros"], "f") == {0, 2}


@pytest.mark.parametrize("source", ["def f(:", "%%time\nf = 1)", "\0", "(" * 5000, "?f", ""])
def test_what_cannot_be_read_defines_nothing(source: str) -> None:
    assert needed_cells([source, "g = 1"], "f") == frozenset()
    assert needed_cells([source, "g = 1"], "g") == {1}


def test_cells_of_empty_lines_are_read_at_once() -> None:
    start = time.monotonic()
    assert needed_cells(["\n" * 90_000 + " " * 90_000, HONEST], "honest") == {1}
    assert time.monotonic() - start < 2


def test_what_comes_after_an_enormous_amount_of_text_defines_nothing() -> None:
    long = "#" * 150_000
    assert needed_cells([long, HELPER, long, HONEST], "helper") == {1}
    assert needed_cells([long, HELPER, long, HONEST], "honest") == frozenset()
