"""The log: who changed what, when, about which student, what it was before and is after.

An entry is written in the transaction that changes the desk, so that there is neither a change
without an entry nor an entry without a change. A mark goes into another database, so its entry
comes first, and a second one if it was not kept. Rows are added and never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from grader.desk.state import State
from grader.desk.tables import LOG

__all__ = ["Entry", "entries", "log"]

MAX_TEXT = 8000  # characters kept of what something was and is: all that a form of ours can bring


@dataclass(frozen=True)
class Entry:
    """One change.

    Args:
        at: when.
        who: id of the teacher or assistant.
        what: the kind of change, in a few words, such as “extension”.
        assignment: assignment id; "" if it is about none.
        student: id of the student, as it was then; "" if it is about all.
        before: what it was; "" for nothing.
        after: what it is; "" for nothing.
    """

    at: datetime
    who: str
    what: str
    assignment: str
    student: str
    before: str
    after: str

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        return asdict(self) | {"at": self.at.isoformat()}


def log(
    connection: Connection,
    who: str,
    what: str,
    *,
    assignment: str = "",
    student: str = "",
    before: object = "",
    after: object = "",
) -> None:
    """Add an entry, in the transaction of the change.

    Args:
        connection: from `State.writing`.
        who: id of who changes something.
        what: the kind of change.
        assignment: assignment id.
        student: whose work it is about.
        before: what it was.
        after: what it is.
    """
    values = {"who": who, "what": what, "assignment": assignment, "student": student}
    texts = {"before": _short(str(before)), "after": _short(str(after))}
    connection.execute(insert(LOG).values(at=datetime.now(UTC), **values, **texts))


def _short(text: str) -> str:
    """The text; a longer one ends with a sign that something was left out."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def entries(
    state: State,
    *,
    assignment: str = "",
    students: Collection[str] | None = None,
    who: Collection[str] = (),
    most: int | None = None,
) -> list[Entry]:
    """The entries, the newest first.

    Args:
        state: the desk.
        assignment: only what is about this assignment.
        students: only what is about these; None for all.
        who: only what these did; empty for everybody.
        most: how many at most.
    """
    query = select(LOG).order_by(LOG.c.id.desc()).limit(most)
    if assignment:
        query = query.where(LOG.c.assignment == assignment)
    if students is not None:
        query = query.where(LOG.c.student.in_(students))
    if who:
        query = query.where(LOG.c.who.in_(who))
    with state.reading() as connection:
        rows = connection.execute(query).all()
    return [Entry(r.at, r.who, r.what, r.assignment, r.student, r.before, r.after) for r in rows]
