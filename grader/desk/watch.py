"""What operators see of the desk: for each event a line in a file, and figures for Prometheus.

A line is one JSON object. It names no student, no token and no address, unless the desk was asked
to; an attempt is known by its number, and what happened in one request by that request's id.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from grader.desk.figures import Figures
from grader.desk.trouble import place_of

if TYPE_CHECKING:
    from grader.desk.receipt import Receipt

__all__ = ["REQUEST", "Journal", "Watch"]

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the id of the one that is answered


@dataclass(frozen=True)
class Journal:
    """Where lines go.

    Args:
        stream: an open text file; None for nowhere.
        people: whether lines say who it was, by student id and by network address.
    """

    stream: TextIO | None = None
    people: bool = False


class Watch:
    """Told of everything that happens at the desk; usable from many threads.

    Attributes:
        figures: what Prometheus reads.

    Args:
        journal: where lines go.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal, self._turn = journal or Journal(), threading.Lock()
        self.figures = Figures()

    def tell(self, event: str, people: Mapping[str, str] | None = None, **facts: Any) -> None:
        """Write one line.

        Args:
            event: what happened, in one or two words.
            people: who it was; left out unless the desk was asked to name people.
            facts: numbers, and words of our own; never what somebody sent.
        """
        stream = self._journal.stream
        if stream is None:
            return
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        request = {"request": REQUEST.get()} if REQUEST.get() else {}
        named = dict(people or {}) if self._journal.people else {}
        line = json.dumps({"at": at, "event": event, **request, **facts, **named})
        # A full disk must not undo a receipt, and not end the thread that grades.
        with self._turn, suppress(OSError, ValueError):
            stream.write(line + "\n")
            stream.flush()

    def handed_in(self, receipt: Receipt, size: int) -> None:
        """An attempt is on disk and in the queue."""
        self.figures.received.inc()
        self._attempt("handed in", receipt, bytes=size, seconds=_since(receipt))

    def taken(self, receipt: Receipt) -> None:
        """A worker begins with an attempt."""
        waited_s = _since(receipt)
        self.figures.waited.observe(waited_s)
        self._attempt("taken", receipt, waited_s=waited_s)

    def graded(self, receipt: Receipt, status: str, seconds: float) -> None:
        """A worker has returned the result of an attempt."""
        self.figures.grading.observe(seconds)
        self._attempt("graded", receipt, status=status, seconds=round(seconds, 4))

    def ended(self, receipt: Receipt, outcome: str) -> None:
        """The result of an attempt is kept, or it failed; students see it from now on."""
        seconds = _since(receipt)
        self.figures.outcomes.labels(outcome).inc()
        self.figures.feedback.observe(seconds)
        self._attempt("kept" if outcome == "done" else "failed", receipt, seconds=seconds)

    def answered(self, method: str, route: str, status: int, seconds: float, client: str) -> None:
        """A request has its answer.

        Args:
            method: of the request.
            route: the pattern of its address, which has no token in it.
            status: of the answer.
            seconds: until its last byte.
            client: network address of who asked.
        """
        self.figures.requests.labels(method, route, str(status)).inc()
        self.figures.answers.labels(route).observe(seconds)
        people = {"client": client}
        told = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
        self.tell("request", people, **told)

    def broken(self, error: BaseException) -> None:
        """A request met an error of ours; its text may hold anything, so only its place is told."""
        self.tell("error", kind=type(error).__name__, place=place_of(error))

    def _attempt(self, event: str, receipt: Receipt, **facts: Any) -> None:
        people = {"student": receipt.student}
        self.tell(event, people, attempt=receipt.id, assignment=receipt.assignment, **facts)


def _since(receipt: Receipt) -> float:
    return round((datetime.now(UTC) - receipt.received_at).total_seconds(), 4)
