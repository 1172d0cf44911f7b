"""Sentences that a student reads, and values that must never break a check."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.assertions import (
    Mismatch,
    assert_close,
    assert_shape,
    assert_true,
    assert_unchanged,
    expect_array,
    expect_dict,
    expect_float,
    expect_numbers,
    expect_tuple,
)
from grader.results import Difference

X = np.arange(6.0).reshape(2, 3)
WEIRD: dict[str, Any] = {
    "none": None,
    "text": "1.0",
    "empty list": [],
    "list": [1.0, 2.0],
    "ragged list": [[1.0], [1.0, 2.0]],
    "list of arrays": [X, X],
    "nan": math.nan,
    "huge int": 10**400,
    "large int": 1 << 63,
    "bool": True,
    "complex": 1j,
    "dict": {"W1": X, 3: None},
    "tuple": (1, (2, (3,))),
    "empty array": np.zeros((0, 3)),
    "0-d array": np.array(3.0),
    "bool array": np.zeros((2, 3), bool),
    "complex array": X * 1j,
    "nan array": X * np.nan,
    "inf array": np.full((2, 3), np.inf),
    "huge array": np.full((2, 3), 1e308),
    "float16 array": X.astype("f2"),
    "uint8 array": X.astype("u1"),
    "int8 scalar": np.int8(3),
    "bool scalar": np.bool_(True),
    "complex scalar": np.complex64(1j),
    "nan scalar": np.float32("nan"),
}
HELPERS: dict[str, Callable[[Any], Any]] = {
    "array": lambda v: expect_array(v, "f"),
    "array of a shape": lambda v: expect_array(v, "f", (2, 3), "f"),
    "array of integers": lambda v: expect_array(v, "f", None, "i"),
    "array of complex": lambda v: expect_array(v, "f", None, "c"),
    "numbers": lambda v: expect_numbers(v, "f"),
    "numbers of a shape": lambda v: expect_numbers(v, "f", (2, 3)),
    "float": lambda v: expect_float(v, "f"),
    "tuple": lambda v: expect_tuple(v, 2, "f"),
    "dict": lambda v: expect_dict(v, ["W1", "W2"], "f"),
    "shape": lambda v: assert_shape(v, (2, 3), "f"),
    "close to an array": lambda v: assert_close(v, X, "f"),
    "close to a number": lambda v: assert_close(v, 1.0, "f"),
    "close to no rows": lambda v: assert_close(v, np.zeros((0, 3)), "f"),
    "unchanged array": lambda v: assert_unchanged(v, X, "f"),
    "unchanged number": lambda v: assert_unchanged(v, 1.0, "f"),
    "unchanged dict": lambda v: assert_unchanged(v, {"W1": X, 3: None}, "f"),
    "unchanged list": lambda v: assert_unchanged(v, [X, X], "f"),
    "unchanged tuple": lambda v: assert_unchanged(v, (X, 1.0), "f"),
}


@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS.keys())
@pytest.mark.parametrize("value", WEIRD.values(), ids=WEIRD.keys())
def test_no_value_of_a_student_breaks_a_check(helper: Callable[[Any], Any], value: Any) -> None:
    try:
        helper(value)
    except AssertionError as error:
        message = str(error)
        assert message.startswith("f ") or message.startswith("f[")
        assert "\n" not in message
        assert len(message) < 200


SENTENCES = [
    (
        lambda: expect_array([1.0], "dW1"),
        "dW1 should be a numpy array, but it is a list of 1 item",
    ),
    (
        lambda: expect_array(None, "dW1"),
        "dW1 should be a numpy array, but it is None (is a return statement missing?)",
    ),
    (lambda: expect_array(X, "db", (3,)), "db should have shape (3,), but it has (2, 3)"),
    (
        lambda: expect_array(X, "i", kind="i"),
        "i should hold integers, but its dtype is float64",
    ),
    (
        lambda: expect_float(X, "loss"),
        "loss should be a single number, but it is an array of shape (2, 3)",
    ),
    (lambda: expect_float(True, "loss"), "loss should be a single number, but it is of type bool"),
    (
        lambda: expect_tuple(3.0, 2, "forward"),
        "forward should be 2 values, but it is of type float",
    ),
    (lambda: expect_tuple([1], 2, "forward"), "forward should have 2 values, but it has 1"),
    (
        lambda: expect_dict([], ["W1"], "grads"),
        "grads should be a dict, but it is a list of 0 items",
    ),
    (lambda: expect_dict({"b1": 1}, ["W1"], "grads"), "grads has no key 'W1'"),
    (lambda: expect_dict({}, ["W1", "b1"], "grads"), "grads is an empty dict"),
    (lambda: assert_close(1.5, 1.0, "loss"), "loss should be 1, but it is 1.5"),
    (lambda: assert_close(math.nan, 1.0, "loss"), "loss is nan, but it should be a finite number"),
    (
        lambda: assert_close(X + np.eye(2, 3), X, "dW"),
        "dW[0, 0] should be 0, but it is 1 (the largest difference; wrong entries: 2 of 6)",
    ),
    (
        lambda: assert_close(X + np.eye(2, 3), X, "for arrays, the slope"),
        "for arrays, the slope at [0, 0] should be 0, but it is 1 (the largest difference; "
        "wrong entries: 2 of 6)",
    ),
    (
        lambda: assert_close(np.where(X == 5, np.inf, X), X, "dW"),
        "dW[1, 2] is inf, but it should be a finite number",
    ),
    (
        lambda: assert_close(np.array([1e6 + 0.5, 2e-3]), np.array([1e6, 1e-3]), "dW"),
        "dW[1] should be 0.001, but it is 0.002 (the largest difference; wrong entries: 1 of 2)",
    ),
    (lambda: assert_close(1.000003, 1.0, "loss"), "loss should be 1, but it is 1.000003"),
    (
        lambda: assert_close(math.nextafter(1, 2), 1.0, "loss", 0, 0),
        "loss should be 1.0, but it is 1.0000000000000002",
    ),
    (lambda: assert_unchanged(X + 1, X, "X"), "X was changed by the call; work on a copy instead"),
    (lambda: assert_true(False, "Say why."), "Say why."),
]


@pytest.mark.parametrize("check,sentence", SENTENCES, ids=[s for _, s in SENTENCES])
def test_a_failure_reads_like_a_remark(check: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check()
    assert str(caught.value) == sentence


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("actual", [0.0, 1e308, math.nan, math.inf])
def test_nothing_is_close_to_nan_or_infinity(actual: float, bad: float) -> None:
    """The expected value may come from the student's own loss, which must not earn points so."""
    with pytest.raises(AssertionError):
        assert_close(actual, bad, "dW")
    with pytest.raises(AssertionError):
        assert_close(np.array([1.0, actual]), np.array([1.0, bad]), "dW")


