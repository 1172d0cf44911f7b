"""The whole feedback on an attempt, as a page of its own that runs nothing."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import HTMLResponse, Response

from grader.desk.desk import Tried, Work
from grader.gradebook.grades import Grade, grade_of, standings
from grader.gradebook.late import Lateness
from grader.gradebook.on_demand import GradebookOnDemand
from grader.pages.feedback import feedback_page

__all__ = ["feedback_of"]

# The page is one file with its own style; it runs no script and loads nothing.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def feedback_of(work: Work, tried: Tried, back: str) -> Response:
    """The page that `grader feedback` would write.

    Args:
        work: whose work it is; who reads it may read all.
        tried: one of its attempts, which has a result.
        back: the page of the desk that leads here.
    """
    grade = _grade(work, tried)
    html = feedback_page(work.now.course, work.assignment, grade, work.student, back)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def _grade(work: Work, tried: Tried) -> Grade:
    """The grade of the attempt that counts; of another one, what the judge found."""
    result = tried.result
    assert result is not None  # noqa: S101 — told to mypy; the caller has looked
    if not tried.counts:
        handed_in = tried.at if tried.receipt else None
        lateness = Lateness(deadline=work.until, submitted_at=handed_in)
        return Grade(replace(result, notebook=None), lateness)
    with GradebookOnDemand(work.now.course) as gradebook:
        standing = standings(gradebook, work.assignment, [result.student])[result.student]
    return grade_of(result, standing)
