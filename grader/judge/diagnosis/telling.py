"""Says in whole numbers what a call of a student's function did, and what is right.

For small inputs only: every number is shown. What the student's function returned may be anything;
each sentence comes from an assertion that bounds it, or shows as many numbers as the right value
has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.judge.assertions import assert_close, expect_array, expect_float, expect_tuple
from grader.judge.diagnosis.replay import SINGLE_ATOL, SINGLE_RTOL
from grader.judge.wording import say

__all__ = ["told_of_arguments", "told_of_value"]

RTOL, ATOL = 1e-6, 1e-9  # of `assert_close`
MAX_PLACES = 12  # the rest of a rounding error is shown as 0


def told_of_value(actual: Any, expected: Any, names: Sequence[str], call: str) -> Iterator[str]:
    """Sentences on what is wrong in a returned value, and empty ones.

    A value or an entry that is missing is work to do, not a wrong number, so nothing is said of it.

    Args:
        actual: what the student's function returned.
        expected: what is right.
        names: of the items, if it is a tuple; else one name.
        call: what a student calls the whole value.
    """
    if actual is None or expected is None:
        return
    if isinstance(expected, tuple):
        yield from _of_tuple(actual, expected, names, call)
    elif isinstance(expected, dict):
        yield from _of_dict(actual, expected, names[0])
    else:
        yield _of_numbers(actual, expected, names[0])


def told_of_arguments(
    after: Any, before: Sequence[Any], expected: Sequence[Any] | None, names: Sequence[str]
) -> Iterator[str]:
    """Sentences on what is wrong in arguments after a call, and empty ones.

    Args:
        after: the arguments as the student's function left them, if the box told.
        before: as they were.
        expected: as they should be.
        names: of the parameters.
    """
    if not isinstance(after, list | tuple) or expected is None:
        return
    for name, old, new, wanted in zip(names, before, after, expected, strict=False):
        if isinstance(old, dict) and _is_changed(wanted, old):
            yield from _of_dict(new, wanted, name)
        elif _is_changed(new, old):
            yield say("changed", name=name)


def _is_changed(after: Any, before: Any) -> bool:
    """Whether an array, or one in a dict, differs by more than moving an entry back leaves."""
    if isinstance(before, dict):
        is_whole = isinstance(after, dict) and after.keys() == before.keys()
        return not is_whole or any(_is_changed(after[key], before[key]) for key in before)
    return isinstance(before, np.ndarray) and bool(_of_numbers(after, before, ""))


def _of_tuple(
    actual: Any, expected: tuple[Any, ...], names: Sequence[str], call: str
) -> Iterator[str]:
    try:
        parts = expect_tuple(actual, len(expected), call)
    except AssertionError as error:
        yield str(error)
    else:
        for part, wanted, name in zip(parts, expected, names, strict=True):
            if isinstance(wanted, dict):
                yield from _of_dict(part, wanted, name)
            else:
                yield _of_numbers(part, wanted, name)


def _of_dict(actual: Any, expected: dict[str, Any], name: str) -> Iterator[str]:
    if isinstance(actual, dict):
        for key in filter(actual.__contains__, expected):
            yield _of_numbers(actual[key], expected[key], f"{name}[{key!r}]")


def _of_numbers(actual: Any, expected: Any, name: str) -> str:
    """What is wrong with a number or an array; "" if nothing is."""
    if _is_identical(actual, expected):  # nearly all are, and this takes a tenth of the time
        return ""
    try:
        if isinstance(expected, np.ndarray):
            kind = "i" if expected.dtype.kind in "iu" else "f"
            expect_array(actual, name, expected.shape, kind)
        else:
            expect_float(actual, name)
    except AssertionError as error:
        return str(error)
    try:
        assert_close(actual, expected, name, *_tolerance(actual))
    except AssertionError:
        wanted, found = _distinct_texts(np.asarray(expected), np.asarray(actual))
        return say("other_number", name=name, expected=wanted, found=found)
    return ""


def _is_identical(actual: Any, expected: Any) -> bool:
    return (
        isinstance(actual, np.ndarray)
        and isinstance(expected, np.ndarray)
        and (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
        and actual.tobytes() == expected.tobytes()
    )


def _tolerance(actual: Any) -> tuple[float, float]:
    is_single = getattr(actual, "dtype", None) in (np.float32, np.float16)
    return (SINGLE_RTOL, SINGLE_ATOL) if is_single else (RTOL, ATOL)


def _distinct_texts(expected: np.ndarray, actual: np.ndarray) -> tuple[str, str]:
    """Both arrays with six digits, or with more if they look the same with six."""
    texts = ("", "")
    for digits in (6, 9, 12, 17):
        texts = _numbers(expected.tolist(), digits), _numbers(actual.tolist(), digits)
        if texts[0] != texts[1]:
            break
    return texts


def _numbers(items: Any, digits: int) -> str:
    if isinstance(items, list):
        return f"[{', '.join(_numbers(item, digits) for item in items)}]"
    shown = round(items, MAX_PLACES) + 0.0  # + 0.0, so that no zero has a sign
    return f"{shown:.{digits}g}"
