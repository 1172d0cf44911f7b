"""A short formula of the arguments and the other results that gives the wrong numbers.

What is told is what the student's function gave in every call.
"""

from __future__ import annotations

import numpy as np

from grader.judge.diagnosis.comparisons import stretched_beside
from grader.judge.diagnosis.evidence import Evidence, Pairs, close, flat
from grader.judge.diagnosis.grammar import Atoms, Joined, Term, fitting, of_one, of_three, of_two
from grader.judge.wording import say

__all__ = ["formula"]

MIN_NUMBERS = 7  # fewer could fit one of so many formulas by chance
MAX_ATOMS = 6  # with more, formulas of three terms are not tried
FACTORS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)


@np.errstate(all="ignore")  # nan fits nothing
def formula(pairs: Pairs, evidence: Evidence) -> str:
    """What stands where the right numbers should; "" if no short formula gives it.

    Args:
        pairs: what came and what is right, of the same shape.
        evidence: of the same calls.
    """
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    actual, expected = flat(pairs)
    atoms = stretched_beside(evidence, pairs)
    is_finite = np.isfinite(actual).all() and np.isfinite(expected).all()
    if not atoms or not is_finite or len({*actual.round(9)}) < MIN_NUMBERS:
        return ""
    return (
        _whole(actual, of_one(atoms))
        or _factor(actual, expected, atoms)
        or _whole(actual, of_two(atoms))
        or (_whole(actual, *of_three(atoms)) if len(atoms) <= MAX_ATOMS else "")
        or _addend(actual - expected, atoms)
    )


def _factor(actual: np.ndarray, expected: np.ndarray, atoms: Atoms) -> str:
    """A factor too much, or one that is missing, made of two terms."""
    where = (actual != 0) & (expected != 0)
    if where.sum() < MIN_NUMBERS or np.any((actual != 0) & (expected == 0)):
        return ""
    some = {name: row[where] for name, row in atoms.items()}
    ratio = actual[where] / expected[where]
    targets = {"form_further_factor": ratio, "form_missing_factor": 1 / ratio}
    for formulas in (of_one(some), of_two(some)):
        found = [
            (key, term)
            for key, target in targets.items()
            for factor, term in _exact(target, formulas)
            if factor == 1
        ]
        found.sort(key=lambda pair: " / " in pair[1].text)  # rather a factor than one over it
        if found:
            key, term = found[0]
            return say(key, other=term.factor)
    return ""


def _addend(added: np.ndarray, atoms: Atoms) -> str:
    """What was added too often, or not at all, made of two terms."""
    if len({*added.round(9)}) < MIN_NUMBERS:
        return ""
    for factor, term in _exact(added, of_two(atoms)):
        key = {1.0: "form_added_twice", -1.0: "form_not_added"}.get(factor, "form_off_by")
        return say(key, other=term.factor if key == "form_off_by" else term.text, factor=factor)
    return ""


def _whole(actual: np.ndarray, *groups: Joined) -> str:
    """All that stands there."""
    for group in groups:
        for factor, term in _exact(actual, group):
            sign = "−" if factor < 0 else ""
            size = f"{abs(factor):g} · " if abs(factor) != 1 else ""
            text = term.text if factor == 1 else f"{sign}{size}{term.factor}"
            return say("form_is_other", other=text)
    return ""


def _exact(target: np.ndarray, formulas: Joined) -> list[tuple[float, Term]]:
    """The formulas that give all numbers, and by which factor; first those without one."""
    found = [
        (factor, term)
        for term in fitting(target, formulas)
        for factor in FACTORS
        if close(target, factor * term.numbers)
    ]
    return sorted(found, key=lambda pair: pair[0] != 1)
