"""Brightspace (D2L): how a download of an assignment's submissions is named.

It is two numbers, the student's name and the time, with ` - ` between them, such as
`397063-2557369 - Mary-Ann Smith - Sep 24, 2024 926 PM`: the name of a folder, or the beginning of
the file's name. Beside them lies an `index.html`. The numbers are in no list that Brightspace
exports, so the roster's names tell who it is; if one name comes with several first numbers, these
may be several people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from pathlib import PurePosixPath

from grader.course.dates import read_date
from grader.intake.naming.handed import Handed

__all__ = ["named"]

PREFIX = re.compile(
    r"(?P<number>[0-9]{1,20})-[0-9]{1,20} ?- ?(?P<name>.+?) - (?P<time>[^-/]*?\b[0-9]{4}\b[^-/]*?)"
    r"(?: - (?P<own>.+))?",
    re.DOTALL,
)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files such as `397063-2557369 - Jane Doe - Sep 24, 2024 926 PM/two_layer_net.ipynb`.

    Args:
        entries: paths of all files of the download.
        assignment_id: not used, since Brightspace does not write it into names.
    """
    found = [pair for entry in entries if (pair := _named(entry))]
    numbers: dict[str, set[str]] = {}
    for file, number in found:
        numbers.setdefault(file.key, set()).add(number)
    return [_or_doubtful(file, len(numbers[file.key])) for file, _ in found]


def _named(entry: str) -> tuple[Handed, str] | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts):  # the outermost, since students name what is inside
        if match := PREFIX.fullmatch(part):
            inside = parts[index + 1 :]
            if not inside and not match["own"]:
                return None
            own = PurePosixPath(*inside) if inside else PurePosixPath(match["own"])
            name, time = match["name"].strip(), match["time"].strip()
            file = Handed(
                entry, own, name, name=name, attempt=_in_order(time), time=time, level=index
            )
            return file, match["number"]
    return None


def _in_order(time: str) -> str:
    """The time in a form that sorts as times do."""
    with suppress(ValueError):
        return read_date(time, UTC).isoformat()
    return time


def _or_doubtful(file: Handed, count: int) -> Handed:
    reason = (
        "several in this download have this name; put each notebook into a folder named by its "
        "student's id, and collect it"
    )
    return file if count == 1 else replace(file, doubt=reason)
