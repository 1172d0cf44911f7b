"""A moment, in the many ways in which people and systems write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.moments import ABBREVIATIONS, AMBIGUOUS, read_moment
from tests.kit.files import ROOT

NOON = datetime(2025, 10, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-20 12:00:00.000000 UTC",
        "2025-10-20 12:00:00.000000000 UTC",
        "2025-10-20 12:00 utc",
        "2025-10-20 12:00:00 GMT",
        "2025-10-20T12:00:00Z",
        "2025-10-20T12:00:00+00:00",
        "20251020T120000Z",
        "  2025-10-20   12:00:00,0 Z\n",
        "2025-10-20 14:00:00 +0200",
        "2025-10-20 14:00:00 +02",
        "2025-10-20 14:00:00+02:00",
        "2025-10-20 14:00:00 UTC+2",
        "2025-10-20 14:00:00 GMT+02:00",
        "2025-10-20 08:30:00 -03:30",
        "2025-10-20 08:30:00 \N{MINUS SIGN}03:30",
        "2025-10-20 14:00:00 CEST",
        "2025-10-20 14:00:00 MESZ",
        "2025-10-20 07:00:00 EST",
        "2025-10-20 05:00:00 PDT",
        "2025-10-20 21:00:00 JST",
        "2025-10-20 21:30:00 ACST",
        "2025-10-20 14:00:00 Europe/Berlin",
        "2025-10-20 8:00:00 America/New_York",
        "2025-10-20 08:00:00 America/Port-au-Prince",
        "2025-10-20 09:00:00 America/Argentina/Buenos_Aires",
        "2025-10-20 07:00:00 Etc/GMT+5",
    ],
)
def test_one_moment_is_the_same_whatever_way_it_is_written(text: str) -> None:
    assert read_moment(text, None) == NOON
    assert read_moment(text, BERLIN) == NOON


def test_a_time_without_a_zone_is_in_that_of_the_course() -> None:
    assert read_moment("2025-10-20 14:00:00", BERLIN) == NOON
    assert read_moment("2025-12-20 13:00", BERLIN) == NOON + timedelta(days=61)
    with pytest.raises(ValueError, match="it names no time zone"):
        read_moment("2025-10-20 14:00:00", None)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2025-10-20 17:30:00 IST", "Asia/Kolkata"),
        ("2025-10-20 13:00:00 IST", "Europe/Dublin"),
        ("2025-10-20 14:00:00 IST", "Asia/Jerusalem"),
        ("2025-10-20 13:00:00 BST", "Europe/London"),
        ("2025-10-20 20:00:00 CST", "Asia/Shanghai"),
        ("2025-10-20 06:00:00 cst", "America/Chicago"),
        ("2025-10-20 07:00:00 CDT", "America/Chicago"),
        ("2025-10-20 20:00:00 PST", "Asia/Manila"),
    ],
)
def test_an_abbreviation_that_the_course_uses_means_what_it_means_there(
    text: str, zone: str
) -> None:
    assert read_moment(text, ZoneInfo(zone)) == NOON


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no date with a time of day"),
        ("yesterday", "no date with a time of day"),
        ("2025-10-20", "no date with a time of day"),
        ("10/20/2025 12:00 UTC", "no date with a time of day"),
        ("2025-10-20 08:00 AM EST", "no date with a time of day"),
        ("2025-02-30 12:00:00 UTC", "no such day or hour"),
        ("2025-10-20 25:00:00 UTC", "no such day or hour"),
        ("0001-01-01 00:00:00 +14:00", "no such year"),
        ("9999-12-31 23:59:00 -14:00", "no such year"),
        ("2025-10-20 12:00:00 PM", "'PM' is no time zone that we know"),
        ("2025-10-20 12:00:00 PPR", "'PPR' is no time zone that we know"),
        ("2025-10-20 12:00:00 +99", "is no time zone that we know"),
        ("2025-10-20 12:00:00 Europe/Atlantis", "is no time zone that we know"),
        ("2025-10-20 12:00:00 ../../etc/passwd", "is no time zone that we know"),
        ("2025-03-30 02:30:00 Europe/Berlin", "there is no such time"),
        *((f"2025-10-20 12:00:00 {name}", f"{name} stands for several") for name in AMBIGUOUS),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace(".", r"\.")):
        read_moment(text, None)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert read_moment(f"2025-10-20 12:00:00 {text}", None).tzinfo is UTC
    except ValueError as error:
        assert "\n" not in str(error)


def test_the_abbreviations_have_no_other_meaning_in_the_database() -> None:
    found: dict[str, set[float]] = {}
    for zone in map(ZoneInfo, available_timezones() - {"localtime"}):
        for month in (1, 7):
            local = datetime(2025, month, 1, tzinfo=UTC).astimezone(zone)
            hours = (local.utcoffset() or timedelta()).total_seconds() / 3600
            found.setdefault((local.tzname() or "").upper(), set()).add(hours)
    assert found.pop("PST") >= {-8.0}  # and perhaps that of the Philippines
    known = {name: {hours} for name, hours in ABBREVIATIONS.items() if name in found}
    assert {name: found[name] for name in known} == known
    assert len(known) > 40


def test_the_documentation_lists_every_abbreviation_with_its_hours() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = text[text.index("### Time zones") : text.index("## Folders")]
    found: dict[str, float] = {}
    for hours, names in re.findall(r"^\| ([+−]?[\d:]+) \| (.+) \|$", section, re.MULTILINE):
        whole, _, minutes = hours.strip("+−").partition(":")
        size = int(whole) + int(minutes or 0) / 60
        found |= dict.fromkeys(re.findall(r"`(\w+)`", names), -size if "−" in hours else size)
    assert found == ABBREVIATIONS
    assert all(f"`{name}`" in section for name in AMBIGUOUS)
