"""Times of submission in a file of their own, for downloads that lack them.

The file's columns are `student`, with an id or any other name in the roster, and `submitted_at`, a
date and time with a zone, unless course.yml names one. Canvas's API gives such times, its downloads
do not.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

from grader.course.moments import read_moment
from grader.course.roster import Roster
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = ["load_times"]


def load_times(path: Path, roster: Roster | None, zone: tzinfo | None) -> dict[str, datetime]:
    """Read when each student handed in.

    Args:
        path: the CSV file.
        roster: who takes the course; without one, names in the file must be ids.
        zone: the time zone of times that name none; None if each has to name its own.

    Returns:
        Times in UTC, by student id; rows without a time are left out.

    Raises:
        UsageError: the file cannot be read, lacks a column, names a student twice, or has a time
            that is not understood. The message says file, line and remedy.
    """
    table = read_table(path)
    student, moment = table.column("student"), table.column("submitted_at")
    if student is None or moment is None:
        problem = "no columns 'student' and 'submitted_at'; name the columns so"
        raise UsageError(f"{path}: line 1: {problem}")
    times: dict[str, datetime] = {}
    for row in table.rows:
        name = row.get(student)
        person = roster.by_any(name) if roster else None
        key = person.id if person else name
        if key in times:
            raise _wrong(table, row, f"a second time for {ascii(key)[:60]}; keep one")
        if row.get(moment):
            times[key] = _time(table, row, row.get(moment), zone)
    return times


def _time(table: Table, row: Row, text: str, zone: tzinfo | None) -> datetime:
    try:
        return read_moment(text, zone)
    except ValueError as error:
        example = "2026-10-19T23:41:07+02:00, with its time zone"
        problem = f"submitted_at {ascii(text)[:60]} is not understood; write {example} ({error})"
        raise _wrong(table, row, problem) from None


def _wrong(table: Table, row: Row, problem: str) -> UsageError:
    return UsageError(f"{table.path}: line {row.line}: {problem}")
