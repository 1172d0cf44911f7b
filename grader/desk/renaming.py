"""Somebody gets another id: what the desk has of them follows, as their files do."""

from __future__ import annotations

from contextlib import closing
from pathlib import PurePosixPath

from sqlalchemy import Connection, and_, delete, exists, select, update

from grader.course.settings import Course
from grader.desk.state import is_there, open_state
from grader.desk.tables import ANSWERS, ATTEMPTS, LINKS, MESSAGES, REQUESTS
from grader.gradebook.refusals import in_one_line

__all__ = ["rename_at_desk"]

# Everything but the log, which tells who it was at the time.
NAMED = (
    LINKS.c.student,
    ATTEMPTS.c.student,
    ANSWERS.c.student,
    ANSWERS.c.held_by,
    REQUESTS.c.student,
    MESSAGES.c.author,
)


def rename_at_desk(course: Course, old: str, new: str) -> bool:
    """Give somebody's links, receipts, answers and requests their new id.

    Else nobody would find a receipt or the notebook of an attempt that waits, and who gets the old
    id later would find both. Doing it once more changes nothing.

    Args:
        course: the course, whose files have the new id.
        old: the id before.
        new: the id now, which nobody else has.

    Returns:
        Whether the desk knew the old id.

    Raises:
        GraderError: the desk's database refuses; the same can be done again later.
    """
    if not is_there(course):
        return False
    with (
        closing(open_state(course)) as state,
        in_one_line(course.desk_url),
        state.writing() as connection,
    ):
        _move_notebooks(connection, old, new)
        _forget_names(connection, old, new)
        found = [
            connection.execute(update(column.table).where(column == old).values({column: new}))
            for column in NAMED
        ]
        return any(result.rowcount for result in found)


def _move_notebooks(connection: Connection, old: str, new: str) -> None:
    """Where the attempts are now: `…/<student>/<number>/<name>`."""
    query = select(ATTEMPTS.c.id, ATTEMPTS.c.path).where(ATTEMPTS.c.student == old)
    for row in connection.execute(query).all():
        path = PurePosixPath(row.path)
        moved = path.parents[2] / new / path.parent.name / path.name
        own = ATTEMPTS.c.id == row.id
        connection.execute(update(ATTEMPTS).where(own).values(path=moved.as_posix()))


def _forget_names(connection: Connection, old: str, new: str) -> None:
    """An answer has one name that tells nothing; one of the new id is from a former renaming."""
    theirs = ANSWERS.alias()
    same = and_(
        theirs.c.student == old,
        theirs.c.assignment == ANSWERS.c.assignment,
        theirs.c.question == ANSWERS.c.question,
    )
    connection.execute(delete(ANSWERS).where(ANSWERS.c.student == new, exists().where(same)))
