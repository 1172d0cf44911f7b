"""Attacks on limits and receipts, and on what the desk tells of itself."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from grader.desk.rates import Bucket, Rates
from tests.desk.attacks.school import MAY, VICTIM, School, every_address
from tests.kit.course import make_source
from tests.kit.desk import Browser, TestDesk, set_course
from tests.kit.marks import first_is_fast

AT_ONCE = 8
API = "/api/v1/assignments/tiny/attempts"
NOTEBOOK = {"notebook": ("a.ipynb", b"{}")}


@pytest.fixture
def desk(kept_desk: TestDesk) -> TestDesk:
    """A desk as new."""
    kept_desk.reset()
    return kept_desk


def race(desk: TestDesk, student: str, *, is_program: bool) -> list[int]:
    """Hand in from several places at once; the statuses, sorted."""
    token = desk.token(student)
    browsers = [Browser(desk.app) for _ in range(AT_ONCE)]
    if not is_program:
        for browser in browsers:
            assert browser.get(f"/in/{token}").status_code == 303
        forms = [browser.form()["csrf"] for browser in browsers]

    def one(number: int) -> int:
        data = b'{"cells": [], "number": %d}' % number
        if is_program:
            headers = {"Authorization": f"Bearer {token}"}
            files = {"notebook": ("a", data)}
            return browsers[number].ask("POST", API, files=files, headers=headers).status_code
        return browsers[number].hand_in(data, csrf=forms[number]).status_code

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sorted(threads.map(one, range(AT_ONCE)))


LIMITS = {"attempts_per_day: 2": 2, "attempts_per_day: 1": 1, "cooldown_minutes: 60": 1}


@pytest.mark.parametrize("is_program", first_is_fast([False, True]), ids=["pages", "programs"])
@pytest.mark.parametrize("limit", first_is_fast(LIMITS))
def test_handing_in_at_once_gets_nobody_more_attempts(
    desk: TestDesk, limit: str, is_program: bool
) -> None:
    """Eight browsers or programs of one student hand in at the same moment."""
    set_course(desk.course, "title: Tiny", f"title: Tiny\n    {limit}")
    granted = LIMITS[limit]
    statuses = race(desk, "mira", is_program=is_program)
    assert statuses == [202 if is_program else 303] * granted + [429] * (AT_ONCE - granted)
    assert len(desk.receipts.of("mira", "tiny")) == granted
    assert len(list((desk.course.attempts_dir / "tiny" / "mira").glob("*/*.ipynb"))) == granted


def test_without_limits_each_of_many_at_once_has_a_number_of_its_own(desk: TestDesk) -> None:
    """Eight at once: no attempt is lost, none counted twice."""
    assert race(desk, "mira", is_program=False) == [303] * AT_ONCE
    numbers = [receipt.number for receipt in desk.receipts.of("mira", "tiny")]
    assert sorted(numbers) == list(range(1, AT_ONCE + 1))


def test_the_same_bytes_again_do_not_reset_the_cool_down(desk: TestDesk) -> None:
    """The same notebook, another one, and one by a program: the wait stays."""
    set_course(desk.course, "title: Tiny", "title: Tiny\n    cooldown_minutes: 60")
    token, mira = desk.token("mira"), desk.browser()
    mira.get(f"/in/{token}")
    csrf = mira.form()["csrf"]
    assert mira.hand_in(make_source(), csrf=csrf).status_code == 303
    for data in (make_source(), b"{}"):
        assert mira.hand_in(data, csrf=csrf).status_code == 429
    headers = {"Authorization": f"Bearer {token}"}
    assert mira.ask("POST", API, files=NOTEBOOK, headers=headers).status_code == 429


TIMES = ("Date", "X-Received-At", "Last-Modified", "If-Unmodified-Since", "X-Timestamp", "Expires")


@pytest.mark.parametrize("name", TIMES)
def test_no_clock_but_the_servers_counts(desk: TestDesk, name: str) -> None:
    """Headers and fields that claim a time before the deadline."""
    token, began = desk.token("mira"), datetime.now(UTC)
    headers = {"Authorization": f"Bearer {token}", name: "Mon, 01 Jan 2001 00:00:00 GMT"}
    answer = desk.browser().ask("POST", API, files=NOTEBOOK, headers=headers)
    at = datetime.fromisoformat(answer.json()["received_at"])
    assert began - timedelta(seconds=1) <= at <= datetime.now(UTC)


FORGED = ("received_at", "attempt", "number", "student", "sha256", "score")


@pytest.mark.parametrize("name", FORGED)
def test_a_receipt_is_made_of_nothing_that_was_sent(desk: TestDesk, name: str) -> None:
    """Fields and queries named as what a receipt has: all count for nothing."""
    token = desk.token("mira")
    headers = {"Authorization": f"Bearer {token}"}
    forged = {name: "farah" if name == "student" else "2001-01-01"}
    desk.browser().ask("POST", API, files=NOTEBOOK, data=forged, headers=headers)
    desk.browser().ask("POST", API, files=NOTEBOOK, params=forged, headers=headers)
    assert desk.receipts.of("farah", "tiny") == []
    for receipt in desk.receipts.of("mira", "tiny"):
        assert receipt.received_at.year > 2001 and receipt.state == "waiting"
        assert re.fullmatch("[0-9a-f]{64}", receipt.sha256)


def test_a_receipt_that_was_made_up_finds_nothing(desk: TestDesk) -> None:
    """Locations of attempts that were never made, before and after one was."""
    token = desk.token("mira")
    headers = {"Authorization": f"Bearer {token}"}
    asked = [f"{API}/{n}" for n in (0, 1, 2, 99)]
    assert [desk.browser().get(a, **headers).status_code for a in asked] == [404] * 4
    desk.browser().ask("POST", API, files=NOTEBOOK, headers=headers)
    assert [desk.browser().get(a, **headers).status_code for a in asked] == [404, 200, 404, 404]


PEERS = {
    "another machine": ("192.0.2.7", {}),
    "IPv6": ("2001:db8::7", {}),
    "no address": ("evil", {}),
    "a proxy on this machine": ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
    "a proxy with another header": ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
}


@pytest.mark.parametrize("peer", PEERS)
def test_figures_are_not_there_for_others(school: School, peer: str) -> None:
    """/metrics from another machine and through a proxy, also for who is signed in."""
    host, headers = PEERS[peer]
    browser = Browser(school.desk.app, host)
    answer, nowhere = (browser.get(path, **headers) for path in ("/metrics", "/nowhere"))
    assert (answer.status_code, answer.text) == (404, nowhere.text)


def test_figures_and_health_name_nobody(school: School) -> None:
    """What operators read has no student, token, file or version of a library in it."""
    for path in ("/metrics", "/healthz"):
        text = school.as_("").get(path).text
        for word in (
            VICTIM,
            "farah",
            "Lange",
            "@",
            str(school.desk.course.root),
            "python_info",
        ):
            assert word not in text, (path, word)


@pytest.mark.parametrize(
    "token", ["", "x", "Bearer", "é", "Basic eDp4", "Bearer  right", "bearer right"]
)
def test_figures_open_by_the_right_token_only(
    school: School, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens that are nearly right, where the environment has one."""
    monkeypatch.setenv("GRADER_METRICS_TOKEN", "right")
    headers = [(b"authorization", token.encode())]
    assert Browser(school.desk.app).ask("GET", "/metrics", headers=headers).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("person", [VICTIM, "ada", "tom", ""])
