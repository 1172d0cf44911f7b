"""Who is this? Personal links and browsers that are signed in.

Every way of signing in ends in a student's id. Whether the id takes the course, and as whom, is
for `grader.desk.course_now` to say, so another way of signing in changes no page.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from grader.desk.links import is_open
from grader.desk.state import State
from grader.desk.tables import LINKS, SESSIONS
from grader.desk.tokens import digest_of, new_token

__all__ = ["LASTS", "owner_of_link", "owner_of_session", "sign_in", "sign_out"]

LASTS = timedelta(days=30)


def owner_of_link(state: State, token: str) -> str | None:
    """Whose personal link has this token; None if none has, or it does not work any more."""
    with state.reading() as connection:
        link = _link(connection, token)
    return link[1] if link else None


def owner_of_session(state: State, token: str) -> str | None:
    """Who is signed in with this token of a session; None if nobody is."""
    now = datetime.now(UTC)
    query = (
        select(LINKS.c.student)
        .join(SESSIONS, SESSIONS.c.link == LINKS.c.id)
        .where(SESSIONS.c.digest == digest_of(token), SESSIONS.c.until > now, is_open(now))
    )
    with state.reading() as connection:
        return connection.scalar(query)


def sign_in(state: State, token: str, session: str = "") -> str | None:
    """Swap the token of a link for that of a new session.

    Args:
        state: the desk.
        token: of the link.
        session: that of the browser's old session, which ends.

    Returns:
        The new session's token; None if no link that works has this token.
    """
    now, new = datetime.now(UTC), new_token()
    with state.writing() as connection:
        link = _link(connection, token)
        if link is None:
            return None
        _end(connection, session)
        connection.execute(delete(SESSIONS).where(SESSIONS.c.until <= now))
        connection.execute(
            insert(SESSIONS).values(digest=digest_of(new), link=link[0], until=now + LASTS)
        )
    return new


def sign_out(state: State, session: str) -> None:
    """End a session.

    Args:
        state: the desk.
        session: its token.
    """
    with state.writing() as connection:
        _end(connection, session)


def _link(connection: Connection, token: str) -> tuple[int, str] | None:
    query = select(LINKS.c.id, LINKS.c.student).where(
        LINKS.c.digest == digest_of(token), is_open(datetime.now(UTC))
    )
    row = connection.execute(query).first()
    return (row[0], row[1]) if row else None


def _end(connection: Connection, session: str) -> None:
    connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest_of(session)))
