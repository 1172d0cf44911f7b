"""Which known mistake is this? Compared by numbers, never by reading code.

When a question loses points, every call that its checks made is replayed, outside the box,
with each catalogued variant of the step. A variant that gives the student's numbers wherever
they are wrong, on at least three different inputs, explains them. A value is taken apart into
its entries (`dW1`, `db2`, the first of a tuple), so that two mistakes in one step are found as
two. What no variant explains may still have a simple form: a constant factor, a transposed
matrix, a shape with the right numbers in it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.box.protocol import Rng
from grader.judge.catalogue import Mistake
from grader.judge.reference import Reference
from grader.judge.structure import structural_hint
from grader.judge.student import Request

__all__ = ["Diagnosis", "diagnose"]

MIN_INPUTS = 3
NUMERIC = "biufc"
RTOL, ATOL = 1e-7, 1e-10
Path = tuple[str, ...]


@dataclass(frozen=True)
class Diagnosis:
    """What explains the wrong numbers of one question, the most telling first.

    Args:
        mistakes: ids of catalogued mistakes.
        hints: one sentence or two for each, and for structural explanations.
    """

    mistakes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """One entry of a function's values over all calls: the student's and the reference's."""

    name: str
    path: Path
    actual: tuple[Any, ...]
    expected: tuple[Any, ...]
    batch_sizes: tuple[int, ...]
    inputs: tuple[str, ...]

    @property
    def wrong(self) -> list[int]:
        pairs = zip(self.actual, self.expected, strict=True)
        return [i for i, (actual, expected) in enumerate(pairs) if not _same(actual, expected)]

    @property
    def wrong_values(self) -> tuple[list[Any], list[Any], list[int]]:
        """The wrong values, the right ones in their place, and N of each call."""
        columns = (self.actual, self.expected, self.batch_sizes)
        actual, expected, batch_sizes = ([column[i] for i in self.wrong] for column in columns)
        return actual, expected, batch_sizes


def diagnose(
    requests: Sequence[Request],
    mistakes: Sequence[Mistake],
    reference: Reference,
) -> Diagnosis:
    """Explain the wrong entries among the values of some calls.

    Args:
        requests: what the checks of one question asked, and what came; functions of which no
            mistake is catalogued belong to other questions and are left out.
        mistakes: the catalogued mistakes of that question, most telling first.
        reference: the instructor's functions.
    """
    own = frozenset().union(*(mistake.functions for mistake in mistakes))
    requests = [request for request in requests if request.name in own]
    unexplained = [entry for entry in _entries(requests, reference) if _is_enough(entry)]
    found: list[tuple[str, str]] = []
    replays = {m.id: _Replay(requests, reference.variant(m.code)) for m in mistakes}
    ranked = sorted(
        mistakes, key=lambda m: -sum(replays[m.id].explains(entry) for entry in unexplained)
    )
    for mistake in ranked:
        rest = [entry for entry in unexplained if not replays[mistake.id].explains(entry)]
        if len(rest) < len(unexplained):
            found.append((mistake.id, mistake.hint))
            unexplained = rest
    hints = [hint for _, hint in found]
    for entry in unexplained:
        hints += filter(None, [structural_hint(_label(entry), *entry.wrong_values)])
    return Diagnosis(tuple(name for name, _ in found), tuple(dict.fromkeys(hints)))


class _Replay:
    """The values that one variant of the step gives for the recorded calls."""

    def __init__(self, requests: Sequence[Request], functions: Reference) -> None:
        self._requests, self._functions = requests, functions
        self._values: dict[str, list[Any]] | None = None

    def explains(self, entry: _Entry) -> bool:
        """Whether the variant gives the student's numbers in every call, right or wrong."""
        if self._values is None:
            self._values = _replayed(self._requests, self._functions)
        values = [_at(value, entry.path) for value in self._values[entry.name]]
        return all(map(_same, values, entry.actual))


def _replayed(requests: Sequence[Request], functions: Reference) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for request in requests:
        generators: dict[int, np.random.Generator] = {}
        function = getattr(functions, request.name)
        for call in request.calls:
            arguments = tuple(_fresh(argument, generators) for argument in call.arguments)
            values.setdefault(request.name, []).append(_outcome(function, arguments))
    return values


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as error:  # a wrong variant may fail like the student's did
        return _Raised(type(error).__name__)


@dataclass(frozen=True)
class _Raised:
    type_name: str


NOT_NUMERIC = (str, type(None), _Raised)


def _entries(requests: Sequence[Request], reference: Reference) -> Iterator[_Entry]:
    """Every entry of every function's values, where at least one value is wrong."""
    expected = _replayed(requests, reference)
    for name, values in expected.items():
        calls = [call for request in requests if request.name == name for call in request.calls]
        actual = [_Raised(call.error) if call.error else call.value for call in calls]
        batch_sizes = tuple(_batch_size(call.arguments) for call in calls)
        for path in _paths(values[0]):
            entry = _Entry(
                name,
                path,
                tuple(_at(value, path) for value in actual),
                tuple(_at(value, path) for value in values),
                batch_sizes,
                tuple(repr(call.arguments) for call in calls),
            )
            if entry.wrong:
                yield entry


def _batch_size(arguments: tuple[Any, ...]) -> int:
    """N: the number of rows of the first matrix among the arguments; 1 if there is none."""
    matrices = (a for a in arguments if isinstance(a, np.ndarray) and a.ndim == 2)
    return next((len(matrix) for matrix in matrices), 1)


def _is_enough(entry: _Entry) -> bool:
    """Whether the wrong values are of at least three inputs that differ."""
    return len({entry.inputs[i] for i in entry.wrong}) >= MIN_INPUTS


def _label(entry: _Entry) -> str:
    return " ".join([entry.name, *(f"[{key}]" for key in entry.path)])


def _paths(value: Any) -> Iterator[Path]:
    if isinstance(value, dict):
        yield from ((str(key),) for key in value)
    elif isinstance(value, tuple):
        yield from ((str(index),) for index in range(len(value)))
    else:
        yield ()


def _at(value: Any, path: Path) -> Any:
    """The entry of a value; the value itself where it has no such entry."""
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, tuple | list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
    return value


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, dict | list | tuple) or isinstance(right, dict | list | tuple):
        return _same_items(left, right)
    if isinstance(left, NOT_NUMERIC) or isinstance(right, NOT_NUMERIC):
        return type(left) is type(right) and bool(left == right)
    left, right = np.asarray(left), np.asarray(right)
    is_numeric = left.dtype.kind in NUMERIC and right.dtype.kind in NUMERIC
    if not is_numeric or left.shape != right.shape:
        return False
    return bool(np.allclose(left, right, rtol=RTOL, atol=ATOL, equal_nan=True))


def _same_items(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[k], right[k]) for k in left)
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(map(_same, left, right))
    return False


def _fresh(argument: Any, generators: dict[int, np.random.Generator]) -> Any:
    """A copy to work on; one `Rng` object is one generator within a request."""
    if isinstance(argument, Rng):
        return generators.setdefault(id(argument), np.random.default_rng(argument.seed))
    return argument if callable(argument) else copy.deepcopy(argument)
