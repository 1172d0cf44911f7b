"""What somebody of the roster does in the course, and whose work an assistant sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

__all__ = ["ASSISTANT", "ROLES", "STUDENT", "TEACHER", "known_role", "sections_in", "whole_names"]

TEACHER, ASSISTANT, STUDENT = ROLES = ("teacher", "assistant", "student")
BETWEEN = re.compile(r"[,，、]| and ")  # as exports of LMSs write several sections


def known_role(cell: str) -> str | None:
    """The role that a cell of the roster names: "" for a student; None if it names none."""
    word = cell.strip().casefold()
    return word if word in ("", *ROLES) else None


def sections_in(cell: str, names: Collection[str]) -> dict[str, str]:
    """The sections that a cell names: as written, by the form in which they are compared.

    A semicolon stands between two sections. So does a comma or the word "and", but only if each
    part is a section by itself: a section may be called “CS 101, Tuesday”.

    Args:
        cell: the column `section` of one person.
        names: the `whole_names` of the course.
    """
    found: dict[str, str] = {}
    for piece in re.split("[;；]", cell):
        parts = BETWEEN.split(piece)
        is_several = all(_folded(part) in names for part in parts)
        for part in parts if is_several else [piece]:
            found.setdefault(_folded(part), " ".join(part.split()))
    found.pop("", None)
    return found


def whole_names(cells: Iterable[str]) -> frozenset[str]:
    """The sections that a student is in with no other one beside it.

    Args:
        cells: the column `section` of all students.
    """
    return frozenset(_folded(piece) for cell in cells for piece in re.split("[;；]", cell)) - {""}


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
