"""A small_inputs.py is read with clear errors, and a call is written as a student would type it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.box.protocol import Rng
from grader.errors import JudgeError
from grader.judge.small_inputs import Formula, code_of, declared_inputs

HEAD = "from grader.judge.small_inputs import SmallInputs\n"


def test_an_empty_file_declares_nothing() -> None:
    assert declared_inputs("") == ()


def test_entries_are_kept_in_order() -> None:
    source = HEAD + "SMALL_INPUTS = [SmallInputs('q', n, lambda r: [], ('x',)) for n in 'fg']"
    assert [entry.function for entry in declared_inputs(source)] == ["f", "g"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("SMALL_INPUTS = [", "small_inputs.py: line 1: "),
        ("1 / 0", "small_inputs.py: ZeroDivisionError: division by zero; fix it"),
        ("SMALL_INPUTS = 5", "small_inputs.py: TypeError: "),
        ("SMALL_INPUTS = ['f']", "small_inputs.py: 'f' is not of type SmallInputs; fix it"),
    ],
)
def test_a_broken_file_is_an_error_with_its_name(source: str, words: str) -> None:
    with pytest.raises(JudgeError) as error:
        declared_inputs(source)
    assert str(error.value).startswith(words)


def test_a_call_is_code_that_gives_the_same_arguments() -> None:
    f = Formula("lambda x: np.sum(x ** 2)")
    params = {"W1": np.array([[1.0, -2.5], [1e-3, 1000.0]]), "b1": np.array([0.0] * 12)}
    arguments = {"f": f, "params": params, "y": np.array([0, 2]), "n": 3, "reg": 0.5, "g": Rng(7)}
    lines = code_of("step", arguments, ("a", "b")).splitlines()
    assert lines[-1] == "a, b = step(f, params, y, n, reg, g)"
    assert max(map(len, lines)) <= 88
    names: dict[str, Any] = {"np": np}
    exec("\n".join(lines[:-1]), names)
    assert names["f"](np.array([3.0])) == 9 == f(np.array([3.0]))
    assert all(np.array_equal(names["params"][key], params[key]) for key in params)
    assert names["y"].dtype.kind == "i"
    assert (names["n"], names["reg"]) == (3, 0.5)
    assert names["g"].random() == np.random.default_rng(7).random()


def test_whole_floats_are_short_and_stay_floats() -> None:
    assert code_of("f", {"x": np.array([[1.0, -2.0]])}, ()) == "x = np.array([[1., -2.]])\nf(x)"
