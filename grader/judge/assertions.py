"""Assertions whose failures read like a teacher's remark.

Every value that comes from a student passes through one of these before a test uses it. So a
surprising value fails the check, and never becomes an error of ours. A failure is an
`AssertionError` with a sentence for the student, which never prints an input or a whole array.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from grader.judge.wording import say
from grader.results import Difference

__all__ = [
    "Mismatch",
    "assert_close",
    "assert_shape",
    "assert_true",
    "assert_unchanged",
    "expect_array",
    "expect_dict",
    "expect_float",
    "expect_numbers",
    "expect_tuple",
]

MAX_DRAWN = 16  # rows and columns; more cannot be read on a phone


class Mismatch(AssertionError):
    """An array is not close to the expected one.

    Args:
        message: what the student reads.
        difference: where and how much it differs; None if that cannot be drawn.
    """

    def __init__(self, message: str, difference: Difference | None = None) -> None:
        super().__init__(message)
        self.difference = difference


def assert_true(condition: Any, message: str) -> None:
    """Fail unless the condition holds.

    Args:
        condition: anything that has a truth value.
        message: what the student reads.
    """
    if not condition:
        raise AssertionError(message)


def expect_array(
    value: Any, name: str, shape: tuple[int, ...] | None = None, kind: str | None = None
) -> np.ndarray:
    """The value as a numpy array; fails if it is not one, or has another shape or kind.

    Args:
        value: what the student returned.
        name: what the student calls it.
        shape: expected shape; None accepts any.
        kind: "f" for real numbers (integers pass too), "i" for integers, "b" for booleans, "c"
            for complex numbers; None is the same as "f".
    """
    if not isinstance(value, np.ndarray):
        raise AssertionError(say("not_an_array", name=name, found=describe(value)))
    if shape is not None:
        assert_shape(value, shape, name)
    allowed = {"i": "iu", "f": "fiu", None: "fiu"}.get(kind, kind or "")
    if value.dtype.kind not in allowed:
        wanted = say(f"kind_{kind or 'f'}")
        raise AssertionError(say("other_kind", name=name, kind=wanted, dtype=value.dtype))
    return value


def expect_numbers(value: Any, name: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """The real numbers of a value, whatever form they come in.

    A list is as good as an array, and axes of length 1 may be too many or too few. Use it for
    checks of numbers when the form has a check of its own.

    Args:
        value: what the student returned.
        name: what the student calls it.
        shape: shape of the result; None accepts any.
    """
    array = value if isinstance(value, np.ndarray) else _as_array(value)
    if array is None:
        return expect_array(value, name)
    if shape is not None and _without_ones(array.shape) == _without_ones(shape):
        array = array.reshape(shape)
    return expect_array(array, name, shape)


def _as_array(value: Any) -> np.ndarray | None:
    """The array of a number or of nested lists of numbers; None for any other value."""
    if not isinstance(value, int | float | list | tuple | np.generic):
        return None
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # a ragged list
        return None
    return array if array.dtype.kind in "biufc" else None


def _without_ones(shape: Iterable[int]) -> list[int]:
    return [length for length in shape if length != 1]


def expect_float(value: Any, name: str) -> float:
    """The value as a Python float; fails if it is not a single real number.

    Args:
        value: what the student returned: a number, a numpy scalar or an array of shape ().
        name: what the student calls it.
    """
    if isinstance(value, np.ndarray) and value.size == 1 and value.ndim == 0:
        value = value[()]
    real = isinstance(value, int | float | np.integer | np.floating)
    if not real or isinstance(value, bool):
        raise AssertionError(say("not_a_number", name=name, found=describe(value)))
    try:
        return float(value)
    except OverflowError:  # an int of hundreds of digits
        raise AssertionError(say("enormous_int", name=name)) from None


def expect_tuple(value: Any, n: int, name: str) -> tuple[Any, ...]:
    """The value as a tuple; fails if it is neither a tuple nor a list of n items.

    Args:
        value: what the student returned.
        n: expected number of items.
        name: what the student calls it.
    """
    if not isinstance(value, tuple | list):
        raise AssertionError(say("not_values", name=name, count=n, found=describe(value)))
    if len(value) != n:
        raise AssertionError(say("other_count", name=name, count=n, found=len(value)))
    return tuple(value)


def expect_dict(value: Any, keys: Iterable[str], name: str) -> dict[str, Any]:
    """The value as a dict; fails if it is not one, or lacks a key.

    Args:
        value: what the student returned.
        keys: which keys it must have; it may have others.
        name: what the student calls it.
    """
    if not isinstance(value, dict):
        raise AssertionError(say("not_a_dict", name=name, found=describe(value)))
    missing = [key for key in keys if key not in value]
    if missing:
        lacks = say("no_key", name=name, key=missing[0])
        raise AssertionError(lacks if value else say("empty_dict", name=name))
    return value


def assert_shape(array: Any, shape: tuple[int, ...], name: str) -> None:
    """Fail unless the array has exactly this shape.

    Args:
        array: an array, or a nested list of numbers.
        shape: expected shape.
        name: what the student calls it.
    """
    try:
        actual = np.shape(array)
    except ValueError:
        raise AssertionError(say("ragged", name=name, shape=tuple(shape))) from None
    if actual != tuple(shape):
        raise AssertionError(say("other_shape", name=name, shape=tuple(shape), found=actual))


def assert_close(
    actual: Any,
    expected: Any,
    name: str,
    rtol: float = 1e-6,
    atol: float | np.ndarray = 1e-9,
) -> None:
    """Fail unless actual ≈ expected: type, shape, finite, then |a - e| ≤ atol + rtol·|e|.

    Args:
        actual: the student's number or array.
        expected: our number or array; the student's must be the same of the two. If it is not
            finite, the check fails: it may come from the student's own loss, and every number is
            within ∞ of ∞.
        name: what the student calls it.
        rtol: relative tolerance.
        atol: absolute tolerance, for exact zeros; an array gives each entry its own.

    Raises:
        Mismatch: type and shape are right, but some numbers are not.
    """
    if np.ndim(expected) == 0:
        actual, expected = np.array(expect_float(actual, name)), np.array(float(expected))
    else:
        actual = expect_array(actual, name, np.shape(expected), "f").astype(float)
        expected = np.asarray(expected, dtype=float)
    finite = np.isfinite(actual)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise AssertionError(say("not_finite", name=_at(name, index), found=actual[index]))
    if not np.isfinite(expected).all():
        raise AssertionError(say("nothing_to_compare", name=name))
    _compare(actual, expected, name, atol + rtol * np.abs(expected))


def _compare(
    actual: np.ndarray, expected: np.ndarray, name: str, tolerance: np.ndarray | float
) -> None:
    with np.errstate(over="ignore"):
        away = actual - expected
    difference = np.abs(away)
    wrong = difference > tolerance
    if not wrong.any():
        return
    largest = np.where(wrong, difference, -1.0).argmax()  # of the wrong entries only
    index = tuple(int(i) for i in np.unravel_index(largest, difference.shape))
    should, is_now = _distinct_texts(expected[index], actual[index])
    shown = say(
        "other_numbers" if wrong.size > 1 else "other_number",
        name=_at(name, index),
        expected=should,
        found=is_now,
        wrong=int(wrong.sum()),
        count=wrong.size,
    )
    raise Mismatch(shown, _difference(name, away, wrong))


def _difference(name: str, away: np.ndarray, wrong: np.ndarray) -> Difference | None:
    """The differences in tenths of the largest: enough to draw, too little to find the numbers."""
    table = np.atleast_2d(np.where(wrong, away, 0.0))
    largest = np.abs(table).max()
    if table.ndim > 2 or wrong.size < 2 or max(table.shape) > MAX_DRAWN or not largest < np.inf:
        return None
    tenths = np.sign(table) * np.ceil(10 * (np.abs(table) / largest)) / 10
    return Difference(name, tuple(tuple(map(float, row)) for row in tenths))


def _distinct_texts(expected: float, actual: float) -> tuple[str, str]:
    """Both numbers with six digits, or with more if they look the same with six."""
    expected, actual = expected + 0.0, actual + 0.0  # so that no zero has a sign
    for digits in (6, 9, 12):
        if f"{expected:.{digits}g}" != f"{actual:.{digits}g}":
            return f"{expected:.{digits}g}", f"{actual:.{digits}g}"
    return repr(float(expected)), repr(float(actual))


def assert_unchanged(after: Any, before: Any, name: str) -> None:
    """Fail unless a call left its argument exactly as it was.

    Args:
        after: the argument after the call.
        before: the argument as it was sent.
        name: what the student calls it.
    """
    if not _same(after, before):
        raise AssertionError(say("changed", name=name))


def _same(after: Any, before: Any) -> bool:
    if isinstance(before, dict):
        return (
            isinstance(after, dict)
            and after.keys() == before.keys()
            and all(_same(after[key], before[key]) for key in before)
        )
    if isinstance(before, list | tuple):
        same_kind = type(after) is type(before) and len(after) == len(before)
        return same_kind and all(map(_same, after, before))
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and after.shape == before.shape
            and np.array_equal(after, before, equal_nan=before.dtype.kind in "fc")
        )
    return type(after) is type(before) and bool(after == before)


def _at(name: str, index: tuple[int, ...]) -> str:
    """The name of an entry: as code after code, in words after words."""
    if not index:
        return name
    entry = f"[{', '.join(map(str, index))}]"
    is_code = " " not in name or name.endswith("]")
    return f"{name}{entry}" if is_code else say("entry_at", name=name, entry=entry)


def describe(value: Any) -> str:
    """A value's type, in words, without its content."""
    if value is None:
        return say("a_none")
    if isinstance(value, np.ndarray):
        return say("an_array", shape=value.shape)
    if isinstance(value, tuple | list | dict):
        return say("a_collection", type=type(value).__name__, count=len(value))
    if isinstance(value, float) and not math.isfinite(value):
        return say("a_special_number", value=value)
    return say("a_type", type=type(value).__name__)