def test_no_cache_keeps_what_is_personal(school: School, person: str) -> None:
    """Each page, with query and without, in all roles: no-store, no Referer, no frame, no guess."""
    for method, pattern in every_address():
        is_ours = pattern in ("/style.css", "/desk.js")
        is_live = pattern == "/news" or pattern.endswith("/events")
        if method != "GET" or is_ours or (is_live and person in MAY[method, pattern]):
            continue
        for query in ("", "?x=/style.css", "?.css"):
            headers = school.as_(person).get(school.address(pattern) + query).headers
            assert headers["cache-control"] == "no-store", pattern
            assert headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers and "x-powered-by" not in headers


DECEPTIONS = (
    "/class/tiny/x.css",
    "/assignments/tiny/style.css",
    "/class.css",
    "/;x.css",
    "/%3bx.js",
)


@pytest.mark.parametrize("path", DECEPTIONS)
def test_a_cache_is_not_deceived_by_an_address(school: School, path: str) -> None:
    """Personal pages under an address that ends like a file which caches keep."""
    for person in (VICTIM, "ada"):
        answer = school.as_(person).get(path)
        assert answer.status_code == 404 and answer.headers["cache-control"] == "no-store"


PATHS = (
    "/class/tiny/",
    "//class/tiny",
    "/class//tiny",
    "/class/tiny/students/mir%61",
    "/class/tiny/students/mira%00",
    "/class/tiny/students/mira%20",
    "/class/tiny/students/%6d%69%72%61",
    "/class/tiny/students/%256d%2569ra",
    "/class/tiny/students/farah%2f..%2fmira",
    "/class/tiny/students/farah/../mira",
    "/class/tiny/students/MIRA",
    "/class/tiny/students/m\u0456ra",
    "/class/tiny/students/\uff4dira",
    "/class/tiny/students/mira;x",
    "/class%2ftiny%2fstudents%2fmira",
    "/class/..%2f..%2f..%2fetc%2fpasswd",
    "/class/%2e%2e/students/mira",
    "/assignments/..%2f..%2fsolutions%2ftiny/release.zip",
    "/assignments/%2e%2e/release.zip",
    "/assignments/tiny%00/release.zip",
    "/assignments/t\u0456ny",
    "/answers/tiny/..%2f..%2fwhy",
    "/CLASS",
    "/class%00",
    "/%ff%fe",
    "/" + "a/" * 2000,
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_an_address_in_other_letters_is_no_way_around(school: School, path: str) -> None:
    """Slashes, dots, NULs, codes in codes, capitals and look-alikes, by student and assistant."""
    for person in ("farah", "tom"):
        browser = school.as_(person)
        answer = browser.get(f"http://127.0.0.1:8000{path}")
        assert answer.status_code == 404, person
        assert answer.text == browser.get("/nowhere").text


def test_a_flood_is_stopped_before_anything_is_read(desk: TestDesk) -> None:
    """Who hands in too often is refused before the body is read."""
    often = Bucket(1_000_000, 1)
    desk.limit(Rates(uploads=Bucket(1, 1), uploads_there=often))
    mira = desk.browser("mira")
    assert mira.hand_in(b"{}").status_code == 303
    answer = mira.hand_in(b"x" * (1 << 20))
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    assert desk.receipts.length() == 1
