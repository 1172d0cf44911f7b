"""What teachers decide about results: shown to all before the deadline, or held back from one.

Each decision is in the log. One that is kept in a file is written while the transaction of its
entry is open: if the file cannot be written, there is no entry either.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from grader.course.deadlines import extend as set_extension
from grader.course.held import hold as set_hold
from grader.course.settings import Assignment
from grader.desk.course_now import CourseNow
from grader.desk.log import log
from grader.desk.state import State
from grader.desk.tables import RELEASED

__all__ = ["extend", "hold", "is_released", "release"]

HELD, FREE = "held back", "free"


def is_released(state: State, assignment_id: str) -> bool:
    """Whether students may read the whole feedback before the deadline."""
    query = select(RELEASED.c.assignment).where(RELEASED.c.assignment == assignment_id)
    with state.reading() as connection:
        return connection.scalar(query) is not None


def release(state: State, assignment: Assignment, who: str, *, is_on: bool) -> None:
    """Show all students the whole feedback of an assignment, or take that back.

    Args:
        state: the desk.
        assignment: whose feedback.
        who: the teacher.
        is_on: False takes it back.
    """
    mine = RELEASED.c.assignment == assignment.id
    usual = f"{assignment.feedback_before_due} before the deadline"
    texts = ("full for all", usual)
    with state.writing() as connection:
        was_on = connection.scalar(select(RELEASED.c.assignment).where(mine)) is not None
        if was_on == is_on:
            return
        if is_on:
            values = {"assignment": assignment.id, "at": datetime.now(UTC)}
            connection.execute(insert(RELEASED).values(values))
        else:
            connection.execute(delete(RELEASED).where(mine))
        before, after = texts[was_on is False], texts[is_on is False]
        log(connection, who, "feedback", assignment=assignment.id, before=before, after=after)


def extend(
    state: State,
    now: CourseNow,
    assignment: Assignment,
    student: str,
    until: datetime | None,
    who: str,
) -> None:
    """Give a student an extension, or take it back.

    Args:
        state: the desk.
        now: the course.
        assignment: for which assignment.
        student: who gets it.
        until: the new deadline; None takes the extension back.
        who: the teacher or assistant.

    Raises:
        UsageError: the file of extensions is wrong, or the deadline is not later than the due date.
    """
    zone = now.course.shown_zone(assignment)
    after = until.astimezone(zone).isoformat(timespec="seconds") if until else ""
    with state.writing() as connection:
        before = set_extension(now.course, student, assignment, until)
        if before != after:
            about = {"assignment": assignment.id, "student": student}
            log(connection, who, "extension", **about, before=before, after=after)


def hold(
    state: State,
    now: CourseNow,
    assignment_id: str,
    student: str,
    reason: str | None,
    who: str,
) -> None:
    """Hold a student's result back, or let it go.

    Args:
        state: the desk.
        now: the course.
        assignment_id: at which assignment.
        student: whose.
        reason: why; None lets it go.
        who: the teacher or assistant.

    Raises:
        UsageError: held.csv is wrong, or cannot be written.
    """
    with state.writing() as connection:
        both = set_hold(now.course, student, assignment_id, reason)
        before, after = map(_in_words, both)
        if before != after:
            about = {"assignment": assignment_id, "student": student}
            log(connection, who, "result", **about, before=before, after=after)


def _in_words(reason: str | None) -> str:
    if reason is None:
        return FREE
    return f"{HELD}: {reason}" if reason else HELD
