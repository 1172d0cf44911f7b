"""Makes logged calls again, outside the box, and compares their outcomes place by place.

An outcome is what a call returned or raised, and what it left in its arguments. Dicts and tuples
are split into their entries, so that `dW2` can be right while `db1` is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.box.protocol import Rng
from grader.judge.reference import Reference
from grader.judge.student import Call, Request

__all__ = [
    "ALL_KEYS",
    "SINGLE_ATOL",
    "SINGLE_RTOL",
    "Missing",
    "Outcome",
    "Place",
    "hashable",
    "outcome_of",
    "places",
    "replayed",
    "same",
    "size_of",
]

NUMERIC = "biufc"
RTOL, ATOL = 1e-6, 1e-8
SINGLE_RTOL, SINGLE_ATOL = 1e-4, 1e-5  # for numbers in single precision
ALL_KEYS = "*keys*"  # the place that stands for the set of keys of a dict


@dataclass(frozen=True)
class _Raised:
    type_name: str


@dataclass(frozen=True)
class Missing:
    """What stands for an entry that a value does not have.

    Args:
        whole: that value.
    """

    whole: Any


NOT_NUMERIC = (str, type(None), _Raised)


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call.

    Args:
        value: what it returned, or which exception it raised.
        after: the arguments as it left them; None if that is not known.
    """

    value: Any
    after: tuple[Any, ...] | None

    @property
    def is_raised(self) -> bool:
        """Whether it ended in an exception."""
        return isinstance(self.value, _Raised)


@dataclass(frozen=True)
class Place:
    """A place in an outcome: in the value, or in an argument as the call left it.

    Args:
        argument: position of the argument; None for the value.
        key: key or index of the entry in it; None for all of it.
        count: for an entry of a tuple, the length of the tuple. If a student's tuple has another
            length, all of its entries count as missing.
    """

    argument: int | None = None
    key: str | None = None
    count: int | None = None

    def label(self, function: str, parameters: list[str], results: Sequence[str] = ()) -> str:
        """How a student would write it.

        Args:
            function: name of the function that was called.
            parameters: names of its parameters.
            results: names of the items that it returns, or one name for all of it.
        """
        if self.argument is None and self.count is not None and len(results) == self.count:
            return results[int(self.key or 0)]
        key = self.key if self.count is not None else repr(self.key)
        entry = "" if self.key is None or self.key == ALL_KEYS else f"[{key}]"
        if self.argument is not None:
            return f"{parameters[self.argument]}{entry}"
        return (results[0] if len(results) == 1 else f"{function}(…)") + entry

    def of(self, outcome: Outcome) -> Any:
        """What an outcome has at this place; without such an entry, the whole value, marked."""
        whole = outcome.value
        if self.argument is not None and not isinstance(whole, _Raised):
            after = outcome.after or ()
            whole = after[self.argument] if self.argument < len(after) else None
        return whole if self.key is None else _entry(whole, self.key, self.count)


def _entry(whole: Any, key: str, count: int | None) -> Any:
    if isinstance(whole, dict):
        if key == ALL_KEYS:
            return sorted(map(str, whole))
        if key in whole:
            return whole[key]
    if isinstance(whole, tuple | list) and len(whole) == count:
        return whole[int(key)]
    return Missing(whole)


def places(expected: Outcome) -> Iterator[Place]:
    """All places of an outcome."""
    yield from _places(None, expected.value)
    for position, argument in enumerate(expected.after or ()):
        yield from _places(position, argument)


def _places(argument: int | None, whole: Any) -> Iterator[Place]:
    count = len(whole) if isinstance(whole, tuple) else None
    yield from (Place(argument, key, count) for key in _keys(whole))


def _keys(whole: Any) -> list[str | None]:
    if isinstance(whole, dict):
        return [*map(str, whole), ALL_KEYS]
    if isinstance(whole, tuple):
        return [str(index) for index in range(len(whole))]
    return [None]


def outcome_of(call: Call) -> Outcome:
    """The outcome of a call that was made in the box."""
    return Outcome(_Raised(call.error) if call.error else call.value, call.after)


