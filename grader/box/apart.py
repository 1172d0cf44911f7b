"""Calls each function by itself: in a namespace that holds only what the function needs.

So a cell elsewhere in the notebook cannot undo it: by another meaning of a name that it uses, by a
change in place, or by a setting of the whole process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.box import endings
from grader.box.client import Box, CallFailure, CallRequest, CallSuccess
from grader.box.endings import BoxDied
from grader.course.settings import Limits
from grader.locale.translations import gettext

__all__ = ["Apart"]

MAX_BOXES = 4


class Apart:
    """Functions of one submission, each in a namespace of its own.

    All are in one box. A call that ends the box is not made again.

    Args:
        open_box: opens a fresh box.
        sources: the code of the cells that each function needs, in order, by its name.
        limits: what a submission may use.
        time_left: processor time that is left to the submission; 0 if it is used up.
        explained: adds to a failed call of a function which cell is to blame.
    """

    def __init__(
        self,
        open_box: Callable[[], Box],
        sources: Callable[[str], Sequence[str]],
        limits: Limits,
        time_left: Callable[[], float],
        explained: Callable[[str, CallFailure], CallFailure],
    ) -> None:
        self._open_box, self._sources, self._limits = open_box, sources, limits
        self._time_left = time_left
        self._explained = explained
        self._box: Box | None = None
        self._boxes_opened = 0
        self._ready: set[str] = set()  # functions whose cells have been executed in this box
        self._current = ""
        self._deadly: dict[str, BoxDied] = {}

    @property
    def has_trouble(self) -> bool:
        """Whether a call ended a box, or time ran out."""
        return bool(self._deadly) or self._time_left() <= 0

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Call a student's function; anything that it does becomes a value.

        Raises:
            BoxError: no box can be opened.
        """
        name = request.name
        if name in self._deadly:
            return CallFailure(self._deadly[name].told(endings.CALL, name=name))
        if self._time_left() <= 0 or (self._box is None and self._boxes_opened >= MAX_BOXES):
            text = gettext(
                "{name} was not called: the time for the submission was already used up", name=name
            )
            return CallFailure(text)
        try:
            limit_s = min(self._limits.call_timeout_s, request.within_s)
            outcome = self._enter(name).call(request, self._bounded(limit_s))
        except BoxDied as death:
            self.close()
            self._deadly[name] = death
            return CallFailure(death.told(endings.CALL, name=name))
        return self._explained(name, outcome) if isinstance(outcome, CallFailure) else outcome

    def probe(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure | None:
        """Call a function in the box that is open, as `grader.box.session.Session.probe` does.

        Args:
            request: the calls.
            timeout_s: processor time that all of them may use.

        Returns:
            None if no box is open, or if a call of that function ended one.
        """
        if self._box is None or request.name in self._deadly:
            return None
        try:
            return self._enter(request.name).call(request, self._bounded(timeout_s))
        except BoxDied:
            self.close()
            return None

    def close(self) -> None:
        """End the box; the next call opens another."""
        if self._box is not None:
            self._box.close()
            self._box = None

    def _enter(self, name: str) -> Box:
        """The box, in the namespace of a function."""
        if self._box is None:
            self._box, self._current = self._open_box(), ""
            self._boxes_opened += 1
            self._ready.clear()
        cell_s = self._bounded(self._limits.cell_timeout_s)
        if self._current != name:
            self._box.enter_space(name, cell_s)
            self._current = name
        if name not in self._ready:
            self._ready.add(name)
            for source in self._sources(name):
                self._box.execute(source, cell_s)
        return self._box

    def _bounded(self, timeout_s: float) -> float:
        return min(timeout_s, self._time_left())
