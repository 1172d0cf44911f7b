"""The deadlines of each student: the due dates of course.yml, and later ones in extensions.csv.

The file's columns are `student`, `assignment`, and either `until` (date and time, with a zone
unless course.yml names one) or
`days` (after the due date, by the calendar of the course's time zone). Other columns, such as a
reason, are ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from grader.course.clock import later
from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.moments import read_moment
from grader.course.roster import load_roster
from grader.course.rows_file import changing, with_row, without_row
from grader.course.settings import Assignment, Course
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = ["Deadlines", "deadlines_in", "extend", "load_deadlines"]

COLUMNS = ("student", "assignment", "until")  # of a new file
MAX_DAYS = 3660


@dataclass(frozen=True)
class Deadlines:
    """When each student's work is due.

    Args:
        extended: the later deadlines, by student id and assignment id.
        remarks: extensions of students who are not in the roster, because they dropped out or
            because their id is misspelt; a person has to look which.
    """

    extended: dict[tuple[str, str], datetime] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def of(self, assignment: Assignment, student: str) -> datetime | None:
        """The student's own deadline; None if the assignment has none.

        Args:
            assignment: the assignment, with its due date for all.
            student: the student's id.
        """
        if assignment.due is None:
            return None
        return max(assignment.due, self.extended.get((student, assignment.id), assignment.due))


def load_deadlines(course: Course) -> Deadlines:
    """Read the file of extensions, if the course has one.

    Raises:
        UsageError: it or the roster cannot be read, or a row is wrong. The message names the
            file, the line and the remedy.
    """
    path = course.extensions_path
    if not os.path.lexists(path) and "extensions" not in course.model_fields_set:
        return Deadlines()
    return deadlines_in(course, read_table(path))


def extend(course: Course, student: str, assignment: Assignment, until: datetime | None) -> str:
    """Give a student an extension, or take it back.

    Args:
        course: the course.
        student: who gets it.
        assignment: for which assignment.
        until: the new deadline, later than the due date; None takes the extension back.

    Returns:
        The row's `until` or `days` before; "" if there was none.

    Raises:
        UsageError: the deadline is no later than the due date, or the file is wrong or cannot be
            written.
    """
    if assignment.due is None or (until is not None and until <= assignment.due):
        raise UsageError(f"{assignment.id}: an extension must end after the due date")
    key = {"student": student, "assignment": assignment.id}
    with changing(course.extensions_path, COLUMNS, partial(deadlines_in, course)) as tables:
        before = _told_before(tables[0], key)
        if until is None:
            tables[0] = without_row(tables[0], key)
        else:
            told = until.astimezone(course.shown_zone(assignment)).isoformat(timespec="seconds")
            tables[0] = with_row(tables[0], key, {"until": told, "days": ""})
    return before


def _told_before(table: Table, key: Mapping[str, str]) -> str:
    places = {name: table.column(name) for name in ("student", "assignment", "until", "days")}
    for row in table.rows:
        cell = {name: "" if p is None else row.get(p) for name, p in places.items()}
        if all(cell[name] == value for name, value in key.items()):
            return cell["until"] or f"{cell['days']} days"
    return ""


def deadlines_in(course: Course, table: Table) -> Deadlines:
    """The deadlines that a table of extensions leads to.

    Raises:
        UsageError: the roster cannot be read, or a row is wrong.
    """
    roster = load_roster(course)
    extended: dict[tuple[str, str], datetime] = {}
    remarks = []
    for row, key, until in _rows(course, table):
        if key in extended:
            problem = f"a second extension of {key[0]} for {key[1]}; keep one"
            raise _wrong(table, row, problem)
        if roster is not None and key[0] not in roster.people:
            problem = f"{key[0]!r} is not in {course.roster}; correct the id if it is misspelt"
            remarks.append(_told(table, row, problem))
        extended[key] = until
    return Deadlines(extended, tuple(remarks))


def _rows(course: Course, table: Table) -> Iterator[tuple[Row, tuple[str, str], datetime]]:
    places = table.only_columns("student", "assignment", "until", "days")
    for name in ("student", "assignment"):
        if places[name] is None:
            raise UsageError(
                f"{table.path}: line 1: no column {name!r}; name the columns in line 1"
            )
    for row in table.rows:
        cell = {name: "" if p is None else row.get(p) for name, p in places.items()}
        if not is_safe_student(cell["student"]):
            raise _wrong(table, row, f"student {repr(cell['student'])[:60]}: {USABLE_ID}")
        try:
            assignment = course.assignment(cell["assignment"])
        except UsageError as error:
            problem = f"{error}; take the row out if it was withdrawn"
            raise _wrong(table, row, problem) from None
        until = _until(course, table, row, assignment, cell)
        yield row, (cell["student"], assignment.id), until


def _until(
    course: Course, table: Table, row: Row, assignment: Assignment, cell: dict[str, Any]
) -> datetime:
    if assignment.due is None:
        raise _wrong(table, row, f"{assignment.id} has no due date in course.yml; set one")
    if bool(cell["until"]) == bool(cell["days"]):
        raise _wrong(table, row, "give either until or days")
    try:
        if cell["until"]:
            return read_moment(cell["until"], course.zone_of_dates)
        days = float(cell["days"])
        if not 0 <= days <= MAX_DAYS:
            raise ValueError(f"not from 0 to {MAX_DAYS} days")
        return later(assignment.due, timedelta(days=days), course.zone_of(assignment))
    except (ValueError, OverflowError) as error:
        example = "days such as 2, or until such as 2026-10-12T23:59:00+02:00, with a time zone"
        raise _wrong(table, row, f"not understood; write {example} ({error})") from None


def _wrong(table: Table, row: Row, problem: str) -> UsageError:
    return UsageError(_told(table, row, problem))


def _told(table: Table, row: Row, problem: str) -> str:
    return f"{table.path}: line {row.line}: {problem}"