def test_the_largest_numbers_can_be_compared() -> None:
    with pytest.raises(AssertionError, match=r"should be -1e\+308, but it is 1e\+308"):
        assert_close(1e308, -1e308, "loss")


def test_what_is_right_passes_and_comes_back() -> None:
    assert expect_array(X, "f", (2, 3), "f") is X
    assert expect_array(np.arange(3), "f", kind="f").dtype.kind == "i"
    assert expect_float(np.float32(0.5), "f") == expect_float(np.array(0.5), "f") == 0.5
    assert math.isnan(expect_float(math.nan, "f"))
    assert expect_tuple([1, 2], 2, "f") == (1, 2)
    assert expect_dict({"W1": 1, "more": 2}, ["W1"], "f")["more"] == 2
    assert_close(X.astype(int), X, "f")
    assert_close(X * (1 + 1e-9), X, "f")
    assert_close(np.float64(2.0), 2, "f")
    assert_unchanged({"a": [1, X * np.nan]}, {"a": [1, X * np.nan]}, "f")


def test_no_message_shows_an_input_or_a_whole_array() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_close(X + 0.123, np.full((2, 3), 777.0), "f")
    assert str(caught.value).count("777") == 1


def mismatch(actual: np.ndarray, expected: np.ndarray) -> Mismatch:
    with pytest.raises(Mismatch) as caught:
        assert_close(actual, expected, "dW")
    return caught.value


def test_a_mismatch_tells_signs_and_rough_sizes_where_it_is_wrong() -> None:
    expected = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    actual = expected + np.array([[0.0, 8.0, -4.0], [0.0, -0.1, 0.0]])
    found = mismatch(actual, expected).difference
    assert found == Difference("dW", ((0.0, 1.0, -0.5), (0.0, -0.1, 0.0)))


def test_a_vector_is_one_row() -> None:
    found = mismatch(np.array([1.0, 0.0]), np.array([1.0, 2.0])).difference
    assert found is not None
    assert found.rows == ((0.0, -1.0),)


@pytest.mark.parametrize(
    "actual",
    [np.ones((17, 2)), np.ones((2, 3, 4)), np.ones(1), np.array([1e308, -1e308])],
    ids=["too large", "three axes", "one number", "beyond floats"],
)
def test_what_cannot_be_drawn_is_told_in_words_alone(actual: np.ndarray) -> None:
    assert mismatch(actual, -actual).difference is None


def test_no_more_than_a_tenth_of_the_largest_is_told() -> None:
    random = np.random.default_rng(0)
    found = mismatch(np.zeros((4, 5)), random.normal(size=(4, 5))).difference
    assert found is not None
    assert {round(10 * value) / 10 for row in found.rows for value in row} == {
        value for row in found.rows for value in row
    }


@pytest.mark.parametrize("value", [X, X.tolist(), X[None], X[:, None], [X[0], X[1]], tuple(X)])
def test_numbers_are_taken_in_any_harmless_form(value: Any) -> None:
    assert np.array_equal(expect_numbers(value, "dW", (2, 3)), X)


@pytest.mark.parametrize(
    "value,told",
    [
        (X.T, "dW should have shape (2, 3), but it has (3, 2)"),
        (X.ravel(), "dW should have shape (2, 3), but it has (6,)"),
        ([[1.0], [1.0, 2.0]], "dW should be a numpy array, but it is a list of 2 items"),
        (None, "dW should be a numpy array, but it is None"),
        (X * 1j, "dW should hold real numbers, but its dtype is complex128"),
    ],
)
def test_other_forms_of_numbers_are_told(value: Any, told: str) -> None:
    with pytest.raises(AssertionError) as failure:
        expect_numbers(value, "dW", (2, 3))
    assert str(failure.value).startswith(told)


def test_numbers_of_any_shape_are_kept_as_they_are() -> None:
    assert expect_numbers(2.5, "x").shape == ()
    assert expect_numbers([[1, 2]], "x").shape == (1, 2)


def test_no_zero_has_a_sign() -> None:
    with pytest.raises(AssertionError, match=r"scores should be 1, but it is 0$"):
        assert_close(-0.0, 1.0, "scores")
