"""When a submission came: nbgrader's timestamp.txt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from grader.course.dates import read_date
from grader.system.files import write_whole

__all__ = ["REMEDY", "TIMESTAMP_FILE", "UNKNOWN", "Stamp", "parse_timestamp", "write_timestamp"]

TIMESTAMP_FILE = "timestamp.txt"
MAX_TEXT = 100  # characters of a time that cannot be read, of which the rest is dropped
TOLERANCE = timedelta(minutes=10)  # clocks differ a little
MAX_AHEAD = timedelta(days=1)  # what a wrong time zone can do
REMEDY = "write it as 2026-10-19 23:41:07 +0200"


@dataclass(frozen=True)
class Stamp:
    """When a submission was handed in, as a system or a person told it.

    Args:
        moment: the time in UTC; None if nobody told it, or if it cannot be read.
        unread: what was told, if it cannot be read; else "".
        problem: why it cannot be read, in a few words for the terminal.
    """

    moment: datetime | None = None
    unread: str = ""
    problem: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The time as text, to compare it with others; "" if none was told."""
        return self.moment.astimezone(UTC).isoformat() if self.moment else self.unread

    @property
    def is_ahead(self) -> bool:
        """Whether it lies in the future."""
        return self.moment is not None and self.moment > datetime.now(UTC) + TOLERANCE

    @property
    def submitted_at(self) -> datetime | None:
        """The time that counts; None if it is not known, or lies more than a day in the future."""
        is_far = self.moment is not None and self.moment > datetime.now(UTC) + MAX_AHEAD
        return None if is_far else self.moment

    @property
    def is_in_doubt(self) -> bool:
        """Whether a time was told, but none counts, so that nobody knows how late this came."""
        return self.submitted_at is None and self != UNKNOWN

    def __str__(self) -> str:
        """The time, and what is wrong with it, for the terminal."""
        if self.moment is None:
            return f"the time {self.unread!r} cannot be read ({self.problem})"
        return f"the time {self.moment:%Y-%m-%d %H:%M} UTC lies in the future"


UNKNOWN = Stamp()


def write_timestamp(folder: Path, moment: datetime | None, unread: str = "") -> None:
    """Write nbgrader's timestamp.txt, or remove it if no time is told.

    Args:
        folder: the submission's folder.
        moment: when it was handed in, with a zone; None if unknown.
        unread: the time as it was told, if it cannot be read: somebody has to correct it there.
    """
    path = folder / TIMESTAMP_FILE
    if moment is not None:
        write_whole(path, f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC")
    elif unread:
        write_whole(path, f"{unread}\n")
    else:
        path.unlink(missing_ok=True)


def parse_timestamp(told: bytes | str, zone: tzinfo) -> Stamp:
    """Read a time such as `2027-02-01 12:00:00.000000 UTC`.

    Args:
        told: the content of a timestamp.txt, or a part of a file's name.
        zone: the course's time zone, for a time that names none.
    """
    text = told if isinstance(told, str) else told.decode("utf-8-sig", "replace")
    text = text.strip()
    try:
        return Stamp(read_date(text, zone))
    except ValueError as error:
        return Stamp(unread=text[:MAX_TEXT].strip() or "(empty)", problem=str(error))
