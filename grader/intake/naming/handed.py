"""What the name of a file in a download says about who handed it in, and when."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Protocol

__all__ = [
    "Handed",
    "Naming",
    "in_common",
    "is_notebook",
    "outermost_zip",
    "shared_depth",
    "shown",
    "telling",
]

PLAIN_SIGNS = " _.,'\u2019@+()/-"


@dataclass(frozen=True)
class Handed:
    """One file of one student.

    Args:
        entry: its path in the folder or zip.
        own: the path that the student gave it.
        key: the naming's id for the student; with a `sign`, the title of the assignment may stand
            before it.
        column: the roster's column that `key` belongs to; "any" if it may be any of them.
        name: the student's full name; "" if unknown.
        attempt: tells several hand-ins of the same student apart; "" if there is only one.
        time: when it was handed in, as the name tells it; "" if it does not.
        order: a number that is greater the later the system received it; 0 if unknown.
        is_late: whether the system marked it as late without saying when it came.
        level: how many folders stand above the name that the system gave.
        sign: what separates a title from the id in `key`; "" if there is no title in it.
        doubt: why its name does not tell whose it is; "" if it does.
    """

    entry: str
    own: PurePosixPath
    key: str
    column: str = "any"
    name: str = ""
    attempt: str = ""
    time: str = ""
    order: int = 0
    is_late: bool = False
    level: int = 0
    sign: str = ""
    doubt: str = ""


class Naming(Protocol):
    """How one system names the files of a download."""

    def __call__(self, entries: Sequence[str], assignment_id: str) -> list[Handed]:
        """Find the entries that are named that way.

        Args:
            entries: paths of all files of the download.
            assignment_id: which assignment is collected.
        """


def is_notebook(entry: str) -> bool:
    """Whether a path of a download is that of a notebook; git's own files are none."""
    return entry.lower().endswith(".ipynb") and ".git/" not in entry


def telling(entries: Sequence[str]) -> Sequence[str]:
    """The files by whose places a download is understood: its notebooks, or else all files."""
    return [entry for entry in entries if is_notebook(entry)] or entries


def shared_depth(entries: Sequence[str]) -> int:
    """How many folders all notebooks have in common, counted from the top of the download.

    Names that a system gave stand there, or right below; what is deeper was named by students.
    """
    return in_common([PurePosixPath(entry).parent.parts for entry in telling(entries)])


def in_common(rows: Sequence[tuple[str, ...]]) -> int:
    """How many words all rows begin with; 0 without any row."""
    if not rows:
        return 0
    first, last = min(rows), max(rows)  # in order, so what these two share is shared by all
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    )


def outermost_zip(path: PurePosixPath) -> PurePosixPath:
    """The first zip on a path, in which the rest of it lies; the path itself without one."""
    around = [parent for parent in path.parents if parent.name.lower().endswith(".zip")]
    return around[-1] if around else path


def shown(text: str) -> str:
    """Make a name from a download safe to print on a terminal."""
    return "".join(letter if _is_plain(letter) else "?" for letter in text[:120])


def _is_plain(letter: str) -> bool:
    return letter in PLAIN_SIGNS or unicodedata.category(letter)[0] in "LMN"
