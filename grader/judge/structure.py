"""Simple forms of a wrong number that need no catalogue: a factor, a transpose, a shape.

A form is named only if it fits every call, the right ones included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from grader.box.protocol import Rng

__all__ = ["Evidence", "structural_hint"]

RTOL, ATOL = 1e-6, 1e-9
MIN_RIGHT = 3
_Pairs: TypeAlias = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Evidence:
    """One part of what a function does, over all calls.

    Args:
        name: how the student would write it.
        actual: what came.
        expected: what is right.
        wrong: the calls in which the two differ.
        arguments: of each call, by the name of the parameter.
        is_value: whether it is of the returned value, not of an argument afterwards.
        expected_with: what would be right for a call with some arguments changed.
    """

    name: str
    actual: tuple[Any, ...]
    expected: tuple[Any, ...]
    wrong: tuple[int, ...]
    arguments: tuple[dict[str, Any], ...]
    is_value: bool = True
    expected_with: Callable[..., Any] = lambda call, **changed: None

    @property
    def is_random(self) -> bool:
        """Whether the function draws, so that other numbers can be right as well."""
        return any(isinstance(a, Rng) for named in self.arguments for a in named.values())

    @property
    def batch_sizes(self) -> list[int]:
        """N of each call: the rows of the first matrix among the arguments; 1 without one."""
        return [_rows_of(named) for named in self.arguments]


def _rows_of(arguments: dict[str, Any]) -> int:
    matrices = (a for a in arguments.values() if isinstance(a, np.ndarray) and a.ndim == 2)
    return next((len(matrix) for matrix in matrices), 1)


@np.errstate(all="ignore")  # the numbers are wrong ones: inf, nan, near overflow
def structural_hint(evidence: Evidence) -> str:
    """A sentence on what the wrong values have in common; "" if nothing."""
    if evidence.is_random or not evidence.is_value:
        return ""
    pairs: _Pairs = []
    for left, right in zip(evidence.actual, evidence.expected, strict=True):
        actual, expected = _numbers(left), _numbers(right)
        if actual is None or expected is None or actual.size == 0:
            return ""
        pairs.append((actual, expected))
    text = _not_finite(pairs, evidence) or _only_with(pairs, evidence)
    for explain in (_shape, _factor, _some_rows):
        text = text or explain(pairs, evidence)
    return f"{evidence.name}: {text}" if text else ""


def _numbers(value: Any) -> np.ndarray | None:
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biuf" else None


# Where it goes wrong -------------------------------------------------------------------------


def _not_finite(pairs: _Pairs, evidence: Evidence) -> str:
    """Nan or inf in every wrong call; and whether only large numbers lead to it."""
    if any(np.isfinite(pairs[i][0]).all() for i in evidence.wrong):
        return ""
    sizes = [_largest(named) for named in evidence.arguments]
    right = [size for i, size in enumerate(sizes) if i not in evidence.wrong]
    if len(right) >= MIN_RIGHT and max(right) < min(sizes[i] for i in evidence.wrong):
        return "nan or inf comes out for large numbers only; which step overflows for them?"
    return "nan or inf comes out; look for an overflow, a division by zero or a log of zero."


def _largest(arguments: dict[str, Any]) -> float:
    arrays = [_numbers(argument) for argument in arguments.values()]
    return max((float(np.abs(a).max()) for a in arrays if a is not None and a.size), default=0.0)


def _only_with(pairs: _Pairs, evidence: Evidence) -> str:
    """Right wherever a number among the arguments is zero, and wrong wherever it is not."""
    for name, value in evidence.arguments[0].items():
        if isinstance(value, float | int):
            off = [i for i, named in enumerate(evidence.arguments) if named[name] == 0]
            if len(off) >= MIN_RIGHT and not {*off} & {*evidence.wrong}:
                return _what_it_adds(name, pairs, evidence)
    return ""


def _what_it_adds(name: str, pairs: _Pairs, evidence: Evidence) -> str:
    added: _Pairs = []
    for i, (actual, expected) in enumerate(pairs):
        if evidence.arguments[i][name] != 0:
            without = _numbers(evidence.expected_with(i, **{name: 0.0}))
            if without is None or actual.shape != without.shape:
                return ""
            added.append((actual - without, expected - without))
    what = f"right where {name} is 0, and wrong elsewhere: what {name} adds"
    if all(_close(actual, np.zeros_like(actual)) for actual, _ in added):
        return f"right where {name} is 0, and the same elsewhere. What should {name} change?"
    if all(_close(expected, np.zeros_like(expected)) for _, expected in added):
        return f"right where {name} is 0. Elsewhere {name} adds something that does not belong."
    words = _common_factor(added, [])
    return f"{what} is {words}." if words else f"{what} is not what it should be."


def _some_rows(pairs: _Pairs, evidence: Evidence) -> str:
    """Some rows right and some wrong, in every wrong call."""
    wrong = [pairs[i] for i in evidence.wrong]
    if any(a.shape != e.shape or a.ndim == 0 or len(a) < 2 for a, e in wrong):
        return ""
    right = [[_close(x, y) for x, y in zip(a, e, strict=True)] for a, e in wrong]
    longest_right = max(
        (e.shape[0] for i, (_, e) in enumerate(pairs) if i not in evidence.wrong and e.ndim),
        default=0,
    )
    if any(map(all, right)):  # wrong by type alone
        return ""
    if longest_right < 2 and all(all(row[:-1]) and not row[-1] for row in right):
        return "every row is right but the last; look at where the loop or slice ends."
    if longest_right < 2 and all(all(row[1:]) and not row[0] for row in right):
        return "every row is right but the first; look at where the loop or slice starts."
    count = right[0].index(False)
    if count >= max(1, longest_right) and all(_only_leading(row, count) for row in right):
        rows = "first row is" if count == 1 else f"first {count} rows are"
        return f"only the {rows} right; does the step use every row?"
    if all(any(row) for row in right):
        return "some rows are right and some are wrong; compare one of each."
    return ""


def _only_leading(is_right: list[bool], count: int) -> bool:
    return all(is_right[:count]) and not any(is_right[count:])


# How it goes wrong ---------------------------------------------------------------------------


def _shape(pairs: _Pairs, evidence: Evidence) -> str:
    """The right numbers in another arrangement, or sums along another axis."""
    if all(a.ndim == 2 and a.T.shape == e.shape and _close(a.T, e) for a, e in pairs):
        return "the numbers are right, but rows and columns are exchanged."
    if all(a.shape == e.shape for a, e in pairs):
        return ""
    shapes = next((a.shape, e.shape) for a, e in pairs if a.shape != e.shape)
    places = "the shape is {} instead of {}".format(*shapes)
    if all(a.size == e.size and _close(a.reshape(e.shape), e) for a, e in pairs):
        return f"the numbers are right, but {places}."
    if all(a.size == e.size and _close(np.sort(a, None), np.sort(e, None)) for a, e in pairs):
        return f"the numbers are right, but their axes are in another order: {places}."
    if all(a.ndim == e.ndim for a, e in pairs) and all(_close(a.sum(), e.sum()) for a, e in pairs):
        return f"{places}, and the total is right; along which axis do you add up?"
    return ""


def _factor(pairs: _Pairs, evidence: Evidence) -> str:
    """One factor for all inputs; a factor that varies with them is not called one."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    words = _common_factor(pairs, evidence.batch_sizes)
    return f"every number is {words}." if words else ""


