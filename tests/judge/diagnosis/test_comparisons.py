"""Wrong numbers that have to do with an argument, or with another result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.comparisons import compared, sum_of_arguments
from grader.judge.diagnosis.evidence import pairs_of
from tests.judge.diagnosis.evidences import E, evidence

A = [np.cos(9 * e) for e in E]
RATES = [0.1, 0.5, 2.0]
ARGUMENTS = [{"params": {"b": a[0]}, "a": a, "rate": r} for a, r in zip(A, RATES, strict=True)]
BESIDE: dict[str, tuple[Callable[..., Any], str]] = {
    "another entry": (lambda e, a, r: e**3, "what stands there is dW2."),
    "an argument": (lambda e, a, r: a, "what stands there is a."),
    "a multiple": (lambda e, a, r: -2 * a, "what stands there is -2 · a."),
    "added twice": (lambda e, a, r: e + a[0], "for params['b'], which is added once too often."),
    "not added": (lambda e, a, r: e - a, "right, but for a, which is missing"),
    "added with a factor": (lambda e, a, r: e + 3 * r * a, "off by 3 · rate · a."),
    "multiplied": (lambda e, a, r: e * a, "but multiplied by a once too often."),
    "not multiplied": (lambda e, a, r: e / a, "but for the factor a, which is missing."),
    "a slope is missing": (lambda e, a, r: e / (1 - a), "for the factor (1 − a), which is"),
    "a rate is missing": (lambda e, a, r: e / r, "for the factor rate, which is missing."),
}


@pytest.mark.parametrize("change,words", BESIDE.values(), ids=BESIDE.keys())
def test_what_an_argument_or_another_entry_has_to_do_with_it_is_told(
    change: Callable[..., Any], words: str
) -> None:
    wrong = [change(e, a, r) for e, a, r in zip(E, A, RATES, strict=True)]
    found = evidence(wrong, E, ARGUMENTS, siblings={"dW2": [e**3 for e in E]})
    assert words in compared(pairs_of(found) or [], found)


def test_a_sum_of_arguments_is_written_as_on_paper() -> None:
    found = evidence([2 * a - a[0] for a in A], E, ARGUMENTS)
    text = sum_of_arguments(pairs_of(found) or [], found)
    assert text == "what stands there is 2 · a − params['b']."


def test_what_a_bend_has_cut_off_does_not_hide_what_was_added_before_it() -> None:
    relu = [np.maximum(e + 1, 0) for e in E]
    wrong = [np.maximum(e + 1 + 0.1 * a, 0) for e, a in zip(E, A, strict=True)]
    found = evidence(wrong, relu, ARGUMENTS)
    assert compared(pairs_of(found) or [], found) == "off by 0.1 · a."


def test_numbers_that_have_nothing_to_do_with_the_arguments_get_no_sentence() -> None:
    found = evidence([np.exp(e) for e in E], E, ARGUMENTS)
    assert compared(pairs_of(found) or [], found) == ""
