"""The two addresses that a browser visits when it signs in at the university.

No address and no header decides where it goes: to the provider, and then to the first page. The
provider sends it back to the address in course.yml.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.desk.desk import Desk
from grader.desk.door import let_in
from grader.desk.frame import (
    cookie_name,
    desk_of,
    is_secure,
    language,
    not_found,
    session_of,
    sign_in_page,
)
from grader.desk.identity import Identity, known_as, person_of
from grader.desk.openid.attempts import LASTS, attempt_of, begin, end
from grader.desk.openid.id_token import NotBelieved
from grader.desk.openid.provider import BACK, Provider, provider_of
from grader.desk.openid.wire import Down
from grader.desk.rates import address_of
from grader.desk.signing_in import sign_in_by_provider
from grader.desk.tokens import is_same
from grader.locale.translations import gettext

__all__ = ["ROUTES"]

# A provider may be slow, so those who wait for it have threads of their own: the pages' stay free.
WAITING = ThreadPoolExecutor(8, "openid")
MAX_CODE = 2048  # characters


async def _begin(request: Request) -> Response:
    return await _in_thread(request, _begun)


async def _back(request: Request) -> Response:
    return await _in_thread(request, _came_back)


async def _in_thread(
    request: Request, view: Callable[[Request, Desk, Provider], Response]
) -> Response:
    desk = desk_of(request)
    provider = provider_of(desk.files.now().course)
    if provider is None:
        return not_found(request)
    loop = asyncio.get_running_loop()
    called = copy_context().run  # with the id of the request
    return await loop.run_in_executor(WAITING, called, view, request, desk, provider)


def _begun(request: Request, desk: Desk, provider: Provider) -> Response:
    """Send a browser to the provider, with a cookie that binds the attempt to it."""
    desk.rates.begin(address_of(request))
    token = begin(desk.state)
    try:
        there = provider.address(attempt_of(token))
    except Down as down:
        return _is_down(request, desk, down)
    answer = RedirectResponse(there, 303)
    answer.set_cookie(
        _cookie(request),
        token,
        max_age=int(LASTS.total_seconds()),
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


def _came_back(request: Request, desk: Desk, provider: Provider) -> Response:
    address = address_of(request)
    desk.rates.may_sign_in(address)
    answer = _let_in(request, desk, provider)
    if answer.status_code != 303:
        desk.rates.failed.take(address)
    answer.delete_cookie(_cookie(request), secure=is_secure(request), httponly=True, samesite="lax")
    return answer


def _let_in(request: Request, desk: Desk, provider: Provider) -> Response:
    """Look at what the provider sent with the browser, and at who it says it is."""
    token = request.cookies.get(_cookie(request), "")
    attempt = attempt_of(token)
    if not (is_same(_one(request, "state"), attempt.state) and end(desk.state, token)):
        return _is_over(request)
    code = _one(request, "code")
    if not 0 < len(code) <= MAX_CODE:
        return _went_wrong(request, 401)
    try:
        issuer = _one(request, "iss") if "iss" in request.query_params else None
        who = provider.who(attempt, code, issuer)
    except Down as down:
        return _is_down(request, desk, down)
    except NotBelieved as problem:
        desk.warn(f"a sign-in at the university failed: {problem}")
        return _went_wrong(request, 401)
    person = person_of(desk.files.now(), who)
    if person is None:
        return _is_nobody(request, desk, provider, who)
    desk.rates.sign_in(person.id)
    return let_in(request, sign_in_by_provider(desk.state, who, session_of(request)))


def _one(request: Request, name: str) -> str:
    """A parameter of the address; "" if it is missing or there twice."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 else ""


def _cookie(request: Request) -> str:
    return f"{cookie_name(request)}-login"


def _is_over(request: Request) -> Response:
    with language(request):
        title = gettext("This sign-in is over")
        text = gettext(
            "It took too long, was used already, or began in another browser. Begin again."
        )
        return sign_in_page(request, 400, title, text)


def _went_wrong(request: Request, status: int) -> Response:
    with language(request):
        title = gettext("The sign-in at your university did not work")
        text = gettext("Begin again. If it happens again, tell your teacher.")
        return sign_in_page(request, status, title, text)


def _is_down(request: Request, desk: Desk, down: Down) -> Response:
    if down.is_news:
        desk.warn(f"the university's sign-in: {down}")
    with language(request) as course:
        texts = [gettext("Wait a few minutes, then begin again.")]
        if course.desk.personal_links:
            texts.append(gettext("If you have a personal link, it works meanwhile."))
        return sign_in_page(
            request, 503, gettext("Your university's sign-in does not answer"), *texts
        )


def _is_nobody(request: Request, desk: Desk, provider: Provider, who: Identity) -> Response:
    """Say that the roster does not have them; on the terminal, without a name."""
    column = provider.openid.column
    people = len(known_as(desk.files.now().roster, provider.openid, who.value))
    if people > 1:
        desk.warn(f"{people} people of the roster have one {column}; none gets in by it")
    else:
        desk.warn(f"somebody signed in at the university whose {column} the roster does not have")
    with language(request):
        title = gettext("You are not in this course")
        text = gettext(
            "You signed in at your university, but the course does not know this account. "
            "Ask your teacher, or sign out there and use another account."
        )
        return sign_in_page(request, 403, title, text, farewell=provider.farewell())


ROUTES = [Route("/openid", _begin), Route(BACK, _back)]
