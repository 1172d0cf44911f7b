"""Coming in and going out: a personal link is swapped for a cookie, signing out ends it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.desk.frame import cookie_name, desk_of, is_secure, language, problem, session_of
from grader.desk.receiving import Refused, fields_of
from grader.desk.signing_in import LASTS, sign_in, sign_out
from grader.desk.tokens import is_csrf_token
from grader.locale.translations import gettext

__all__ = ["ROUTES"]


def _enter(request: Request) -> Response:
    """Swap the token in the address for a cookie at once."""
    desk = desk_of(request)
    token = request.path_params["token"]
    new = sign_in(desk.state, token, session_of(request)) if desk.by_link(token) else None
    if new is None:
        with language(request):
            text = gettext("It may have ended, or a newer one replaced it. Ask for a new link.")
            return problem(request, 401, gettext("This link does not work"), text)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        cookie_name(request),
        new,
        max_age=int(LASTS.total_seconds()),
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


async def _leave(request: Request) -> Response:
    desk = desk_of(request)
    try:
        given = (await fields_of(request)).get("csrf", "")
    except Refused:
        given = ""
    if is_csrf_token(given, session_of(request)):
        await run_in_threadpool(sign_out, desk.state, session_of(request))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(
        cookie_name(request), secure=is_secure(request), httponly=True, samesite="lax"
    )
    return answer


ROUTES = [Route("/in/{token}", _enter), Route("/out", _leave, methods=["POST"])]
