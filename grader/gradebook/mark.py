"""What a person gives for one written answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass

from grader.notebook import Cell

__all__ = ["Mark", "MarkedAnswer", "Tick"]


@dataclass(frozen=True)
class Tick:
    """One line of a rubric, as it was when an answer was marked.

    Args:
        points: what the line gives or takes.
        text: what it asks for.
        given: whether the marker ticked it.
    """

    points: float
    text: str
    given: bool


@dataclass(frozen=True)
class Mark:
    """Points and words for one answer.

    Args:
        score: points with extra credit; None as long as nobody gave any.
        comment: words to the student; "" without.
        ticks: the rubric as it was ticked; empty without one, or if the points are not from it.
    """

    score: float | None
    comment: str = ""
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True)
class MarkedAnswer:
    """One written answer with its mark.

    Args:
        student: whose it is.
        mark: the mark that the gradebook has.
        waits: whether a person has to look at it: it has no mark, or another answer replaced the
            one that was marked.
        cell: the answer as it was graded last, a text cell; None in a list of answers.
    """

    student: str
    mark: Mark
    waits: bool
    cell: Cell | None = None

    @property
    def seen(self) -> str:
        """A digest of all that a marker sees; another one means that something has changed."""
        cell = self.cell or {}
        shown = [astuple(self.mark), cell.get("source"), cell.get("attachments")]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
