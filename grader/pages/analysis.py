"""Statistics of a class: how each question went, and which students have unusual scores.

Sources: the corrected item-total correlation as in J. Nunnally and I. Bernstein, Psychometric
Theory (1994), with the reading of its size by R. Ebel and D. Frisbie, Essentials of Educational
Measurement (1991); modified z-scores with the limit 3.5 as in B. Iglewicz and D. Hoaglin, How to
Detect and Handle Outliers (1993).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.course.settings import Assignment
from grader.locale.translations import N_, gettext
from grader.results import Status, SubmissionResult

__all__ = ["QuestionStatistics", "far_scores", "odd_patterns", "question_statistics"]

MIN_CLASS = 8  # in a smaller class, nobody can be called unusual
MIN_QUESTIONS = 4
LIMIT = 3.5  # of a modified z-score
LEAST_SPREAD = 0.05  # share of the points, so that small differences in an even class do not count
READINGS = ((0.4, N_("separates well")), (0.2, N_("separates")), (0.0, N_("hardly separates")))


@dataclass(frozen=True)
class QuestionStatistics:
    """How the class did on one question.

    Args:
        name: its name in course.yml.
        max_score: points it is worth.
        scored: number of submissions that have a score for it.
        waiting: number of answers that a person still has to grade.
        mean: mean score; None if nobody has a score yet, or if some answers are waiting.
        full: number of submissions with all points.
        none: number of submissions with no points.
        discrimination: correlation of its score with the sum of the other questions' scores,
            from -1 to 1; None if the class is too small, or if one of the two does not vary.
    """

    name: str
    max_score: float
    scored: int
    waiting: int
    mean: float | None
    full: int
    none: int
    discrimination: float | None

    @property
    def success(self) -> float | None:
        """Mean share of the points, from 0 to 1."""
        return None if self.mean is None else self.mean / self.max_score

    @property
    def reading(self) -> str:
        """The discrimination in words."""
        if self.discrimination is None:
            return gettext("not enough data")
        words = (text for least, text in READINGS if self.discrimination >= least)
        return gettext(next(words, N_("negative: look at the question")))


def question_statistics(
    assignment: Assignment, results: Sequence[SubmissionResult]
) -> list[QuestionStatistics]:
    """Success and discrimination of every question.

    Args:
        assignment: its part of course.yml.
        results: the class; only graded submissions count.

    Returns:
        One entry for each question, in the order of course.yml.
    """
    graded = _graded(results)
    scores = _scores(assignment, graded)
    whole = ~np.isnan(scores).any(axis=0) if len(scores) else np.zeros(scores.shape[1], bool)
    found = []
    for column, (name, spec) in enumerate(assignment.questions.items()):
        known = scores[:, column][~np.isnan(scores[:, column])]
        others = whole & (np.arange(len(whole)) != column)
        rest = scores[:, others].sum(axis=1)
        found.append(
            QuestionStatistics(
                name=name,
                max_score=spec.points,
                scored=len(known),
                waiting=sum(_waits(result, name) for result in graded),
                mean=float(known.mean()) if whole[column] and len(known) else None,
                full=int((known >= spec.points).sum()),
                none=int((known <= 0).sum()),
                discrimination=_correlation(scores[:, column], rest) if whole[column] else None,
            )
        )
    return found


def far_scores(assignment: Assignment, results: Sequence[SubmissionResult]) -> Mapping[str, str]:
    """Find the students whose score is far from the median.

    Args:
        assignment: its part of course.yml.
        results: the class; only graded submissions count.

    Returns:
        A sentence for each of these students; empty if fewer than `MIN_CLASS` are graded.
    """
    graded = _graded(results)
    if len(graded) < MIN_CLASS:
        return {}
    scores = np.array([result.score or 0.0 for result in graded])
    middle = float(np.median(scores))
    far = np.abs(_modified_z(scores, LEAST_SPREAD * assignment.max_score)) > LIMIT
    return {
        result.student: gettext(
            "{score:g} points; the median of all graded submissions is {median:g}.",
            score=result.score,
            median=middle,
        )
        for result, is_far in zip(graded, far, strict=True)
        if is_far
    }


def odd_patterns(assignment: Assignment, results: Sequence[SubmissionResult]) -> Mapping[str, str]:
    """Find the students who did unusually well or badly on some questions.

    The expected share of a question's points is the student's mean plus the question's mean minus
    the mean of all. The root mean square of the differences from it is compared within the class.

    Args:
        assignment: its part of course.yml.
        results: the class; only graded submissions count.

    Returns:
        For each of these students, a sentence about the question that differs most.
    """
    graded = _graded(results)
    scores = _scores(assignment, graded)
    whole = ~np.isnan(scores).any(axis=0) if len(scores) else np.zeros(scores.shape[1], bool)
    if len(graded) < MIN_CLASS or whole.sum() < MIN_QUESTIONS:
        return {}
    points = np.array([spec.points for spec in assignment.questions.values()])[whole]
    names = [name for name, kept in zip(assignment.questions, whole, strict=True) if kept]
    shares = scores[:, whole] / points
    expected = shares.mean(axis=1, keepdims=True) + shares.mean(axis=0) - shares.mean()
    surprise = shares - expected.clip(0, 1)
    size = np.sqrt((surprise**2).mean(axis=1))
    odd = _modified_z(size, LEAST_SPREAD) > LIMIT
    found = {}
    for row in np.flatnonzero(odd):
        column = int(np.abs(surprise[row]).argmax())
        found[graded[row].student] = gettext(
            "Unusual for this total: {share:.0%} of the points of {question}; {usual:.0%} would be "
            "usual.",
            share=shares[row, column],
            question=names[column],
            usual=expected.clip(0, 1)[row, column],
        )
    return found


def _graded(results: Sequence[SubmissionResult]) -> list[SubmissionResult]:
    return [result for result in results if result.status is Status.GRADED]


def _waits(result: SubmissionResult, name: str) -> bool:
    return any(q.question == name and q.waits for q in result.questions)


def _scores(assignment: Assignment, graded: Sequence[SubmissionResult]) -> np.ndarray:
    """Scores (students, questions); NaN where a person still has to grade."""
    rows = []
    for result in graded:
        scores = {question.question: question.score for question in result.questions}
        rows.append([scores.get(name) for name in assignment.questions])
    return np.array(rows, dtype=float).reshape(len(graded), len(assignment.questions))


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    if len(x) < MIN_CLASS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _modified_z(values: np.ndarray, least_spread: float) -> np.ndarray:
    """0.6745 times the distance from the median, divided by the median absolute deviation.

    A deviation below `least_spread` counts as `least_spread`.
    """
    away = values - np.median(values)
    return np.asarray(0.6745 * away / max(float(np.median(np.abs(away))), least_spread))
