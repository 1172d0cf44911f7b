"""A student asks about a check of an attempt."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.course.roster import Person
from grader.desk.access import student_form
from grader.desk.desk import Desk, Tried, Work
from grader.desk.frame import language, not_found
from grader.desk.numbers import NUMBER
from grader.desk.regrades import About, NotAsked, Regrades
from grader.desk.students.pages import attempt_page, found
from grader.desk.texts import plain

__all__ = ["ROUTES"]


@student_form
def _ask(request: Request, desk: Desk, student: Person, fields: Mapping[str, str]) -> Response:
    """Keep the request, and lead back to the attempt."""
    there = found(request, desk, student)
    about = _about(*there, fields) if there else None
    if there is None or about is None:
        return not_found(request)
    with language(request):
        try:
            Regrades(desk.state).ask(student.id, about, plain(fields.get("text", "")))
        except NotAsked as refusal:
            return attempt_page(request, desk, student, there, 400, refusal.reason)
    desk.receipts.tell()
    place = f"/assignments/{about.assignment}/attempts/{about.number}#{about.question}"
    return RedirectResponse(place, 303)


def _about(work: Work, tried: Tried, fields: Mapping[str, str]) -> About | None:
    """What the student asks about: something that they may read, and that cost them points."""
    result = work.shown(tried)
    name, test = fields.get("question", ""), fields.get("test", "")
    question = result.questions.get(name) if result else None
    if question is None:
        return None
    if not test:
        is_one = question.can_be_asked_about
        return About(work.assignment.id, tried.number, name, "", "") if is_one else None
    for check in question.checks:
        if check.key == test:
            return About(work.assignment.id, tried.number, name, test, check.claim)
    return None


PLACE = "/assignments/{assignment}"
ROUTES = [Route(f"{PLACE}/attempts/{NUMBER}/requests", _ask, methods=["POST"])]
