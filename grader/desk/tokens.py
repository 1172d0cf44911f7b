"""Tokens: 128 random bits, of which we keep only a digest."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

__all__ = ["csrf_token", "digest_of", "is_csrf_token", "is_same", "new_token"]

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def new_token() -> str:
    """A new token, in letters that need no quoting in an address."""
    return secrets.token_urlsafe(16)


def digest_of(token: str) -> str:
    """What is kept of a token; "" for a text that cannot be one.

    A token has 128 random bits, so nobody can find it from its digest, and a search in the database
    by digest tells nobody by its time how much of a guess was right.
    """
    if not TOKEN.fullmatch(token):
        return ""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session: str) -> str:
    """What each form of a session has in it; another site cannot know it.

    Args:
        session: the token of the session.
    """
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


def is_csrf_token(given: str, session: str) -> bool:
    """Whether a form came from a page of this session."""
    return is_same(given, csrf_token(session))


def is_same(given: str, ours: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode(errors="replace"), ours.encode())
