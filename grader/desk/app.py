"""The desk as one ASGI application: its routes, and the headers that every answer has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.desk import api, door, frame, news, watched
from grader.desk.bell import Bell
from grader.desk.desk import Desk
from grader.desk.openid import routes as openid
from grader.desk.rates import TooOften
from grader.desk.students import asking, handing_in
from grader.desk.students import pages as students
from grader.desk.teachers import answers, changes, regrades, report, student
from grader.desk.teachers import pages as teachers
from grader.desk.teachers.class_now import ClassNow
from grader.desk.trouble import PASSING, in_words
from grader.desk.watched import Watched

__all__ = ["ROUTES", "desk_app"]

# Nothing from elsewhere, no script and no style in the page itself, in nobody's frame.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",  # the same as frame-ancestors, for old browsers
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TRY_AGAIN_S = 60  # while the database does not answer
TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


def desk_app(desk: Desk) -> ASGIApp:
    """The application.

    Args:
        desk: course, database and queue.
    """
    app = Starlette(
        routes=list(ROUTES),
        exception_handlers={
            HTTPException: _refused,
            TooOften: _too_often,
            **dict.fromkeys(PASSING, _unable),
            Exception: _broken,
        },
        lifespan=_with_bell,
    )
    app.state.desk = desk
    app.state.class_now = ClassNow(desk.receipts)
    app.router.redirect_slashes = False
    # Both are outside of Starlette's own handling of errors.
    return _Headers(Watched(app), desk)


@asynccontextmanager
async def _with_bell(app: Starlette) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    app.state.bell = bell = Bell(desk.receipts)
    desk.receipts.also_told.append(bell.ring)
    others = asyncio.create_task(bell.look_for_others()) if desk.receipts.is_shared else None
    yield
    if others:
        others.cancel()
    desk.receipts.also_told.remove(bell.ring)


class _Headers:
    """Adds the headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_tls = self._desk.files.now().course.desk.address.startswith("https://")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | (TLS_HEADERS if is_tls else {})).items():
                    headers.setdefault(name, value)
            await send(message)

        # What went wrong was told in one line; with the whole trace, ids of students would be in
        # the server's log.
        with suppress(Exception):
            await self._app(scope, receive, sent)


def _refused(request: Request, error: Exception) -> Response:
    """No such address, or no such method."""
    refused = error if isinstance(error, HTTPException) else HTTPException(500)
    if _is_for_programs(request):
        is_method = refused.status_code == 405
        told = "Not with this method." if is_method else "There is no such address."
        answer: Response = api.error(refused.status_code, told)
    else:
        answer = frame.not_found(request)
        answer.status_code = refused.status_code
    answer.headers.update(refused.headers or {})  # such as Allow
    return answer


def _is_for_programs(request: Request) -> bool:
    """Whether the address is one of the interface for programs, which read no pages."""
    return f"{request.url.path}/".startswith("/api/")


def _too_often(request: Request, error: Exception) -> Response:
    """Somebody tries too often."""
    wait_s = error.wait_s if isinstance(error, TooOften) else 1
    if _is_for_programs(request):
        told = f"Too many tries in a short time; try again in {wait_s} seconds."
        answer: Response = api.error(429, told)
    else:
        answer = frame.too_often(request, wait_s)
    answer.headers["Retry-After"] = str(wait_s)
    return answer


def _broken(request: Request, error: Exception) -> Response:
    """An error of ours; what it was is for the log only."""
    desk: Desk = request.app.state.desk
    desk.warn(f"a request ended in {in_words(error)}")
    desk.receipts.watch.broken(error)
    if _is_for_programs(request):
        return api.error(500, "Something went wrong on our side; try again later.")
    return frame.broken(request)


def _unable(request: Request, error: Exception) -> Response:
    """The database does not answer, the disk is full: what may be over in a moment."""
    desk: Desk = request.app.state.desk
    desk.warn(f"a request could not be served: {in_words(error)}")
    desk.receipts.watch.broken(error)
    if _is_for_programs(request):
        told = "The desk cannot read or save anything just now; try again in a minute."
        answer: Response = api.error(503, told)
    else:
        answer = frame.unable(request)
    answer.headers["Retry-After"] = str(TRY_AGAIN_S)
    return answer


def _healthz(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    try:
        queue = {"queue": desk.receipts.length()}
    except PASSING:
        return JSONResponse({"status": "the database does not answer"}, 503)
    if desk.receipts.closing.is_set():
        return JSONResponse({"status": "closing", **queue}, 503)
    problem = desk.files.problem
    return JSONResponse(
        {"status": "ok" if not problem else "a file of the course is wrong", **queue}
    )


def _style(request: Request) -> Response:
    return _file("text/css", "style.css", "desk/desk.css")


def _script(request: Request) -> Response:
    return _file("text/javascript", "desk/desk.js")


def _file(media_type: str, *names: str) -> Response:
    """Our own files, the same for everybody, so browsers may keep them for a while."""
    folder = files("grader.pages").joinpath("templates")
    text = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    return Response(text, media_type=media_type, headers={"Cache-Control": "max-age=300"})


# Every address that the desk has.
ROUTES: Sequence[Route] = (
    Route("/healthz", _healthz),
    Route("/style.css", _style),
    Route("/desk.js", _script),
    *watched.ROUTES,
    *news.ROUTES,
    *door.ROUTES,
    *openid.ROUTES,
    *students.ROUTES,
    *handing_in.ROUTES,
    *asking.ROUTES,
    *teachers.ROUTES,
    *answers.ROUTES,
    *regrades.ROUTES,
    *student.ROUTES,
    *report.ROUTES,
    *changes.ROUTES,
    *api.ROUTES,
)