def _common_factor(pairs: _Pairs, batch_sizes: list[int]) -> str:
    """The factor in words: N, which differs between the inputs, or a constant."""
    ratios = [_ratio(a, e) for a, e in pairs]
    known = [(ratio, i) for i, ratio in enumerate(ratios) if ratio != 0]
    if not known or None in ratios:
        return ""
    values = np.array([ratio for ratio, _ in known], float)
    sizes = np.array([batch_sizes[i] if batch_sizes else 1 for _, i in known])
    if len({*sizes}) > 1 and np.allclose(values, sizes):
        return "N times too large (is the mean over the rows taken?)"
    if len({*sizes}) > 1 and np.allclose(values * sizes, 1):
        return "N times too small (is the mean over the rows taken twice?)"
    if not np.allclose(values, values[0]) or np.isclose(values[0], 1):
        return ""
    return _in_words(float(values[0]))


def _in_words(factor: float) -> str:
    named = {-1.0: "of the wrong sign", 2.0: "twice as large as it should be"}
    named |= {0.5: "half as large as it should be"}
    return named.get(round(factor, 6), f"{factor:.4g} times what it should be")


def _ratio(actual: np.ndarray, expected: np.ndarray) -> float | None:
    """c with actual = c · expected; 0 if both are all zeros, None if there is no such c ≠ 0."""
    total = float(np.sum(np.square(expected, dtype=float)))
    if total == 0:
        return 0.0 if not np.any(actual) else None
    factor = float(np.sum(actual * expected, dtype=float)) / total
    is_one = np.isfinite(factor) and not np.isclose(factor, 0)
    return factor if is_one and _close(actual, factor * expected) else None


def _close(actual: Any, expected: Any) -> bool:
    if np.shape(actual) != np.shape(expected):
        return False
    return bool(np.allclose(actual, expected, rtol=RTOL, atol=ATOL))
