"""The student's functions, as hidden tests see them: call, get plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grader.box.client import CallFailure, CallRequest, CallSuccess

__all__ = ["Call", "Observation", "Request", "Student", "StudentFailure"]


class StudentFailure(AssertionError):
    """A student's function gave no usable value; the text is the reason the student reads."""


@dataclass(frozen=True)
class Observation:
    """A returned value, and the arguments as the call left them."""

    value: Any
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Call:
    """One call, with what came back.

    Args:
        arguments: as they were sent.
        value: what it returned; None with an error.
        error: the type of the exception that it raised instead.
    """

    arguments: tuple[Any, ...]
    value: Any = None
    error: str = ""


@dataclass(frozen=True)
class Request:
    """Calls of one function, made in one round trip; those that gave no answer are left out."""

    name: str
    calls: tuple[Call, ...]

    @classmethod
    def of(
        cls, name: str, calls: Sequence[tuple[Any, ...]], outcome: CallSuccess | CallFailure
    ) -> Request:
        """Put questions and answers together."""
        if isinstance(outcome, CallSuccess):
            pairs = zip(calls, outcome.values, strict=True)
            return cls(name, tuple(Call(arguments, value) for arguments, value in pairs))
        if outcome.error and outcome.error != "NotImplementedError":
            return cls(name, (Call(calls[outcome.index], error=outcome.error),))
        return cls(name, ())


class _Callable(Protocol):
    def call(self, request: CallRequest) -> CallSuccess | CallFailure: ...


class Student:
    """The functions of one submission; `student.forward(params, X)` runs in the box.

    Arguments are never modified by a call. A call that gives no usable value raises
    `StudentFailure`, which fails the check with its reason.

    Args:
        session: makes the calls.
        stand_ins: global names that are the judge's functions for the time of a call.
        log: where calls are recorded; shared with the student that this one stems from.
    """

    def __init__(
        self,
        session: _Callable,
        stand_ins: Mapping[str, Callable[..., Any]] | None = None,
        log: list[Request] | None = None,
    ) -> None:
        self._session = session
        self._stand_ins = dict(stand_ins or {})
        self._log = [] if log is None else log

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self._request(name, [arguments]).values[0]

    def many(self, name: str, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The values of many calls, made in one round trip."""
        return list(self._request(name, calls).values)

    def observe(self, name: str, *arguments: Any) -> Observation:
        """The value of a call, with the arguments as it left them."""
        success = self._request(name, [arguments], echo=True)
        after = success.arguments[0]
        if not isinstance(after, tuple | list) or len(after) != len(arguments):
            raise StudentFailure(f"{name} gave an answer that cannot be read")
        return Observation(success.values[0], tuple(after))

    def standing_in(self, **functions: Callable[..., Any]) -> Student:
        """The same student, with these global names answered by the judge."""
        return Student(self._session, {**self._stand_ins, **functions}, self._log)

    def take_log(self) -> list[Request]:
        """What was asked and answered since the last time; for the diagnosis."""
        taken, self._log[:] = self._log[:], []
        return taken

    def _request(
        self, name: str, calls: Sequence[tuple[Any, ...]], echo: bool = False
    ) -> CallSuccess:
        outcome = self._session.call(CallRequest(name, calls, self._stand_ins, echo))
        self._log.append(Request.of(name, calls, outcome))
        if isinstance(outcome, CallFailure):
            raise StudentFailure(outcome.reason)
        return outcome
