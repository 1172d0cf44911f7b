"""Lateness: days that have begun, late days in order, shares, cap and floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.settings import LatePolicy
from grader.gradebook.late import HandIn, Lateness, lateness
from tests.kit.course import DUE

DAY = timedelta(days=1)


def late(policy: LatePolicy, by: timedelta, score: float = 6.0, max_score: float = 9.0) -> Lateness:
    return lateness(policy, [HandIn(max_score, score, DUE, DUE + by)])[0]


@pytest.mark.parametrize(
    ("seconds_late", "penalty"),
    [(-5, 0), (0, 0), (600, 0), (601, 0.6), (600 + 86400, 0.6), (601 + 86400, 1.2), (10**7, 1.5)],
)
def test_the_penalty_is_a_share_for_each_day_begun_after_the_grace_period(
    seconds_late: int, penalty: float
) -> None:
    policy = LatePolicy(grace_minutes=10, penalty_per_day=0.1, max_penalty=0.25)
    assert late(policy, timedelta(seconds=seconds_late)).penalty == penalty


@pytest.mark.parametrize(
    ("hours_late", "days"),
    [(-1, 0), (0.1, 0), (0.2, 1), (24, 1), (25, 1), (25.2, 2), (7 * 24, 7), (7 * 24 + 1, 7)],
)
def test_late_days_are_days_of_the_calendar_where_the_clocks_go_back(
    hours_late: float, days: int
) -> None:
    policy = LatePolicy(grace_minutes=10, penalty_per_day=0.05)
    due = datetime(2025, 10, 25, 21, 59, tzinfo=UTC)  # the day that follows has 25 hours
    handin = HandIn(10, 10, due, due + timedelta(hours=hours_late))
    (found,) = lateness(policy, [replace(handin, zone=ZoneInfo("Europe/Berlin"))])
    assert (found.days, found.penalty) == (days, days * 0.5)


def test_lateness_takes_no_score_below_the_floor() -> None:
    policy = LatePolicy(penalty_per_day=0.5, floor=0.4)
    assert late(policy, DAY, score=9).penalty == 4.5
    assert late(policy, 2 * DAY, score=9).penalty == 5.4  # 40 % of 9 points are left
    assert late(policy, 2 * DAY, score=3).penalty == 0.0  # is below the floor already


def test_without_a_deadline_or_a_time_nothing_is_late() -> None:
    policy = LatePolicy(penalty_per_day=1)
    handins = [HandIn(9, 9, None, DUE), HandIn(9, 9, DUE, None)]
    found = lateness(policy, handins)
    assert found == [Lateness(submitted_at=DUE), Lateness(deadline=DUE)]
    assert list(map(str, found)) == ["", ""]


def test_late_days_are_spent_in_the_order_of_the_deadlines() -> None:
    policy = LatePolicy(penalty_per_day=0.1, late_days=3)
    third = HandIn(10, 10, DUE + 20 * DAY, DUE + 22 * DAY)
    first = HandIn(10, 10, DUE, DUE + 2 * DAY)
    second = HandIn(10, 10, DUE + 10 * DAY, DUE + 12 * DAY)
    found = lateness(policy, [third, first, second])
    assert [(x.days, x.free_days, x.penalty) for x in found] == [(2, 0, 2), (2, 2, 0), (2, 1, 1)]


def test_what_is_in_the_grace_period_spends_no_late_day() -> None:
    policy = LatePolicy(grace_minutes=60, penalty_per_day=0.1, late_days=1)
    handins = [HandIn(10, 10, DUE, DUE + DAY / 24), HandIn(10, 10, DUE + DAY, DUE + 2 * DAY)]
    assert [x.free_days for x in lateness(policy, handins)] == [0, 1]


@given(
    st.builds(
        LatePolicy,
        grace_minutes=st.integers(0, 10000),
        penalty_per_day=st.floats(0, 1),
        max_penalty=st.floats(0, 1),
        floor=st.floats(0, 1),
        late_days=st.integers(0, 20),
    ),
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50), st.floats(-5, 40)), max_size=6),
)
def test_no_policy_takes_more_than_there_is_or_frees_more_than_the_budget(
    policy: LatePolicy, given_in: list[tuple[float, int, float]]
) -> None:
    handins = [
        HandIn(100, score, DUE + due * DAY, DUE + (due + by) * DAY) for score, due, by in given_in
    ]
    found = lateness(policy, handins)
    assert sum(x.free_days for x in found) <= policy.late_days
    for handin, x in zip(handins, found, strict=True):
        assert 0 <= x.penalty <= handin.score
        assert x.penalty <= policy.max_penalty * handin.score + 0.01
        assert handin.score - x.penalty >= min(handin.score, policy.floor * 100) - 0.01


@pytest.mark.parametrize(
    ("by", "policy", "sentence"),
    [
        (timedelta(0), LatePolicy(), ""),
        (
            timedelta(minutes=9),
            LatePolicy(grace_minutes=10),
            "Handed in 9 minutes after the deadline. This is within the grace period. "
            "No points are lost.",
        ),
        (
            timedelta(days=1, hours=1),
            LatePolicy(penalty_per_day=0.1, late_days=1),
            "Handed in 1 day 1 hour after the deadline. 1 late day was used. 1 day is charged. "
            "Points lost: 0.6.",
        ),
        (
            2 * DAY,
            LatePolicy(penalty_per_day=0.1, late_days=5),
            "Handed in 2 days after the deadline. 2 late days were used. No points are lost.",
        ),
    ],
)
def test_a_student_reads_why(by: timedelta, policy: LatePolicy, sentence: str) -> None:
    assert str(late(policy, by)) == sentence
