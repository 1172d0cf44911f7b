"""The pages of a student. Each sees their own work and nobody else's: no address names a person."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.course.folder import is_released
from grader.course.roster import Person
from grader.course.settings import Assignment, Course
from grader.desk.desk import Desk, Tried, Work
from grader.desk.receipts import NotYet
from grader.desk.receiving import Refused, received
from grader.desk.shown import shown_of
from grader.desk.signing_in import LASTS, sign_in, sign_out
from grader.desk.tokens import csrf_token, is_csrf_token
from grader.gradebook.grades import Grade, grade_of, standings
from grader.gradebook.on_demand import GradebookOnDemand
from grader.locale.translations import gettext, in_language
from grader.notebook import MAX_BYTES
from grader.pages.feedback import feedback_page
from grader.pages.rendering import render

__all__ = ["ROUTES", "broken", "cookie_name", "not_found", "problem", "session_of"]

# The page of feedback is one file with its own style; it runs no script and loads nothing.
FEEDBACK_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
View = Callable[[Request, Desk, Person], Response]


def cookie_name(request: Request) -> str:
    """Behind TLS, a name that no other host of the domain can set."""
    return "__Host-desk" if _is_secure(request) else "desk"


def problem(request: Request, status: int, title: str, text: str) -> Response:
    """A page that says in plain words what is wrong."""
    return _page(request, "desk/problem.html", status, title=title, text=text)


def not_found(request: Request) -> Response:
    """The page for what is not there, and for what is not the student's own."""
    with _language(request):
        title = gettext("There is no such page")
        return problem(request, 404, title, gettext("Perhaps the address is not complete."))


def broken(request: Request) -> Response:
    """The page for an error of ours."""
    with _language(request):
        text = gettext("Nothing that you handed in is lost. Try again later, or tell your teacher.")
        return problem(request, 500, gettext("Something went wrong on our side"), text)


