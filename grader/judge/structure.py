"""Simple forms of a wrong number that need no catalogue: a factor, a transpose, a shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["structural_hint"]

RTOL, ATOL = 1e-6, 1e-10
FACTORS = {-1.0: "the sign is reversed", 2.0: "twice as large", 0.5: "half as large"}


@np.errstate(all="ignore")  # the numbers are wrong ones: inf, nan, near overflow
def structural_hint(
    name: str, actual: Sequence[Any], expected: Sequence[Any], batch_sizes: Sequence[int]
) -> str:
    """A sentence on what the wrong values have in common; "" if nothing.

    Args:
        name: what the student calls the entry.
        actual: the student's values, one for each call in which they are wrong.
        expected: the right values.
        batch_sizes: N of each call.
    """
    arrays: _Pairs = []
    for left, right in zip(map(_numbers, actual), map(_numbers, expected), strict=True):
        if left is None or right is None or left.size == 0:
            return ""
        arrays.append((left, right))
    text = _batch_factor(arrays, batch_sizes)
    if text:
        return f"{name}: {text}"
    for explain in (_not_finite, _shape, _factor, _rows):
        text = explain(arrays)
        if text:
            return f"{name}: {text}"
    return ""


_Pairs = list[tuple[np.ndarray, np.ndarray]]


def _numbers(value: Any) -> np.ndarray | None:
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biuf" else None


def _not_finite(pairs: _Pairs) -> str:
    if all(not np.isfinite(actual).all() for actual, _ in pairs):
        return "nan or inf comes out; look for an overflow, a division by zero or a log of zero."
    return ""


def _shape(pairs: _Pairs) -> str:
    if all(a.shape == e.shape for a, e in pairs):
        if all(a.ndim == 2 and a.shape[0] == a.shape[1] and _close(a.T, e) for a, e in pairs):
            return "the numbers are right, but rows and columns are exchanged."
        return ""
    if all(a.ndim == 2 and a.T.shape == e.shape and _close(a.T, e) for a, e in pairs):
        return "the numbers are right, but rows and columns are exchanged."
    if all(a.size == e.size and _close(a.reshape(e.shape), e) for a, e in pairs):
        actual, expected = pairs[0][0].shape, pairs[0][1].shape
        return f"the numbers are right, but the shape is {actual} instead of {expected}."
    return ""


def _factor(pairs: _Pairs) -> str:
    """One factor for all inputs; a factor that varies with them is not called one."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    ratios = [_ratio(a, e) for a, e in pairs]
    first = ratios[0]
    if first is None or any(r is None or not np.isclose(r, first) for r in ratios):
        return ""
    words = FACTORS.get(round(first, 9), f"{first:.4g} times what it should be")
    return f"every number is off by the same factor: {words}."


def _batch_factor(pairs: _Pairs, batch_sizes: Sequence[int]) -> str:
    """Off by N, which differs between the inputs: a sum for a mean, or a mean too many."""
    if len(set(batch_sizes)) < 2 or any(a.shape != e.shape for a, e in pairs):
        return ""
    ratios = [_ratio(a, e) for a, e in pairs]
    if any(ratio is None for ratio in ratios):
        return ""
    if np.allclose(np.array(ratios, float), batch_sizes):
        return "every number is N times too large; is the mean over the minibatch taken?"
    if np.allclose(np.array(ratios, float) * batch_sizes, 1):
        return "every number is N times too small; is the mean over the minibatch taken twice?"
    return ""


def _ratio(actual: np.ndarray, expected: np.ndarray) -> float | None:
    """c with actual = c · expected, or None when there is no such c other than 0 and 1."""
    total = float(np.sum(np.square(expected, dtype=float)))
    if total == 0 or not np.isfinite(total):
        return None
    factor = float(np.sum(actual * expected, dtype=float)) / total
    if np.isclose(factor, 0) or np.isclose(factor, 1) or not _close(actual, factor * expected):
        return None
    return factor


def _rows(pairs: _Pairs) -> str:
    """Some rows right, and the same part of them in every input."""
    if any(a.shape != e.shape or a.ndim == 0 or a.shape[0] < 2 for a, e in pairs):
        return ""
    right = [[_close(x, y) for x, y in zip(a, e, strict=True)] for a, e in pairs]
    if all(row[0] and not any(row[1:]) for row in right):
        return "only the first row is right; does the step use every row?"
    if all(all(row[:-1]) and not row[-1] for row in right):
        return "every row is right but the last; look at where the loop or slice ends."
    return ""


def _close(actual: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.allclose(actual, expected, rtol=RTOL, atol=ATOL))
