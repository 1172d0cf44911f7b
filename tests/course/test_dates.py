"""Dates are read as Moodle and others write them, in several languages, and none is guessed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from grader.course.dates import read_date

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 5 October 2026, 11:58 PM",
        "Monday, October 5, 2026, 11:58 PM",
        "2026年10月5日 星期一 23:58",
        "2026年10月05日 星期一 下午 11:58",
        "2026年10月5日 星期一 11:58 下午",
        "Montag, 5. Oktober 2026, 23:58",
        "lundi 5 octobre 2026, 23:58",
        "lunes, 5 de octubre de 2026, 23:58",
        "5 de octubre de 2026, 11:58 p. m.",
        "lunedì, 5 ottobre 2026, 23:58",
        "Oct 5, 2026 1158 PM",
        "5 oct. 2026 23h58",
        "2026-10-05 23:58",
        "2026-10-05 21:58 UTC",
    ],
)
def test_one_moment_in_many_forms(text: str) -> None:
    assert f"{read_date(text, BERLIN):%Y-%m-%d %H:%M %Z}" == "2026-10-05 21:58 UTC"


@pytest.mark.parametrize(
    ("text", "hour"), [("12:05 AM", 0), ("12:05 PM", 12), ("0:05", 0), ("上午 12:05", 0)]
)
def test_noon_and_midnight_are_told_apart(text: str, hour: int) -> None:
    assert read_date(f"5 October 2026 {text}", BERLIN).astimezone(BERLIN).hour == hour


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5/10/2026 11:00", "no date with a time of day"),
        ("Monday, 35 October 2026, 11:58 PM", "no such day or hour"),
        ("5 October 2026, 13:58 PM", "no such day or hour"),
        ("5 Foo 2026 10:00", "'foo' is no month that we know"),
        ("5 jui 2026 10:00", "'jui' is no month that we know"),
        ("5 Juni 2026", "no time of day"),
        ("29 March 2026, 02:30", "the clocks are put forward then"),
        ("", "no date with a time of day"),
    ],
)
def test_no_date_is_guessed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_date(text, BERLIN)
