"""When a file was handed in, as the download tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import PurePosixPath

from grader.intake.archive import Archive
from grader.intake.naming.github import last_commit
from grader.intake.naming.handed import Handed
from grader.intake.naming.sakai import in_iso, time_beside
from grader.intake.timestamp import TIMESTAMP_FILE, UNKNOWN, Stamp, parse_timestamp

__all__ = ["WITH_TIMES", "stamp_of"]

WITH_TIMES = ("nbgrader", "folder")  # elsewhere the student may have uploaded the timestamp.txt


def stamp_of(file: Handed, archive: Archive, kind: str, zone: tzinfo) -> Stamp:
    """Read the time in a file's name, in a file beside it, or in its repository.

    Args:
        file: the file.
        archive: the download that it lies in.
        kind: the naming that the download follows.
        zone: the zone of times that name none.
    """

    def told(beside: str, read: Callable[[bytes], bytes | str] = bytes) -> Stamp:
        """The time in a file of the download, if it has that file."""
        if beside not in archive.entries:
            return UNKNOWN
        data = archive.read(beside)
        if isinstance(data, str):
            return Stamp(unread=TIMESTAMP_FILE, problem=data)
        return parse_timestamp(read(data), zone)

    path = PurePosixPath(file.entry)
    if file.time:
        return parse_timestamp(file.time, zone)
    if kind in WITH_TIMES:
        return told(str(path.with_name(TIMESTAMP_FILE)))
    if kind == "sakai":
        return told(time_beside(file), in_iso)
    if kind == "github" and archive.root is not None:
        depth = len(path.parts) - len(file.own.parts)
        return Stamp(last_commit(archive.root.joinpath(*path.parts[:depth]), file.own))
    return UNKNOWN
