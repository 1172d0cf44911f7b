"""The calendar of a time zone, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.clock import DAY_S, at, elapsed_s, later, summer_zone, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
).map(ZoneInfo)


def shown(text: str) -> datetime:
    """The moment at which the clocks in Berlin show this time."""
    return at(datetime.fromisoformat(text), BERLIN)


@pytest.mark.parametrize("name", ["Europe/Berln", "", "Europe", "../UTC", "/etc/passwd", "\0", "é"])
def test_a_name_that_no_time_zone_has_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a time zone"):
        zone_named(name)


def test_a_time_that_the_clocks_show_twice_is_the_first() -> None:
    assert shown("2025-10-26T02:30") == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_never_show_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no such time"):
        shown("2025-03-30T02:30")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2025-10-19T23:59", 7, "2025-10-26T23:59"),
        ("2025-03-29T23:59", 1, "2025-03-30T23:59"),
        ("2025-07-01T12:00", 1.5, "2025-07-03T00:00"),
        ("2025-03-29T02:30", 1, "2025-03-30T03:30"),  # which never shows 02:30
    ],
)
def test_some_days_later_the_clocks_show_the_same_time(start: str, days: float, end: str) -> None:
    assert later(shown(start), timedelta(days=days), BERLIN) == shown(end)


def test_what_ends_at_a_time_that_comes_twice_ends_at_the_second() -> None:
    end = later(shown("2025-10-25T02:30"), DAY, BERLIN)
    assert end == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2025-10-19T23:59", "2025-10-26T22:58", 7 * DAY_S - 60),
        ("2025-10-19T23:59", "2025-10-26T23:58", 7 * DAY_S),  # 24 hours and 59 minutes, but one day
        ("2025-10-19T23:59", "2025-10-26T23:59", 7 * DAY_S),
        ("2025-10-19T23:59", "2025-10-27T00:00", 7 * DAY_S + 60),
        ("2025-03-29T23:59", "2025-03-30T23:59", DAY_S),
        ("2025-03-30T01:55", "2025-03-30T03:05", 600),  # ten minutes in truth
    ],
)
def test_a_day_on_which_the_clocks_change_is_one_day(start: str, end: str, seconds: float) -> None:
    assert elapsed_s(shown(start), shown(end), BERLIN) == seconds


@given(start=MOMENTS, hours=st.floats(0, 1000), zone=ZONES)
def test_time_that_elapses_differs_from_true_time_by_a_change_of_the_clocks(
    start: datetime, hours: float, zone: ZoneInfo
) -> None:
    end = start + timedelta(hours=hours)
    assert abs(elapsed_s(start, end, zone) - (end - start).total_seconds()) <= 2 * DAY_S
    assert elapsed_s(start, end, UTC) == pytest.approx((end - start).total_seconds())


@given(start=MOMENTS, days=st.integers(0, 400), zone=ZONES)
def test_whole_days_later_as_many_days_have_elapsed(
    start: datetime, days: int, zone: ZoneInfo
) -> None:
    end = later(start, timedelta(days=days), zone)
    assert elapsed_s(start, end, zone) >= DAY_S * days
    if days and end > start + DAY / 24:
        assert elapsed_s(start, end - timedelta(seconds=1), zone) <= DAY_S * days


@pytest.mark.parametrize(
    ("due", "hours"),
    [
        ("2026-10-18T23:59+02:00", 25),  # Berlin, or Johannesburg: in favour of the student
        ("2026-10-25T23:59+01:00", 24),
        ("2026-03-22T23:59+01:00", 24),  # winter time, or Lagos: no hour is taken away
        ("2026-10-18T23:59+00:00", 24),
        ("2026-10-26T23:59-04:00", 25),
        ("2026-10-26T23:59-03:30", 24),
        ("2026-03-30T23:59+11:00", 25),
        ("2026-10-18T23:59+05:45", 24),
    ],
)
def test_an_offset_that_may_be_that_of_summer_time_is_taken_for_it(due: str, hours: int) -> None:
    moment = datetime.fromisoformat(due)
    week = later(moment, 7 * DAY, summer_zone(moment)) - moment
    assert week == 6 * DAY + timedelta(hours=hours)
