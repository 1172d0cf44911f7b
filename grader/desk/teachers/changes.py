"""The log as a page: who changed what."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.desk.access import Scope, for_staff
from grader.desk.desk import Desk
from grader.desk.frame import language, page
from grader.desk.log import entries
from grader.locale.translations import N_

__all__ = ["ROUTES"]

MOST = 500
# What entries are about; the log keeps them in English, for every reader the same.
KINDS = (
    *(N_("extension"), N_("result"), N_("grade again"), N_("feedback")),
    *(N_("mark"), N_("mark that was not kept")),
    *(N_("request for a regrade"), N_("answer to a request")),
)


@for_staff
def _changes(request: Request, desk: Desk, scope: Scope) -> Response:
    """An assistant reads what is about their own students, and about all."""
    asked = {name: request.query_params.get(name, "") for name in ("assignment", "student", "who")}
    found = entries(
        desk.state,
        assignment=asked["assignment"],
        students=_about(scope, asked["student"]),
        who=scope.now.roster.known_as(asked["who"]) if asked["who"] else (),
        most=MOST,
    )
    with language(request) as course:
        return page(
            request,
            "desk/changes.html",
            title=course.name,
            person=scope.person,
            entries=found,
            asked=asked,
            assignments=course.assignments,
            zone=course.zone,
        )


def _about(scope: Scope, student: str) -> Sequence[str] | None:
    """The ids whose entries are shown, former ones too; None for all."""
    if student:
        person = scope.student(scope.now.roster.former.get(student, student))
        return scope.now.roster.known_as(person.id) if person else []
    if scope.person.is_teacher:
        return None
    return [
        "",
        *(name for person in scope.students for name in scope.now.roster.known_as(person.id)),
    ]


ROUTES = [Route("/changes", _changes)]
