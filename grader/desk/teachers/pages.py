"""The class on one page, live: who has handed in, the queue, points, mistakes, who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.course.settings import Assignment
from grader.desk.access import Fields, Scope, for_staff, teacher_form
from grader.desk.desk import Desk
from grader.desk.frame import language, not_found, page, see_other
from grader.desk.releasing import is_released, release
from grader.desk.teachers.class_now import ClassNow, Standing
from grader.desk.teachers.regrades import open_requests
from grader.desk.teachers.report import made_at
from grader.pages.attention import Attention, who_needs_attention
from grader.pages.ranking import Tally, mistake_ranking
from grader.results import Status, SubmissionResult

__all__ = ["ROUTES"]

MOST_MISTAKES = 10


@dataclass(frozen=True)
class Summary:
    """An assignment at a glance, for the students that somebody looks after.

    Args:
        assignment: the assignment.
        standings: how each student stands.
        attention: who needs a look.
    """

    assignment: Assignment
    standings: Sequence[Standing]
    attention: Sequence[Attention]

    @property
    def handed_in(self) -> int:
        """How many have handed in."""
        return sum(one.state != "" for one in self.standings)

    @property
    def late(self) -> int:
        """How many were late with what counts."""
        return sum(one.is_late for one in self.standings)

    @property
    def states(self) -> Counter[str]:
        """How many students are in each state."""
        return Counter(one.state for one in self.standings)

    @property
    def results(self) -> list[SubmissionResult]:
        """The results that there are."""
        return [one.result for one in self.standings if one.result]

    @property
    def median(self) -> float | None:
        """The median of the points; None before anything is graded."""
        scores = [result.score for result in self.results if result.score is not None]
        return median(scores) if scores else None

    @property
    def waiting(self) -> int:
        """How many written answers wait for a person."""
        return sum(question.waits for result in self.results for question in result.questions)

    @property
    def mistakes(self) -> list[Tally]:
        """Known mistakes, the most frequent ones first."""
        return mistake_ranking(self.results)[:MOST_MISTAKES]

    @property
    def graded(self) -> int:
        """How many submissions could be graded."""
        return sum(result.status is Status.GRADED for result in self.results)


def _class_now(request: Request) -> ClassNow:
    class_now: ClassNow = request.app.state.class_now
    return class_now


@for_staff
def _class(request: Request, desk: Desk, scope: Scope) -> Response:
    with language(request) as course:
        summaries = [_summary(request, scope, assignment) for assignment in desk.assignments()]
        return page(
            request,
            "desk/class.html",
            title=course.name,
            person=scope.person,
            scope=scope,
            summaries=summaries,
            requests=open_requests(desk, scope),
            zone=course.shown_zone,
            **_filter(request, scope),
        )


@for_staff
def _assignment(request: Request, desk: Desk, scope: Scope) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    with language(request) as course:
        summary = _summary(request, scope, assignment)
        order = request.query_params.get("order", "name")
        return page(
            request,
            "desk/class_assignment.html",
            title=assignment.title,
            person=scope.person,
            scope=scope,
            summary=summary,
            zone=course.shown_zone(assignment),
            names={student.id: student.listed_name for student in scope.students},
            rows=sorted(summary.standings, key=ORDERS.get(order, ORDERS["name"])),
            order=order if order in ORDERS else "name",
            released=is_released(desk.state, assignment.id),
            report_at=made_at(course, assignment),
            **_filter(request, scope),
        )


@teacher_form
def _release(request: Request, desk: Desk, scope: Scope, fields: Fields) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    release(desk.state, assignment, scope.person.id, is_on=fields.get("released") == "yes")
    return see_other(f"/class/{assignment.id}")


def _summary(request: Request, scope: Scope, assignment: Assignment) -> Summary:
    chosen = request.query_params.get("section", "")
    students = scope.students
    if chosen in scope.sections:
        students = [s for s in students if chosen in scope.now.roster.sections_of(s)]
    standings = _class_now(request).standings(scope, assignment, students)
    results = [one.result for one in standings if one.result]
    stamps = {one.student.id: one.stamp for one in standings if one.state}
    stuck = [one for one in standings if one.state in ("failed", "handed in") and not one.result]
    ungraded = [one.student.id for one in stuck]
    attention = who_needs_attention(assignment, results, ungraded, stamps)
    return Summary(assignment, standings, attention)


def _filter(request: Request, scope: Scope) -> dict[str, Any]:
    chosen = request.query_params.get("section", "")
    return {"sections": scope.sections, "section": chosen if chosen in scope.sections else ""}


def _by_name(one: Standing) -> Any:
    return (one.student.listed_name or one.student.id).casefold()


def _by_time(one: Standing) -> Any:
    ago = -one.handed_at.timestamp() if one.handed_at else 0.0
    return (one.handed_at is None, ago, _by_name(one))


def _by_points(one: Standing) -> Any:
    score = one.result.score if one.result else None
    return (score is None, score or 0, _by_name(one))


ORDERS: dict[str, Callable[[Standing], Any]] = {
    "name": _by_name,
    "time": _by_time,
    "points": _by_points,
}


ROUTES = [
    Route("/class", _class),
    Route("/class/{assignment}", _assignment),
    Route("/class/{assignment}/released", _release, methods=["POST"]),
]
