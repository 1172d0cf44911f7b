"""What differs is told with all numbers, in bounded text, and rounding is no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.telling import told_of_arguments, told_of_value


def of_value(actual: Any, expected: Any, *names: str) -> list[str]:
    return list(filter(None, told_of_value(actual, expected, names or ("x",), "f(…)")))


def of_arguments(after: Any, before: Any, expected: Any) -> list[str]:
    return list(filter(None, told_of_arguments((after,), (before,), (expected,), ("x",))))


@pytest.mark.parametrize(
    ("actual", "expected", "sentence"),
    [
        (3.0, 1.5, "x should be 1.5, but it is 3"),
        (np.array([[3.0]]), np.array([[1.5]]), "x should be [[1.5]], but it is [[3]]"),
        (np.nan, 1.0, "x should be 1, but it is nan"),
        (np.array([-np.inf, 2]), np.array([1.0, 2]), "x should be [1, 2], but it is [-inf, 2]"),
        (2.00001, 2.0, "x should be 2, but it is 2.00001"),
        (0.3000004, 0.3, "x should be 0.3, but it is 0.3000004"),
        (-1e-16, 1.0, "x should be 1, but it is 0"),
        (1 / 3, 0.5, "x should be 0.5, but it is 0.333333"),
        (1e300, 1.0, "x should be 1, but it is 1e+300"),
        ([1.5], np.array([1.5]), "x should be a numpy array, but it is a list of 1 item"),
        (np.array([[1.0]]), np.array([1.0]), "x should have shape (1,), but it has (1, 1)"),
        (np.array([1.0]), np.array([1]), "x should hold integers, but its dtype is float64"),
        ("1", 1.0, "x should be a single number, but it is of type str"),
        (np.array([True]), np.array([1.0]), "x should hold real numbers, but its dtype is bool"),
        (1.0, (1.0, 2.0), "f(…) should be 2 values, but it is of type float"),
    ],
)
def test_a_difference_is_one_sentence(actual: Any, expected: Any, sentence: str) -> None:
    assert of_value(actual, expected, "x", "y") == [sentence]


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0 + 1e-12, 1.0),
        (np.float32(1 / 3), 1 / 3),
        (np.array([1 / 3], np.float32), np.array([1 / 3])),
        (np.array([2]), np.array([2.0])),
        ([2.0, 1.0], (2.0, 1.0)),
        (np.array(2.0), 2.0),
    ],
)
def test_rounding_and_whole_numbers_are_no_difference(actual: Any, expected: Any) -> None:
    assert of_value(actual, expected, "x", "y") == []


@pytest.mark.parametrize("actual", [None, {}, {"b": np.zeros(1)}])
def test_nothing_is_told_of_what_is_not_there_yet(actual: Any) -> None:
    assert of_value(actual, {"a": np.ones(1)}) == []


def test_entries_of_dicts_and_tuples_are_told_apart() -> None:
    grads, right = {"a": np.ones(1), "b": np.ones(1)}, {"a": np.ones(1), "b": np.zeros(1)}
    assert of_value(grads, right, "grads") == ["grads['b'] should be [0], but it is [1]"]
    assert of_value((1.0, 2.0), (1.0, 3.0), "dx", "dy") == ["dy should be 3, but it is 2"]
    both = of_value((1.0, grads), (2.0, right), "loss", "grads")
    assert both == ["loss should be 2, but it is 1", "grads['b'] should be [0], but it is [1]"]


def test_an_argument_that_should_stay_is_told_if_it_changed() -> None:
    x, sentence = np.ones(2), ["x was changed by the call; work on a copy instead"]
    assert of_arguments(x + 1, x, x) == sentence
    assert of_arguments(x[None], x, x) == sentence
    assert of_arguments({}, {"W": x}, {"W": x}) == sentence
    assert of_arguments(x + 1e-12, x, x) == []


def test_an_argument_that_should_change_is_told_by_its_entries() -> None:
    before, right = {"W": np.ones(1), "b": np.ones(1)}, {"W": np.zeros(1), "b": np.zeros(1)}
    after = {"W": np.ones(1), "b": np.zeros(1)}
    assert of_arguments(after, before, right) == ["x['W'] should be [0], but it is [1]"]
    assert of_arguments("gone", before, right) == []


@pytest.mark.parametrize("after", [None, "text", 3])
def test_arguments_that_the_box_does_not_tell_are_not_judged(after: Any) -> None:
    assert list(told_of_arguments(after, (np.ones(1),), (np.ones(1),), ("x",))) == []


def test_hostile_values_give_short_sentences() -> None:
    hostile = [
        "x" * 10**6, ["x" * 10**6] * 10**4, 10**400, np.full((1000, 1000), np.nan), float("nan"),
        {"a": 1} | {str(i): i for i in range(10**4)}, np.array(["x" * 1000]), 1j, object(), b"x",
    ]  # fmt: skip
    for value in hostile:
        for expected in (1.0, np.ones((2, 2)), {"a": np.ones(1)}, (1.0, 2.0)):
            told = of_value(value, expected, "x", "y")
            assert all(len(sentence) < 300 for sentence in told)
