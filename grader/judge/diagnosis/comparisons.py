"""Wrong numbers beside the arguments and the other results: added, multiplied, in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from grader.judge.diagnosis.evidence import MIN_NUMBERS, Evidence, Pairs, close, flat, numbers
from grader.judge.wording import say

__all__ = ["compared", "stretched_beside", "sum_of_arguments", "terms"]

MAX_TERMS = 3  # of a sum that is still worth a sentence
FEW = 12  # numbers that a ReLU left over; as few could be anything
_Bases: TypeAlias = dict[str, np.ndarray]


def compared(pairs: Pairs, evidence: Evidence) -> str:
    """What an argument or another entry has to do with the wrong numbers; "" if nothing.

    Args:
        pairs: what came and what is right, of the same shape.
        evidence: of the same calls.
    """
    actual, _ = flat(pairs)
    bases = _bases(evidence, pairs)
    if not bases or actual.size < MIN_NUMBERS or np.allclose(actual, actual[0], atol=1e-9):
        return ""
    ways = (_other_place, _addend, _further_factor)
    return next((text for way in ways if (text := way(pairs, evidence, bases))), "")


def terms(evidence: Evidence, pairs: Pairs) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Each argument that varies, stretched as numpy does to the shape of every right value."""
    yield from _stretched(
        {n: [part.get(n) for part in evidence.parts] for n in evidence.names}, pairs
    )


def _stretched(
    columns: Mapping[str, Sequence[Any]], pairs: Pairs
) -> Iterator[tuple[str, list[np.ndarray]]]:
    for name, values in columns.items():
        arrays = [
            _fitted(value, expected) for value, (_, expected) in zip(values, pairs, strict=True)
        ]
        found = [array for array in arrays if array is not None]
        if len(found) == len(pairs):
            row = np.concatenate([array.ravel() for array in found])
            if np.isfinite(row).all() and np.ptp(row) > 0:
                yield name, found


def _fitted(value: Any, expected: np.ndarray) -> np.ndarray | None:
    array = None if value is None else numbers(value)
    if array is None or array.ndim > expected.ndim or (expected.ndim and not array.ndim):
        return None
    if array.shape != expected.shape[expected.ndim - array.ndim :]:
        return None
    return np.broadcast_to(array, expected.shape)


def _bases(evidence: Evidence, pairs: Pairs) -> _Bases:
    """Arguments and right values of other entries, each as one row of numbers for all calls."""
    found = [*terms(evidence, pairs), *_stretched(evidence.siblings, pairs)]
    return {n: np.concatenate([a.ravel() for a in arrays]).astype(float) for n, arrays in found}


def stretched_beside(evidence: Evidence, pairs: Pairs) -> Mapping[str, np.ndarray]:
    """What may stand in a formula, each as one row of numbers for all calls.

    Returns:
        Arguments and right values of other entries. A single number counts for a whole array. For
        an entry that is a single number, the arrays among the arguments count by their squares.
    """
    columns = {n: [part.get(n) for part in evidence.parts] for n in evidence.names}
    columns |= {n: [*values] for n, values in evidence.siblings.items()}
    found = _bases(evidence, pairs)
    for name, values in columns.items():
        row = _spread([numbers(value) for value in values], [e for _, e in pairs])
        if name not in found and row is not None and np.isfinite(row[1]).all() and np.ptp(row[1]):
            found[row[0].format(name)] = row[1]
    return found


def _spread(
    values: Sequence[np.ndarray | None], expected: Sequence[np.ndarray]
) -> tuple[str, np.ndarray] | None:
    known = [value for value in values if value is not None and value.dtype.kind == "f"]
    if len(known) < len(values):
        return None
    if all(value.ndim == 0 for value in known):
        return "{}", np.repeat([float(value) for value in known], [e.size for e in expected])
    if all(e.ndim == 0 for e in expected):
        return "sum({}²)", np.array([float(np.sum(np.square(value))) for value in known])
    return None


