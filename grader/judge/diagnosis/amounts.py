"""How far off the numbers are: by a factor, an addend, a bound, the digits that are left."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from grader.judge.diagnosis.comparisons import compared
from grader.judge.diagnosis.evidence import MIN_NUMBERS, Evidence, Pairs, close, flat
from grader.judge.wording import say

__all__ = ["amount", "constant", "factor_in_words", "ratio", "scaled_or_bounded"]

MIN_CALLS = 3
ROUGH = 1e-2  # of the largest number; what is further away is not "close"


def amount(pairs: Pairs, evidence: Evidence) -> str:
    """What has been done to the right numbers of all calls; "" if that is not known."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    ways: tuple[Callable[[Pairs, Evidence], str], ...] = (
        _factor,
        _bounded,
        _offset,
        compared,
        _signs,
        _rough,
    )
    return next((text for way in ways if (text := way(pairs, evidence))), "")


def scaled_or_bounded(pairs: Pairs, evidence: Evidence) -> str:
    """A factor or a bound that all right numbers have been through; "" if neither."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    return _factor(pairs, evidence) or _bounded(pairs, evidence)


# Factors -------------------------------------------------------------------------------------


def _factor(pairs: Pairs, evidence: Evidence) -> str:
    words = factor_in_words(pairs, evidence)
    return say(_of_each("form_factor", pairs), factor=words) if words else ""


def _of_each(key: str, pairs: Pairs) -> str:
    """The key of a sentence on every number of an array, or on one number."""
    return key if any(e.ndim for _, e in pairs) else f"{key}_single"


def factor_in_words(pairs: Pairs, evidence: Evidence | None = None) -> str:
    """The one factor of all calls in words: a constant, or one of sizes such as N.

    Args:
        pairs: what came and what is right, of the same shape.
        evidence: of the same calls; without it, only constants are looked for.
    """
    ratios = [ratio(a, e) for a, e in pairs]
    known = [(found, i) for i, found in enumerate(ratios) if found != 0]
    if not known or None in ratios:
        return ""
    values = np.array([found for found, _ in known], float)
    if np.allclose(values, values[0]):
        return "" if np.isclose(values[0], 1) else _constant(float(values[0]))
    return _of_sizes(values, [i for _, i in known], evidence) if evidence else ""


def _constant(factor: float) -> str:
    named = {-1.0: "factor_sign", 2.0: "factor_2", 0.5: "factor_half"}
    named[round(1 / np.log(2), 6)] = "factor_log2"
    return say(named.get(round(factor, 6), "factor_any"), factor=factor)


def _of_sizes(values: np.ndarray, calls: list[int], evidence: Evidence) -> str:
    """A factor that differs from call to call as the sizes of the arguments do."""
    rows = np.array(evidence.batch_sizes, float)[calls]
    if np.allclose(values, rows):
        return say("factor_N")
    if np.allclose(values * rows, 1):
        return say("factor_one_N")
    sizes = {"N": rows, "(N − 1)": np.maximum(rows - 1, 1), "(N + 1)": rows + 1}
    sizes |= {"√N": np.sqrt(rows)} | _sizes(evidence, calls)
    for top, bottom in product(["", *sizes], repeat=2):
        rest = values * sizes.get(bottom, 1.0) / sizes.get(top, 1.0)
        if np.allclose(rest, rest[0]) and (np.isclose(rest[0], 1) or not (top and bottom)):
            number = "" if top and np.isclose(rest[0], 1) else f"{rest[0]:.4g}"
            words = " · ".join(filter(None, [number, top]))
            return say("factor_sizes", sizes=f"{words} / {bottom}" if bottom else words)
    return ""


def _sizes(evidence: Evidence, calls: list[int]) -> dict[str, np.ndarray]:
    """The lengths of the axes of all arguments, by how a student would write them."""
    sizes: dict[str, np.ndarray] = {}
    for name in evidence.names:
        given = [evidence.parts[i].get(name) for i in calls]
        arrays = [array for array in given if isinstance(array, np.ndarray)]
        if len(arrays) == len(calls):
            for axis in range(min(array.ndim for array in arrays)):
                lengths = np.array([float(array.shape[axis]) for array in arrays])
                if not any(np.array_equal(lengths, known) for known in sizes.values()):
                    sizes[f"{name}.shape[{axis}]"] = lengths
    return sizes


def ratio(actual: np.ndarray, expected: np.ndarray) -> float | None:
    """c with actual = c · expected; 0 if both are all zeros, None if there is no such c ≠ 0."""
    total = float(np.sum(np.square(expected, dtype=float)))
    if total == 0:
        return 0.0 if not np.any(actual) else None
    factor = float(np.sum(actual * expected, dtype=float)) / total
    is_one = np.isfinite(factor) and not np.isclose(factor, 0)
    return factor if is_one and close(actual, factor * expected) else None


# Bounds, addends, digits ---------------------------------------------------------------------


def _bounded(pairs: Pairs, _: Evidence) -> str:
    """Numbers beyond a bound are cut off, or rounded, or have lost their sign."""
    actual, expected = flat(pairs)
    low, high = float(actual.min()), float(actual.max())
    is_low, is_high = bool((expected < low).any()), bool((expected > high).any())
    inside = (low < expected) & (expected < high)
    if inside.sum() >= MIN_CALLS and close(actual, np.clip(expected, low, high)):
        if low == 0 and not is_high:
            return say("form_no_negative")
        key = {(True, True): "both", (True, False): "below", (False, True): "above"}
        if (is_low, is_high) in key:
            return say(f"form_cut_{key[is_low, is_high]}", low=low, high=high)
    if close(actual, np.abs(expected)):
        return say("form_absolute")
    kept = actual != 0
    if MIN_CALLS <= kept.sum() < (expected != 0).sum() and close(actual[kept], expected[kept]):
        return say("form_dropped")
    for decimals in range(9):
        if np.array_equal(actual, np.round(expected, decimals)) and np.any(actual):
            return say("form_rounded", decimals=decimals)
    return say("form_whole") if _is_cut_to_whole(actual, expected) else ""


def _is_cut_to_whole(actual: np.ndarray, expected: np.ndarray) -> bool:
    """Whether only what stands before the point is left, or the next whole number below."""
    has_lost = len({*actual}) >= MIN_CALLS and np.any(expected != np.floor(expected))
    if actual.size < MIN_NUMBERS or not has_lost or np.any(actual != np.floor(actual)):
        return False
    lost = expected - actual
    ways = (np.sign(expected) * lost, lost)
    return any(bool(((rest > -ROUGH) & (rest < 1 + ROUGH)).all()) for rest in ways)


def constant(pairs: Pairs, _: Evidence) -> str:
    """One number everywhere, in all calls."""
    actual, expected = flat(pairs)
    if actual.size < MIN_NUMBERS or np.ptp(actual) or not np.ptp(expected) or not actual[0]:
        return ""
    return say(_of_each("form_constant", pairs), value=float(actual[0]))


def _offset(pairs: Pairs, _: Evidence) -> str:
    """The same number too much everywhere, perhaps after a factor."""
    actual, expected = flat(pairs)
    added = actual - expected
    if actual.size < MIN_NUMBERS or not np.isfinite(added).all():
        return ""
    exact = 1e-9 + 1e-12 * np.abs(expected)  # what rounding leaves of such numbers
    if (np.abs(added - added[0]) <= exact + 1e-6 * np.abs(added[0])).all():
        return say(_of_each("form_offset", pairs), offset=float(added[0]))
    centred = expected - expected.mean()
    if len({*np.round(expected, 6)}) < MIN_NUMBERS or not np.isfinite(centred).all():
        return ""
    factor = float(centred @ actual / (centred @ centred))
    offset = float(actual.mean() - factor * expected.mean())
    if abs(factor) > 1e-6 and close(actual, factor * expected + offset):
        key = _of_each("form_factor_and_offset", pairs)
        return say(key, factor=factor, offset=offset)
    return ""


def _signs(pairs: Pairs, _: Evidence) -> str:
    """The right numbers with other signs, or at other places."""
    actual, expected = flat(pairs)
    if np.ptp(np.abs(expected)) == 0 or actual.size < MIN_NUMBERS:
        return ""
    if close(np.abs(actual), np.abs(expected)):
        return say("form_signs")
    if all(a.size > 1 and close(np.sort(a, None), np.sort(e, None)) for a, e in pairs):
        return say("form_other_places")
    return ""


def _rough(pairs: Pairs, _: Evidence) -> str:
    """Near the right numbers everywhere, and exact nowhere."""
    errors = [
        float(np.abs(a - e).max() / np.abs(e).max()) if np.any(e) else float(np.any(a))
        for a, e in pairs
    ]
    return say("form_close") if max(errors) < ROUGH else ""
