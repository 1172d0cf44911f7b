"""The whole way through a real provider, and what happens when one does not do its part."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from joserfc.jwk import RSAKey

from grader.course.settings import Course
from grader.desk.openid import provider as module
from grader.desk.openid import wire
from grader.desk.openid.provider import check_openid, check_provider, provider_of
from grader.errors import UsageError
from tests.kit.desk import Browser, TestDesk, set_course
from tests.kit.openid import (
    OURS,
    ROSTER,
    SECRET,
    Told,
    come_back,
    real_provider,
    sign_in_there,
    with_provider,
)
from tests.kit.processes import NOWHERE, grader_here

PEOPLE = {
    "mira": {"email": "Mira@example.edu", "email_verified": True, "preferred_username": "M1"},
    "farah": {"email": "farah@example.edu", "email_verified": False, "preferred_username": "f1"},
    "zoe": {"email": "zoe@example.edu", "email_verified": True, "preferred_username": "z1"},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider(PEOPLE) as address:
        yield address


@pytest.fixture
def real(issuer: str, desk: TestDesk, monkeypatch: pytest.MonkeyPatch) -> TestDesk:
    """A desk whose course names a real provider."""
    monkeypatch.setenv(SECRET, OURS)
    desk.course.roster_path.write_text(ROSTER, encoding="utf-8")
    with_provider(desk.course, issuer)
    return desk


@pytest.fixture
def desk(kept_desk: TestDesk) -> TestDesk:
    """A desk as new."""
    kept_desk.reset()
    return kept_desk


def back(browser: Browser, name: str) -> httpx.Response:
    """Sign in at the real provider, and come back."""
    begun = browser.get("/openid")
    assert begun.status_code == 303, begun.text
    address = sign_in_there(begun.headers["location"], name)
    return browser.get(address.removeprefix("http://127.0.0.1:8000"))


@pytest.mark.parametrize("client", ["rsa", "elliptic"])
def test_a_real_provider_signs_a_student_in(real: TestDesk, issuer: str, client: str) -> None:
    set_course(real.course, "client_id: rsa", f"client_id: {client}")
    browser = real.browser()
    answer = back(browser, "mira")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = browser.get("/")
    assert page.status_code == 200 and "Mira Lange" in page.text
    assert browser.hand_in(b"{}").status_code == 303
    csrf = page.text.partition('name="csrf" value="')[2][:64]
    left = browser.ask("POST", "/out", data={"csrf": csrf})
    assert f"{issuer}/session/end?client_id={client}" in browser.get(left.headers["location"]).text
    assert browser.get("/").status_code == 401


@pytest.mark.parametrize(
    ("rule", "name", "status"),
    [
        ("claim: sub, column: id", "mira", 303),
        ("claim: sub, column: id", "zoe", 403),
        ("claim: preferred_username, column: sis_login", "mira", 303),
        ("claim: preferred_username, column: sis_login", "farah", 303),
        ("claim: email, column: email", "farah", 401),
        ("claim: email, column: email", "zoe", 403),
        ("claim: upn, column: sis_login", "mira", 401),
    ],
)
def test_the_course_says_which_claim_is_which_column(
    real: TestDesk, issuer: str, rule: str, name: str, status: int
) -> None:
    with_provider(real.course, issuer, f", {rule}")
    browser = real.browser()
    assert back(browser, name).status_code == status
    assert browser.get("/").status_code == (200 if status == 303 else 401)
    assert not any(word in "".join(real.warnings).casefold() for word in ("zoe", "farah", "mira"))
    assert (real.warnings == []) == (status == 303)


def test_who_is_not_in_the_roster_is_told_so_and_may_try_another_account(
    real: TestDesk, issuer: str
) -> None:
    page = back(real.browser(), "zoe").text
    assert "You are not in this course" in page and 'href="/openid"' in page
    assert f'href="{issuer}/session/end?client_id=rsa"' in page
    (warning,) = real.warnings
    assert warning == "somebody signed in at the university whose email the roster does not have"


def test_who_leaves_the_roster_or_gets_another_address_there_is_out(
    provider: Told, desk: TestDesk
) -> None:
    browser = desk.browser()
    assert come_back(browser, provider).status_code == 303
    roster = desk.course.roster_path
    roster.write_text(ROSTER.replace("mira@example.edu", "m@example.edu"), encoding="utf-8")
    assert browser.get("/").status_code == 401
    roster.write_text(ROSTER, encoding="utf-8")
    assert browser.get("/").status_code == 200
    set_course(desk.course, "issuer:", "claim: sub, column: sis_login, issuer:")
    assert browser.get("/").status_code == 401


def test_teachers_sign_in_too(provider: Told, desk: TestDesk) -> None:
    provider.claims["email"] = "ada@example.edu"
    browser = desk.browser()
    assert come_back(browser, provider).status_code == 303
    assert browser.get("/").status_code != 401


def test_personal_links_work_beside_it_unless_they_are_switched_off(
    provider: Told, desk: TestDesk
) -> None:
    token, browser = desk.token("mira"), desk.browser()
    assert browser.get(f"/in/{token}").status_code == 303
    bearer = {"Authorization": f"Bearer {token}"}
    attempt = "/api/v1/assignments/tiny/attempts/1"
    assert desk.browser().get(attempt, **bearer).status_code == 404
    set_course(desk.course, "desk: {", "desk: {personal_links: false, ")
    assert browser.get("/").status_code == 401
    assert "personal link" not in browser.get("/").text
    assert desk.browser().get(f"/in/{token}").status_code == 401
    assert desk.browser().get(attempt, **bearer).status_code == 401


def test_without_a_provider_there_is_no_such_page_and_no_button(desk: TestDesk) -> None:
    browser = desk.browser()
    assert browser.get("/openid").status_code == browser.get("/openid/back").status_code == 404
    assert "university" not in browser.get("/").text


def test_a_provider_is_asked_once_about_itself_and_its_keys(provider: Told, desk: TestDesk) -> None:
    for _ in range(3):
        assert come_back(desk.browser(), provider).status_code == 303
    assert provider.calls.count("/.well-known/openid-configuration") <= 1
    assert provider.calls.count("/keys") <= 1 and provider.calls.count("/token") == 3


def test_new_keys_of_a_provider_are_fetched_when_one_signs(provider: Told, desk: TestDesk) -> None:
    assert come_back(desk.browser(), provider).status_code == 303
    provider.signs = RSAKey.generate_key(2048, {"kid": "second"})
    provider.keys = [provider.signs.as_dict(private=False)]
    provider.header["kid"] = "second"
    assert come_back(desk.browser(), provider).status_code == 303
    provider.keys = [provider.key.as_dict(private=False)]
    provider.signs, provider.header = provider.key, {"alg": "RS256"}  # without a kid
    assert come_back(desk.browser(), provider).status_code == 303


WRONG = [
    (503, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"[" * 100_000),
    (200, b'{"issuer": "https://other.example.edu"}'),
    (302, b"/keys"),
]


@pytest.mark.parametrize("answer", WRONG, ids=range(len(WRONG)))
def test_a_provider_that_says_nothing_useful_of_itself_leads_to_one_clear_page(
    provider: Told, desk: TestDesk, answer: tuple[int, bytes]
) -> None:
    provider.answers["/.well-known/openid-configuration"] = answer
    page = desk.browser().get("/openid")
    assert page.status_code == 503 and "sign-in does not answer" in page.text
    assert "personal link" in page.text
    (warning,) = desk.warnings
    assert provider.issuer.removeprefix("http://") in warning and "\n" not in warning


def test_a_provider_that_does_not_answer_is_left_alone_for_a_while(
    provider: Told, desk: TestDesk
) -> None:
    provider.answers["/.well-known/openid-configuration"] = (503, b"")
    pages = [desk.browser().get("/openid").status_code for _ in range(3)]
    assert pages == [503] * 3 and len(provider.calls) == len(desk.warnings) == 1


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("issuer", "https://other.example.edu", "another issuer"),
        ("more", "x" * wire.MAX_BYTES, "too large"),
        ("token_endpoint_auth_methods_supported", ["private_key_jwt"], "no client's secret"),
        ("id_token_signing_alg_values_supported", None, "is not right"),
    ],
)
def test_what_a_provider_says_of_itself_must_fit(
    provider: Told, desk: TestDesk, key: str, value: object, problem: str
) -> None:
    provider.about[key] = value
    assert desk.browser().get("/openid").status_code == 503
    assert problem in desk.warnings[0]


@pytest.mark.parametrize("where", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url", ["http://login.example.edu/x", "javascript:alert(1)", "https://[", ""]
)
def test_a_provider_never_sends_us_where_others_listen(
    provider: Told, desk: TestDesk, where: str, url: str
) -> None:
    provider.about[where] = url
    assert desk.browser().get("/openid").status_code == 503
    assert "not safe" in desk.warnings[0]


@pytest.mark.parametrize("answer", [(500, b""), (200, b"<html>"), (302, b"/other")])
def test_a_provider_that_fails_at_the_code_signs_nobody_in(
    provider: Told, desk: TestDesk, answer: tuple[int, bytes]
) -> None:
    provider.answers["/token"] = answer
    browser = desk.browser()
    assert come_back(browser, provider).status_code == 503
    assert browser.get("/").status_code == 401 and "/other" not in provider.calls


def test_a_slow_provider_is_not_waited_for(
    provider: Told, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert come_back(desk.browser(), provider).status_code == 303
    monkeypatch.setattr(wire, "WHOLE_S", -1)
    assert come_back(desk.browser(), provider).status_code == 503
    assert "in time" in desk.warnings[0]


def test_a_wrong_secret_is_told_on_the_terminal_and_nowhere_else(
    provider: Told, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "a wrong one")
    page = come_back(desk.browser(), provider)
    assert page.status_code == 401 and SECRET not in page.text
    assert desk.warnings[0].endswith(f"invalid_client; check client_id and {SECRET}")
    monkeypatch.delenv(SECRET)
    assert desk.browser().get("/openid").status_code == 503
    with pytest.raises(UsageError, match=f"put it into {SECRET}"):
        check_openid(Course.load(desk.course.root))


@pytest.mark.slow
def test_without_a_secret_the_desk_does_not_open(
    provider: Told, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET)
    refused = grader_here(desk.course.root, *NOWHERE)
    assert refused.returncode == 2 and SECRET in refused.stderr and refused.stderr.count("\n") == 1


def test_a_provider_that_is_not_there_is_told_when_the_desk_opens(
    provider: Told, desk: TestDesk
) -> None:
    check_provider(Course.load(desk.course.root), desk.warnings.append)
    assert desk.warnings == []
    with socket.create_server(("127.0.0.1", 0)) as unused:
        with_provider(desk.course, f"http://127.0.0.1:{unused.getsockname()[1]}")
    check_provider(Course.load(desk.course.root), desk.warnings.append)
    (warning,) = desk.warnings
    assert "the university's sign-in: 127.0.0.1" in warning and "cannot be reached" in warning


def test_what_a_provider_said_of_itself_is_asked_again_after_an_hour(
    provider: Told, desk: TestDesk
) -> None:
    openid = Course.load(desk.course.root).desk.openid
    assert openid is not None
    now = [0.0]
    asked = module.Provider(openid, "http://127.0.0.1/back", lambda: OURS, lambda: now[0])
    attempt = module.Attempt("state", "nonce", "v" * 64)
    for at, calls in ((0, 1), (3599, 1), (3600, 2), (3700, 2)):
        now[0] = at
        asked.address(attempt)
        assert provider.calls.count("/.well-known/openid-configuration") == calls


def test_one_provider_serves_a_course_as_long_as_its_settings_stay(
    provider: Told, desk: TestDesk
) -> None:
    first = provider_of(Course.load(desk.course.root))
    assert first is not None and provider_of(Course.load(desk.course.root)) is first
    set_course(desk.course, "client_id: rsa", "client_id: other")
    assert provider_of(Course.load(desk.course.root)) is not first
