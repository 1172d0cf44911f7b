"""Where numbers are wrong: at which entries, in which calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.evidence import Evidence, pairs_of
from grader.judge.diagnosis.whereabouts import condition, whereabouts
from tests.judge.diagnosis.evidences import E, evidence

RELU = [np.maximum(e, 0) for e in E]
ENTRIES: dict[str, tuple[Callable[[Any], Any], list[Any], str]] = {
    "not at zeros": (
        lambda e: np.where(e == 0, 0.01, e), RELU, "right, except where the right number is 0"
    ),
    "only positive": (
        lambda e: np.where(e > 0, e, 7), E, "right where the right number is positive"
    ),
    "not positive": (
        lambda e: np.where(e > 0, 7, e), E, "right, except where the right number is positive"
    ),
    "columns": (lambda e: e + np.array([0, 1, 0]), E, "some columns are right and some are wrong"),
}  # fmt: skip


@pytest.mark.parametrize("change,right,words", ENTRIES.values(), ids=ENTRIES.keys())
def test_where_in_an_array_it_is_wrong_is_told(
    change: Callable[[Any], Any], right: list[Any], words: str
) -> None:
    found = evidence([change(e) for e in right], right)
    assert words in whereabouts(pairs_of(found) or [], found)


def in_calls(is_wrong: Callable[..., bool], arguments: list[Any], **more: Any) -> Evidence:
    """Evidence that is wrong for these arguments only."""
    actual = [1.0 if is_wrong(**named) else 0.0 for named in arguments]
    return evidence(actual, [0.0] * len(actual), arguments, **more)


def test_calls_with_one_row_are_told_from_the_others() -> None:
    arguments = [{"X": np.ones((n, 2)) + n} for n in (1, 1, 1, 4, 5, 6)]
    found = in_calls(lambda X: len(X) == 1, arguments)
    assert condition(found) == "wrong when there is one row only, and right in all other tries."


def test_a_size_beyond_the_number_of_rows_is_told_from_others_also_where_it_raises() -> None:
    sizes = [(4, 2), (4, 4), (4, 3), (4, 5), (4, 9), (4, 27)]
    arguments = [{"X": np.ones((n, 2)), "batch_size": size} for n, size in sizes]
    found = in_calls(lambda X, batch_size: batch_size > len(X), arguments, raised=(3, 4, 5))
    assert condition(found) == (
        "an exception when batch_size is larger than the number of rows, "
        "and right in all other tries."
    )


def test_arrays_are_told_from_numbers() -> None:
    arguments = [{"x": x} for x in (1.0, 2.0, 3.0, *E)]
    found = in_calls(lambda x: isinstance(x, np.ndarray), arguments)
    assert "when the arguments are arrays" in condition(found)


@pytest.mark.parametrize("calls,is_told", [(6, False), (12, True)])
def test_numbers_part_the_calls_only_if_there_are_many(calls: int, is_told: bool) -> None:
    arguments = [{"z": i % 4 + 0.5 + i / 99, "w": 3.0 - (5 * i) % 4} for i in range(calls)]
    found = in_calls(lambda z, w: z > w, arguments)
    assert ("z is larger than w" in condition(found)) is is_told


def test_calls_that_nothing_parts_get_no_sentence() -> None:
    arguments = [{"z": float(i)} for i in range(12)]
    assert condition(in_calls(lambda z: z % 2 == 0, arguments)) == ""
