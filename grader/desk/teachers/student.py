"""One student's work at one assignment: attempts, feedback, and what a teacher decides about it."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.course.moments import read_moment
from grader.desk.access import Fields, Scope, for_staff, staff_form
from grader.desk.desk import Desk, Work
from grader.desk.feedback import feedback_of
from grader.desk.frame import desk_of, language, not_found, page, see_other
from grader.desk.log import entries
from grader.desk.numbers import NUMBER
from grader.desk.releasing import extend, hold
from grader.errors import UsageError
from grader.locale.translations import gettext

__all__ = ["ROUTES"]

MOST_CHANGES = 20
MAX_NUMBER = 9  # digits


def _work(request: Request, desk: Desk, scope: Scope) -> Work | None:
    """The work that an address names; None if there is none, or if it is not for who asks."""
    assignment = desk.assignment(request.path_params["assignment"])
    student = scope.student(request.path_params["student"])
    return desk.work(student, assignment) if assignment and student else None


@for_staff
def _student(request: Request, desk: Desk, scope: Scope) -> Response:
    work = _work(request, desk, scope)
    return _page(request, desk, scope, work) if work else not_found(request)


def _page(
    request: Request, desk: Desk, scope: Scope, work: Work, status: int = 200, refusal: str = ""
) -> Response:
    assignment, student = work.assignment, work.student
    changes = entries(
        desk.state,
        assignment=assignment.id,
        students=scope.now.roster.known_as(student.id),
        most=MOST_CHANGES,
    )
    with language(request):
        return page(
            request,
            "desk/class_student.html",
            status,
            title=student.full_name or student.id,
            person=scope.person,
            student=student,
            work=work,
            reason=scope.now.held.get((student.id, assignment.id)),
            has_extension=bool(work.until and assignment.due and work.until > assignment.due),
            changes=changes,
            refusal=refusal,
        )


@for_staff
def _feedback(request: Request, desk: Desk, scope: Scope) -> Response:
    work = _work(request, desk, scope)
    for tried in work.tried if work else ():
        if work and tried.number == request.path_params["number"] and tried.result:
            return feedback_of(work, tried, _place(work))
    return not_found(request)


@staff_form
def _extend(request: Request, desk: Desk, scope: Scope, fields: Fields) -> Response:
    work = _work(request, desk, scope)
    if work is None:
        return not_found(request)
    try:
        until = None if "back" in fields else _moment(fields.get("until", ""), work)
        extend(desk.state, scope.now, work.assignment, work.student.id, until, scope.person.id)
    except ValueError:
        with language(request):
            text = gettext("Nothing was changed. Write date and time, such as 2027-02-01T23:59.")
        return _page(request, desk, scope, work, 400, text)
    except UsageError as error:
        return _page(request, desk, scope, work, 400, _refused(request, error))
    if len(work.tried) > 1:  # by the new deadline, another one may count
        _into_queue(desk, scope, work, work.tried[-1].number)
    return _done(desk, work)


def _moment(text: str, work: Work) -> datetime:
    return read_moment(text[:40], work.zone)


@staff_form
def _hold(request: Request, desk: Desk, scope: Scope, fields: Fields) -> Response:
    work = _work(request, desk, scope)
    if work is None:
        return not_found(request)
    reason = None if "back" in fields else fields.get("reason", "")
    try:
        hold(desk.state, scope.now, work.assignment.id, work.student.id, reason, scope.person.id)
    except UsageError as error:
        return _page(request, desk, scope, work, 400, _refused(request, error))
    return _done(desk, work)


@staff_form
def _again(request: Request, desk: Desk, scope: Scope, fields: Fields) -> Response:
    work, number = _work(request, desk, scope), fields.get("attempt", "")
    if work is None or not (number.isdecimal() and len(number) <= MAX_NUMBER):
        return not_found(request)
    if all(tried.number != int(number) for tried in work.tried):
        return not_found(request)
    _into_queue(desk, scope, work, int(number))
    return _done(desk, work)


def _into_queue(desk: Desk, scope: Scope, work: Work, number: int) -> None:
    assignment, student = work.assignment.id, work.student.id
    desk.receipts.again(scope.now, assignment, student, number, scope.person.id)


def _refused(request: Request, error: UsageError) -> str:
    with language(request):
        reason = str(error).replace(f"{desk_of(request).files.now().course.root}/", "")
        return gettext("Nothing was changed: {reason}", reason=reason)


def _done(desk: Desk, work: Work) -> Response:
    desk.receipts.tell()
    return see_other(_place(work))


def _place(work: Work) -> str:
    return f"/class/{work.assignment.id}/students/{work.student.id}"


PLACE = "/class/{assignment}/students/{student}"
ROUTES = [
    Route(PLACE, _student),
    Route(f"{PLACE}/attempts/{NUMBER}", _feedback),
    Route(PLACE + "/extension", _extend, methods=["POST"]),
    Route(PLACE + "/held", _hold, methods=["POST"]),
    Route(PLACE + "/again", _again, methods=["POST"]),
]
