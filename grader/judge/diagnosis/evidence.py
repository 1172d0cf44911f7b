"""What is known about one aspect of a function, for explanations that need no catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from grader.box.protocol import Rng

__all__ = ["MIN_NUMBERS", "Evidence", "Pairs", "close", "flat", "numbers", "pairs_of"]

MIN_NUMBERS = 4  # fewer fit too many forms by chance
RTOL, ATOL = 1e-6, 1e-9
Pairs: TypeAlias = list[tuple[np.ndarray, np.ndarray]]  # what came, then what is right


@dataclass(frozen=True)
class Evidence:
    """One aspect of what a function does, in all calls.

    Args:
        function: name of the function.
        name: how the student would write the aspect.
        actual: what the student's function gave in each call.
        expected: the right value in each call.
        wrong: numbers of the calls in which the two differ.
        arguments: of each call, by the name of the parameter.
        is_one_of_many: whether the question has other functions, too.
        is_value: whether it belongs to the returned value, not to an argument after the call.
        is_left_alone: whether it belongs to an argument that the right function does not change.
        is_untouched: whether it belongs to an argument that should change, but never did.
        before: for an argument, what it was before each call.
        wholes: for each call in which the student's value has no such entry, that value.
        count: for an entry of a tuple, the length of the tuple.
        raised: numbers of the calls that ended in an exception.
        siblings: the right values of the function's other aspects in each call, by their names.
        right: names of the function's aspects that are right in every call.
        expected_with: takes the number of a call and some other arguments, and returns the value
            that would be right with these.
    """

    function: str
    name: str
    actual: tuple[Any, ...]
    expected: tuple[Any, ...]
    wrong: tuple[int, ...]
    arguments: tuple[dict[str, Any], ...]
    is_one_of_many: bool = False
    is_value: bool = True
    is_left_alone: bool = False
    is_untouched: bool = False
    before: tuple[Any, ...] = ()
    wholes: Mapping[int, Any] = field(default_factory=dict)
    count: int | None = None
    raised: tuple[int, ...] = ()
    siblings: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    right: tuple[str, ...] = ()
    expected_with: Callable[..., Any] = lambda call, **changed: None

    @property
    def is_random(self) -> bool:
        """Whether the function draws random numbers, so that other values can be right too."""
        return any(isinstance(a, Rng) for named in self.arguments for a in named.values())

    @property
    def batch_sizes(self) -> list[int]:
        """N of each call: the rows of the first matrix among the arguments; 1 without one."""
        return [_rows_of(named) for named in self.arguments]

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        """The arguments of each call by name, those that are dicts split into their entries."""
        return [dict(_split(named)) for named in self.arguments]

    @property
    def names(self) -> list[str]:
        """The names of `parts`."""
        return list(self.parts[0]) if self.parts else []

    @property
    def scalars(self) -> dict[str, list[float]]:
        """The arguments that are a single number in every call."""
        columns = {
            name: [named[name] for named in self.arguments if _is_number(named.get(name))]
            for name in (self.arguments[0] if self.arguments else ())
        }
        return {n: c for n, c in columns.items() if len(c) == len(self.arguments)}

    def only(self, calls: Sequence[int]) -> Evidence:
        """The evidence of some of the calls."""
        wrong = tuple(new for new, old in enumerate(calls) if old in self.wrong)
        return replace(
            self,
            actual=tuple(self.actual[i] for i in calls),
            expected=tuple(self.expected[i] for i in calls),
            wrong=wrong,
            before=tuple(self.before[i] for i in calls) if self.before else (),
            arguments=tuple(self.arguments[i] for i in calls),
            wholes={new: self.wholes[old] for new, old in enumerate(calls) if old in self.wholes},
            raised=tuple(new for new, old in enumerate(calls) if old in self.raised),
            siblings={name: [values[i] for i in calls] for name, values in self.siblings.items()},
            expected_with=lambda call, **changed: self.expected_with(calls[call], **changed),
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int | np.number)


def _split(named: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in named.items():
        if isinstance(value, dict):
            yield from ((f"{name}[{key!r}]", entry) for key, entry in value.items())
        else:
            yield name, value


def _rows_of(arguments: dict[str, Any]) -> int:
    matrices = (a for a in arguments.values() if isinstance(a, np.ndarray) and a.ndim == 2)
    return next((len(matrix) for matrix in matrices), 1)


def numbers(value: Any) -> np.ndarray | None:
    """The value as an array of real numbers; None if it is none."""
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biuf" else None


def pairs_of(evidence: Evidence) -> Pairs | None:
    """What came and what is right in each call; None if a value does not consist of numbers."""
    pairs: Pairs = []
    for left, right in zip(evidence.actual, evidence.expected, strict=True):
        actual, expected = numbers(left), numbers(right)
        if actual is None or expected is None or actual.size == expected.size == 0:
            return None
        pairs.append((actual, expected))
    return pairs


def flat(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """All numbers that came, and all right ones, in one row each."""
    actual = np.concatenate([a.ravel() for a, _ in pairs]).astype(float)
    return actual, np.concatenate([e.ravel() for _, e in pairs]).astype(float)


def close(actual: Any, expected: Any) -> bool:
    """Whether two arrays have the same shape and, up to rounding, the same numbers."""
    if np.shape(actual) != np.shape(expected):
        return False
    return bool(np.allclose(actual, expected, rtol=RTOL, atol=ATOL))
