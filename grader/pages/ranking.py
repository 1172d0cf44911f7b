"""What a class gets wrong most often: known mistakes, and checks that were lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.results import QuestionResult, Status, SubmissionResult

__all__ = ["Tally", "lost_checks", "mistake_ranking"]

MAX_ROWS = 15


@dataclass(frozen=True)
class Tally:
    """A line of a ranking.

    Args:
        question: the question that it is about.
        name: what was counted.
        count: how often.
        remark: what else is known of it.
    """

    question: str
    name: str
    count: int
    remark: str = ""


def _questions(results: Sequence[SubmissionResult]) -> Iterator[QuestionResult]:
    for result in results:
        if result.status is Status.GRADED:
            yield from result.questions


def mistake_ranking(results: Sequence[SubmissionResult]) -> list[Tally]:
    """Known mistakes, by how many students made them, with the hint that these students got."""
    hints: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for question in _questions(results):
        hints.update(zip(question.mistakes, question.hints, strict=False))
        counts.update((question.question, mistake) for mistake in question.mistakes)
    return [
        Tally(question, name.removeprefix(f"{question}."), n, hints.get(name, ""))
        for (question, name), n in counts.most_common(MAX_ROWS)
    ]


def lost_checks(results: Sequence[SubmissionResult]) -> list[Tally]:
    """Lost checks, by how many students lost them."""
    counts = Counter(
        (question.question, check.claim)
        for question in _questions(results)
        for check in question.checks
        if check.passed is False
    )
    return [Tally(question, claim, n) for (question, claim), n in counts.most_common(MAX_ROWS)]
