"""Factors that differ from call to call, from row to row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.evidence import pairs_of
from grader.judge.diagnosis.scales import by_parts
from tests.judge.diagnosis.evidences import E, evidence

PARTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rows shifted": (lambda e: e - e.max(axis=1, keepdims=True), "each row is off by a number"),
    "columns shifted": (
        lambda e: e + np.array([1, 2, 3]),
        "each column is off by a number of its own",
    ),
    "rows scaled": (lambda e: e * [[1], [2], [3], [4]], "each row is right up to a factor"),
    "columns scaled": (lambda e: e * [1, 2, 3], "each column is right up to a factor"),
}


@pytest.mark.parametrize("change,words", PARTS.values(), ids=PARTS.keys())
def test_what_was_done_row_by_row_or_column_by_column_is_put_in_words(
    change: Callable[[Any], Any], words: str
) -> None:
    found = evidence([change(e) for e in E], E)
    assert words in by_parts(pairs_of(found) or [], found)


def test_single_numbers_have_no_rows_and_each_is_a_multiple_of_the_other() -> None:
    found = evidence([1.0, 5.0, 7.0], [2.0, 3.0, 4.0])
    assert by_parts(pairs_of(found) or [], found) == ""


SIZES = (1, 3, 0.2, 9, 50)
SIZED = [size * np.random.default_rng(i).normal(size=(4, 3)) for i, size in enumerate(SIZES)]


def told(actual: list[Any], *arguments: Any, **more: Any) -> str:
    found = evidence(actual, SIZED, *arguments, **more)
    return by_parts(pairs_of(found) or [], found)


def norm(array: Any) -> float:
    return float(np.sqrt(np.sum(np.square(array))))


@pytest.mark.parametrize("added", [0, 1e-8, 1e-3])
def test_numbers_that_were_divided_by_their_own_size_are_recognised(added: float) -> None:
    wrong = [e / (norm(e) + added) for e in SIZED]
    assert told(wrong) == "right, but divided by its own length (norm) once too often."
    wrong = [e / (np.abs(e).max() + added) for e in SIZED]
    assert told(wrong) == "right, but divided by its own largest entry once too often."


def test_numbers_that_were_divided_by_the_size_of_an_argument_name_it() -> None:
    given = [{"grads": {"W1": np.cos(e)}} for e in SIZED]
    wrong = [e / norm(np.cos(e)) for e in SIZED]
    assert "divided by the length (norm) of grads['W1']" in told(wrong, given)


def test_a_length_over_all_entries_is_told_from_that_of_each() -> None:
    other = [np.sin(7 * e) for e in SIZED]
    wrong = [e / np.hypot(norm(e), norm(b)) for e, b in zip(SIZED, other, strict=True)]
    assert "all entries together" in told(wrong, siblings={"grads['b1']": other})


def test_what_was_shortened_to_a_length_is_told_with_that_length() -> None:
    wrong = [e * min(1, 4 / norm(e)) for e in SIZED]
    assert told(wrong) == "right, but made smaller where its own length (norm) is above 4."


def test_factors_of_no_known_size_are_only_told_to_be_there() -> None:
    wrong = [e * factor for e, factor in zip(SIZED, (3, 0.1, 7, 2, 5), strict=True)]
    assert told(wrong).startswith("right up to a factor, but not always the same one.")
