"""Results as tests compare them."""

from __future__ import annotations

from collections.abc import Iterable

from grader.results import SubmissionResult


def scores(result: SubmissionResult) -> dict[str, float | None]:
    """Scores by question."""
    return {question.question: question.score for question in result.questions}


def by_student(results: Iterable[SubmissionResult]) -> dict[str, SubmissionResult]:
    """Results of a class, by student; nobody may be in it twice."""
    collected = list(results)
    found = {result.student: result for result in collected}
    assert len(found) == len(collected)
    return found
