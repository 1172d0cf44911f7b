"""Results that would be right if one argument were another: its square, its sum, its neighbour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from grader.judge.diagnosis.evidence import Evidence, Pairs, close, numbers
from grader.judge.wording import say

__all__ = ["stood_in"]

BOUNDS = (1, 2, 3, 5, 6, 10, 20, 30, 50, 60, 88, 100, 200, 250, 300, 500, 700, 709, 1000)
_Change: TypeAlias = Callable[[np.ndarray], Any]
_Substitute: TypeAlias = Callable[[dict[str, Any]], Any]  # takes all arguments
CHANGES: dict[str, _Change] = {
    "−{}": lambda v: -v,
    "|{}|": np.abs,
    "{}²": np.square,
    "√{}": np.sqrt,
    "2 · {}": lambda v: 2 * v,
    "{} / 2": lambda v: v / 2,
    "1 − {}": lambda v: 1 - v,
    "1 / {}": lambda v: 1 / v,
    "{} / 255": lambda v: v / 255,
    "int({})": np.trunc,
    "exp({})": np.exp,
    "log({})": np.log,
    "max({}, 0)": lambda v: np.maximum(v, 0),
    "0": np.zeros_like,
}
CHANGES_OF_ARRAYS: dict[str, _Change] = {
    "sum({})": lambda v: np.full_like(v, v.sum()),
    "mean({})": lambda v: np.full_like(v, v.mean()),
    "{}[::-1]": lambda v: v[::-1].copy(),
    "{}.T": lambda v: v.T.copy(),
} | {f"clip({{}}, −{b}, {b})": lambda v, b=b: np.clip(v, -b, b) for b in BOUNDS}


@np.errstate(all="ignore")  # nan fits nothing
def stood_in(pairs: Pairs, evidence: Evidence) -> str:
    """What stood in for an argument, if everything that came would be right for that.

    Args:
        pairs: what came and what is right.
        evidence: of the same calls.
    """
    calls = [*evidence.wrong, *(i for i in range(len(pairs)) if i not in evidence.wrong)]
    for name in evidence.names:
        for other, changed in _substitutes(name, evidence):
            if all(_fits(pairs, evidence, i, name, changed) for i in calls):
                return say("form_as_if", other=other, argument=name)
    return ""


def _substitutes(name: str, evidence: Evidence) -> Iterator[tuple[str, _Substitute]]:
    """What may stand in for an argument, in words and as a function of all arguments."""
    first = numbers(evidence.parts[0].get(name))
    if first is None:
        return
    if first.dtype.kind == "f":
        changes = CHANGES | (CHANGES_OF_ARRAYS if first.ndim else {})
        yield from ((text.format(name), _changed(name, by)) for text, by in changes.items())
    others = [other for other in evidence.names if other != name]
    yield from ((other, itemgetter(other)) for other in others if _is_always_there(other, evidence))


def _changed(name: str, change: _Change) -> _Substitute:
    return lambda parts: change(np.asarray(parts[name]))


def _is_always_there(name: str, evidence: Evidence) -> bool:
    return all(name in part for part in evidence.parts)


def _fits(pairs: Pairs, evidence: Evidence, call: int, name: str, changed: _Substitute) -> bool:
    """Whether the right result for the changed argument is what came."""
    parts = evidence.parts[call]
    old = numbers(parts[name]) if name in parts else None
    new = numbers(changed(parts)) if old is not None else None
    if old is None or new is None or (new.shape, new.dtype.kind) != (old.shape, old.dtype.kind):
        return False
    value = new if new.ndim else new[()]
    result = numbers(evidence.expected_with(call, **_placed(evidence.arguments[call], name, value)))
    return result is not None and close(pairs[call][0], result)


def _placed(arguments: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The argument that holds this part, with the value in its place."""
    if name in arguments:
        return {name: value}
    owner = name.split("[")[0]
    entries = {f"{owner}[{key!r}]": key for key in arguments[owner]}
    return {owner: arguments[owner] | {entries[name]: value}}
