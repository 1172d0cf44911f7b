"""Attacks on signing in: whoever tries them is not signed in, and nobody else is harmed."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from grader.desk.rates import Bucket, Rates
from grader.desk.server import config_of
from grader.desk.tables import LINKS, LOGINS
from tests.kit.desk import Browser, TestDesk, set_course
from tests.kit.marks import first_is_fast
from tests.kit.openid import OURS, Told, come_back

HOUR = timedelta(hours=1)
NOW = int(time.time())
DAY_S = 86400


@pytest.fixture
def desk(kept_desk: TestDesk) -> TestDesk:
    """A desk as new."""
    kept_desk.reset()
    return kept_desk


def refused(browser: Browser, provider: Told, status: int = 401, **changed: str) -> httpx.Response:
    """Come back from the provider, and see that nobody is signed in."""
    answer = come_back(browser, provider, **changed)
    assert answer.status_code == status
    assert "desk" not in browser.cookies and browser.get("/").status_code == 401
    return answer


def test_the_honest_way_works(provider: Told, desk: TestDesk) -> None:
    """No attack: what all of the following change a little."""
    browser = desk.browser()
    assert come_back(browser, provider).status_code == 303
    assert "Mira" in browser.get("/").text


CLAIMS: dict[str, dict[str, Any]] = {
    "wrong audience": {"aud": "another"},
    "audience of two": {"aud": ["rsa", "another"]},
    "audience of two, for us": {"aud": ["rsa", "another"], "azp": "rsa"},
    "no audience": {"aud": None},
    "authorized party of another": {"azp": "another"},
    "wrong issuer": {"iss": "https://login.example.edu"},
    "issuer with a slash": {"iss": "ISSUER/"},
    "issuer in a list": {"iss": ["ISSUER"]},
    "no issuer": {"iss": None},
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "expired": {"exp": NOW - 120, "iat": NOW - 420},
    "never expires": {"exp": None},
    "expires as text": {"exp": str(NOW + 300)},
    "not yet valid": {"nbf": NOW + DAY_S},
    "made in the future": {"iat": NOW + DAY_S, "exp": NOW + 2 * DAY_S},
    "no time of making": {"iat": None},
    "nobody": {"sub": None},
    "empty subject": {"sub": ""},
    "subject in a list": {"sub": ["m1"]},
    "other access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "unverified email": {"email_verified": False},
    "email verified in words": {"email_verified": "true"},
    "email verified by a number": {"email_verified": 1},
    "two emails": {"email": ["mira@example.edu", "zoe@example.edu"]},
    "email of no text": {"email": {"mira@example.edu": True}},
    "huge email": {"email": "mira@example.edu" + " " * 300},
}


@pytest.mark.parametrize("changed", first_is_fast(CLAIMS.values()), ids=CLAIMS)
def test_a_token_that_says_something_else_signs_nobody_in(
    provider: Told, desk: TestDesk, changed: dict[str, Any]
) -> None:
    """Tokens with a wrong issuer, audience, nonce, time, subject or e-mail, rightly signed."""
    text = json.dumps(changed).replace("ISSUER", provider.issuer)
    provider.claims.update(json.loads(text))
    refused(desk.browser(), provider)
    assert len(desk.warnings) == 1 and "mira" not in desk.warnings[0]


PEOPLE = {
    "somebody else": "zoe@example.edu",
    "full-width letters": "ｍira@example.edu",
    "a ligature": "ﬁ@example.edu",
    "the Kelvin sign": "Kate@example.edu".replace("K", "\u212a"),
    "a dotless i": "m\u0131ra@example.edu",
    "a blank before": " mira@example.edu",
    "a second address": "mira@example.edu,zoe@example.edu",
}


@pytest.mark.parametrize("email", PEOPLE.values(), ids=PEOPLE)
def test_an_address_that_only_looks_like_one_of_the_roster_is_nobody(
    provider: Told, desk: TestDesk, email: str
) -> None:
    """Verified e-mail addresses that fold to, or contain, an address of the roster."""
    roster = desk.course.roster_path
    more = "kate,Kate,Low,kate@example.edu,k1,\nfi,Fi,Low,fi@example.edu,i1,\n"
    roster.write_text(roster.read_text(encoding="utf-8") + more, encoding="utf-8")
    provider.claims["email"] = email
    refused(desk.browser(), provider, 403)


def test_a_subject_in_other_letters_is_somebody_else(provider: Told, desk: TestDesk) -> None:
    """Subjects are told apart by small and capital letters, so M1 is not m1."""
    set_course(desk.course, "issuer:", "claim: sub, column: sis_login, issuer:")
    provider.claims["sub"] = "M1"
    refused(desk.browser(), provider, 403)


def test_a_former_id_that_the_university_gave_to_another_is_nobody(
    provider: Told, desk: TestDesk
) -> None:
    """A name that a student had before a renaming signs nobody in."""
    (desk.course.root / "renamed.csv").write_text("old,new\nm1,mira\n", encoding="utf-8")
    set_course(desk.course, "issuer:", "claim: sub, column: id, issuer:")
    refused(desk.browser(), provider, 403)


def public_pem(key: RSAKey) -> bytes:
    return key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def segment(data: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


SECRETS = {"the public key as PEM": "pem", "the desk's own secret": "ours", "nothing": "empty"}


@pytest.mark.parametrize("kind", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("is_named", [False, True], ids=["not named", "named by the provider"])
def test_a_token_signed_with_a_shared_secret_is_refused(
    provider: Told, desk: TestDesk, kind: str, is_named: bool
) -> None:
    """HS256 with the public key as its secret, or with the desk's; also where it is offered."""
    begun = desk.browser()
    data = {"pem": public_pem(provider.key), "ours": OURS.encode(), "empty": b"\0" * 32}[kind]
    provider.signs = OctKey.import_key(base64.urlsafe_b64encode(data).decode().rstrip("="))  # type: ignore[assignment]
    provider.header = {"alg": "HS256", "kid": "first"}
    if is_named:
        provider.about["id_token_signing_alg_values_supported"] = ["HS256", "RS256"]
        provider.keys.append({**provider.signs.as_dict(private=True), "kid": "first"})
    assert come_back(begun, provider).status_code == 401
    assert begun.get("/").status_code == 401


