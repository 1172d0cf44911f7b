"""Where it goes wrong: in which calls, rows, columns or entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any, TypeAlias

import numpy as np

from grader.judge.diagnosis.evidence import Evidence, Pairs, close, flat, numbers
from grader.judge.diagnosis.replay import hashable
from grader.judge.wording import say

__all__ = ["condition", "not_finite", "whereabouts"]

MIN_RIGHT = 3
MANY = 10  # calls that random conditions rarely part as the wrong ones are parted
MIN_OF_EACH = 5  # of them: fewer may be alike in many ways, as points that one test has chosen
_Flags: TypeAlias = list[bool]


def not_finite(pairs: Pairs, evidence: Evidence) -> str:
    """Nan or inf in every wrong call, perhaps caused by large numbers only."""
    if any(np.isfinite(pairs[i][0]).all() for i in evidence.wrong):
        return ""
    sizes = [_largest(named) for named in evidence.arguments]
    right = [size for i, size in enumerate(sizes) if i not in evidence.wrong]
    if len(right) >= MIN_RIGHT and max(right) < min(sizes[i] for i in evidence.wrong):
        return say("form_overflow")
    return say("form_not_finite")


def _largest(arguments: dict[str, Any]) -> float:
    arrays = [numbers(argument) for argument in arguments.values()]
    return max((float(np.abs(a).max()) for a in arrays if a is not None and a.size), default=0.0)


# Rows, columns, entries ----------------------------------------------------------------------


def whereabouts(pairs: Pairs, evidence: Evidence) -> str:
    """Some rows, columns or entries right and some wrong, in every wrong call."""
    wrong = [pairs[i] for i in evidence.wrong]
    if any(a.shape != e.shape for a, e in wrong):
        return ""
    text = _by_sign(wrong)
    if text or any(a.ndim == 0 or len(a) < 2 for a, _ in wrong):
        return text
    return _some_rows(pairs, evidence) or _some_columns(wrong)


def _some_rows(pairs: Pairs, evidence: Evidence) -> str:
    wrong = [pairs[i] for i in evidence.wrong]
    right = [[close(x, y) for x, y in zip(a, e, strict=True)] for a, e in wrong]
    longest_right = max(
        (e.shape[0] for i, (_, e) in enumerate(pairs) if i not in evidence.wrong and e.ndim),
        default=0,
    )
    if any(map(all, right)):  # only the type is wrong
        return ""
    one, many = ("entry", "entries") if all(a.ndim == 1 for a, _ in wrong) else ("row", "rows")
    if longest_right < 2 and all(all(row[:-1]) and not row[-1] for row in right):
        return say(f"form_not_last_{one}")
    if longest_right < 2 and all(all(row[1:]) and not row[0] for row in right):
        return say(f"form_not_first_{one}")
    count = right[0].index(False)
    if count >= max(1, longest_right) and all(_only_leading(row, count) for row in right):
        return say(f"form_first_{one if count == 1 else many}", count=count)
    if all(any(row) for row in right):
        return say(f"form_some_{many}")
    return ""


def _only_leading(is_right: list[bool], count: int) -> bool:
    return all(is_right[:count]) and not any(is_right[count:])


def _some_columns(wrong: Pairs) -> str:
    if any(a.ndim != 2 or a.shape[1] < 2 for a, _ in wrong):
        return ""
    right = [[close(x, y) for x, y in zip(a.T, e.T, strict=True)] for a, e in wrong]
    is_mixed = all(any(columns) and not all(columns) for columns in right)
    return say("form_some_columns") if is_mixed else ""


def _by_sign(wrong: Pairs) -> str:
    """Right where the right number is positive, or not zero, and only there."""
    actual, expected = flat(wrong)
    right = np.isclose(actual, expected, rtol=1e-6, atol=1e-9)
    if right.size < MANY:
        return ""
    places = {"not_zero": expected != 0, "positive": expected > 0}
    places["not_positive"] = expected <= 0
    for name, place in places.items():
        if place.any() and not place.all() and np.array_equal(right, place):
            return say(f"form_right_where_{name}")
    return ""


# Calls ---------------------------------------------------------------------------------------


def condition(evidence: Evidence) -> str:
    """What the arguments of all wrong calls have in common, and those of no right call."""
    wrong = [i in evidence.wrong for i in range(len(evidence.actual))]
    does_raise = {*evidence.raised} >= {*evidence.wrong}
    if min(wrong.count(False), wrong.count(True)) < MIN_RIGHT:
        return ""
    if evidence.is_random and not does_raise:
        return ""
    text = next((text for text, holds in _conditions(evidence) if holds == wrong), "")
    return say("form_raises_when" if does_raise else "form_wrong_when", when=text) if text else ""


def _conditions(evidence: Evidence) -> Iterator[tuple[str, _Flags]]:
    """Simple conditions on the arguments, with the calls that they hold for."""
    rows = evidence.batch_sizes
    yield from _kinds(evidence)
    yield say("when_one_row"), [n == 1 for n in rows]
    yield say("when_several_rows"), [n > 1 for n in rows]
    if any(n > 1 for n in rows):
        for name, values in evidence.scalars.items():
            pairs = zip(values, rows, strict=True)
            yield say("when_larger_than_N", argument=name), [value > n for value, n in pairs]
    inputs = [hashable(named) for named in evidence.arguments]
    wrong = {inputs[i] for i in evidence.wrong}
    if len(rows) >= MANY and min(len(wrong), len({*inputs} - wrong)) >= MIN_OF_EACH:
        yield from _numbers(evidence.scalars)
    sizes = [_largest(named) for named in evidence.arguments]
    right = max((size for i, size in enumerate(sizes) if i not in evidence.wrong), default=0.0)
    yield say("when_large"), [size > right for size in sizes]


def _numbers(scalars: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, _Flags]]:
    for left, right in permutations(scalars, 2):
        pairs = zip(scalars[left], scalars[right], strict=True)
        yield say("when_larger", left=left, right=right), [x > y for x, y in pairs]
    for name, values in scalars.items():
        yield say("when_negative", argument=name), [value < 0 for value in values]
        yield say("when_positive", argument=name), [value > 0 for value in values]
        yield say("when_zero", argument=name), [value == 0 for value in values]
        yield say("when_not_zero", argument=name), [value != 0 for value in values]


def _kinds(evidence: Evidence) -> Iterator[tuple[str, _Flags]]:
    arrays = [
        any(isinstance(a, np.ndarray) and a.ndim for a in named.values())
        for named in evidence.arguments
    ]
    yield say("when_arrays"), arrays
    yield say("when_numbers"), [not flag for flag in arrays]
    for name in evidence.parts[0]:
        given = [part.get(name) for part in evidence.parts]
        whole = [isinstance(a, np.ndarray) and a.dtype.kind in "iu" for a in given]
        yield say("when_whole", argument=name), whole
