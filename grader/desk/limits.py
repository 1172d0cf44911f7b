"""How often a student may hand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from grader.course.clock import later
from grader.course.settings import Assignment

__all__ = ["next_opening"]


def next_opening(
    assignment: Assignment, zone: tzinfo, times: Sequence[datetime], now: datetime
) -> datetime:
    """When the next attempt opens, by `attempts_per_day` and `cooldown_minutes`.

    Args:
        assignment: with its limits.
        zone: the time zone by whose calendar days are counted.
        times: when the student handed in, in any order.
        now: the moment that is asked for.

    Returns:
        The moment; `now` if the student may hand in at once.
    """
    opens = now
    if times and assignment.cooldown_minutes:
        opens = max(opens, max(times) + timedelta(minutes=assignment.cooldown_minutes))
    most = assignment.attempts_per_day
    while most is not None and _on_day_of(opens, times, zone) >= most:
        opens = _midnight_after(opens, zone)
    return opens


def _on_day_of(moment: datetime, times: Sequence[datetime], zone: tzinfo) -> int:
    day = moment.astimezone(zone).date()
    return sum(time.astimezone(zone).date() == day for time in times)


def _midnight_after(moment: datetime, zone: tzinfo) -> datetime:
    start = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return later(start, timedelta(days=1), zone)