@pytest.mark.parametrize("signature", ["", "AAAA"])
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, 7, ["RS256"]])
def test_a_token_without_a_signature_is_refused(
    provider: Told, desk: TestDesk, algorithm: Any, signature: str
) -> None:
    """Algorithm none, in several spellings, with and without something in its place."""
    browser = desk.browser()
    begun = browser.get("/openid")
    params = provider.code_for(begun.headers["location"])
    nonce = httpx.URL(begun.headers["location"]).params["nonce"]
    honest = provider.id_token(nonce).split(".")[1]
    provider.token = f"{segment({'alg': algorithm, 'kid': 'first'})}.{honest}.{signature}"
    assert browser.ask("GET", "/openid/back", params=params).status_code == 401
    assert browser.get("/").status_code == 401


NONSENSE = {
    "empty": "",
    "dots": "..",
    "five parts, as encrypted ones have": "a.b.c.d.e",
    "letters of others": "é.é.é",
    "a deep header": base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.AAAA",
    "a huge header": segment({"alg": "RS256", "x": "y" * 20_000}) + ".e30.AAAA",
    "an unknown critical part": segment({"alg": "RS256", "crit": ["b64"], "b64": False}) + ".e.A",
}


@pytest.mark.parametrize("token", NONSENSE.values(), ids=NONSENSE)
def test_a_token_that_is_none_is_refused(provider: Told, desk: TestDesk, token: str) -> None:
    """Texts that are no signed token, or break those who read them."""
    provider.token = token
    refused(desk.browser(), provider)


