"""Coming in and going out: a personal link is swapped for a cookie, signing out ends it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.desk.frame import (
    cookie_name,
    desk_of,
    is_secure,
    language,
    session_of,
    sign_in_page,
)
from grader.desk.openid.provider import provider_of
from grader.desk.rates import address_of
from grader.desk.receiving import Refused, fields_of
from grader.desk.signing_in import Session, sign_in_by_link, sign_out
from grader.desk.tokens import is_csrf_token
from grader.locale.translations import gettext

__all__ = ["ROUTES", "let_in"]


def let_in(request: Request, session: Session) -> Response:
    """Send a browser on to the pages, with the cookie of its new session.

    Where it goes is always the same, whatever its address or its headers say.
    """
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        cookie_name(request),
        session.token,
        max_age=int(session.lasts.total_seconds()),
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


def _enter(request: Request) -> Response:
    """Swap the token in the address for a cookie at once."""
    desk, token = desk_of(request), request.path_params["token"]
    address = address_of(request)
    desk.rates.may_sign_in(address)
    person = desk.by_link(token)
    if person is not None:
        desk.rates.sign_in(person.id)
        if session := sign_in_by_link(desk.state, token, session_of(request)):
            return let_in(request, session)
    desk.rates.failed.take(address)
    with language(request):
        text = gettext("It may have ended, or a newer one replaced it. Ask for a new link.")
        return sign_in_page(request, 401, gettext("This link does not work"), text)


async def _leave(request: Request) -> Response:
    desk = desk_of(request)
    try:
        given = (await fields_of(request)).get("csrf", "")
    except Refused:
        given = ""
    if is_csrf_token(given, session_of(request)):
        await run_in_threadpool(sign_out, desk.state, session_of(request))
    answer = RedirectResponse("/out" if desk.files.now().course.desk.openid else "/", 303)
    answer.delete_cookie(
        cookie_name(request), secure=is_secure(request), httponly=True, samesite="lax"
    )
    return answer


def _left(request: Request) -> Response:
    """Say where else to sign out: the provider may still know who sits there."""
    provider = provider_of(desk_of(request).files.now().course)
    with language(request):
        title = gettext("You are signed out")
        text = gettext("If others use this computer, sign out at your university, too.")
        return sign_in_page(
            request, 200, title, text, farewell=provider.farewell() if provider else ""
        )


ROUTES = [
    Route("/in/{token}", _enter),
    Route("/out", _leave, methods=["POST"]),
    Route("/out", _left, methods=["GET"]),
]
