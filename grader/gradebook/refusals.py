"""Errors of a database in one line, with a remedy and without a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote

from sqlalchemy.exc import SQLAlchemyError

from grader.errors import GradebookError

__all__ = ["in_one_line", "without_password"]

# What the database, its driver and nbgrader (ValueError) raise.
REFUSALS = (SQLAlchemyError, ValueError, ImportError, OSError)
PLACE = re.compile(r"([\w.-]*|\[[\da-fA-F:.]+\])(:\d+)?(/[\w.-]*)?")  # host, port, database
REMEDIES = {
    "locked": "; another program writes to it, close that or try again",
    "not a database": "; name another file under `gradebook` in course.yml",
    "unable to open": "; does its folder exist, and may you write there?",
    "readonly": "; may you write to the file and its folder?",
    "no such column": "; back it up, then run `nbgrader db upgrade`",
    "No module named 'psycopg": "; install it with: pip install 'chainrule[postgresql]'",
    "No module named": "; install the driver that the URL needs",
    "No such": "; grade the assignment first",
}


@contextmanager
def in_one_line(url: str) -> Iterator[None]:
    """Turn errors of the database into a `GradebookError` of one line that names the URL.

    Raises:
        GradebookError: the database, its driver or nbgrader refused something.
    """
    try:
        yield
    except REFUSALS as error:
        told = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
        reason = _without_secrets(told[0], url)
        remedy = next((hint for text, hint in REMEDIES.items() if text in reason), "")
        raise GradebookError(f"{without_password(url)}: {reason}{remedy}") from error


def without_password(url: str) -> str:
    """The URL as it can be shown: no user, no options; nothing behind the scheme if in doubt."""
    scheme, _, rest = url.partition("://")
    if scheme.startswith("sqlite"):
        return url.partition("?")[0]
    if "@" in rest.partition("?")[2]:  # is it in the password, or ends the password here?
        return f"{scheme}://…"
    place = rest.rpartition("@")[2].partition("?")[0]
    return f"{scheme}://{place}" if PLACE.fullmatch(place) else f"{scheme}://…"


def _without_secrets(reason: str, url: str) -> str:
    """What a driver or a parser says, without pieces of the URL that may be a password."""
    _, _, secret = url.partition("://")[2].partition(":")
    if url.startswith("sqlite"):
        secret = url.partition("?")[2]
    options = [value for _, value in parse_qsl(url.partition("?")[2])]
    pieces = {secret.rpartition("@")[0], *re.split("[/@?&=#:]", secret), *options}
    for piece in sorted({*pieces, *map(unquote, pieces)}, key=len, reverse=True):
        if len(piece) > 2 and piece not in without_password(url):
            reason = reason.replace(piece, "***")
    return reason
