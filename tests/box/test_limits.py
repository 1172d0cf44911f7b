"""The limits of a course in words."""

from __future__ import annotations

import pytest

from grader.box.limits import limits_in_brief, limits_in_words
from grader.course.settings import Limits

LIMITS = Limits(
    cell_timeout_s=11,
    call_timeout_s=7,
    submission_timeout_s=131,
    memory_mib=777,
    output_mib=5,
    processes=19,
)


@pytest.mark.parametrize("figures", ["keep", "skip"])
def test_every_limit_of_a_course_is_told(figures: str) -> None:
    text = " ".join(limits_in_words(LIMITS, figures))
    for value in LIMITS.model_dump().values():
        assert f" {value:g} " in text
    for value in ("400 pieces", "64 MiB in 4096 files", "16 MiB"):
        assert value in text
    assert ("Figures are not drawn" in text) is (figures == "skip")


def test_the_limits_that_students_meet_most_are_one_line() -> None:
    text = limits_in_brief(LIMITS)
    assert all(f" {value:g} " in text for value in (11, 7, 131, 777, 5))
    assert "\n" not in text
