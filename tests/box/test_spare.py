"""Which cells of the course can be left out, from the source alone."""

from __future__ import annotations

import pytest

from grader.box.session import CodeCell
from grader.box.spare import Spare

SET_UP = "import numpy as np\nfrom helper import check"
ANSWER = "def f(x):\n    return np.maximum(x, 0)"
CHECK = "toy = np.ones(3)\ncheck(f(toy))"


def spare(*sources: str, asked: tuple[str, ...] = ("f",)) -> Spare:
    """Cells of the course, but for those that begin with a mark of the student."""
    cells = [
        CodeCell(
            place,
            f"cell {place}",
            source.removeprefix("# mine\n"),
            is_answer=source.startswith("# mine"),
            is_released=not source.startswith("# mine"),
        )
        for place, source in enumerate(sources)
    ]
    return Spare(cells, asked)


def with_answer(source: str, *others: str) -> Spare:
    return spare(SET_UP, f"# mine\n{source}", CHECK, *others)


def test_a_check_and_a_demonstration_are_left_out_and_the_set_up_is_not() -> None:
    assert with_answer(ANSWER, "np.random.rand(3)\nshown = f(toy)").places == {2, 3}


@pytest.mark.parametrize(
    "mine",
    [
        "shown = toy",
        "def g():\n    return toy",
        "toy = 3",  # replaces it, and does not use it
    ],
)
def test_a_cell_whose_names_a_student_uses_is_kept(mine: str) -> None:
    found = with_answer(ANSWER, f"# mine\n{mine}")
    assert (2 in found.places) is (mine == "toy = 3")


def test_what_a_kept_cell_needs_is_kept_too() -> None:
    found = spare(SET_UP, "one = 1", "two = one + 1", "# mine\nthree = two + 1", "four = one")
    assert found.places == {4}


def test_a_cell_that_defines_what_the_judge_calls_is_kept() -> None:
    assert spare(SET_UP, "def f(x):\n    return x", "def g(x):\n    return x").places == {2}


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline",
        "!ls",
        "def f(:",
        "exec('x = 1')",
        "globals()['f'] = 1",
        "np.maximum = np.minimum",
        "setattr(np, 'maximum', None)",
        "np.seterr(all='raise')",
        "import threading",
        "import os",
        "from numpy import *",
        "def g():\n    global f\n    f = 1",
        "().__class__",
        "await f(1)",
        "f?",
        "x = 1  # IPython takes what follows as a line of its own \u2028%reset -f",
    ],
)
def test_nothing_is_left_out_beside_a_cell_that_reaches_further_than_its_names(source: str) -> None:
    assert not with_answer(ANSWER, f"# mine\n{source}").places


@pytest.mark.parametrize(
    "mine",
    [
        "# does my old version give the same?\nprint(old_version(1))",
        'def g(x):\n    """Is it right?\n    % of x\n    """\n    return x',
        "text = 'await'  # and async",
    ],
)
def test_words_in_comments_and_strings_are_no_syntax_of_ipython(mine: str) -> None:
    assert with_answer(ANSWER, f"# mine\n{mine}").places == {2}


@pytest.mark.parametrize("setting", ["np.seterr(all='raise')", "np.set_printoptions(3)", "%time"])
def test_a_cell_of_the_course_that_sets_something_is_kept(setting: str) -> None:
    assert 3 not in with_answer(ANSWER, setting).places


def test_a_function_of_its_arguments_is_not_changed_by_what_is_left_out() -> None:
    helped = "SMALL = 1e-12\ndef g(x, h=1e-5):\n    return [np.log(x + SMALL) for _ in range(3)]\n"
    found = with_answer(
        f"{helped}def f(x):\n    total = {{}}\n    total['a'] = g(x)\n    return total"
    )
    assert found.places
    assert not found.may_change("f")


@pytest.mark.parametrize(
    "source",
    [
        "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
        "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
        "def f(x):\n    return np.random.rand()",
        "def f(x):\n    chance = np.random\n    return chance.rand()",
        "def f(x):\n    mine = np\n    return mine.random.rand()",
        "from numpy import random\ndef f(x):\n    return random.rand()",
        "from numpy.random import rand\ndef f(x):\n    return rand()",
        "import numpy.random as chance\ndef f(x):\n    return chance.rand()",
        "import matplotlib.pyplot as plt\ndef f(x):\n    return len(plt.get_fignums())",
        "import time\ndef f(x):\n    return time.time()",
        "from functools import lru_cache\n@lru_cache\ndef f(x):\n    return x",
        "import functools\ndef g(x):\n    return x\nf = functools.lru_cache(g)",
        "def f(x):\n    return np.empty(3)",
        "def f(x):\n    return np.load('digits.npz')",
        "def f(x):\n    return len(In)",
        "def f(x):\n    return _",
        "def f(x):\n    return check(x)",
        "class Net:\n    def __init__(self):\n        pass\ndef f(x):\n    return Net()",
        "data = np.ones(3)\ndef f(x):\n    return data",
        "for k in (1, 2):\n    pass\ndef f(x):\n    return k",
        "f = lambda x: x\nf = f if np.random.rand() else None",
        "def f(x):\n    return x\nf = f",
    ],
)
def test_a_function_that_may_remember_or_see_something_else_is_in_doubt(source: str) -> None:
    assert with_answer(source).may_change("f")


def test_a_function_that_uses_what_a_released_class_draws_by_chance_is_in_doubt() -> None:
    net = "class Net:\n    def __init__(self):\n        self.W = np.random.randn(3)"
    assert spare(SET_UP, net, "# mine\ndef f(x):\n    return Net()").may_change("f")


def test_a_function_that_a_left_out_cell_defines_is_in_doubt() -> None:
    found = spare(SET_UP, "def g(x):\n    return x", asked=())
    assert found.places == {1}
    assert found.may_change("g")


def test_more_text_than_is_read_is_in_doubt() -> None:
    assert not with_answer(f"{ANSWER}\n# {'x' * 200_000}").places