def replayed(request: Request, functions: Reference) -> Iterator[Outcome]:
    """Make the calls of a request with another version of the function.

    Args:
        request: the calls. Those whose answer was lost are made too, since they may draw from the
            same generator as the calls after them.
        functions: holds the other version.

    Yields:
        The outcome of each call whose answer is known, in order.
    """
    generators: dict[int, np.random.Generator] = {}
    function = getattr(functions, request.name)
    for call in request.calls:
        arguments = tuple(_fresh(argument, generators) for argument in call.arguments)
        value = _value(function, arguments)
        if not call.is_lost:
            yield Outcome(value, arguments if call.after is not None else None)


def _value(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as error:  # a wrong variant may raise, as the student's function may
        return _Raised(type(error).__name__)


def _fresh(argument: Any, generators: dict[int, np.random.Generator]) -> Any:
    """A copy to work on; the same `Rng` object gives the same generator within a request."""
    if isinstance(argument, Rng):
        return generators.setdefault(id(argument), np.random.default_rng(argument.seed))
    return _copied(argument)


def _copied(argument: Any) -> Any:
    """A deep copy of a plain value, made ten times as fast as by `copy.deepcopy`."""
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, dict):
        return {key: _copied(item) for key, item in argument.items()}
    if isinstance(argument, list | tuple):
        return type(argument)(map(_copied, argument))
    return argument


def hashable(value: Any) -> Any:
    """A hashable value that differs if the arguments differ."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, dict):
        return tuple((key, hashable(item)) for key, item in value.items())
    if isinstance(value, tuple | list):
        return tuple(map(hashable, value))
    return repr(value)


def size_of(value: Any) -> int:
    """How many numbers a value holds."""
    if isinstance(value, dict | list | tuple):
        return sum(map(size_of, value.values() if isinstance(value, dict) else value))
    return int(np.size(value))


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal, numbers up to rounding.

    An array of integers never equals one of floats: the label 1 is not 1.0.

    Args:
        left: a plain value, or an exception that a call raised.
        right: the value to compare with; the tolerance is relative to its size.
    """
    if isinstance(left, dict | list | tuple) or isinstance(right, dict | list | tuple):
        return _same_items(left, right)
    if isinstance(left, Missing) or isinstance(right, Missing):
        both = isinstance(left, Missing) and isinstance(right, Missing)
        return both and same(left.whole, right.whole)
    if isinstance(left, NOT_NUMERIC) or isinstance(right, NOT_NUMERIC):
        return type(left) is type(right) and bool(left == right)
    if callable(left) or callable(right) or _is_generator(left) or _is_generator(right):
        return True  # the box reports only the type of such an argument
    left, right = np.asarray(left), np.asarray(right)
    is_numeric = left.dtype.kind in NUMERIC and right.dtype.kind in NUMERIC
    if not is_numeric or left.shape != right.shape:
        return False
    if left.ndim and (left.dtype.kind in "biu") != (right.dtype.kind in "biu"):
        return False
    left, right = _signed(left), _signed(right)
    single = np.float32 in (left.dtype, right.dtype)
    rtol, atol = (SINGLE_RTOL, SINGLE_ATOL) if single else (RTOL, ATOL)
    return _close(left, right, rtol, atol)


def _is_generator(value: Any) -> bool:
    return isinstance(value, np.random.Generator)


def _signed(array: np.ndarray) -> np.ndarray:
    """Floats instead of booleans and unsigned integers, which cannot be subtracted safely."""
    return array.astype(float) if array.dtype.kind in "bu" else array


def _close(left: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> bool:
    """Like `numpy.allclose` with equal nans, but faster for a few numbers."""
    if left.tobytes() == right.tobytes():
        return True
    with np.errstate(all="ignore"):
        near = np.abs(left - right) <= atol + rtol * np.abs(right)
        equal = (left == right) | ((left != left) & (right != right))
        return bool((equal | (near & np.isfinite(right))).all())


def _same_items(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    return False