def test_a_token_that_brings_its_own_key_is_refused(provider: Told, desk: TestDesk) -> None:
    """A key in the token's header, under the name of the provider's, and an address of keys."""
    own = RSAKey.generate_key(2048, {"kid": "first"})
    provider.signs = own
    provider.header |= {"jwk": own.as_dict(private=False), "jku": f"{provider.issuer}/own"}
    refused(desk.browser(), provider)
    assert "/own" not in provider.calls


def test_a_token_signed_with_a_weak_key_is_refused(provider: Told, desk: TestDesk) -> None:
    """A provider's key of 1,024 bits, which others could find."""
    with pytest.warns(match="2048"):
        weak = RSAKey.generate_key(1024, {"kid": "weak"})
    provider.signs, provider.keys = weak, [weak.as_dict(private=False)]
    provider.header["kid"] = "weak"
    with pytest.warns(match="2048"):
        refused(desk.browser(), provider)


def test_a_token_of_an_earlier_sign_in_is_refused(provider: Told, desk: TestDesk) -> None:
    """A replayed token: right in all but the nonce of this attempt."""
    first = desk.browser()
    begun = first.get("/openid")
    nonce = httpx.URL(begun.headers["location"]).params["nonce"]
    provider.token = provider.id_token(nonce)
    refused(desk.browser(), provider)


def test_what_another_person_is_called_does_not_count(provider: Told, desk: TestDesk) -> None:
    """Details that the provider gives for another subject than that of the token."""
    provider.claims = {"sub": "f1"}
    provider.person = {"email": "mira@example.edu", "email_verified": True}
    refused(desk.browser(), provider)
    assert "/person" in provider.calls


def test_an_address_without_its_check_is_not_mixed_from_two_sources(
    provider: Told, desk: TestDesk
) -> None:
    """The e-mail from the token, and from elsewhere that another one is verified."""
    provider.claims = {"email": "mira@example.edu"}
    provider.person = {"email": "zoe@example.edu", "email_verified": True}
    refused(desk.browser(), provider, 403)


def test_the_address_of_another_browser_signs_nobody_in(provider: Told, desk: TestDesk) -> None:
    """A state that another browser began with, so that a victim is signed in as the attacker."""
    attacker, victim = desk.browser(), desk.browser()
    params = provider.code_for(attacker.get("/openid").headers["location"])
    for begins_too in (False, True):
        if begins_too:
            victim.get("/openid")
        assert victim.ask("GET", "/openid/back", params=params).status_code == 400
        assert victim.get("/").status_code == 401
    assert "/token" not in provider.calls


def test_the_address_that_a_browser_came_back_to_works_once(provider: Told, desk: TestDesk) -> None:
    """The same code and state twice, and by a thief who has all cookies of the browser, too."""
    browser, thief = desk.browser(), desk.browser()
    params = provider.code_for(browser.get("/openid").headers["location"])
    thief.cookies.update(browser.cookies)
    assert browser.ask("GET", "/openid/back", params=params).status_code == 303
    for again in (browser, thief):
        assert again.ask("GET", "/openid/back", params=params).status_code == 400
    assert provider.calls.count("/token") == 1 and thief.get("/").status_code == 401


def test_a_code_that_was_used_elsewhere_is_refused(provider: Told, desk: TestDesk) -> None:
    """A code that the provider has swapped before, with a state of this browser's own."""
    first, second = desk.browser(), desk.browser()
    params = provider.code_for(first.get("/openid").headers["location"])
    assert first.ask("GET", "/openid/back", params=params).status_code == 303
    refused(second, provider, code=params["code"])


def test_an_intercepted_code_is_useless_without_the_browser_that_asked(
    provider: Told, desk: TestDesk
) -> None:
    """A code that was meant for another browser: its verifier does not fit."""
    victim, thief = desk.browser(), desk.browser()
    stolen = provider.code_for(victim.get("/openid").headers["location"])["code"]
    refused(thief, provider, code=stolen)


