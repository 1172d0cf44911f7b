"""nbgrader: the inbound folder of its exchange, and the downloads that `zip_collect` reads.

`ExchangeSubmit` names inbound folders `student+assignment+timestamp`, with a random string after
another `+`. The other form is the example of nbgrader's `FileNameCollectorPlugin.named_regexp`:
Blackboard names files `title_username_attempt_time_file`; its times have no zone. The first time is
Blackboard's: another one after it is part of the student's own file name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed, outermost_zip

__all__ = ["named"]

INBOUND = re.compile(
    r"(?P<student>.+?)\+(?P<assignment>[^+]+)\+"
    r"(?P<time>\d{4}-\d\d-\d\d[^+]*(?:\+\d\d(?::?\d\d)?(?=\+|$))?)"
    r"(?:\+(?P<random>.+))?"
)
ATTEMPT = re.compile(
    r"(?P<titled>.+?)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})_(?P<own>.+)", re.DOTALL
)


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files in inbound folders of this assignment, or named `title_id_attempt_time_file`.

    Args:
        entries: paths of all files of the download.
        assignment_id: inbound folders of other assignments are left out.
    """
    found = (_inbound(entry, assignment_id) or _attempt(entry) for entry in entries)
    return [handed for handed in found if handed]


def _inbound(entry: str, assignment_id: str) -> Handed | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts[:-1]):
        match = INBOUND.fullmatch(part)
        if match and match["assignment"] == assignment_id:
            own = PurePosixPath(*parts[index + 1 :])
            return Handed(
                entry, own, match["student"], attempt=part, time=match["time"], level=index
            )
    return None


def _attempt(entry: str) -> Handed | None:
    whole = PurePosixPath(entry)
    path = outermost_zip(whole)
    match = ATTEMPT.fullmatch(path.name)
    if match is None:
        return None
    date, time = match["time"][:10], match["time"][11:].replace("-", ":")
    return Handed(
        entry,
        PurePosixPath(match["own"]) / whole.relative_to(path),
        match["titled"],
        attempt=match["time"],
        time=f"{date} {time}",
        level=len(path.parts) - 1,
        sign="_",
    )
