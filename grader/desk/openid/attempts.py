"""Attempts to sign in at the provider: each from one browser, for ten minutes, and once.

A cookie holds a token, and all that the provider sends back is derived from it; the database has
only its digest. So nobody can end an attempt that another browser began.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert

from grader.desk.openid.provider import Attempt
from grader.desk.state import State
from grader.desk.tables import LOGINS
from grader.desk.tokens import digest_of, new_token

__all__ = ["LASTS", "attempt_of", "begin", "end"]

LASTS = timedelta(minutes=10)


def begin(state: State) -> str:
    """The token of a new attempt; those that are over are forgotten."""
    now, token = datetime.now(UTC), new_token()
    with state.writing() as connection:
        connection.execute(delete(LOGINS).where(LOGINS.c.until <= now))
        connection.execute(insert(LOGINS).values(digest=digest_of(token), until=now + LASTS))
    return token


def end(state: State, token: str) -> bool:
    """Use an attempt up.

    Args:
        state: the desk.
        token: what the browser's cookie holds.

    Returns:
        Whether there was one that was not over; only the first who asks hears yes.
    """
    open_one = (LOGINS.c.digest == digest_of(token)) & (LOGINS.c.until > datetime.now(UTC))
    with state.writing() as connection:
        return connection.execute(delete(LOGINS).where(open_one)).rowcount == 1


def attempt_of(token: str) -> Attempt:
    """What goes to the provider with the attempt that has this token."""
    return Attempt(*(_derived(token, what) for what in ("state", "nonce", "verifier")))


def _derived(token: str, what: str) -> str:
    return hmac.new(token.encode(), what.encode(), hashlib.sha256).hexdigest()
