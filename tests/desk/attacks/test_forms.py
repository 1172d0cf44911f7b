"""Attacks by forms that no page of the session made: nothing is handed in or changed."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from grader.desk.tables import SESSIONS
from grader.desk.tokens import csrf_token
from tests.desk.attacks.school import FIELDS, MAY, VICTIM, School
from tests.kit.course import make_source
from tests.kit.desk import Browser
from tests.kit.marks import first_is_fast

FORMS = sorted(FIELDS)
WHO = {path: VICTIM if VICTIM in MAY["POST", path] else "ada" for path in FORMS}
HAND_IN = "/assignments/tiny/attempts"
TYPES = ("text/plain", "application/json", "multipart/form-data; boundary=x", "")


def post(school: School, pattern: str, fields: dict[str, str], **headers: str) -> int:
    """The status for a form that is right, but for what the attack changes."""
    browser, there = school.as_(WHO[pattern]), school.address(pattern)
    return browser.ask("POST", there, data=FIELDS[pattern] | fields, headers=headers).status_code


@pytest.mark.parametrize("pattern", FORMS)
def test_a_form_without_the_token_of_its_session_changes_nothing(
    school: School, pattern: str
) -> None:
    """No token, an empty one, one of zeros, the cookie itself, and one that is no ASCII."""
    cookie = school.as_(WHO[pattern]).cookies["desk"]
    assert post(school, pattern, {}) == 403
    for token in ("", "0" * 64, cookie, "é" * 64, "\0"):
        assert post(school, pattern, {"csrf": token}) == 403


@pytest.mark.parametrize("pattern", FORMS)
def test_a_form_with_the_token_of_another_session_changes_nothing(
    school: School, pattern: str
) -> None:
    """Tokens of a fellow student, of an assistant, and of nobody's session."""
    for token in (school.as_("farah").form()["csrf"], school.as_("tom").form()["csrf"]):
        assert post(school, pattern, {"csrf": token}) == 403
    assert post(school, pattern, {"csrf": csrf_token("")}) == 403


@pytest.mark.parametrize("pattern", FORMS)
def test_a_form_of_a_session_that_was_signed_out_changes_nothing(
    school: School, pattern: str
) -> None:
    """Cookie and token of a session after its owner has signed out, and in a new session."""
    browser = school.desk.browser()
    who = WHO[pattern]
    token = school.token(who)
    assert browser.get(f"/in/{token}").status_code == 303
    form, cookie = browser.form(), browser.cookies["desk"]
    assert browser.ask("POST", "/out", data=form).status_code == 303
    browser.cookies.set("desk", cookie)
    there = school.address(pattern)
    assert browser.ask("POST", there, data=FIELDS[pattern] | form).status_code == 401
    assert post(school, pattern, form) == 403


@pytest.mark.parametrize("pattern", FORMS)
def test_the_token_counts_in_the_body_only(school: School, pattern: str) -> None:
    """The right token in the query, in a header and in a cookie."""
    browser, there = school.as_(WHO[pattern]), school.address(pattern)
    token = browser.form()["csrf"]
    headers = {"X-CSRF-Token": token, "X-CSRFToken": token, "csrf": token}
    query = urlencode(FIELDS[pattern] | {"csrf": token})
    answer = browser.ask("POST", f"{there}?{query}", data=FIELDS[pattern], headers=headers)
    assert answer.status_code == 403
    assert browser.get(f"{there}?{query}").status_code in (200, 404, 405)


@pytest.mark.parametrize("pattern", FORMS)
@pytest.mark.parametrize("kind", first_is_fast(TYPES))
def test_a_body_of_another_kind_is_no_form(school: School, pattern: str, kind: str) -> None:
    """Kinds of bodies that scripts of other sites may send without asking first."""
    browser, there = school.as_(WHO[pattern]), school.address(pattern)
    body = urlencode(FIELDS[pattern] | browser.form()).encode()
    answer = browser.ask("POST", there, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 403


def test_a_page_of_another_site_signs_nobody_out(school: School) -> None:
    """The form for signing out, without its token and with another session's."""
    mira = school.as_(VICTIM)
    cookie = mira.cookies["desk"]
    for form in ({}, school.as_("farah").form()):
        mira.ask("POST", "/out", data=form)
        mira.cookies.set("desk", cookie)
        assert mira.get("/").status_code == 200


@pytest.mark.parametrize("where", ["file", "twice", "query"])
def test_a_notebook_with_its_token_elsewhere_is_not_handed_in(school: School, where: str) -> None:
    """The token as a file, twice with a wrong one last, and in the address."""
    mira = school.as_(VICTIM)
    token, data = mira.form()["csrf"], b"{}"
    parts = {
        "file": [("csrf", ("csrf", token.encode())), ("notebook", ("a", data))],
        "twice": [("csrf", (None, token)), ("csrf", (None, "0")), ("notebook", ("a", data))],
        "query": [("notebook", ("a", data))],
    }[where]
    there = HAND_IN + (f"?csrf={token}" if where == "query" else "")
    assert mira.ask("POST", there, files=parts).status_code in (400, 403)


def test_a_page_of_another_site_hands_nothing_in(school: School) -> None:
    """The form for notebooks with no token, another session's, and that of a teacher."""
    mira = school.as_(VICTIM)
    for token in (
        "",
        "0" * 64,
        school.as_("farah").form()["csrf"],
        school.as_("ada").form()["csrf"],
    ):
        assert mira.hand_in(make_source(), csrf=token).status_code == 403


def test_the_cookie_stays_at_home(school: School) -> None:
    """No form of another site and no script gets the cookie: SameSite, HttpOnly, no Domain."""
    answer = school.desk.browser().get(f"/in/{school.token('farah')}")
    parts = {
        part.strip().partition("=")[0].lower() for part in answer.headers["set-cookie"].split(";")
    }
    assert {"samesite", "httponly", "path"} <= parts and "domain" not in parts


def test_no_other_site_is_let_in_by_cors(school: School) -> None:
    """A script of another site asks, with and without a preflight: no header lets it read."""
    mira = school.as_(VICTIM)
    told = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS", "HEAD"):
        for path in ("/", HAND_IN, "/api/v1/assignments/tiny/attempts", "/healthz"):
            answer = mira.ask(method, path, headers=told)
            assert not [n for n in answer.headers if n.startswith("access-control-")]


def test_a_cookie_that_another_host_sets_signs_nobody_in(school: School) -> None:
    """Cookies of a fellow host of the domain: several, quoted, huge, and under the name for TLS."""
    for value in ("x", '"x"', "x" * 8000, "../../x", "a; desk=b", "\u00e9"):
        for name in ("desk", "__Host-desk", "Desk"):
            browser = Browser(school.desk.app)
            cookie = f"{name}={value}".encode()
            assert browser.ask("GET", "/", headers=[(b"cookie", cookie)]).status_code == 401


def test_forms_leave_no_sessions_behind(school: School) -> None:
    """Requests without a cookie make no sessions, so nobody fills the database with them."""

    def count() -> int:
        with school.desk.state.reading() as connection:
            return connection.scalar(select(func.count()).select_from(SESSIONS)) or 0

    before = count()
    for path in ("/", "/in/x", "/class", "/out"):
        for method in ("GET", "POST"):
            Browser(school.desk.app).ask(method, path)
    assert count() == before
