"""The rubric of a written question: what an answer gets points for, as course.yml lists it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MAX_ITEMS", "RubricItem", "problem_of"]

MAX_ITEMS = 40


class RubricItem(BaseModel):
    """One line of a rubric.

    Args:
        points: what the answer gets if it has this; below 0 for what it loses points for.
        text: what the answer has, in one line that students read too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    points: float = Field(ge=-1000, le=1000)
    text: str = Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")


def problem_of(rubric: Sequence[RubricItem], points: float, *, is_manual: bool) -> str:
    """What is wrong with a rubric as a whole, and the remedy; "" if nothing is.

    Args:
        rubric: its lines; empty without a rubric.
        points: what the question is worth.
        is_manual: whether a person grades the question.
    """
    given = sum(item.points for item in rubric if item.points > 0)
    texts = [item.text for item in rubric]
    if not rubric:
        return ""
    if not is_manual:
        return "only a question with `manual: true` has a rubric; remove it, or add that"
    if any(item.points == 0 for item in rubric):
        return "its rubric has a line with 0 points; give it points, or remove it"
    if len(set(texts)) < len(texts):
        return "two lines of its rubric have the same text; change one"
    if not isclose(given, points):
        told = f"its rubric gives {given:g} points in all, the question {points:g}"
        return f"{told}; make them equal (lines below 0 do not count)"
    return ""