def test_an_attempt_ends_after_ten_minutes(provider: Told, desk: TestDesk) -> None:
    """An address that was kept for later."""
    browser = desk.browser()
    params = provider.code_for(browser.get("/openid").headers["location"])
    with desk.state.writing() as connection:
        connection.execute(LOGINS.update().values(until=datetime.now(UTC) - HOUR))
    assert browser.ask("GET", "/openid/back", params=params).status_code == 400
    assert browser.get("/").status_code == 401


STATES = ["", "state=", "state=STATE&state=STATE", "state=STATE2", "state=%00", "state=%ff", "x=1"]


@pytest.mark.parametrize("query", STATES)
def test_a_state_that_is_missing_doubled_or_broken_is_refused(
    provider: Told, desk: TestDesk, query: str
) -> None:
    """Addresses to come back to with no state, or with more than one."""
    browser = desk.browser()
    params = provider.code_for(browser.get("/openid").headers["location"])
    query = query.replace("STATE", params["state"])
    assert browser.get(f"/openid/back?code={params['code']}&{query}").status_code == 400
    assert browser.get("/").status_code == 401 and "/token" not in provider.calls


@pytest.mark.parametrize("issuer", ["https://evil.example.com", "", "ISSUER/"])
def test_an_answer_of_another_provider_is_refused(
    provider: Told, desk: TestDesk, issuer: str
) -> None:
    """A mix-up: the address names another issuer, or none though this one always names itself."""
    refused(desk.browser(), provider, iss=issuer.replace("ISSUER", provider.issuer))
    assert "/token" not in provider.calls
    provider.about["authorization_response_iss_parameter_supported"] = True
    set_course(desk.course, "scopes: [openid", "scopes: [openid, named")
    refused(desk.browser(), provider)
    assert come_back(desk.browser(), provider, iss=provider.issuer).status_code == 303


def test_a_session_that_was_there_before_is_not_signed_in(provider: Told, desk: TestDesk) -> None:
    """Session fixation: the attacker's own session, or a made-up one, in the victim's browser."""
    attacker = desk.browser("farah")
    for planted in (attacker.cookies["desk"], "A" * 22):
        victim = desk.browser()
        victim.cookies.set("desk", planted, domain="127.0.0.1", path="/")
        come_back(victim, provider)
        assert victim.cookies["desk"] != planted and "Mira" in victim.get("/").text
        thief = desk.browser()
        thief.cookies.set("desk", planted)
        assert thief.get("/").status_code == 401


@pytest.mark.parametrize("next_page", ["https://evil.example.com", "//evil.example.com", "/\\evil"])
def test_no_address_of_ours_leads_to_another_host(
    provider: Told, desk: TestDesk, next_page: str
) -> None:
    """Open redirects by every parameter that others call so, before and after the provider."""
    names = ("next", "return_to", "redirect", "redirect_uri", "url", "target_link_uri", "issuer")
    params = dict.fromkeys(names, next_page)
    browser = desk.browser()
    there = browser.ask("GET", "/openid", params=params).headers["location"]
    assert there.startswith(f"{provider.issuer}/auth?") and "evil" not in there
    back = {**params, **provider.code_for(there)}
    assert browser.ask("GET", "/openid/back", params=back).headers["location"] == "/"
    link = f"/in/{desk.token('farah')}"
    assert desk.browser().ask("GET", link, params=params).headers["location"] == "/"


