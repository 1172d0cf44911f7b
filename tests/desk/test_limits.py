from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from grader.course.settings import Assignment
from grader.desk.limits import next_opening

NOW = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def assignment(**limits: float) -> Assignment:
    return Assignment.model_validate(
        {"id": "tiny", "title": "Tiny", "questions": {"double": 4}, **limits}
    )


def test_without_limits_the_next_attempt_is_open() -> None:
    assert next_opening(assignment(), UTC, [NOW] * 50, NOW) == NOW


def test_a_cool_down_counts_from_the_last_attempt() -> None:
    times = [NOW - 3 * MINUTE, NOW - 30 * MINUTE]
    assert next_opening(assignment(cooldown_minutes=5), UTC, times, NOW) == NOW + 2 * MINUTE
    assert next_opening(assignment(cooldown_minutes=3), UTC, times, NOW) == NOW


def test_a_day_is_one_of_the_calendar_of_the_course() -> None:
    twice = assignment(attempts_per_day=2)
    times = [NOW - 40 * MINUTE, NOW - 20 * MINUTE]  # in Berlin: before midnight, both
    berlin = ZoneInfo("Europe/Berlin")
    assert next_opening(twice, berlin, times, NOW) == datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert next_opening(twice, ZoneInfo("Asia/Tokyo"), times, NOW) == datetime(
        2026, 3, 11, 15, tzinfo=UTC
    )
    assert next_opening(twice, UTC, times[:1], NOW) == NOW


def test_both_limits_hold_together() -> None:
    both = assignment(attempts_per_day=1, cooldown_minutes=120)
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    assert next_opening(both, UTC, [NOW], NOW) == midnight + 30 * MINUTE
