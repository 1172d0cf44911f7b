"""Clocks: the course's time zone, and how long something lasts by its calendar.

Where the clocks change, a day of the calendar lasts 23 or 25 hours, and is one day all the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["DAY_S", "at", "elapsed_s", "later", "summer_zone", "zone_named"]

DAY_S = 86400
# One for each rule by which clocks are put back, and for each offset of summer time
SUMMER_ZONES = (
    *("Europe/London", "Europe/Berlin", "Europe/Athens", "Asia/Beirut", "Africa/Cairo"),
    *("America/St_Johns", "America/Halifax", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "America/Anchorage", "America/Santiago"),
    *("Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland"),
)


def zone_named(name: str) -> ZoneInfo:
    """The time zone with that name in the IANA database, such as `Europe/Berlin`.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of the database
        raise ValueError(f"{name!r} is not the name of a time zone") from None


def summer_zone(moment: datetime) -> tzinfo:
    """A time zone for a moment of which only the offset from UTC is known.

    If the offset can be that of summer time, it is taken for that: then one day of the calendar has
    25 hours, and nobody is late by the hour that the clocks were put back.

    Args:
        moment: with an offset.

    Returns:
        A zone with that offset at that moment; UTC stays UTC.
    """
    return _summer_zone(moment, moment.utcoffset() or timedelta())


@lru_cache
def _summer_zone(moment: datetime, offset: timedelta) -> tzinfo:
    """Moments are equal whatever their offsets, so the offset is a key of the cache too."""
    for name in SUMMER_ZONES:
        there = moment.astimezone(ZoneInfo(name))
        if there.dst() and there.utcoffset() == offset:
            return ZoneInfo(name)
    return timezone(offset)


def at(shown: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clocks of a zone show a time; the first one if they do it twice.

    Args:
        shown: date and time, without a zone.
        zone: the time zone.

    Returns:
        The moment in UTC.

    Raises:
        ValueError: they never show it, since the clocks are put forward then.
    """
    moment = shown.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != shown:
        raise ValueError("the clocks are put forward then, so there is no such time")
    return moment


def later(moment: datetime, by: timedelta, zone: tzinfo) -> datetime:
    """The moment when the clocks of a zone show the same time some days later.

    Args:
        moment: where to start, with a zone.
        by: how much later by the calendar, in days, which need not be whole.
        zone: the time zone.

    Returns:
        The moment in UTC; the last one if the clocks show that time twice.
    """
    if not by:
        return moment.astimezone(UTC)
    shown = moment.astimezone(zone) + by
    return max(shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def elapsed_s(start: datetime, end: datetime, zone: tzinfo) -> float:
    """Time from one moment to a later one, in which each day of the calendar has 24 hours.

    Args:
        start: with a zone.
        end: with a zone; not before `start`.
        zone: the time zone whose calendar counts.

    Returns:
        Seconds: 86400 for each whole day, and what comes after the last whole day.
    """
    days = (end.astimezone(zone).date() - start.astimezone(zone).date()).days
    while later(start, timedelta(days=days), zone) > end:
        days -= 1
    rest_s = (end - later(start, timedelta(days=days), zone)).total_seconds()
    return DAY_S * days + min(rest_s, DAY_S)
