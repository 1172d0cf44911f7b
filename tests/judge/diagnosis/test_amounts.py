"""How far off numbers are, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.amounts import amount, by_parts, scaled_or_bounded
from grader.judge.diagnosis.evidence import pairs_of
from tests.judge.diagnosis.evidences import E, evidence

AMOUNTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "offset": (lambda e: e + 0.25, "every number is off by +0.25."),
    "factor and offset": (lambda e: 3 * e - 1, "3 times what it should be, and then off by -1."),
    "cut above": (lambda e: np.minimum(e, 0.5), "numbers above 0.5 are cut off."),
    "cut below": (lambda e: np.maximum(e, -0.5), "numbers below -0.5 are cut off."),
    "cut on both sides": (lambda e: np.clip(e, -0.5, 0.5), "below -0.5 or above 0.5 are cut off."),
    "ReLU": (lambda e: np.maximum(e, 0), "where a number should be negative, yours is 0."),
    "absolute": (np.abs, "where a number should be negative, yours is positive."),
    "rounded": (lambda e: np.round(e, 2), "the numbers are rounded."),
    "half precision": (lambda e: e.astype(np.float16), "near the right numbers, but not exact."),
    "other signs": (lambda e: e * [1, -1, 1], "the sizes are right, but some signs are not."),
    "other places": (lambda e: e[::-1], "are there, but not at their places."),
}


@pytest.mark.parametrize("change,words", AMOUNTS.values(), ids=AMOUNTS.keys())
def test_what_was_done_to_all_numbers_is_put_in_words(
    change: Callable[[Any], Any], words: str
) -> None:
    found = evidence([change(e) for e in E], E)
    assert words in amount(pairs_of(found) or [], found)


def test_a_factor_made_of_sizes_is_named_by_them() -> None:
    shapes = [(5, 3), (6, 4), (7, 2)]
    scores = [{"scores": np.ones(shape)} for shape in shapes]
    wrong = [e * n / c for e, (n, c) in zip(E, shapes, strict=True)]
    found = evidence(wrong, E, scores)
    text = scaled_or_bounded(pairs_of(found) or [], found)
    assert "N / scores.shape[1] times what it should be" in text


@pytest.mark.parametrize("bound", [-9.0, 0.0])
def test_a_constant_is_not_taken_for_numbers_that_were_cut_off(bound: float) -> None:
    found = evidence([np.full_like(e, bound) for e in E], E)
    assert amount(pairs_of(found) or [], found) == ""


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
