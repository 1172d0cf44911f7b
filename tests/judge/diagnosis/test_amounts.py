"""How far off numbers are, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.amounts import amount, constant, scaled_or_bounded
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
    "whole": (np.trunc, "Which integer array, int() or // drops the rest?"),
    "whole and below": (np.floor, "whole numbers, though these should not be whole."),
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


def test_a_single_number_is_not_called_every_number() -> None:
    right = [1.0, 2.5, -3.0, 0.25]
    for actual, words in (
        ([2 * e for e in right], "twice as large as it should be."),
        ([e + 0.25 for e in right], "off by +0.25."),
        ([3 * e - 1 for e in right], "3 times what it should be, and then off by -1."),
    ):
        found = evidence(actual, right)
        assert amount(pairs_of(found) or [], found) == words


def test_one_number_for_all_arguments_is_told_unless_it_is_zero() -> None:
    found = evidence([1.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0])
    assert constant(pairs_of(found) or [], found) == "always 1, whatever the arguments are."
    found = evidence([np.ones_like(e) for e in E], E)
    assert constant(pairs_of(found) or [], found).startswith("every number is 1, whatever")
    found = evidence([np.zeros_like(e) for e in E], E)
    assert constant(pairs_of(found) or [], found) == ""


@pytest.mark.parametrize(
    "divisor,words",
    [
        (lambda n: max(n - 1, 1), "N / (N − 1) times"),
        (lambda n: n + 1, "N / (N + 1) times"),
        (lambda n: np.sqrt(n), "√N times"),
    ],
)
def test_the_rows_but_one_and_their_like_are_sizes_too(
    divisor: Callable[[int], float], words: str
) -> None:
    batches = [{"X": np.ones((n, 2))} for n in (1, 4, 7)]
    wrong = [e * n / divisor(n) for e, n in zip(E, (1, 4, 7), strict=True)]
    found = evidence(wrong, E, batches)
    assert words in scaled_or_bounded(pairs_of(found) or [], found)


def test_whole_numbers_that_are_no_rest_of_the_right_ones_are_not_told_to_be_cut() -> None:
    found = evidence([1.0] * 6, [0.0] * 6)
    assert "whole" not in scaled_or_bounded(pairs_of(found) or [], found)
