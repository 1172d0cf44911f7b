"""The smallest example: a few small numbers on which a student's function goes wrong.

The small inputs of an assignment are put in order once: those with the fewest numbers first, then
those that are shortest to type. The student's function gets them in this order, a few in the first
request and more in each that follows, until one goes wrong. So every student with the same mistake
sees the same example.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, TypeAlias

import numpy as np

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.judge.diagnosis.replay import Outcome, hashable, replayed, size_of
from grader.judge.diagnosis.telling import told_of_arguments, told_of_value
from grader.judge.reference import Reference
from grader.judge.small_inputs import SmallInputs, code_of
from grader.judge.student import Call, Request
from grader.results import Example

__all__ = ["Probe", "Trier", "smallest_examples"]

MAX_CASES = 240  # small inputs of one function
FIRST_CALLS = 5  # of the first request; most mistakes show on the first few inputs
MAX_CALLS = 40  # of one request
QUESTION_S = 2.0  # of a box; after it, no request is made for a question; most need 0.02
REQUEST_S = 0.5  # a request that needs more processor time is given up, and the box with it
MAX_TOLD = 4  # sentences of one example
MAX_CONFIRMED = 4  # examples of one function that are tried once more, each by itself

Probe: TypeAlias = Callable[[CallRequest, float], CallSuccess | CallFailure | None]
HasTime: TypeAlias = Callable[[], bool]


@dataclass(frozen=True)
class Case:
    """A call with small arguments.

    Args:
        arguments: of the call.
        code: the call as a student would type it.
        expected: what the instructor's function does.
    """

    arguments: tuple[Any, ...]
    code: str
    expected: Outcome


class Trier:
    """Tries one function on its small inputs, for any number of submissions.

    Args:
        declared: the small inputs.
        reference: the instructor's functions.
    """

    def __init__(self, declared: SmallInputs, reference: Reference) -> None:
        self.question, self.function = declared.question, declared.function
        self._declared, self._reference = declared, reference

    @cached_property
    def cases(self) -> list[Case]:
        """The small inputs with what is right, the most readable first."""
        declared = self._declared.calls(self._reference)
        calls = sorted({_key(call): call for call in declared}.values(), key=_effort)
        made = tuple(Call(arguments, after=()) for arguments in calls[:MAX_CASES])
        outcomes = replayed(Request(self.function, made), self._reference)
        codes = map(self._code, calls)
        return [Case(*parts) for parts in zip(calls, codes, outcomes, strict=False)]

    def differing(self, variant: Reference) -> Case | None:
        """The first case in which another version of the function does something else.

        Args:
            variant: the instructor's functions, with that version among them.
        """
        made = tuple(Call(case.arguments, after=()) for case in self.cases)
        outcomes = replayed(Request(self.function, made), variant)
        pairs = zip(self.cases, outcomes, strict=True)
        return next((case for case, came in pairs if came.is_raised or self.told(case, came)), None)

    def example(self, probe: Probe, asked: Sequence[Call], has_time: HasTime) -> Example | None:
        """The first small input on which the student's function goes wrong.

        Args:
            probe: makes calls in the student's box.
            asked: the calls that hidden tests made.
            has_time: whether there is time for another request.

        Returns:
            None if it is right on all of them, is not written yet, or cannot be tried.
        """
        confirmed = 0
        for case, told in self._wrong(probe, has_time):
            if any(_is_same_input(case.arguments, call.arguments) for call in asked):
                continue
            if self._is_told_again(probe, case, told, has_time):
                return Example(case.code, tuple(told))
            confirmed += 1
            if confirmed == MAX_CONFIRMED:
                break
        return None

    def _wrong(self, probe: Probe, has_time: HasTime) -> Iterator[tuple[Case, list[str]]]:
        """Each case that goes wrong, with what is wrong, in order."""
        for cases in _portions(self.cases):
            outcomes = self._tried(probe, cases, has_time)
            for case, came in zip(cases, outcomes, strict=False):
                if told := self.told(case, came):
                    yield case, told
            if len(outcomes) < len(cases):
                return

    def _tried(self, probe: Probe, cases: Sequence[Case], has_time: HasTime) -> list[Outcome | str]:
        """What the function did in each case, up to the first exception, in words."""
        answer = self._asked(probe, cases, has_time)
        if not isinstance(answer, CallFailure):
            return answer
        if not answer.error or answer.error == "NotImplementedError":
            return []
        before = self._asked(probe, cases[: answer.index], has_time) if answer.index else []
        if isinstance(before, CallFailure) or len(before) != answer.index:
            return []
        return [*before, answer.reason]

    def _asked(
        self, probe: Probe, cases: Sequence[Case], has_time: HasTime, *, alone: bool = False
    ) -> list[Outcome | str] | CallFailure:
        if not has_time():
            return []
        helpers = () if alone else self._declared.uses
        stand_ins = {name: getattr(self._reference, name) for name in helpers}
        calls = [case.arguments for case in cases]
        answer = probe(CallRequest(self.function, calls, stand_ins, echo=True), REQUEST_S)
        if not isinstance(answer, CallSuccess):
            return answer or []
        return list(map(Outcome, answer.values, answer.arguments))

    def _is_told_again(self, probe: Probe, case: Case, told: list[str], has_time: HasTime) -> bool:
        """Whether the call does the same by itself, without stand-ins: as the student makes it.

        If not, chance or another step of the student's plays a part.
        """
        again = self._asked(probe, [case], has_time, alone=True)
        if isinstance(again, CallFailure):
            return told == [again.reason]
        return [told] == [self.told(case, came) for came in again]

    def told(self, case: Case, came: Outcome | str) -> list[str]:
        """Sentences that say what is wrong; none if nothing is.

        Args:
            case: a call.
            came: what it did, or in words which exception it raised.
        """
        if isinstance(came, str):
            return [came]
        right = self._declared.right
        expected = case.expected.value
        if right is not None:
            expected = _closest(right, came.value, case.arguments)
        told = chain(
            told_of_value(came.value, expected, self._declared.results, f"{self.function}(…)"),
            told_of_arguments(came.after, case.arguments, case.expected.after, self._parameters),
        )
        return list(islice(filter(None, told), MAX_TOLD))

    @cached_property
    def _parameters(self) -> list[str]:
        return list(inspect.signature(getattr(self._reference, self.function)).parameters)

    def _code(self, arguments: tuple[Any, ...]) -> str:
        named = dict(zip(self._parameters, arguments, strict=False))
        return code_of(self.function, named, self._declared.results)


def smallest_examples(
    triers: Iterable[Trier],
    probe: Probe,
    used_s: Callable[[], float],
    question: str,
    requests: Sequence[Request],
) -> tuple[Example, ...]:
    """An example for each function of a question that goes wrong on a small input.

    Call this only when all checks are done, since a call may end the box.

    Args:
        triers: of all functions that have small inputs.
        probe: makes calls in the student's box.
        used_s: the time that the student's code has used so far, whatever else the machine does.
        question: the question; it lost points.
        requests: what the hidden tests asked. A function of which no call came back is left out,
            and no example is an input of theirs.
    """
    until = used_s() + QUESTION_S
    found = []
    for trier in triers:
        asked = [call for r in requests if r.name == trier.function for call in r.calls]
        if trier.question == question and asked:
            found.append(trier.example(probe, asked, lambda: used_s() <= until))
    return tuple(filter(None, found))


def _portions(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    """The cases of each request, twice as many as in the one before."""
    start, count = 0, FIRST_CALLS
    while start < len(cases):
        yield cases[start : start + count]
        start, count = start + count, min(2 * count, MAX_CALLS)


def _is_same_input(small: tuple[Any, ...], asked: tuple[Any, ...]) -> bool:
    """Whether the arguments of two calls are equal; most hidden inputs are larger, some by far."""
    return size_of(small) == size_of(asked) and _key(small) == _key(asked)


def _key(value: Any) -> Any:
    """A hashable form of arguments, in which 1 and 1.0 are the same."""
    if isinstance(value, tuple | list):
        return tuple(map(_key, value))
    if isinstance(value, dict):
        return tuple((key, _key(item)) for key, item in sorted(value.items()))
    if isinstance(value, np.ndarray | int | float):
        return hashable(np.asarray(value, dtype=float))
    return hashable(value)


def _effort(arguments: tuple[Any, ...]) -> tuple[int, int, float]:
    """Sort key: how many numbers there are, how many digits and signs, and how large they are."""
    numbers = list(_numbers(arguments))
    return len(numbers), sum(len(f"{n:g}") for n in numbers), sum(map(abs, numbers))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _numbers(item)
    elif isinstance(value, np.ndarray | int | float):
        yield from np.ravel(value).tolist()


def _closest(right: Callable[..., Any], value: Any, arguments: tuple[Any, ...]) -> Any:
    try:
        return right(value, *arguments)
    except Exception:  # a student's value may be anything; then there is nothing to compare with
        return None
