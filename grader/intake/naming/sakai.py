"""Sakai: how “Download All” of an assignment is named.

Inside a folder with the assignment's title is one for each student, `Family, Given(eid)`, with
`Submission attachment(s)/`, `Feedback Attachment(s)/` and `timestamp.txt`; beside them lies
`grades.csv`. Some versions write all of it into the file's name, with `_` between the parts. The
`eid` is the name with which the student logs in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed

__all__ = ["in_iso", "named", "time_beside"]

STUDENT = r"(?P<name>[^/]*?)\s?\((?P<eid>[^()/]{1,99})\)"
FOLDER = re.compile(STUDENT)
ATTACHMENTS = re.compile(r"submission attachment\(s\)", re.IGNORECASE)
FLAT = re.compile(rf"{STUDENT}_submission attachment\(s\)_(?P<own>.+)", re.IGNORECASE | re.DOTALL)
DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d*")


def named(entries: Sequence[str], assignment_id: str) -> list[Handed]:
    """Find files such as `Net/Doe, Jane(jdoe)/Submission attachment(s)/two_layer_net.ipynb`.

    Args:
        entries: paths of all files of the download.
        assignment_id: not used; the folder around all of them has the title.
    """
    return [found for entry in entries if (found := _named(entry))]


def time_beside(file: Handed) -> str:
    """The path of the file with the time of submission, which Sakai wrote."""
    parts = PurePosixPath(file.entry).parts
    return str(PurePosixPath(*parts[: file.level + 1], "timestamp.txt"))


def in_iso(told: bytes) -> str:
    """Sakai's time in the form that others have: older versions write 20261005215800000, in UTC.

    Args:
        told: the content of its timestamp.txt.
    """
    text = told.decode("utf-8-sig", "replace").strip()
    match = DIGITS.fullmatch(text)
    return "{}-{}-{} {}:{}:{} UTC".format(*match.groups()) if match else text


def _named(entry: str) -> Handed | None:
    parts = PurePosixPath(entry).parts
    for index, part in enumerate(parts):  # the outermost, since students name what is inside
        inside = parts[index + 2 :]
        if (flat := FLAT.fullmatch(part)) and index == len(parts) - 1:
            own = PurePosixPath(flat["own"])
            return Handed(entry, own, flat["eid"], name=flat["name"], level=index)
        match = FOLDER.fullmatch(part)
        if match and inside and ATTACHMENTS.fullmatch(parts[index + 1]):
            own = PurePosixPath(*inside)
            return Handed(entry, own, match["eid"], name=match["name"], level=index)
    return None
