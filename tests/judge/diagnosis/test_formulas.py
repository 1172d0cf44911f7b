"""Short formulas of arguments and other results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.evidence import pairs_of
from grader.judge.diagnosis.formulas import formula
from tests.judge.diagnosis.evidences import evidence

RNG = np.random.default_rng(5)
GIVEN: list[dict[str, Any]] = [
    {"y": RNG.normal(size=6), "a": RNG.normal(size=6), "rate": float(i + 0.6)} for i in range(4)
]
F = [float(RNG.uniform(0.1, 0.9)) for _ in GIVEN]
RIGHT = [np.tanh(3 * given["y"] - given["a"]) for given in GIVEN]
FORMULAS: dict[str, tuple[Callable[..., Any], str]] = {
    "quotient": (lambda y, a, rate, f, e: y / a, "what stands there is y / a."),
    "of one": (lambda y, a, rate, f, e: np.exp(-a), "what stands there is exp(−a)."),
    "of three": (
        lambda y, a, rate, f, e: (y - rate) * a, "what stands there is (y − rate) · a."
    ),
    "two pairs": (
        lambda y, a, rate, f, e: (y + rate) * (y - a),
        "what stands there is (y + rate) · (y − a).",
    ),
    "negative": (lambda y, a, rate, f, e: -(y * a), "what stands there is −y · a."),
    "further": (
        lambda y, a, rate, f, e: e * (y - a), "right, but multiplied by (y − a) once too often."
    ),
    "missing": (
        lambda y, a, rate, f, e: e / (f * f), "right, but for the factor f², which is missing."
    ),
    "addend": (
        lambda y, a, rate, f, e: e + y * a, "right, but for y · a, which is added once too often."
    ),
}  # fmt: skip


def told(wrong: list[Any]) -> str:
    found = evidence(wrong, RIGHT, GIVEN, siblings={"f": F})
    return formula(pairs_of(found) or [], found)


@pytest.mark.parametrize("wrong,words", FORMULAS.values(), ids=FORMULAS.keys())
def test_a_short_formula_of_what_is_known_is_told(wrong: Callable[..., Any], words: str) -> None:
    rows = zip(GIVEN, F, RIGHT, strict=True)
    assert told([wrong(**given, f=f, e=e) for given, f, e in rows]) == words


def test_a_formula_has_to_fit_every_number() -> None:
    wrong = [given["y"] / given["a"] for given in GIVEN]
    wrong[2][1] += 0.1
    assert told(wrong) == ""


def test_a_few_numbers_are_no_evidence_for_one_of_so_many_formulas() -> None:
    given = [{"y": float(i), "a": 0.3 + i} for i in range(1, 6)]
    found = evidence([g["y"] / g["a"] for g in given], [1.0, 3.0, 2.0, 9.0, 4.0], given)
    assert formula(pairs_of(found) or [], found) == ""
