"""What handing in late costs, by the policy of course.yml."""

from __future__ import annotations

import math

from grader.course import LatePolicy

__all__ = ["late_penalty"]

DAY_S = 86400


def late_penalty(policy: LatePolicy, score: float, seconds_late: float) -> float:
    """Points lost: a share of the score for every day begun after the grace period.

    Args:
        policy: grace, share per day, and the largest share.
        score: points earned, those given by hand included.
        seconds_late: time between the due date and the submission; 0 when in time.

    Returns:
        Points to two decimals; never negative, never more than the score.
    """
    beyond_s = seconds_late - 60 * policy.grace_minutes
    if beyond_s <= 0 or score <= 0:
        return 0.0
    share = min(policy.max_penalty, policy.penalty_per_day * math.ceil(beyond_s / DAY_S))
    return min(score, round(share * score, 2))