def _signed_in(view: View) -> Callable[[Request], Response]:
    """A view for who is signed in; everybody else reads how to sign in."""

    @wraps(view)
    def checked(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        student = desk.by_session(session_of(request))
        return view(request, desk, student) if student else _stranger(request)

    return checked


def _stranger(request: Request) -> Response:
    with _language(request):
        text = gettext("Open your personal link again, the one that your teacher sent you.")
        return problem(request, 401, gettext("You are not signed in"), text)


def _enter(request: Request) -> Response:
    """Swap the token in the address for a cookie at once."""
    desk: Desk = request.app.state.desk
    token = request.path_params["token"]
    new = sign_in(desk.state, token, session_of(request)) if desk.by_link(token) else None
    if new is None:
        with _language(request):
            text = gettext("It may have ended, or a newer one replaced it. Ask for a new link.")
            return problem(request, 401, gettext("This link does not work"), text)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        cookie_name(request),
        new,
        max_age=int(LASTS.total_seconds()),
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


async def _leave(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    async with request.form(max_files=0, max_fields=1, max_part_size=1000) as form:
        given = str(form.get("csrf", ""))
    if is_csrf_token(given, session_of(request)):
        await run_in_threadpool(sign_out, desk.state, session_of(request))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(
        cookie_name(request), secure=_is_secure(request), httponly=True, samesite="lax"
    )
    return answer


@_signed_in
def _overview(request: Request, desk: Desk, student: Person) -> Response:
    works = [desk.work(student, assignment) for assignment in desk.assignments()]
    with _language(request) as course:
        return _page(
            request,
            "desk/overview.html",
            title=course.name,
            student=student,
            works=works,
            shown=_shown,
        )


@_signed_in
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
    opens = desk.receipts.opens(desk.files.now(), assignment, student.id, now)
    with _language(request):
        return _page(
            request,
            "desk/assignment.html",
            status,
            title=assignment.title,
            student=student,
            work=desk.work(student, assignment),
            opens=opens if opens > now else None,
            refusal=refusal,
            shown=_shown,
            most_mib=MAX_BYTES >> 20,
        )


@_signed_in
def _release(request: Request, desk: Desk, student: Person) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    folder = desk.files.now().course.release_dir(assignment.id)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if is_released(name) and path.is_file() and not path.is_symlink():
                archive.write(path, f"{assignment.id}/{name.as_posix()}")
    named = {"Content-Disposition": f'attachment; filename="{assignment.id}.zip"'}
    return Response(data.getvalue(), media_type="application/zip", headers=named)


async def _hand_in(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    session = session_of(request)
    student = await run_in_threadpool(desk.by_session, session)
    if student is None:
        return _stranger(request)
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    status, told = 403, ""
    with _language(request):
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


@_signed_in
def _attempt(request: Request, desk: Desk, student: Person) -> Response:
    found = _found(request, desk, student)
    if found is None:
        return not_found(request)
    work, tried = found
    ahead = desk.receipts.ahead_of(tried.receipt) if tried.receipt else 0
    with _language(request):
        return _page(
            request,
            "desk/attempt.html",
            title=work.assignment.title,
            student=student,
            work=work,
            tried=tried,
            ahead=ahead,
            result=_shown(work, tried),
            is_open=tried.state in ("waiting", "running"),
        )


@_signed_in
def _feedback(request: Request, desk: Desk, student: Person) -> Response:
    """All that feedback pages have, once the student may read all."""
    found = _found(request, desk, student)
    if found is None or found[1].result is None or found[0].level != "full":
        return not_found(request)
    work, tried = found
    grade = _grade(work, tried)
    page = feedback_page(work.now.course, work.assignment, grade, student)
    return HTMLResponse(page, headers={"Content-Security-Policy": FEEDBACK_POLICY})


def _grade(work: Work, tried: Tried) -> Grade:
    """The grade of the attempt that counts; of another one, what the judge found."""
    result = tried.result
    assert result is not None  # noqa: S101 — told to mypy; the caller has looked
    if not tried.counts:
        return Grade(replace(result, notebook=None))
    with GradebookOnDemand(work.now.course) as gradebook:
        standing = standings(gradebook, work.assignment)[result.student]
    return grade_of(result, standing)


def _found(request: Request, desk: Desk, student: Person) -> tuple[Work, Tried] | None:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return None
    work = desk.work(student, assignment)
    same = [tried for tried in work.tried if tried.number == request.path_params["number"]]
    return (work, same[0]) if same else None


def _shown(work: Work, tried: Tried | None) -> Any:
    """What the student may read of an attempt's result; None if there is none yet."""
    return shown_of(tried.result, work.level) if tried and tried.result else None


def _page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    desk: Desk = request.app.state.desk
    course = desk.files.now().course
    html = render(
        template,
        course=course,
        csrf=csrf_token(session_of(request)),
        moment=_moment,
        **{"student": None, **values},
    )
    return HTMLResponse(html, status)


def _moment(time: datetime, work: Work) -> str:
    zone = work.now.course.shown_zone(work.assignment)
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def session_of(request: Request) -> str:
    """The token of the browser's session; "" if it has none."""
    return request.cookies.get(cookie_name(request), "")


def _is_secure(request: Request) -> bool:
    course = _course(request)
    return course.desk.address.startswith("https://") or request.url.scheme == "https"


def _course(request: Request) -> Course:
    desk: Desk = request.app.state.desk
    return desk.files.now().course


@contextmanager
def _language(request: Request) -> Iterator[Course]:
    """The language of the course while a page is made."""
    course = _course(request)
    with in_language(course.language):
        yield course


PLACE = "/assignments/{assignment}"
ROUTES = [
    Route("/", _overview),
    Route("/in/{token}", _enter),
    Route("/out", _leave, methods=["POST"]),
    Route(PLACE, _assignment),
    Route(PLACE + "/release.zip", _release),
    Route(PLACE + "/attempts", _hand_in, methods=["POST"]),
    Route(PLACE + "/attempts/{number:int}", _attempt),
    Route(PLACE + "/attempts/{number:int}/feedback", _feedback),
]
