"""Reads a moment as people and other systems write it, whatever way it names its time zone.

A time zone is an offset (`+02:00`, `UTC+2`), a name of the IANA database (`America/New_York`) or an
abbreviation. There is no standard for abbreviations: India, Israel and Ireland have an `IST` each.
One that the course's own time zone uses has the meaning that it has there. Of the others, those in
`ABBREVIATIONS` are read, and none is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from grader.course.clock import at, zone_named

__all__ = ["ABBREVIATIONS", "AMBIGUOUS", "read_moment"]

# Hours from UTC. The IANA database has no second meaning for any of them, but for PST, which the
# Philippines have, too: as RFC 5322 (section 4.3), we take it for the Pacific time of America.
ABBREVIATIONS = {
    **dict.fromkeys(("UTC", "Z", "UT", "GMT", "WET"), 0.0),
    **dict.fromkeys(("WEST", "CET", "MET", "MEZ", "WAT"), 1.0),
    **dict.fromkeys(("CEST", "MEST", "MESZ", "EET", "CAT", "SAST"), 2.0),
    **dict.fromkeys(("EEST", "EAT", "IDT", "MSK"), 3.0),
    "PKT": 5.0,
    "WIB": 7.0,
    **dict.fromkeys(("AWST", "HKT", "SGT", "WITA"), 8.0),
    **dict.fromkeys(("JST", "KST", "WIT"), 9.0),
    "ACST": 9.5,
    **dict.fromkeys(("AEST", "CHST"), 10.0),
    "ACDT": 10.5,
    "AEDT": 11.0,
    "NZST": 12.0,
    "NZDT": 13.0,
    "NDT": -2.5,
    "ADT": -3.0,
    "NST": -3.5,
    "EDT": -4.0,
    "EST": -5.0,
    "MDT": -6.0,
    **dict.fromkeys(("MST", "PDT"), -7.0),
    **dict.fromkeys(("PST", "AKDT"), -8.0),
    **dict.fromkeys(("AKST", "HDT"), -9.0),
    "HST": -10.0,
}
AMBIGUOUS = ("AST", "BST", "CDT", "CST", "IST", "SST")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T|\s+)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?:[.,]([0-9]{1,12}))?\s*(\S*)"
)
OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?", re.IGNORECASE)
MAX_OFFSET_H = 15


def read_moment(text: str, zone: tzinfo | None) -> datetime:
    """Read a date with a time of day.

    Args:
        text: such as `2026-10-19 23:41:07 +0200`; also `T` between date and time, no seconds, and
            every ISO 8601 form that Python reads.
        zone: the course's time zone, for a time that names none; None if each has to name its own.

    Returns:
        The moment in UTC.

    Raises:
        ValueError: it is not understood; the message says why, in a few words.
    """
    shown, name = _parts(text.strip().replace("\N{MINUS SIGN}", "-"))
    try:
        if shown.tzinfo is not None:
            return shown.astimezone(UTC)
        if name:
            return at(shown, _zone(name, shown, zone))
        if zone is None:
            raise ValueError("it names no time zone")
        return at(shown, zone)
    except OverflowError:
        raise ValueError("no such year") from None


def _parts(text: str) -> tuple[datetime, str]:
    """Date and time, and the name of its zone if Python does not understand it."""
    match = MOMENT.fullmatch(text)
    try:
        if match is None:
            return datetime.fromisoformat(text if "T" in text else ""), ""
        date, time, fraction, zone = match.groups()
        hour, rest = time.split(":", 1)
        shown = datetime.fromisoformat(f"{date}T{hour:0>2}:{rest}")
    except ValueError:
        why = "no date with a time of day" if match is None else "no such day or hour"
        raise ValueError(why) from None
    return shown.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0"))), zone


def _zone(name: str, shown: datetime, zone: tzinfo | None) -> tzinfo:
    """The time zone that a time names."""
    if match := OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        size = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if size <= timedelta(hours=MAX_OFFSET_H):
            return timezone(-size if sign == "-" else size)
    short = name.upper()
    for offset in (_in_use(zone, shown).get(short) if zone else None, ABBREVIATIONS.get(short)):
        if offset is not None:
            return timezone(timedelta(hours=offset))
    if short in AMBIGUOUS:
        raise ValueError(f"{short} stands for several time zones")
    try:
        return zone_named(name)
    except ValueError:
        raise ValueError(f"{repr(name)[:40]} is no time zone that we know") from None


def _in_use(zone: tzinfo, shown: datetime) -> dict[str, float]:
    """The abbreviations that a time zone uses in that year, with their hours from UTC."""
    moments = [shown.replace(month=month, day=1, tzinfo=zone) for month in (1, 7)]
    return {
        (moment.tzname() or "").upper(): offset.total_seconds() / 3600
        for moment in moments
        if (offset := moment.utcoffset()) is not None
    }
