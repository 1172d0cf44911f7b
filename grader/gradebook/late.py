"""What handing in late costs, by the policy of course.yml; pure arithmetic on times and scores.

Lateness is counted in days after the student's own deadline and the grace period; a day that has
begun counts. Days are those of the calendar in the course's time zone: work that comes two days
late at the hour of the deadline is two days late, also where the clocks changed meanwhile. A
student has a budget of late days, which cost nothing. It is spent in the order of the deadlines, on
every late submission, until nothing is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from grader.course.clock import DAY_S, elapsed_s
from grader.course.settings import LatePolicy
from grader.locale.translations import gettext, ngettext

__all__ = ["HandIn", "Lateness", "lateness"]


@dataclass(frozen=True)
class HandIn:
    """The data of one student's submission that lateness depends on.

    Args:
        max_score: points of the assignment.
        score: points earned, including those given by hand.
        deadline: the student's own; None if there is none.
        submitted_at: when it was handed in; None if unknown, which counts as in time.
        zone: the time zone by whose calendar days are counted.
    """

    max_score: float
    score: float
    deadline: datetime | None
    submitted_at: datetime | None
    zone: tzinfo = UTC


@dataclass(frozen=True)
class Lateness:
    """How late one submission was, and what that costs.

    Args:
        seconds: time after the student's own deadline, in which each day of the calendar has 24
            hours; 0 when in time.
        days: days that have begun after the grace period.
        free_days: how many of them the student's late days pay for.
        penalty: points lost, to two decimals; never negative, never more than the score.
        deadline: the student's own; None if there is none.
        submitted_at: when it was handed in; None if unknown.
    """

    seconds: float = 0.0
    days: int = 0
    free_days: int = 0
    penalty: float = 0.0
    deadline: datetime | None = None
    submitted_at: datetime | None = None

    def __str__(self) -> str:
        """In words for the student; "" when it was in time."""
        if self.seconds <= 0:
            return ""
        sentences = [gettext("Handed in {span} after the deadline.", span=_span(self.seconds))]
        if not self.days:
            sentences.append(gettext("This is within the grace period."))
        if self.free_days:
            sentences.append(
                ngettext(
                    "{count} late day was used.", "{count} late days were used.", self.free_days
                )
            )
        sentences.append(self._charged() or gettext("No points are lost."))
        return " ".join(sentences)

    def _charged(self) -> str:
        days = self.days - self.free_days
        if not days:
            return ""
        return ngettext(
            "{count} day is charged. Points lost: {points:g}.",
            "{count} days are charged. Points lost: {points:g}.",
            days,
            points=self.penalty,
        )


def lateness(policy: LatePolicy, handins: Sequence[HandIn]) -> list[Lateness]:
    """How late each submission of one student was, and what that costs.

    Args:
        policy: grace, budget of days, share per day, largest share, floor.
        handins: all submissions of one student in the course.

    Returns:
        One entry for each submission, in the same order.
    """
    grace = timedelta(minutes=policy.grace_minutes)
    seconds = [_seconds_late(handin, timedelta()) for handin in handins]
    days = [math.ceil(_seconds_late(handin, grace) / DAY_S) for handin in handins]
    free = _free_days(policy.late_days, handins, days)
    return [
        Lateness(
            late,
            begun,
            paid,
            _penalty(policy, handin, begun - paid),
            handin.deadline,
            handin.submitted_at,
        )
        for handin, late, begun, paid in zip(handins, seconds, days, free, strict=True)
    ]


def _seconds_late(handin: HandIn, grace: timedelta) -> float:
    """Time after the deadline and the grace period."""
    if handin.deadline is None or handin.submitted_at is None:
        return 0.0
    until = handin.deadline + grace
    late = handin.submitted_at > until
    return elapsed_s(until, handin.submitted_at, handin.zone) if late else 0.0


def _free_days(budget: int, handins: Sequence[HandIn], days: Sequence[int]) -> list[int]:
    free = [0] * len(days)
    late = [index for index, begun in enumerate(days) if begun]
    for index in sorted(late, key=lambda index: (handins[index].deadline, index)):
        free[index] = min(budget, days[index])
        budget -= free[index]
    return free


def _penalty(policy: LatePolicy, handin: HandIn, charged_days: int) -> float:
    share = min(policy.max_penalty, policy.penalty_per_day * charged_days)
    left = max(handin.score * (1 - share), min(handin.score, policy.floor * handin.max_score))
    lost = round(handin.score - left, 2)
    return min(max(handin.score, 0.0), max(lost, 0.0))


def _span(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [ngettext("{count} day", "{count} days", days)] if days else []
    if hours:
        parts.append(ngettext("{count} hour", "{count} hours", hours))
    if minutes and not days:
        parts.append(ngettext("{count} minute", "{count} minutes", minutes))
    return " ".join(parts)
