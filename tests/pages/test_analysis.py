"""Statistics of a class agree with numbers computed by hand, and find what was planted."""

from __future__ import annotations

import numpy as np
import pytest

from grader.course.settings import Assignment
from grader.pages.analysis import QuestionStatistics, far_scores, odd_patterns, question_statistics
from grader.results import QuestionResult, Status, SubmissionResult

NAMES = ("a", "b", "c", "d", "e")
ASSIGNMENT = Assignment.model_validate(
    {"id": "five", "title": "Five", "questions": dict.fromkeys(NAMES, 4)}
)


def result(student: str, *scores: float | None) -> SubmissionResult:
    questions = tuple(
        QuestionResult(name, score, 4.0, manual=score is None)
        for name, score in zip(NAMES, scores, strict=True)
    )
    return SubmissionResult(student, "five", Status.GRADED, 20.0, questions)


def of(results: list[SubmissionResult], name: str) -> QuestionStatistics:
    return next(q for q in question_statistics(ASSIGNMENT, results) if q.name == name)


def ladder(n: int = 10) -> list[SubmissionResult]:
    """A class in which good students do well on a, b, c and d, and badly on e."""
    levels = np.linspace(0, 4, n)
    return [result(f"s{i:02}", x, x, x, x, 4 - x) for i, x in enumerate(levels)]


def test_discrimination_is_the_correlation_with_the_sum_of_the_others() -> None:
    table = np.random.default_rng(1).integers(0, 5, size=(30, 5)).astype(float)
    results = [result(f"s{i}", *row) for i, row in enumerate(table)]
    for column, name in enumerate(NAMES):
        rest = np.delete(table, column, axis=1).sum(axis=1)
        expected = np.corrcoef(table[:, column], rest)[0, 1]
        assert of(results, name).discrimination == pytest.approx(expected)


def test_a_question_that_goes_against_the_rest_is_named() -> None:
    assert of(ladder(), "a").reading == "separates well"
    assert of(ladder(), "e").discrimination == pytest.approx(-1)
    assert of(ladder(), "e").reading == "negative: look at the question"


def test_means_and_counts_are_those_of_the_class() -> None:
    found = of([result("x", 4, 4, 4, 4, 4), result("y", 0, 1, 4, 4, 4)], "a")
    assert (found.mean, found.success, found.full, found.none) == (2.0, 0.5, 1, 1)


def test_a_question_that_waits_for_a_person_has_no_mean_yet() -> None:
    found = of([result("x", None, 4, 4, 4, 4), result("y", 0, 1, 4, 4, 4)], "a")
    assert (found.mean, found.waiting, found.discrimination) == (None, 1, None)


@pytest.mark.parametrize(
    "results", [[], ladder(7), [result(f"s{i}", 4, 4, 4, 4, 4) for i in range(20)]]
)
def test_too_little_data_gives_no_reading(results: list[SubmissionResult]) -> None:
    assert of(results, "a").discrimination is None
    assert of(results, "a").reading == "not enough data"
    assert odd_patterns(ASSIGNMENT, results) == far_scores(ASSIGNMENT, results) == {}


def test_only_a_score_far_from_all_others_is_far() -> None:
    results = [result(f"s{i}", 4, 4, 4, 3, i % 3) for i in range(12)]
    results.append(result("far", 0, 0, 0, 0, 2))
    assert list(far_scores(ASSIGNMENT, results)) == ["far"]


def test_a_wide_class_has_no_far_scores() -> None:
    levels = np.linspace(0, 4, 21)
    results = [result(f"s{i}", *[x] * 5) for i, x in enumerate(levels)]
    assert far_scores(ASSIGNMENT, results) == {}


def test_a_pattern_unlike_the_class_is_found_and_named() -> None:
    random = np.random.default_rng(2)
    results = [
        result(f"s{i}", 4, 4, 4, float(random.integers(1, 3)), float(random.integers(0, 2)))
        for i in range(30)
    ]
    results.append(result("odd", 0, 4, 4, 2, 4))  # the easy one lost, the hardest one won
    assert list(odd_patterns(ASSIGNMENT, results)) == ["odd"]
    assert "of the points of a; " in odd_patterns(ASSIGNMENT, results)["odd"]