def _other_place(pairs: Pairs, evidence: Evidence, bases: _Bases) -> str:
    """An argument, or the right value of another entry, stands here."""
    actual, _ = flat(pairs)
    for name, base in bases.items():
        factor = float(actual @ base) / float(base @ base)
        if abs(factor) > 1e-6 and close(actual, factor * base):
            key = "form_is_other" if np.isclose(factor, 1) else "form_is_multiple"
            return say(key, other=name, factor=factor)
    return ""


def _addend(pairs: Pairs, evidence: Evidence, bases: _Bases) -> str:
    """Too much or too little by a multiple of an argument, perhaps times another number."""
    actual, expected = flat(pairs)
    added = actual - expected
    counts = [e.size for _, e in pairs]
    scalars = {"": np.ones(added.size)} | {
        f"{name} · ": np.repeat(values, counts) for name, values in evidence.scalars.items()
    }
    where = (actual != 0) & (expected != 0)  # a ReLU may have cut the rest off
    places = [slice(None)] if where.sum() < FEW else [slice(None), where]
    for (scalar, times), (name, base), place in product(scalars.items(), bases.items(), places):
        if words := _multiple(added[place], (times * base)[place]):
            return say(words[0], other=f"{scalar}{name}", factor=words[1])
    return ""


def _multiple(added: np.ndarray, term: np.ndarray) -> tuple[str, float] | None:
    total = float(term @ term)
    factor = float(added @ term) / total if total else 0.0
    if abs(factor) < 1e-6 or not close(added, factor * term):
        return None
    named = {1.0: "form_added_twice", -1.0: "form_not_added"}
    return named.get(round(factor, 6), "form_off_by"), factor


def _further_factor(pairs: Pairs, evidence: Evidence, bases: _Bases) -> str:
    """A factor too much, or one that is missing."""
    actual, expected = flat(pairs)
    counts = [e.size for _, e in pairs]
    bases = bases | {n: np.repeat(v, counts) for n, v in evidence.scalars.items() if np.ptp(v) > 0}
    bases |= {f"(1 − {name})": 1 - base for name, base in bases.items()}
    for name, base in bases.items():
        if close(actual, expected * base):
            return say("form_further_factor", other=name)
        if close(actual * base, expected):
            return say("form_missing_factor", other=name)
    return ""


def sum_of_arguments(pairs: Pairs, evidence: Evidence) -> str:
    """A sum of multiples of the arguments, in a step whose right result is no such sum."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    actual, _ = flat(pairs)
    bases = _bases(evidence, pairs)
    bases = {name: base for name, base in bases.items() if name in evidence.names}
    if not bases or actual.size < MIN_NUMBERS + len(bases) or not np.isfinite(actual).all():
        return ""
    matrix = np.stack([*bases.values()], axis=1)
    factors = np.asarray(np.linalg.lstsq(matrix, actual, rcond=None)[0]).round(6)
    if not close(actual, matrix @ factors) or np.count_nonzero(factors) > MAX_TERMS:
        return ""
    listed: list[float] = factors.tolist()
    named = [(factor, name) for factor, name in zip(listed, bases, strict=True) if factor]
    return say("form_is_sum", terms=_sum_in_words(named))


def _sum_in_words(named: Sequence[tuple[float, str]]) -> str:
    """A sum as it is written on paper: 2 · a + b − c."""
    named = sorted(named, key=lambda term: term[0] < 0)
    signs = ["+" if factor > 0 else "−" for factor, _ in named]
    sizes = [f"{abs(f):.4g} · " if not np.isclose(abs(f), 1) else "" for f, _ in named]
    words = [f"{s} {n}{name}" for s, n, (_, name) in zip(signs, sizes, named, strict=True)]
    text = " ".join(words).removeprefix("+ ")
    return text.replace("− ", "−", 1) if text.startswith("− ") else text
