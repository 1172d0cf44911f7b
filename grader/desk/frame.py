"""What all pages of the desk share: their frame, the session's cookie, the language, problems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.course.settings import Course
from grader.desk.desk import Desk
from grader.desk.tokens import csrf_token
from grader.locale.translations import gettext, in_language
from grader.pages.rendering import render

__all__ = [
    "broken",
    "cookie_name",
    "desk_of",
    "is_secure",
    "language",
    "not_found",
    "page",
    "problem",
    "see_other",
    "session_of",
    "sign_in_page",
    "stranger",
    "too_long",
    "too_often",
    "too_old",
    "unable",
]


def desk_of(request: Request) -> Desk:
    """The desk that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk, in the language that is set.

    Args:
        request: what it answers.
        template: its file in `grader/pages/templates/`.
        status: of the answer.
        values: for the template; `person` is who is signed in.
    """
    html = render(
        template,
        course=desk_of(request).files.now().course,
        csrf=csrf_token(session_of(request)),
        moment=_moment,
        **{"person": None, **values},
    )
    return HTMLResponse(html, status)


def problem(request: Request, status: int, title: str, text: str) -> Response:
    """A page that says in plain words what is wrong."""
    return page(request, "desk/problem.html", status, title=title, text=text)


def not_found(request: Request) -> Response:
    """The page for what is not there, and for what is not for who is signed in."""
    with language(request):
        title = gettext("There is no such page")
        return problem(request, 404, title, gettext("Perhaps the address is not complete."))


def broken(request: Request) -> Response:
    """The page for an error of ours."""
    with language(request):
        text = gettext("Nothing that you handed in is lost. Try again later, or tell your teacher.")
        return problem(request, 500, gettext("Something went wrong on our side"), text)


def unable(request: Request) -> Response:
    """The page for a moment in which the desk can neither read nor save."""
    with language(request):
        text = gettext("What was saved before is not lost. Try again in a minute.")
        return problem(request, 503, gettext("The desk cannot save anything just now"), text)


def stranger(request: Request) -> Response:
    """The page for who is not signed in."""
    with language(request) as course:
        text = gettext("Open your personal link again, the one that your teacher sent you.")
        if course.desk.openid:
            text = gettext("Use your university account, or a personal link of your teacher's.")
        texts = [text] if course.desk.personal_links else []
        return sign_in_page(request, 401, gettext("You are not signed in"), *texts)


def sign_in_page(
    request: Request, status: int, title: str, *texts: str, farewell: str = ""
) -> Response:
    """A page for who is not signed in, with the ways to sign in that the course has.

    Args:
        request: what it answers.
        status: of the answer.
        title: its heading.
        texts: a paragraph each.
        farewell: where to sign out at the provider; "" for nowhere.
    """
    return page(request, "desk/sign_in.html", status, title=title, texts=texts, farewell=farewell)


def too_often(request: Request, wait_s: int) -> Response:
    """The page for who tries too often."""
    with language(request):
        text = gettext("Wait {seconds} seconds, then try again.", seconds=wait_s)
        return problem(request, 429, gettext("Too many tries in a short time"), text)


def too_old(request: Request) -> Response:
    """The page for a form that did not come from a page of this session."""
    with language(request):
        text = gettext("Nothing was changed. Go back, load the page anew, and try again.")
        return problem(request, 403, gettext("The page was too old"), text)


def too_long(request: Request) -> Response:
    """The page for a form with more text than any field may have."""
    with language(request):
        text = gettext("Nothing was saved. Go back, shorten what you wrote, and send it again.")
        return problem(request, 413, gettext("The text is too long"), text)


def see_other(address: str) -> Response:
    """The answer to a form: another page, so that loading it anew sends nothing again."""
    return RedirectResponse(address, 303)


def session_of(request: Request) -> str:
    """The token of the browser's session; "" if it has none."""
    return request.cookies.get(cookie_name(request), "")


def cookie_name(request: Request) -> str:
    """Behind TLS, a name that no other host of the domain can set."""
    return "__Host-desk" if is_secure(request) else "desk"


def is_secure(request: Request) -> bool:
    """Whether the browser speaks TLS with us or with a proxy in front of us."""
    address = desk_of(request).files.now().course.desk.address
    return address.startswith("https://") or request.url.scheme == "https"


@contextmanager
def language(request: Request) -> Iterator[Course]:
    """The language of the course while a page is made."""
    course = desk_of(request).files.now().course
    with in_language(course.language):
        yield course


def _moment(time: datetime, zone: tzinfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
