"""Executes only the cells that answers need, and all of them as soon as that may make a difference.

A session without the spare cells answers every call as one with all cells does, as long as nothing
goes wrong: the spare cells can change no function that is called (`grader.box.spare`). Once a cell
or a call ends the box, takes long, or needs what was left out, all cells are executed in a fresh
box, and everything goes on there. Answers from before stay as they are. The same holds for calls of
functions by themselves: they need no spare cell, and no cell of the course counts as what undid
them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from grader.box.apart import Apart
from grader.box.client import CallFailure, CallRequest, CallSuccess, CellOutcome
from grader.box.session import Session
from grader.box.spare import Spare
from grader.course.settings import Limits
from grader.results import Note

__all__ = ["LeanApart", "LeanSession"]

SLOW = 0.5  # share of a limit; with spare cells too, a submission that takes more may exceed it
SLOW_FOR_ALL = 0.05  # the same, of the limit for all cells and calls together
Calling: TypeAlias = Callable[[CallRequest], CallSuccess | CallFailure]


@dataclass(frozen=True)
class LeanApart:
    """Functions by themselves, as `grader.box.apart.Apart` has them.

    Args:
        call: calls a student's function.
    """

    call: Calling


class LeanSession:
    """A `Session` without the cells that no answer needs; a context manager.

    Args:
        lean: a session without the spare cells, which has not executed anything yet.
        whole: opens one with all cells, some of whose time is used already, in seconds.
        spare: says which cells the first one lacks.
        limits: what the submission may use.
    """

    def __init__(
        self, lean: Session, whole: Callable[[float], Session], spare: Spare, limits: Limits
    ) -> None:
        self._session, self._open_whole, self._spare = lean, whole, spare
        shortest_s = min(limits.cell_timeout_s, limits.call_timeout_s)
        self._slow_s = min(SLOW * shortest_s, SLOW_FOR_ALL * limits.submission_timeout_s)
        self._cells_s = 0.0
        self._apart: Apart | None = None
        self._names_apart: Collection[str] = ()
        self.is_whole = False

    def __enter__(self) -> LeanSession:
        if not self._spare.places:
            self._change(0.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What ended a box, what was not run at all, and what undid right work."""
        return self._session.notes

    @property
    def used_s(self) -> float:
        """How much of its time the session that is open has used."""
        return self._session.used_s

    @property
    def outcomes(self) -> Mapping[int, CellOutcome]:
        """The outcome of each cell that was executed, by its index in the notebook."""
        return self._session.outcomes

    def execute_cells(self) -> Mapping[int, CellOutcome]:
        """Run the cells; a cell that ends the box does not stop the others.

        Raises:
            BoxError: no box can be opened.
        """
        outcomes = self._session.execute_cells()
        self._cells_s = self._session.used_s
        if not self.is_whole and self._is_in_trouble():
            self._execute_all()
        return outcomes

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Call a student's function; anything that it does becomes a value.

        Raises:
            BoxError: no box can be opened.
        """
        return self._called(request, lambda asked: self._session.call(asked))

    def probe(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure | None:
        """Call a function in the box that is open, as `Session.probe` does.

        Args:
            request: the calls.
            timeout_s: processor time that all of them may use.
        """
        if self._may_differ(request):
            self._execute_all()
        return self._session.probe(request, timeout_s)

    def apart(self, names: Collection[str]) -> LeanApart | None:
        """Functions by themselves, as `Session.apart` has them.

        Args:
            names: functions that had wrong results.
        """
        self._apart, self._names_apart = self._session.apart(names), names
        if self._apart is None:
            return None
        return LeanApart(lambda request: self._called(request, self._call_apart))

    def note_undone(self, questions: Mapping[str, Collection[str]]) -> None:
        """Note what undid work that had better results by itself.

        Args:
            questions: the functions of each such question; none of any other.
        """
        self._session.note_undone(questions)

    def _called(self, request: CallRequest, call: Calling) -> CallSuccess | CallFailure:
        """Call a function here; in a session with all cells, if that may make a difference."""
        if self._may_differ(request):
            self._execute_all()
        before = self._session.used_s
        outcome = call(request)
        if self.is_whole or not (self._is_in_trouble() or self._misses(outcome)):
            return outcome
        self._execute_all(before)
        return call(request)

    def _call_apart(self, request: CallRequest) -> CallSuccess | CallFailure:
        assert self._apart is not None  # noqa: S101 — told to mypy; `apart` has set it
        return self._apart.call(request)

    def _may_differ(self, request: CallRequest) -> bool:
        return not self.is_whole and self._spare.may_change(request.name)

    def _is_in_trouble(self) -> bool:
        return self._session.has_trouble or self._session.used_s > self._slow_s

    def _misses(self, outcome: CallSuccess | CallFailure) -> bool:
        """Whether a call failed for want of a name that a cell binds which was left out."""
        return isinstance(outcome, CallFailure) and self._spare.lacks(outcome.reason)

    def _execute_all(self, used_s: float | None = None) -> None:
        """Go on in a session with all cells, which has as much time left for calls."""
        used_s = self._session.used_s if used_s is None else used_s
        self._change(max(used_s - self._cells_s, 0.0))
        self._session.execute_cells()
        if self._apart is not None:
            self._apart = self._session.apart(self._names_apart) or self._apart

    def _change(self, used_s: float) -> None:
        self._session.__exit__()
        self._session, self.is_whole = self._open_whole(used_s), True
