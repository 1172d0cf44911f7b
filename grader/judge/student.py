"""The student's functions as hidden tests see them: a call returns plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from grader.box.client import CallFailure, CallRequest, CallSuccess
from grader.judge.wording import say

__all__ = ["Call", "Observation", "Request", "Student", "StudentFailure"]

MAX_SECOND_TRIES = 8  # calls of a failed request that are made one by one, for the diagnosis
QUICK_S = 0.3  # there is no second try after a failure that took longer than this


class StudentFailure(AssertionError):
    """A student's function gave no usable value; the text is the reason the student reads."""


@dataclass(frozen=True)
class Observation:
    """A returned value, and the arguments as the call left them.

    Args:
        value: what the call returned.
        args: the arguments after the call, in order.
    """

    value: Any
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Call:
    """One call, with what came back.

    Args:
        arguments: as they were sent.
        value: what it returned; None with an error.
        error: the type of the exception that it raised instead.
        after: the arguments as the call left them; None if they were not asked for.
        is_lost: whether its answer was lost, because a later call of the same request failed.
    """

    arguments: tuple[Any, ...]
    value: Any = None
    error: str = ""
    after: tuple[Any, ...] | None = None
    is_lost: bool = False


@dataclass(frozen=True)
class Request:
    """Calls of one function, made in one round trip, up to the first that failed.

    Args:
        name: the function's name.
        calls: the calls, in the order in which they were made.
        stood_in: whether functions of the judge stood in for others that this one may call.
        untried: the calls without an answer because another one failed, each as a request of
            its own.
    """

    name: str
    calls: tuple[Call, ...]
    stood_in: bool = False
    untried: tuple[CallRequest, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls, asked: CallRequest, outcome: CallSuccess | CallFailure, is_quick: bool = False
    ) -> Request:
        """Put the calls and their answers together.

        Args:
            asked: the calls.
            outcome: what the box answered.
            is_quick: whether the answer came so fast that calls may be tried again if it failed.
        """
        calls: tuple[Call, ...] = ()
        untried: tuple[CallRequest, ...] = ()
        if isinstance(outcome, CallSuccess):
            rows = zip(asked.calls, outcome.values, outcome.arguments, strict=True)
            calls = tuple(Call(before, value, "", _tuple(after)) for before, value, after in rows)
        elif _is_telling(outcome):
            lost = (Call(arguments, is_lost=True) for arguments in asked.calls[: outcome.index])
            calls = (*lost, Call(asked.calls[outcome.index], error=outcome.error))
            others = [call for index, call in enumerate(asked.calls) if index != outcome.index]
            alone = (replace(asked, calls=[call]) for call in others[:MAX_SECOND_TRIES])
            untried = tuple(alone) if is_quick else ()
        return cls(asked.name, calls, bool(asked.stand_ins), untried)


def _tuple(after: Any) -> tuple[Any, ...] | None:
    return tuple(after) if isinstance(after, tuple | list) else None


def _is_telling(failure: CallFailure) -> bool:
    """Whether the call raised an exception other than that of a stub."""
    return bool(failure.error) and failure.error != "NotImplementedError"


class _Callable(Protocol):
    def call(self, request: CallRequest) -> CallSuccess | CallFailure: ...


class Student:
    """The functions of one submission; `student.forward(params, X)` runs in the box.

    Arguments are never modified by a call. A call that gives no usable value raises
    `StudentFailure`, which fails the check with its reason.

    Args:
        session: makes the calls in the box.
        stand_ins: functions of the judge, by the global name that they replace during a call.
        log: the list that requests are added to; None starts a new one.
        within_s: processor time for each request, if that is less than the course allows.
    """

    def __init__(
        self,
        session: _Callable,
        stand_ins: Mapping[str, Callable[..., Any]] | None = None,
        log: list[Request] | None = None,
        within_s: float = math.inf,
    ) -> None:
        self._session = session
        self._stand_ins = dict(stand_ins or {})
        self._log = [] if log is None else log
        self._within_s = within_s

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self._request(name, [arguments]).values[0]

    def many(self, name: str, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The values of many calls, made in one round trip.

        Args:
            name: the function's name.
            calls: the arguments of each call.

        Raises:
            StudentFailure: a call gave no usable value.
        """
        return list(self._request(name, calls).values)

    def observe(self, name: str, *arguments: Any) -> Observation:
        """The value of a call, with the arguments as it left them.

        Args:
            name: the function's name.
            arguments: what it is called with.

        Raises:
            StudentFailure: the call gave no usable value.
        """
        return self.observe_many(name, [arguments])[0]

    def observe_many(self, name: str, calls: Sequence[tuple[Any, ...]]) -> list[Observation]:
        """The values of many calls, each with its arguments as it left them.

        Args:
            name: the function's name.
            calls: the arguments of each call.

        Raises:
            StudentFailure: a call gave no usable value.
        """
        success = self._request(name, calls, echo=True)
        observations = []
        for before, value, echoed in zip(calls, success.values, success.arguments, strict=True):
            after = _tuple(echoed)
            if after is None or len(after) != len(before):
                raise StudentFailure(say("unreadable", name=name))
            observations.append(Observation(value, after))
        return observations

    def standing_in(self, **functions: Callable[..., Any]) -> Student:
        """The same student, in whose code these functions of the judge replace the globals."""
        return self._with(stand_ins={**self._stand_ins, **functions})

    def aside(self) -> Student:
        """The same student, with a separate log that no diagnosis reads."""
        return self._with(log=[])

    def within(self, seconds: float) -> Student:
        """The same student, who has less time: work that takes longer than it should is stopped.

        Args:
            seconds: processor time that all calls of one request may use.
        """
        return self._with(within_s=seconds)

    def take_log(self) -> list[Request]:
        """The requests since this was last called; for the diagnosis."""
        taken, self._log[:] = self._log[:], []
        return taken

    def try_again(self, requests: Sequence[Request]) -> list[Request]:
        """Make the calls whose answers are missing, one by one.

        Call this only when all checks are done: such a call may end the box, and the diagnosis
        must not cost a check its points.
        """
        untried = [asked for request in requests for asked in request.untried]
        return [Request.of(asked, self._session.call(asked)) for asked in untried]

    def _with(self, **changed: Any) -> Student:
        ours = {"stand_ins": self._stand_ins, "log": self._log, "within_s": self._within_s}
        return Student(self._session, **{**ours, **changed})

    def _request(
        self, name: str, calls: Sequence[tuple[Any, ...]], echo: bool = False
    ) -> CallSuccess:
        asked = CallRequest(name, calls, self._stand_ins, echo, self._within_s)
        outcome = self._session.call(asked)
        is_quick = isinstance(outcome, CallFailure) and outcome.took_s < QUICK_S
        self._log.append(Request.of(asked, outcome, is_quick))
        if isinstance(outcome, CallFailure):
            raise StudentFailure(outcome.reason)
        return outcome
