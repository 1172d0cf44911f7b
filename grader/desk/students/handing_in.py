"""The page on which students hand in, and what happens when they do."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.course.roster import Person
from grader.course.settings import Assignment
from grader.desk.access import for_students
from grader.desk.desk import Desk
from grader.desk.frame import desk_of, language, not_found, page, session_of, stranger
from grader.desk.rates import address_of
from grader.desk.receipts import NotYet
from grader.desk.receiving import Refused, received
from grader.desk.regrades import Regrades
from grader.desk.tokens import is_csrf_token
from grader.locale.translations import gettext
from grader.notebook import MAX_BYTES

__all__ = ["ROUTES"]


@for_students
def _assignment(request: Request, desk: Desk, student: Person) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    return _hand_in_page(request, desk, student, assignment)


def _hand_in_page(
    request: Request,
    desk: Desk,
    student: Person,
    assignment: Assignment,
    status: int = 200,
    refusal: str = "",
) -> Response:
    now = datetime.now(UTC)
    names = desk.files.now().roster.known_as(student.id)
    opens = desk.receipts.opens(desk.files.now(), assignment, student.id, now)
    with language(request):
        return page(
            request,
            "desk/assignment.html",
            status,
            title=assignment.title,
            person=student,
            work=desk.work(student, assignment),
            opens=opens if opens > now else None,
            asked=Regrades(desk.state).of(names, assignment.id),
            refusal=refusal,
            most_mib=MAX_BYTES >> 20,
        )


async def _hand_in(request: Request) -> Response:
    desk = desk_of(request)
    session = session_of(request)
    student = await run_in_threadpool(desk.by_session, session)
    if student is None:
        return stranger(request)
    if not student.is_student:
        return not_found(request)
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    desk.rates.upload(student.id, address_of(request))
    status, told = 403, ""
    with language(request):
        try:
            upload = await received(request)
            if is_csrf_token(upload.csrf, session):
                receipt = await run_in_threadpool(
                    desk.receipts.hand_in, desk.files.now(), assignment, student.id, upload.notebook
                )
                there = f"/assignments/{assignment.id}/attempts/{receipt.number}"
                return RedirectResponse(there, 303)
            told = gettext("The page was too old. Nothing was handed in; choose your file again.")
        except Refused as refused:
            status, told = refused.status, _in_words(refused)
        except NotYet:
            status, told = 429, gettext("Nothing was handed in: the next attempt is not open yet.")
    return await run_in_threadpool(_hand_in_page, request, desk, student, assignment, status, told)


def _in_words(refused: Refused) -> str:
    if refused.status == 413:
        return gettext("The file is too large: at most {mib} MiB.", mib=MAX_BYTES >> 20)
    return gettext("No notebook came. Choose your notebook, then hand it in.")


PLACE = "/assignments/{assignment}"
ROUTES = [Route(PLACE, _assignment), Route(PLACE + "/attempts", _hand_in, methods=["POST"])]
