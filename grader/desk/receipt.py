"""One attempt as the desk remembers it, and how it is read from the tables and entered there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from grader.desk.course_now import CourseNow
from grader.desk.tables import ATTEMPTS, QUEUE
from grader.intake.attempts import Attempt

__all__ = ["Place", "Receipt", "all_receipts", "entered", "receipt_of", "values_of"]


@dataclass(frozen=True)
class Receipt:
    """One attempt that was acknowledged.

    Args:
        id: its number in the desk; later ones have greater numbers.
        assignment: assignment id.
        student: student id.
        number: 1 for the student's first attempt at the assignment.
        received_at: when the last byte was here, by our clock.
        sha256: digest of its bytes.
        path: the notebook, relative to the course folder.
        state: `waiting`, `running`, `done`, or `failed` if we could not grade it.
        is_again: whether a teacher put it into the queue once more.
    """

    id: int
    assignment: str
    student: str
    number: int
    received_at: datetime
    sha256: str
    path: str
    state: str = "waiting"
    is_again: bool = False


@dataclass(frozen=True)
class Place:
    """Where an attempt is in the queue.

    Args:
        ahead: how many attempts wait or run that came before it.
        is_running: whether it is being graded.
    """

    ahead: int
    is_running: bool


def all_receipts() -> Select[Any]:
    """The query for all receipts; whoever asks adds what it wants of them."""
    return select(ATTEMPTS, QUEUE.c.is_running, QUEUE.c.is_again).join_from(
        ATTEMPTS, QUEUE, ATTEMPTS.c.id == QUEUE.c.id, isouter=True
    )


def receipt_of(row: Row[Any]) -> Receipt:
    """The receipt in a row of `all_receipts`.

    Args:
        row: what the database answered.
    """
    state = row.outcome or ("running" if row.is_running else "waiting")
    return Receipt(
        row.id,
        row.assignment,
        row.student,
        row.number,
        row.received_at,
        row.sha256,
        row.path,
        state,
        bool(row.is_again),
    )


def values_of(
    now: CourseNow, assignment: str, student: str, attempt: Attempt, at: datetime
) -> dict[str, Any]:
    """The row of an attempt that gets its number in the desk.

    Args:
        now: the course.
        assignment: assignment id.
        student: student id.
        attempt: what is kept of it.
        at: when it came.
    """
    return {
        "assignment": assignment,
        "student": student,
        "number": attempt.number,
        "received_at": at,
        "sha256": attempt.digest,
        "path": attempt.path.relative_to(now.course.root).as_posix(),
    }


def entered(
    connection: Connection, now: CourseNow, assignment: str, student: str, attempt: Attempt
) -> int:
    """The number in the desk of an attempt; one that was collected gets it now.

    Args:
        connection: of a transaction.
        now: the course.
        assignment: assignment id.
        student: student id.
        attempt: what is kept of it.
    """
    found = connection.scalar(
        select(ATTEMPTS.c.id).where(
            ATTEMPTS.c.assignment == assignment,
            ATTEMPTS.c.student == student,
            ATTEMPTS.c.number == attempt.number,
        )
    )
    if found is None:
        at = attempt.submitted_at or attempt.collected_at
        values = values_of(now, assignment, student, attempt, at)
        new = insert(ATTEMPTS).values(values).returning(ATTEMPTS.c.id)
        found = connection.execute(new).scalar_one()
    return int(found)
