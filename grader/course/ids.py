"""The rule for student ids, which become names of folders and files, and cells of spreadsheets."""

from __future__ import annotations

import re

from grader.locale.translations import N_

__all__ = [
    "USABLE_ID",
    "is_safe_student",
]

STUDENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}")


USABLE_ID = N_(
    "An id has at most 64 characters: letters (a-z, A-Z), digits and . _ - @. "
    "It must begin with a letter, a digit or _."
)


def is_safe_student(student: str) -> bool:
    """Whether the id is made of ASCII letters, digits and `. _ - @`, at most 64 of them.

    It must not start with `.`, `-` or `@`, since it becomes a file name and a spreadsheet cell.
    """
    return STUDENT.fullmatch(student) is not None
