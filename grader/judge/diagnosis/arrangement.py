"""Wrong values whose fault is how they come: in a list, in another shape, too few, too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.judge.diagnosis.evidence import Evidence, Pairs, close, numbers
from grader.judge.wording import say

__all__ = ["container", "result", "shape"]


def container(evidence: Evidence) -> str:
    """What is wrong with the kind of the value, if it is so in every wrong call; "" if nothing.

    Args:
        evidence: also of a step that draws, since its values have a kind as well.
    """
    texts = [_container_of(evidence, call) for call in evidence.wrong]
    return texts[0] if texts and all(texts) and len({*map(len, texts)}) else ""


def _container_of(evidence: Evidence, call: int) -> str:
    actual, expected = evidence.actual[call], evidence.expected[call]
    if call in evidence.wholes and evidence.count is None:
        return say("form_missing")
    if actual is None and expected is not None:
        return say("form_none")
    if isinstance(expected, np.ndarray | float | int | np.number):
        if isinstance(actual, tuple | list | dict):
            return _collected(actual, np.asarray(expected), evidence.is_random)
        array = numbers(actual)
        if evidence.is_random and array is not None and array.ndim != np.ndim(expected):
            values = {"shape": array.shape, "expected": np.shape(expected)}
            return say("form_other_shape", **values)
        return _not_whole(array, np.asarray(expected))
    return ""


def result(evidence: Evidence) -> str:
    """What is wrong with the result as a whole, if an entry is missing because of that."""
    if {*evidence.wholes} != {*evidence.wrong} - {*evidence.raised}:
        return ""
    texts = {_of_the_whole(whole, evidence.count) for whole in evidence.wholes.values()}
    return texts.pop() if len(texts) == 1 else ""


def _of_the_whole(whole: Any, wanted: int | None) -> str:
    """What came in the place of a dict, or of as many values as wanted."""
    if whole is None:
        return say("form_none")
    if wanted is None:
        return "" if isinstance(whole, dict) else say("form_no_dict")
    if isinstance(whole, dict):
        return say("form_no_tuple")
    if isinstance(whole, tuple | list):
        if len(whole) and all(isinstance(i, tuple | list) and len(i) == wanted for i in whole):
            return say("form_zipped", wanted=wanted)
        return say("form_count", found=len(whole), wanted=wanted)
    return say("form_single", wanted=wanted)


def _collected(actual: Any, expected: np.ndarray, is_random: bool) -> str:
    """A tuple, list or dict in the place of an array or a number."""
    items = list(actual.values()) if isinstance(actual, dict) else list(actual)
    array = None if isinstance(actual, dict) else numbers(actual)
    is_whole = expected.ndim and array is not None and array.shape == expected.shape
    if is_whole and (is_random or close(array, expected)):
        return say("form_list", type=type(actual).__name__)
    if any(close(number, expected) for number in map(numbers, items) if number is not None):
        return say("form_among")
    return say("form_in_list", type=type(actual).__name__) if expected.ndim else ""


def _not_whole(actual: np.ndarray | None, expected: np.ndarray) -> str:
    """Real numbers in the place of integers."""
    if actual is None or actual.dtype.kind != "f" or expected.dtype.kind not in "iu":
        return ""
    return say("form_not_whole") if actual.shape == expected.shape else ""


def shape(pairs: Pairs, evidence: Evidence) -> str:
    """The right numbers in another arrangement, or sums along another axis."""
    if all(a.ndim == 2 and a.T.shape == e.shape and close(a.T, e) for a, e in pairs):
        return say("form_transposed")
    if all(a.shape == e.shape for a, e in pairs):
        return ""
    shapes = next((a.shape, e.shape) for a, e in pairs if a.shape != e.shape)
    values = {"shape": shapes[0], "expected": shapes[1]}
    return next((say(key, **values) for key in _fitting(pairs)), say("form_other_shape", **values))


def _fitting(pairs: Pairs) -> Iterator[str]:
    """Sentences on numbers of another shape that fit, the most telling first."""
    if all(a.size == e.size and close(a.reshape(e.shape), e) for a, e in pairs):
        yield "form_shape"
    if all(a.size == e.size and close(np.sort(a, None), np.sort(e, None)) for a, e in pairs):
        yield "form_axes"
    if all(a.size == 1 and close(a.reshape(()), e.sum()) for a, e in pairs):
        yield "form_total"
    if all(a.size == 1 for a, _ in pairs):
        yield "form_one_number"
    if all(_is_unsummed(a, e) for a, e in pairs):
        yield "form_unsummed"
    if all(a.ndim == e.ndim for a, e in pairs) and all(close(a.sum(), e.sum()) for a, e in pairs):
        yield "form_axis"


def _is_unsummed(actual: np.ndarray, expected: np.ndarray) -> bool:
    return any(close(actual.sum(axis=axis), expected) for axis in range(actual.ndim))
