"""Requests for a regrade, as teachers and assistants read and answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.course.roster import Person
from grader.course.settings import Assignment
from grader.desk.access import Scope, for_staff, staff_form
from grader.desk.desk import Desk
from grader.desk.frame import language, not_found, page
from grader.desk.numbers import ID
from grader.desk.regrades import MAX_TEXT, NotAsked, Regrade, Regrades
from grader.desk.shown import key_of
from grader.desk.texts import plain
from grader.gradebook.records import load_beside
from grader.intake.attempts import StudentAttempts
from grader.locale.translations import gettext
from grader.results import CheckResult

__all__ = ["ROUTES", "open_requests"]


@dataclass(frozen=True)
class _Shown:
    """One request on the page.

    Args:
        regrade: the request.
        student: who asks.
        assignment: the assignment.
        check: how the check ended; None if it is gone, or the request is about a question.
    """

    regrade: Regrade
    student: Person
    assignment: Assignment
    check: CheckResult | None


def open_requests(desk: Desk, scope: Scope) -> int:
    """How many requests wait for an answer by these people."""
    former, asked = scope.now.roster.former, Regrades(desk.state).open_ones()
    return sum(scope.student(former.get(r.student, r.student)) is not None for r in asked)


@for_staff
def _requests(request: Request, desk: Desk, scope: Scope) -> Response:
    return _page(request, desk, scope)


@staff_form
def _answer(request: Request, desk: Desk, scope: Scope, fields: Mapping[str, str]) -> Response:
    regrades = Regrades(desk.state)
    regrade = regrades.one(request.path_params["id"])
    if regrade is None or _shown(desk, scope, regrade) is None:
        return not_found(request)
    text, seen = plain(fields.get("text", "")), fields.get("seen", "")
    with language(request):
        try:
            is_last = seen.isascii() and seen.isdecimal() and len(seen) < 10
            if is_last and regrades.answer(regrade, scope.person.id, int(seen), text):
                desk.receipts.tell()
                return RedirectResponse("/requests", 303)
        except NotAsked as refusal:
            return _page(request, desk, scope, 400, (regrade.id, refusal.reason, text))
        told = gettext("Somebody else has written meanwhile. Read that first.")
        return _page(request, desk, scope, 409, (regrade.id, told, text))


def _page(
    request: Request,
    desk: Desk,
    scope: Scope,
    status: int = 200,
    refused: tuple[int, str, str] = (0, "", ""),
) -> Response:
    """The list.

    Args:
        request: what is answered.
        desk: the desk.
        scope: who reads it.
        status: of the answer.
        refused: number of a request whose answer was not kept, why, and its text.
    """
    regrades = Regrades(desk.state)
    theirs = {name for s in scope.students for name in scope.now.roster.known_as(s.id)}
    with language(request):
        return page(
            request,
            "desk/requests.html",
            status,
            title=gettext("Requests for a regrade"),
            person=scope.person,
            open_ones=_all_shown(desk, scope, regrades.open_ones()),
            answered=_all_shown(desk, scope, regrades.answered(theirs)),
            staff=scope.now.roster.staff,
            zone=scope.now.course.zone,
            refused=refused,
            most=MAX_TEXT,
        )


def _all_shown(desk: Desk, scope: Scope, regrades: list[Regrade]) -> list[_Shown]:
    return [shown for regrade in regrades if (shown := _shown(desk, scope, regrade))]


def _shown(desk: Desk, scope: Scope, regrade: Regrade) -> _Shown | None:
    """The request with what it is about; None if it is not for these eyes."""
    former = scope.now.roster.former
    student = scope.student(former.get(regrade.student, regrade.student))
    assignment = desk.assignment(regrade.about.assignment)
    if student is None or assignment is None:
        return None
    return _Shown(regrade, student, assignment, _check(scope, regrade, student))


def _check(scope: Scope, regrade: Regrade, student: Person) -> CheckResult | None:
    about = regrade.about
    if not about.test:
        return None
    attempts = StudentAttempts(scope.now.course, about.assignment, student.id).attempts
    path = next((a.path for a in attempts if a.number == about.number), None)
    result = load_beside(path) if path else None
    questions = result.questions if result else ()
    checks = [c for q in questions if q.question == about.question for c in q.checks]
    return next((check for check in checks if key_of(check) == about.test), None)


ROUTES = [
    Route("/requests", _requests),
    Route(f"/requests/{ID}", _answer, methods=["POST"]),
]
