"""Errors of a database in one line, with a remedy and without a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import GradebookError

__all__ = ["in_one_line", "without_password"]

# What the database, its driver and nbgrader (ValueError) raise.
REFUSALS = (SQLAlchemyError, ValueError, ImportError, OSError)
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
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        remedy = next((hint for text, hint in REMEDIES.items() if text in reason), "")
        raise GradebookError(f"{without_password(url)}: {reason}{remedy}") from error


def without_password(url: str) -> str:
    """The URL with its password hidden or removed; unchanged if it has none."""
    try:
        whole = make_url(url)
    except SQLAlchemyError:
        return "gradebook"
    open_part = whole.difference_update_query(["password", "sslpassword"])
    is_open = whole == open_part and whole.password is None
    return url if is_open else open_part.render_as_string(hide_password=True)
