"""Times of submission in a file of their own, for downloads that do not tell them.

Its columns are `student`, with an id or anything else that the roster knows a student by, and
`submitted_at`, a date and time with a zone. Canvas's API gives such times, its downloads do not.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.course.roster import Roster
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = ["load_times"]


def load_times(path: Path, roster: Roster | None) -> dict[str, datetime]:
    """When each student handed in, by id.

    Raises:
        UsageError: it cannot be read, or a row is wrong: file, line, remedy.
    """
    table = read_table(path)
    student, moment = table.column("student"), table.column("submitted_at")
    if student is None or moment is None:
        raise UsageError(f"{path}: line 1: no columns 'student' and 'submitted_at'; name them so")
    times: dict[str, datetime] = {}
    for row in table.rows:
        name = row.get(student)
        person = roster.by_any(name) if roster else None
        key = person.id if person else name
        if key in times:
            raise _wrong(table, row, f"a second time of {ascii(key)[:60]}; keep one")
        if row.get(moment):
            times[key] = _time(table, row, row.get(moment))
    return times


def _time(table: Table, row: Row, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    except ValueError:
        pass  # what to write is told below
    example = "2026-10-19T23:41:07+02:00, with its time zone"
    raise _wrong(table, row, f"submitted_at {ascii(text)[:60]} not understood; write {example}")


def _wrong(table: Table, row: Row, problem: str) -> UsageError:
    return UsageError(f"{table.path}: line {row.line}: {problem}")
