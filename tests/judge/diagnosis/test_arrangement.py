"""Values that come in the wrong form are told so, whatever their numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.box.protocol import Rng
from grader.judge.diagnosis.arrangement import container, result, shape
from grader.judge.diagnosis.evidence import pairs_of
from tests.judge.diagnosis.evidences import E, evidence

CONTAINERS = {
    "list": ([e.tolist() for e in E], "the numbers are right, but they come in a list"),
    "list of other numbers": ([(2 * e).tolist() for e in E], "these come in a list, but"),
    "with others": ([(e, 1.0) for e in E], "the right value is there, but others come with it."),
    "None": ([None] * 3, "None came back; is a return statement missing?"),
}


@pytest.mark.parametrize("actual,words", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_an_array_in_another_container_is_told_so(actual: list[Any], words: str) -> None:
    assert words in container(evidence(actual, E))


def test_the_kind_of_a_random_value_is_told_too() -> None:
    draws = [{"rng": Rng(i)} for i in range(3)]
    labels = [np.array([1, 2, 3])] * 3
    kinds = [[4, 5, 6]] * 3, [np.array([4.0, 5, 6])] * 3, [np.array([[4], [5], [6]])] * 3
    texts = [container(evidence(kind, labels, draws)) for kind in kinds]
    words = ("come in a list", "asks for whole numbers", "the shape is (3, 1) instead of (3,)")
    assert all(word in text for word, text in zip(words, texts, strict=True))


WHOLES = {
    "no entry": ({"W2": 1.0}, None, ""),
    "no dict": ((1.0, 2.0), None, "the docstring asks for a dict"),
    "no tuple": ({"scores": 1.0}, 2, "a dict came back"),
    "too many": ((1.0, 2.0, 3.0), 2, "3 values came back, but the docstring asks for 2."),
    "one": (E[0], 2, "a single value came back, but the docstring asks for 2."),
    "none": (None, 2, "None came back"),
}


@pytest.mark.parametrize("whole,count,words", WHOLES.values(), ids=WHOLES.keys())
def test_a_result_that_has_no_such_entry_is_told_as_a_whole(
    whole: Any, count: int | None, words: str
) -> None:
    missing = evidence([object()] * 3, E, wholes=dict.fromkeys(range(3), whole), count=count)
    assert result(missing).startswith(words)
    assert bool(result(missing)) is bool(words)
    entry = "what you return has no such entry." if count is None else ""
    assert container(missing) == entry or words


def test_a_call_that_raised_returned_nothing_and_is_not_told_as_none() -> None:
    wholes = {0: (1.0,), 1: (1.0,)}
    text = result(evidence([object()] * 3, E, wholes=wholes, count=2, raised=(2,)))
    assert text == "1 values came back, but the docstring asks for 2."
    assert result(evidence([object()] * 3, E, wholes=wholes, count=2)) == ""


SHAPES = {
    "total": ([e.sum() for e in E], "one number came back: the sum of all"),
    "one number": ([e.max() for e in E], "one number came back instead of the shape (4, 3)."),
    "not summed": (
        [np.stack([e / 2, e / 2]) for e in E],
        "summed along an axis, it would be right",
    ),
    "other": ([np.ones((2, 2))] * 3, "the shape is (2, 2) instead of (4, 3)."),
}


@pytest.mark.parametrize("actual,words", SHAPES.values(), ids=SHAPES.keys())
def test_a_wrong_shape_is_told_with_what_is_known_of_its_numbers(
    actual: list[Any], words: str
) -> None:
    found = evidence(actual, E)
    assert words in shape(pairs_of(found) or [], found)
