"""Simple forms of wrong numbers that need no catalogue: a factor, a transpose, a shape.

A form is named only if it fits every call, the right ones included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from grader.box.protocol import Rng
from grader.judge.wording import say

__all__ = ["Evidence", "structural_hints"]

RTOL, ATOL = 1e-6, 1e-9
MIN_RIGHT = 3
_Pairs: TypeAlias = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Evidence:
    """One aspect of what a function does, in all calls.

    Args:
        name: how the student would write it.
        actual: what the student's function gave in each call.
        expected: the right value in each call.
        wrong: numbers of the calls in which the two differ.
        arguments: of each call, by the name of the parameter.
        is_value: whether it belongs to the returned value, not to an argument after the call.
        expected_with: takes the number of a call and some other arguments, and returns the value
            that would be right with these.
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
        """Whether the function draws random numbers, so that other values can be right too."""
        return any(isinstance(a, Rng) for named in self.arguments for a in named.values())

    @property
    def batch_sizes(self) -> list[int]:
        """N of each call: the rows of the first matrix among the arguments; 1 without one."""
        return [_rows_of(named) for named in self.arguments]


def _rows_of(arguments: dict[str, Any]) -> int:
    matrices = (a for a in arguments.values() if isinstance(a, np.ndarray) and a.ndim == 2)
    return next((len(matrix) for matrix in matrices), 1)


def structural_hints(parts: Iterable[Evidence]) -> list[str]:
    """A sentence for each simple form, with the names of all aspects that have it."""
    names: dict[str, list[str]] = {}
    for evidence in parts:
        names.setdefault(_form(evidence), []).append(evidence.name)
    return [say("form", name=", ".join(names[form]), form=form) for form in filter(None, names)]


@np.errstate(all="ignore")  # wrong numbers may be inf, nan or near overflow
def _form(evidence: Evidence) -> str:
    """What the wrong values have in common; "" if nothing."""
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
    return text


def _numbers(value: Any) -> np.ndarray | None:
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biuf" else None


# Where it goes wrong -------------------------------------------------------------------------


def _not_finite(pairs: _Pairs, evidence: Evidence) -> str:
    """Nan or inf in every wrong call, perhaps caused by large numbers only."""
    if any(np.isfinite(pairs[i][0]).all() for i in evidence.wrong):
        return ""
    sizes = [_largest(named) for named in evidence.arguments]
    right = [size for i, size in enumerate(sizes) if i not in evidence.wrong]
    if len(right) >= MIN_RIGHT and max(right) < min(sizes[i] for i in evidence.wrong):
        return say("form_overflow")
    return say("form_not_finite")


def _largest(arguments: dict[str, Any]) -> float:
    arrays = [_numbers(argument) for argument in arguments.values()]
    return max((float(np.abs(a).max()) for a in arrays if a is not None and a.size), default=0.0)


def _only_with(pairs: _Pairs, evidence: Evidence) -> str:
    """Right wherever a number among the arguments is zero, and wrong wherever it is not."""
    for name in evidence.arguments[0]:
        values = [named.get(name) for named in evidence.arguments]  # it may be left out
        if all(isinstance(value, float | int) for value in values):
            off = [i for i, value in enumerate(values) if value == 0]
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
    if all(_close(actual, np.zeros_like(actual)) for actual, _ in added):
        return say("form_ignores", argument=name)
    if all(_close(expected, np.zeros_like(expected)) for _, expected in added):
        return say("form_superfluous", argument=name)
    words = _common_factor(added, [])
    return say(f"form_adds_{'factor' if words else 'other'}", argument=name, factor=words)


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
    if any(map(all, right)):  # only the type is wrong
        return ""
    if longest_right < 2 and all(all(row[:-1]) and not row[-1] for row in right):
        return say("form_not_last_row")
    if longest_right < 2 and all(all(row[1:]) and not row[0] for row in right):
        return say("form_not_first_row")
    count = right[0].index(False)
    if count >= max(1, longest_right) and all(_only_leading(row, count) for row in right):
        return say("form_first_row" if count == 1 else "form_first_rows", count=count)
    if all(any(row) for row in right):
        return say("form_some_rows")
    return ""


def _only_leading(is_right: list[bool], count: int) -> bool:
    return all(is_right[:count]) and not any(is_right[count:])


# How it goes wrong ---------------------------------------------------------------------------


def _shape(pairs: _Pairs, evidence: Evidence) -> str:
    """The right numbers in another arrangement, or sums along another axis."""
    if all(a.ndim == 2 and a.T.shape == e.shape and _close(a.T, e) for a, e in pairs):
        return say("form_transposed")
    if all(a.shape == e.shape for a, e in pairs):
        return ""
    shapes = next((a.shape, e.shape) for a, e in pairs if a.shape != e.shape)
    values = {"shape": shapes[0], "expected": shapes[1]}
    if all(a.size == e.size and _close(a.reshape(e.shape), e) for a, e in pairs):
        return say("form_shape", **values)
    if all(a.size == e.size and _close(np.sort(a, None), np.sort(e, None)) for a, e in pairs):
        return say("form_axes", **values)
    if all(a.ndim == e.ndim for a, e in pairs) and all(_close(a.sum(), e.sum()) for a, e in pairs):
        return say("form_axis", **values)
    return ""


def _factor(pairs: _Pairs, evidence: Evidence) -> str:
    """The same factor in all calls, or N, the number of rows."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    words = _common_factor(pairs, evidence.batch_sizes)
    return say("form_factor", factor=words) if words else ""


def _common_factor(pairs: _Pairs, batch_sizes: list[int]) -> str:
    """The factor in words: N, which differs between the inputs, or a constant."""
    ratios = [_ratio(a, e) for a, e in pairs]
    known = [(ratio, i) for i, ratio in enumerate(ratios) if ratio != 0]
    if not known or None in ratios:
        return ""
    values = np.array([ratio for ratio, _ in known], float)
    sizes = np.array([batch_sizes[i] if batch_sizes else 1 for _, i in known])
    if len({*sizes}) > 1 and np.allclose(values, sizes):
        return say("factor_N")
    if len({*sizes}) > 1 and np.allclose(values * sizes, 1):
        return say("factor_one_N")
    if not np.allclose(values, values[0]) or np.isclose(values[0], 1):
        return ""
    return _in_words(float(values[0]))


def _in_words(factor: float) -> str:
    named = {-1.0: "factor_sign", 2.0: "factor_2", 0.5: "factor_half"}
    return say(named.get(round(factor, 6), "factor_any"), factor=factor)


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
