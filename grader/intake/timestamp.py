"""When a submission came: nbgrader's timestamp.txt."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.system.files import write_whole

__all__ = ["TIMESTAMP_FILE", "parse_timestamp", "write_timestamp"]

TIMESTAMP_FILE = "timestamp.txt"
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)\s*"
    r"(Z|[+-]\d\d:?\d\d|[A-Za-z_]+(?:/[A-Za-z_]+)*)?"
)


def write_timestamp(folder: Path, moment: datetime | None) -> None:
    """Write nbgrader's timestamp.txt, or remove it if the time is unknown.

    Args:
        folder: the submission's folder.
        moment: when it was handed in, with a zone; None if unknown.
    """
    path = folder / TIMESTAMP_FILE
    if moment is None:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC")


def parse_timestamp(data: bytes) -> datetime | None:
    """Read a time such as `2027-02-01 12:00:00.000000 UTC`; without a zone it is UTC.

    Returns:
        The time in UTC; None if it is not understood.
    """
    match = TIMESTAMP.fullmatch(data.decode("ascii", "replace").strip())
    if match is None:
        return None
    date, time, zone = match.groups()
    if zone in (None, "UTC"):
        zone = "Z"
    try:
        if zone == "Z" or zone[0] in "+-":
            return datetime.fromisoformat(f"{date}T{time}{zone}").astimezone(UTC)
        local = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError, OSError):
        return None  # no such day, or no such time zone
