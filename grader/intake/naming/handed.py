"""What the name of a file in a download tells about who handed it in, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Protocol

__all__ = ["Handed", "Naming", "shown"]


@dataclass(frozen=True)
class Handed:
    """One file of one student.

    Args:
        entry: its path in the folder or zip.
        own: the path that the student gave it.
        key: what the naming calls the student.
        column: the roster's column that `key` belongs to; "any" for a name of our own making.
        name: the student's full name, if the naming tells it.
        attempt: what sets this hand-in apart from others of the same student; "" if nothing does.
        submitted_at: when, if the naming tells it.
        order: greater for what the system received later; 0 if the naming does not tell.
        is_late: whether the system marked it as late without saying when it came.
    """

    entry: str
    own: PurePosixPath
    key: str
    column: str = "any"
    name: str = ""
    attempt: str = ""
    submitted_at: datetime | None = None
    order: int = 0
    is_late: bool = False


class Naming(Protocol):
    """How one system names the files of a download."""

    def __call__(self, entries: Sequence[str], assignment_id: str) -> list[Handed]:
        """Those of the entries that are named that way."""


def shown(text: str) -> str:
    """A name out of a download, fit for a terminal."""
    return re.sub(r"[^\w .,'\u2019@+()/-]", "?", text)[:120]
