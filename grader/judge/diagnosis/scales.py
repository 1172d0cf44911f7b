"""Right numbers of which each call, row or column is multiplied by a factor of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from grader.judge.diagnosis.amounts import ratio
from grader.judge.diagnosis.evidence import MIN_NUMBERS, Evidence, Pairs, close, numbers
from grader.judge.wording import say

__all__ = ["by_parts"]

MIN_CALLS = 3
MAX_ADDED = 0.2  # to a size, lest somebody divides by zero
MEASURES: Mapping[str, Callable[[np.ndarray], float]] = {
    "norm": lambda array: float(np.sqrt(np.sum(np.square(array, dtype=float)))),
    "largest": lambda array: float(np.abs(array).max(initial=0)),
}


def by_parts(pairs: Pairs, evidence: Evidence) -> str:
    """Each call, row or column is off by a number or a factor of its own; "" if none is so."""
    if any(a.shape != e.shape for a, e in pairs):
        return ""
    ratios = [ratio(a, e) for a, e in pairs]
    is_telling = [bool(found) and e.size > 1 for found, (_, e) in zip(ratios, pairs, strict=True)]
    if None not in ratios and sum(is_telling) >= MIN_CALLS:
        return _normalised(np.array(ratios, float), pairs, evidence) or say("form_scaled")
    wrong = [(a, e) for a, e in pairs if not close(a, e)]
    if len(wrong) < MIN_CALLS or any(e.ndim != 2 or min(e.shape) < 2 for _, e in wrong):
        return ""
    for key, axis in (("rows", 1), ("columns", 0)):
        if all(_is_constant(a - e, axis) for a, e in wrong):
            return say(f"form_{key}_shifted")
        if all(np.all(e) and np.any(a) and _is_constant(a / e, axis) for a, e in wrong):
            return say(f"form_{key}_scaled")
    return ""


def _is_constant(array: np.ndarray, axis: int) -> bool:
    return bool(np.isfinite(array).all()) and close(
        array, np.broadcast_to(array.mean(axis=axis, keepdims=True), array.shape)
    )


def _normalised(ratios: np.ndarray, pairs: Pairs, evidence: Evidence) -> str:
    """The size of some array that every call was divided by, or shortened to; "" if none."""
    known = ratios != 0
    for name, values in _sizes(pairs, evidence):
        sizes = np.array(values, float)[known]
        if _is_divided(ratios[known], sizes):
            return say("form_divided", size=name)
        if bound := _bound(ratios[known], sizes):
            return say("form_shortened", size=name, bound=bound)
    return ""


def _sizes(pairs: Pairs, evidence: Evidence) -> Iterator[tuple[str, Sequence[float]]]:
    """The sizes of what should have come, and of each array among the arguments."""
    right = [e for _, e in pairs]
    for key, measure in MEASURES.items():
        yield say(f"size_own_{key}"), [measure(e) for e in right]
    others = [*evidence.siblings.values()]
    if others and all(isinstance(item, np.ndarray) for column in others for item in column):
        rows = zip(right, *others, strict=True)
        joint = [np.concatenate([np.ravel(item) for item in row]) for row in rows]
        yield say("size_joint_norm"), [MEASURES["norm"](row) for row in joint]
    for name in evidence.names:
        arrays = [numbers(part.get(name)) for part in evidence.parts]
        found = [array for array in arrays if array is not None and array.ndim]
        if len(found) == len(pairs):
            for key, measure in MEASURES.items():
                yield say(f"size_{key}", other=name), [measure(array) for array in found]


def _is_divided(ratios: np.ndarray, sizes: np.ndarray) -> bool:
    """Whether all factors are c / (size + a little)."""
    if len(sizes) < MIN_NUMBERS or np.ptp(sizes) < 1e-3 * sizes.max():
        return False
    line = np.stack([sizes, np.ones_like(sizes)], axis=1) * ratios[:, None]
    steep, added = np.linalg.lstsq(line, np.ones_like(sizes), rcond=None)[0]
    is_fit = np.allclose(line @ (steep, added), 1, rtol=1e-5)
    return bool(is_fit and steep > 0 and -1e-6 < added / steep < MAX_ADDED)


def _bound(ratios: np.ndarray, sizes: np.ndarray) -> float:
    """The size above which everything was scaled down to this size; 0 if there is none."""
    is_right = np.isclose(ratios, 1, rtol=1e-6)
    if min(is_right.sum(), (~is_right).sum()) < MIN_CALLS - 1:
        return 0.0
    reached = (ratios * sizes)[~is_right]
    fits = np.allclose(reached, reached[0], rtol=1e-5) and sizes[is_right].max() <= reached[0]
    return float(reached[0]) if fits else 0.0
