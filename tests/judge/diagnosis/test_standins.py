"""What stood in for an argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.evidence import Evidence, pairs_of
from grader.judge.diagnosis.standins import stood_in
from tests.judge.diagnosis.evidences import evidence

RNG = np.random.default_rng(0)
GIVEN = [
    {
        "params": {"W": 3 * RNG.normal(size=(2, 3)), "b": RNG.normal(size=3)},
        "x": RNG.normal(size=(4, 2)),
    }
    for _ in range(4)
]


def right(params: Any, x: Any) -> Any:
    return np.tanh(x @ params["W"] + params["b"])


def found_for(wrong: Callable[..., Any]) -> Evidence:
    return evidence(
        [wrong(**given) for given in GIVEN],
        [right(**given) for given in GIVEN],
        GIVEN,
        expected_with=lambda call, **changed: right(**(GIVEN[call] | changed)),
    )


STAND_INS: dict[str, tuple[Callable[..., Any], str]] = {
    "whole": (lambda params, x: right(params, np.trunc(x)), "int(x) in the place of x."),
    "sum": (
        lambda params, x: right(params | {"b": np.full(3, params["b"].sum())}, x),
        "sum(params['b']) in the place of params['b'].",
    ),
    "sign": (lambda params, x: right(params, -x), "would be right for −"),
    "bound": (
        lambda params, x: right(params | {"W": np.clip(params["W"], -2, 2)}, x),
        "clip(params['W'], −2, 2) in the place of params['W'].",
    ),
    "missing": (
        lambda params, x: right(params | {"b": 0 * params["b"]}, x),
        "0 in the place of params['b'].",
    ),
}


@pytest.mark.parametrize("wrong,words", STAND_INS.values(), ids=STAND_INS.keys())
def test_a_result_that_is_right_for_another_argument_names_it(
    wrong: Callable[..., Any], words: str
) -> None:
    found = found_for(wrong)
    assert words in stood_in(pairs_of(found) or [], found)


def test_a_stand_in_has_to_explain_every_call() -> None:
    found = found_for(lambda params, x: right(params, -x if x[0, 0] > 0 else 2 * x))
    assert stood_in(pairs_of(found) or [], found) == ""


def test_an_argument_of_the_same_kind_may_stand_in_for_its_neighbour() -> None:
    given = [{"y": float(i), "a": i * i + 0.5} for i in range(1, 5)]
    found = evidence(
        [named["a"] ** 3 for named in given],
        [named["y"] ** 3 for named in given],
        given,
        expected_with=lambda call, **changed: (given[call] | changed)["y"] ** 3,
    )
    text = stood_in(pairs_of(found) or [], found)
    assert text == "what comes out would be right for a in the place of y."