HEADERS = {
    "Host": "evil.example.com",
    "X-Forwarded-Host": "evil.example.com",
    "Forwarded": "host=evil.example.com;proto=https",
    "X-Original-URL": "https://evil.example.com/",
    "Referer": "https://evil.example.com/",
    "Origin": "https://evil.example.com",
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_decides_where_a_browser_goes(provider: Told, desk: TestDesk, name: str) -> None:
    """The host of another site in each header that says where a request came to, or from."""
    browser, header = desk.browser(), {name: HEADERS[name]}
    begun = browser.get("/openid", **header)
    assert "evil" not in str(begun.headers)
    params = provider.code_for(begun.headers["location"])  # it sends back to us alone
    browser.cookies = httpx.Cookies({"desk-login": begun.cookies["desk-login"]})
    answer = browser.ask("GET", "/openid/back", params=params, headers=header)
    assert answer.headers["location"] == "/" and "evil" not in str(answer.headers)


@pytest.mark.parametrize("text", ["%0d%0aSet-Cookie:%20desk=evil", "%0aLocation:%20//evil", "%00"])
def test_no_parameter_becomes_a_header_or_a_line_of_the_log(
    provider: Told, desk: TestDesk, text: str
) -> None:
    """Header and log injection by code, state, error and token."""
    for address in (
        f"/openid?next={text}",
        f"/openid/back?code={text}&state={text}&error={text}&error_description={text}&iss={text}",
        f"/in/{text}",
    ):
        answer = desk.browser().get(address)
        assert "evil" not in str(answer.headers) and "evil" not in answer.text
    assert all("\n" not in line and "evil" not in line for line in desk.warnings)
    refused(desk.browser(), provider, code=text)


def test_a_provider_s_error_is_not_repeated(provider: Told, desk: TestDesk) -> None:
    """Scripts, lines and colours in what a provider says of an error."""
    evil = "<script>alert(1)</script>\n\x1b[31mroot"
    browser = desk.browser()
    begun = provider.code_for(browser.get("/openid").headers["location"])
    params = {"state": begun["state"], "error": evil, "error_description": evil}
    assert "alert" not in browser.ask("GET", "/openid/back", params=params).text
    told = json.dumps({"error": evil, "error_description": evil}).encode()
    provider.answers["/token"] = (400, told)
    assert "alert" not in refused(desk.browser(), provider).text
    assert all(line.isprintable() and "alert" not in line for line in desk.warnings)


@pytest.mark.slow
def test_a_guessed_link_or_token_is_found_out_before_many_are_tried(desk: TestDesk) -> None:
    """Guessing tokens of links and of programs: after some failures an address has to wait."""
    guesses = [desk.browser().get(f"/in/{number:022d}") for number in range(30)]
    bearer = "/api/v1/assignments/tiny/attempts/1"
    tries = [
        desk.browser().get(bearer, Authorization=f"Bearer {number:022d}") for number in range(31)
    ]
    assert {answer.status_code for answer in guesses} == {401}
    assert [answer.status_code for answer in tries] == [401] * 30 + [429]
    assert int(tries[-1].headers["retry-after"]) > 0 and "Too many" in tries[-1].json()["error"]
    page = desk.browser().get(f"/in/{desk.token('mira')}")
    assert page.status_code == 429 and "Too many tries" in page.text


@pytest.mark.slow
def test_a_forged_address_in_a_header_gives_no_fresh_tries(desk: TestDesk) -> None:
    """X-Forwarded-For from strangers, and before what the proxy on this machine wrote."""
    config = config_of(desk.app)
    config.load()

    def guess(peer: str, *told: str) -> int:
        """The status for one more guess that seems to come from elsewhere."""
        browser = Browser(config.loaded_app, peer)
        return browser.get("/in/" + "A" * 22, **{"X-Forwarded-For": ", ".join(told)}).status_code

    for number in range(60):
        assert guess("192.0.2.7", f"198.51.100.{number}") == 401  # a stranger says so
    assert guess("192.0.2.7", "198.51.100.99") == 429
    for number in range(60):
        assert guess("127.0.0.1", f"198.51.100.{number}", "192.0.2.8") == 401  # the proxy adds
    assert guess("127.0.0.1", "198.51.100.99", "192.0.2.8") == 429
    assert guess("127.0.0.1", "198.51.100.99", "192.0.2.9") == 401


def test_a_flood_of_sign_ins_and_notebooks_of_one_person_is_stopped(desk: TestDesk) -> None:
    """One student signs in and hands in without end; another one does not notice."""
    desk.limit(Rates(signed_in=Bucket(3, 1), uploads=Bucket(2, 1)))
    token = desk.token("mira")
    told = [desk.browser().get(f"/in/{token}").status_code for _ in range(4)]
    assert told == [303, 303, 303, 429]
    farah = desk.browser("farah")
    assert [farah.hand_in(b"{}").status_code for _ in range(3)] == [303, 303, 429]
    assert desk.receipts.length() == 2
    bearer = {"Authorization": f"Bearer {token}"}
    files = {"notebook": ("tiny.ipynb", b"{}")}
    sent = [
        desk.browser().ask("POST", "/api/v1/assignments/tiny/attempts", headers=bearer, files=files)
        for _ in range(3)
    ]
    assert [answer.status_code for answer in sent] == [202, 202, 429]


def test_a_flood_of_attempts_at_the_provider_is_stopped(provider: Told, desk: TestDesk) -> None:
    """One address sends browsers to the provider without end."""
    desk.limit(Rates(begun=Bucket(2, 1)))
    told = [desk.browser().get("/openid").status_code for _ in range(3)]
    assert told == [303, 303, 429]


@pytest.mark.parametrize("how", ["ended", "revoked"])
def test_a_link_that_is_over_signs_nobody_in_and_keeps_nobody(desk: TestDesk, how: str) -> None:
    """A replayed link, after its end or after it was taken back."""
    token = desk.token("mira")
    browser = desk.browser()
    browser.get(f"/in/{token}")
    over = {"until" if how == "ended" else "revoked_at": datetime.now(UTC) - HOUR}
    with desk.state.writing() as connection:
        connection.execute(LINKS.update().values(**over))
    assert browser.get("/").status_code == 401
    assert desk.browser().get(f"/in/{token}").status_code == 401


def test_a_cookie_is_worthless_after_signing_out(provider: Told, desk: TestDesk) -> None:
    """A replayed cookie of a session that its owner has ended."""
    browser, thief = desk.browser(), desk.browser()
    come_back(browser, provider)
    thief.cookies.set("desk", browser.cookies["desk"])
    csrf = browser.get("/").text.partition('name="csrf" value="')[2][:64]
    browser.ask("POST", "/out", data={"csrf": csrf})
    assert thief.get("/").status_code == 401


FORGED = ["' OR 1=1 --", "A" * 22, "A" * 5000, "", "%", "null", "é"]


@pytest.mark.parametrize("cookie", FORGED)
def test_a_forged_cookie_is_nobody(desk: TestDesk, cookie: str) -> None:
    """Made-up tokens of sessions, and texts that a database could misread."""
    desk.browser("mira")
    forged = desk.browser().ask("GET", "/", headers={"Cookie": f"desk={cookie}".encode()})
    assert forged.status_code == 401 and "Mira" not in forged.text


def test_the_cookies_of_a_sign_in_belong_to_us_alone(provider: Told, desk: TestDesk) -> None:
    """Cookies that scripts or other sites could read, send or plant."""
    begun = desk.browser().get("/openid")
    for cookie in (begun.headers["set-cookie"],):
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie
    set_course(desk.course, "desk: {", "desk: {address: 'https://desk.example.edu', ")
    provider.about["authorization_endpoint"] = f"{provider.issuer}/auth?tenant=1"
    answer = desk.browser().get("/openid")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-desk-login=") and "Secure" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie
    asked = httpx.URL(answer.headers["location"]).params
    assert asked["redirect_uri"] == "https://desk.example.edu/openid/back"
    assert asked["tenant"] == "1" and asked["response_type"] == "code"


def test_what_the_database_holds_of_an_attempt_signs_nobody_in(
    provider: Told, desk: TestDesk
) -> None:
    """A thief of the database has no token, no state and no verifier of attempts under way."""
    browser = desk.browser()
    begun = browser.get("/openid")
    asked = httpx.URL(begun.headers["location"]).params
    raw = b"".join(path.read_bytes() for path in desk.course.root.glob("desk.db*"))
    for secret in (browser.cookies["desk-login"], asked["state"], asked["nonce"]):
        assert secret.encode() not in raw
    claims = jwt.decode(provider.id_token(asked["nonce"]), provider.key).claims
    assert claims["email"] == "mira@example.edu"
