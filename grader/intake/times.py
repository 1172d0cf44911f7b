"""Times of submission in a file of their own, for downloads that lack them.

The file's columns are `student`, with an id or any other name in the roster, and `submitted_at`, a
date and time with a zone, unless course.yml names one. Canvas's API gives such times, its downloads
do not. Moodle's grading worksheet has them, too, in the language and the time zone of whoever
downloaded it; it also tells whose the numbers in the names of a download are.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

from grader.course.dates import read_date
from grader.course.headings import FULL_NAME
from grader.course.moments import read_moment
from grader.course.roster import Roster
from grader.course.worksheet import NONE, WHO, Worksheet, number_of, worksheet_of
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = ["load_numbers", "load_times", "participants"]


def load_times(path: Path, roster: Roster | None, zone: tzinfo | None) -> dict[str, datetime]:
    """Read when each student handed in.

    Args:
        path: a file with the columns `student` and `submitted_at`, or Moodle's grading worksheet.
        roster: who takes the course; without one, names in the file must be ids.
        zone: the time zone of times that name none; None if each has to name its own.

    Returns:
        Times in UTC, by student id; rows without a time are left out.

    Raises:
        UsageError: the file cannot be read, lacks a column, names a student twice, or has a time
            that is not understood. The message says file, line and remedy.
    """
    table = read_table(path)
    if worksheet := worksheet_of(table):
        return _worksheet_times(table, worksheet, roster, zone)
    student, moment = table.column("student"), table.column("submitted_at")
    if student is None or moment is None:
        problem = "no columns 'student' and 'submitted_at', and no grading worksheet of Moodle"
        problem += "; name the columns so"
        raise UsageError(f"{path}: line 1: {problem}")
    times: dict[str, datetime] = {}
    for row in table.rows:
        name = row.get(student)
        person = roster.by_any(name) if roster else None
        key = person.id if person else name
        if key in times:
            raise _wrong(table, row, f"a second time for {repr(key)[:60]}; keep one")
        if row.get(moment):
            times[key] = _time(table, row, row.get(moment), zone)
    return times


def _time(table: Table, row: Row, text: str, zone: tzinfo | None) -> datetime:
    try:
        return read_moment(text, zone)
    except ValueError as error:
        example = "2026-10-19T23:41:07+02:00, with its time zone"
        problem = f"submitted_at {repr(text)[:60]} is not understood; write {example} ({error})"
        raise _wrong(table, row, problem) from None


def _wrong(table: Table, row: Row, problem: str) -> UsageError:
    return UsageError(f"{table.path}: line {row.line}: {problem}")


def load_numbers(path: Path, roster: Roster | None) -> dict[str, str]:
    """Read whose the numbers of participants in a download of Moodle are.

    Args:
        path: as for `load_times`.
        roster: who takes the course; None if there is no roster.

    Returns:
        Ids by number; empty if it is no grading worksheet, or if its rows name nobody.

    Raises:
        UsageError: the file cannot be read.
    """
    table = read_table(path)
    worksheet = worksheet_of(table)
    if worksheet is None or roster is None:
        return {}
    pairs = [(number_of(r.get(worksheet.number)), worksheet.student(r, roster)) for r in table.rows]
    found = {number: student for number, student in pairs if student}
    counts = list(found.values())
    return {number: student for number, student in found.items() if counts.count(student) == 1}


def participants(path: Path, roster: Roster) -> dict[str, str]:
    """Read the number that each student has in one assignment of Moodle.

    Args:
        path: the grading worksheet of that assignment.
        roster: who takes the course.

    Returns:
        Numbers by student id, of all whom a row names for sure: by address, ID number or username,
        or by a name that is there once, if none of these speaks against it.

    Raises:
        UsageError: the file cannot be read, or is no grading worksheet.
    """
    table = read_table(path)
    worksheet = worksheet_of(table)
    if worksheet is None:
        problem = "no grading worksheet of Moodle; take what “Download grading worksheet” gives"
        raise UsageError(f"{path}: {problem}")
    by_number = load_numbers(path, roster)
    found: dict[str, list[str]] = {}
    for row in table.rows:
        number = number_of(row.get(worksheet.number))
        student = by_number.get(number) or _by_name_alone(row, worksheet, roster)
        found.setdefault(student, []).append(number)
    return {s: numbers[0] for s, numbers in found.items() if s and len(numbers) == 1}


def _by_name_alone(row: Row, worksheet: Worksheet, roster: Roster) -> str:
    """The only one with the name in a row, unless an address or the like is somebody else's."""
    people = roster.by_name(row.get(worksheet.identity.get(FULL_NAME, worksheet.number + 1)))
    told = [(c, row.get(place)) for c, place in worksheet.identity.items() if c in WHO]
    if len(people) != 1 or any(value and getattr(people[0], c) for c, value in told):
        return ""
    return people[0].id


def _worksheet_times(
    table: Table, worksheet: Worksheet, roster: Roster | None, zone: tzinfo | None
) -> dict[str, datetime]:
    if worksheet.submitted is None:
        problem = "this worksheet has no column with times of submission; download it again"
        raise UsageError(f"{table.path}: line 1: {problem}")
    if zone is None:
        problem = (
            "its times name no time zone; add time_zone: Europe/Berlin, or yours, to course.yml"
        )
        raise UsageError(f"{table.path}: {problem}")
    numbers = load_numbers(table.path, roster)
    times: dict[str, datetime] = {}
    for row in table.rows:
        text = row.get(worksheet.submitted)
        student = _of_row(row, worksheet, roster, numbers)
        if text in NONE or student is None:
            continue
        try:
            times[student] = read_date(text, zone)
        except ValueError as error:
            example = "write 2026-10-19 23:41"
            problem = f"the time {repr(text)[:60]} is not understood; {example} ({error})"
            raise _wrong(table, row, problem) from None
    return times


def _of_row(
    row: Row, worksheet: Worksheet, roster: Roster | None, numbers: dict[str, str]
) -> str | None:
    """The student of a row: by address and the like, by number, or by a name of one person."""
    number = number_of(row.get(worksheet.number))
    if roster is None or number in numbers:
        return numbers.get(number, number)
    if person := roster.by("moodle_id", number):
        return person.id
    place = worksheet.identity.get(FULL_NAME, worksheet.number + 1)
    people = roster.by_name(row.get(place))
    return people[0].id if len(people) == 1 else None
