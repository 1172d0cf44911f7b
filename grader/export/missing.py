"""What stands in an export for work that is not there: a zero, or a cell without a score.

A zero is a judgement, so it is given only to those in the roster who handed nothing in until their
own deadline, extensions included. Work that was collected, or that we failed to grade, gets none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from grader.course.deadlines import Deadlines
from grader.course.roster import Roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.export.columns import Column, listed

__all__ = ["MISSING", "with_missing"]

MISSING = ("zero", "blank")


def with_missing(
    columns: Sequence[Column],
    course: Course,
    roster: Roster | None,
    deadlines: Deadlines,
    missing: str,
    now: datetime,
) -> tuple[list[Column], list[str]]:
    """Say in each column who gets a zero or an empty cell.

    Args:
        columns: the grades.
        course: the course, with its grace period.
        roster: who should have handed in.
        deadlines: until when each student may hand in.
        missing: one of `MISSING`.
        now: the time of the export.

    Returns:
        The columns, and remarks on who gets no zero yet.

    Raises:
        UsageError: there is no roster, so nobody knows who is missing.
    """
    if roster is None:
        raise UsageError(
            f"{course.roster_path}: not found; --missing needs a roster, which says who is missing"
        )
    grace = timedelta(minutes=course.late_policy.grace_minutes)
    filled, said = [], []
    for column in columns:
        there = {*column.grades, *column.ungraded}
        nobody = frozenset(person.id for person in roster if person.id not in there)
        if missing == "blank":
            without = column.ungraded | (column.grades.keys() - column.scores.keys())
            filled.append(replace(column, blanks=nobody | without))
            continue
        ends = {student: deadlines.of(column.assignment, student) for student in nobody}
        running = frozenset(student for student, end in ends.items() if end and end + grace >= now)
        if running:
            names = listed(sorted(running))
            said.append(f"{column.assignment.id}: may still hand in, so without a zero: {names}")
        filled.append(replace(column, zeros=nobody - running))
    return filled, said
