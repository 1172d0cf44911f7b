"""Who is this? Personal links, and browsers that are signed in by a link or by a provider.

Every way of signing in ends in an `Identity`. Which person of the roster that is, and whether it is
anybody, is for `grader.desk.identity` to say, so another way of signing in changes no page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select

from grader.desk.identity import LINK, Identity
from grader.desk.links import is_open
from grader.desk.state import State
from grader.desk.tables import LINKS, SESSIONS
from grader.desk.tokens import digest_of, new_token

__all__ = [
    "Session",
    "sign_in_by_link",
    "sign_in_by_provider",
    "sign_out",
    "who_has_link",
    "who_has_session",
]

BY_LINK_FOR = timedelta(days=30)
BY_PROVIDER_FOR = timedelta(hours=12)  # a university may close an account from one day to the next


@dataclass(frozen=True)
class Session:
    """A new session of a browser.

    Args:
        token: what its cookie holds, and nothing else.
        lasts: how long it lasts, unless it is ended before.
    """

    token: str
    lasts: timedelta


def who_has_link(state: State, token: str) -> Identity | None:
    """Whose personal link has this token; None if none has, or it does not work any more."""
    with state.reading() as connection:
        link = _link(connection, token)
    return Identity("", LINK, link[1]) if link else None


def who_has_session(state: State, token: str) -> Identity | None:
    """Who is signed in with this token of a session; None if nobody is."""
    now = datetime.now(UTC)
    query = (
        select(LINKS.c.student, SESSIONS.c.issuer, SESSIONS.c.claim, SESSIONS.c.value)
        .select_from(SESSIONS)
        .outerjoin(LINKS, SESSIONS.c.link == LINKS.c.id)
        .where(
            SESSIONS.c.digest == digest_of(token),
            SESSIONS.c.until > now,
            or_(SESSIONS.c.link.is_(None), and_(LINKS.c.id.is_not(None), is_open(now))),
        )
    )
    with state.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    student, issuer, claim, value = row
    return Identity(issuer, claim, value) if student is None else Identity("", LINK, student)


def sign_in_by_link(state: State, token: str, session: str = "") -> Session | None:
    """Swap the token of a link for that of a new session.

    Args:
        state: the desk.
        token: of the link.
        session: that of the browser's old session, which ends.

    Returns:
        The new session; None if no link that works has this token.
    """
    with state.writing() as connection:
        link = _link(connection, token)
        return _new(connection, session, BY_LINK_FOR, link=link[0]) if link else None


def sign_in_by_provider(state: State, who: Identity, session: str = "") -> Session:
    """Make a session for somebody whom a provider has named.

    Args:
        state: the desk.
        who: who it is.
        session: that of the browser's old session, which ends.
    """
    told = {"issuer": who.issuer, "claim": who.claim, "value": who.value}
    with state.writing() as connection:
        return _new(connection, session, BY_PROVIDER_FOR, **told)


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


def _new(connection: Connection, before: str, lasts: timedelta, **named: Any) -> Session:
    now, new = datetime.now(UTC), Session(new_token(), lasts)
    _end(connection, before)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.until <= now))
    connection.execute(
        insert(SESSIONS).values(digest=digest_of(new.token), until=now + lasts, **named)
    )
    return new


def _end(connection: Connection, session: str) -> None:
    connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest_of(session)))
