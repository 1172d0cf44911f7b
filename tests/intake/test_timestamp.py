"""When a submission came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.intake.submissions import find_submissions
from tests.kit.submissions import handed_in, write_bare_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_bare_course(tmp_path)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2024-02-03 15:58:23.948203 UTC", datetime(2024, 2, 3, 15, 58, 23, 948203, UTC)),
        ("2024-02-03 15:58:23 America/New_York\n", datetime(2024, 2, 3, 20, 58, 23, 0, UTC)),
        ("2024-02-03T15:58:23+01:00", datetime(2024, 2, 3, 14, 58, 23, 0, UTC)),
        ("2024-02-03 15:58:23", datetime(2024, 2, 3, 15, 58, 23, 0, UTC)),
    ],
)
def test_the_time_of_nbgraders_timestamp_counts(course, stamp, expected):
    (handed_in(course, "zoe").parent / "timestamp.txt").write_text(stamp)
    assert find_submissions(course, "net")[0].submitted_at == expected


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"yesterday",
        b"\xff\xfe",
        b"2024-13-45 99:00:00 UTC",
        b"0001-01-01 00:00:00 +14:00",
        b"2024-02-03 15:58:23 ../../etc/passwd",
        b"2024-02-03 15:58:23 Nowhere/Atlantis",
        b"9000-01-01 00:00:00 UTC",
        b"2024-02-03 15:58:23 UTC" + b" " * 1000 + b"x",
    ],
)
def test_without_a_valid_timestamp_the_time_is_unknown(course, stamp):
    path = handed_in(course, "zoe")
    (path.parent / "timestamp.txt").write_bytes(stamp)
    (found,) = find_submissions(course, "net")
    assert found.submitted_at is None
    assert found.stamp.is_in_doubt
    assert found.stamp.unread or found.stamp.is_ahead


def test_where_no_time_is_told_none_is_in_doubt(course):
    handed_in(course, "zoe")
    (found,) = find_submissions(course, "net")
    assert (found.submitted_at, found.stamp.is_in_doubt) == (None, False)


def test_a_time_that_lies_a_little_in_the_future_counts_and_is_told(course):
    path = handed_in(course, "zoe").parent / "timestamp.txt"
    soon = datetime.now(UTC) + timedelta(hours=5)
    path.write_text(f"{soon:%Y-%m-%d %H:%M:%S} UTC")
    (found,) = find_submissions(course, "net")
    assert found.submitted_at == soon.replace(microsecond=0)
    assert found.stamp.is_ahead and not found.stamp.is_in_doubt


def test_a_link_instead_of_a_timestamp_is_not_followed(course, tmp_path):
    (tmp_path / "elsewhere").write_text("2024-02-03 15:58:23 UTC")
    (handed_in(course, "zoe").parent / "timestamp.txt").symlink_to(tmp_path / "elsewhere")
    (found,) = find_submissions(course, "net")
    assert (found.submitted_at, found.stamp.is_in_doubt) == (None, True)
