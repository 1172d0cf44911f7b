"""Trouble on our side, in words for the terminal that name no student.

The texts of databases and of the system hold values and paths, and so ids of students. So they are
told without these; `grader serve --log` says at which place an error of ours was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from grader.errors import GraderError

__all__ = ["PASSING", "in_words", "place_of", "without_failing"]

# A database that does not answer, a full disk: it may be over in a moment.
PASSING = (DBAPIError, OSError, GraderError)


def in_words(error: BaseException) -> str:
    """One line about an error.

    Args:
        error: an error of ours, which names what is wrong by itself, or any other.
    """
    if isinstance(error, GraderError):
        return str(error)
    kind = type(error).__name__
    if isinstance(error, DBAPIError):
        return f"{kind}: {(str(error.orig).splitlines() or [''])[0]}"
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"
    return f"{kind} at {place_of(error)}"


def place_of(error: BaseException) -> str:
    """File and line in which an error was raised; "" if it was not."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def without_failing(warn: Callable[[str], None]) -> Callable[[str], None]:
    """The same, for threads that must not end because nobody can be told.

    Args:
        warn: told in one line what goes wrong; its terminal may be gone, its disk full.
    """

    def told(line: str) -> None:
        with suppress(OSError, ValueError):
            warn(line)

    return told
