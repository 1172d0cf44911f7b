"""What teachers see first: the assignments, and whose work they look after."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.desk.access import Scope, for_staff
from grader.desk.desk import Desk
from grader.desk.frame import language, page

__all__ = ["ROUTES"]


@for_staff
def _class(request: Request, desk: Desk, scope: Scope) -> Response:
    with language(request) as course:
        return page(
            request,
            "desk/class.html",
            title=course.name,
            person=scope.person,
            assignments=desk.assignments(),
            students=scope.students,
        )


ROUTES = [Route("/class", _class)]
