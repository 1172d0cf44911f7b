"""One page per class: how it went, which mistakes were made, who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from grader.charts import bar_chart, histogram
from grader.course import Assignment, Course
from grader.files import write_whole
from grader.grades import Grade, grades
from grader.pages import render
from grader.results import QuestionResult, Status

__all__ = ["report_page", "write_report"]

MAX_ROWS = 15


@dataclass(frozen=True)
class _Tally:
    """A line of a ranking: what, how often, and a remark."""

    name: str
    count: int
    remark: str


def write_report(course: Course, assignment: Assignment) -> Path:
    """Write `reports/<assignment>.html`, one file that loads nothing; returns its path."""
    path = course.root / "reports" / f"{assignment.id}.html"
    write_whole(path, report_page(course, assignment, grades(course, assignment)))
    return path


def report_page(course: Course, assignment: Assignment, class_grades: Sequence[Grade]) -> str:
    """The page as HTML."""
    scores = [g.result.score for g in class_grades if g.result.score is not None]
    return render(
        "report.html",
        title=f"{assignment.title}: the class",
        course=course.name,
        assignment=assignment,
        grades=class_grades,
        counts=Counter(str(g.result.status) for g in class_grades),
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
        distribution=histogram(scores, assignment.max_score, "Distribution of scores"),
        success=bar_chart(_success(assignment, class_grades), "Mean share of points by question"),
        mistakes=_mistakes(class_grades),
        checks=_lost_checks(class_grades),
        waiting=sum(q.manual and q.score is None for q in _questions(class_grades)),
        looks=[(g, reason) for g in class_grades if (reason := _why_look(g))],
    )


def _questions(class_grades: Sequence[Grade]) -> Iterator[QuestionResult]:
    for grade in class_grades:
        if grade.result.status is Status.GRADED:
            yield from grade.result.questions


def _success(assignment: Assignment, class_grades: Sequence[Grade]) -> dict[str, float]:
    """Mean share of the points, by question; only questions that are graded for everyone."""
    shares: dict[str, list[float]] = {name: [] for name in assignment.questions}
    waiting = {q.question for q in _questions(class_grades) if q.score is None}
    for question in _questions(class_grades):
        shares[question.question].append((question.score or 0.0) / question.max_score)
    return {n: fmean(values) for n, values in shares.items() if values and n not in waiting}


def _mistakes(class_grades: Sequence[Grade]) -> list[_Tally]:
    """Known mistakes by how many students made them, with the hint that they were given."""
    hints: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for question in _questions(class_grades):
        hints.update(zip(question.mistakes, question.hints, strict=False))
        counts.update(question.mistakes)
    return [_Tally(name, n, hints.get(name, "")) for name, n in counts.most_common(MAX_ROWS)]


def _lost_checks(class_grades: Sequence[Grade]) -> list[_Tally]:
    """Checks by how many students lost them."""
    counts: Counter[tuple[str, str]] = Counter(
        (question.question, check.claim)
        for question in _questions(class_grades)
        for check in question.checks
        if check.passed is False
    )
    return [_Tally(name, n, claim) for (name, claim), n in counts.most_common(MAX_ROWS)]


def _why_look(grade: Grade) -> str:
    """Why a person should look at this submission; "" if nobody need to."""
    result = grade.result
    reasons = list(result.notes)
    if result.status is Status.GRADED and result.score == 0:
        reasons.append("No points at all.")
    return " ".join(reasons)
