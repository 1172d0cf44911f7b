from __future__ import annotations

import pytest

from grader.course.settings import Course
from tests.kit.desk import TestDesk, set_course


def test_a_link_is_swapped_at_once_for_a_cookie(desk: TestDesk) -> None:
    answer = desk.browser().get(f"/in/{desk.token('mira')}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(
    desk: TestDesk, course: Course
) -> None:
    set_course(course, "seed: 7", "seed: 7\ndesk: {address: 'https://desk.example.edu'}")
    answer = desk.browser().get(f"/in/{desk.token('mira')}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-desk=") and "Secure" in cookie and "Domain" not in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


def test_signing_in_makes_a_new_session_and_ends_the_one_before(desk: TestDesk) -> None:
    token = desk.token("mira")
    browser, old = desk.browser(), desk.browser()
    browser.get(f"/in/{token}")
    old.cookies.set("desk", browser.cookies["desk"])
    browser.get(f"/in/{token}")
    assert browser.cookies["desk"] != old.cookies["desk"]
    assert old.get("/").status_code == 401


@pytest.mark.parametrize("token", ["A" * 22, "x", "..", "%00", "é" * 22, "A" * 5000])
def test_a_guessed_token_signs_nobody_in(desk: TestDesk, token: str) -> None:
    answer = desk.browser().get(f"/in/{token}")
    assert answer.status_code == 401 and "set-cookie" not in answer.headers


def test_who_leaves_the_roster_is_out(desk: TestDesk) -> None:
    browser = desk.browser("mira")
    assert browser.get("/").status_code == 200
    desk.course.roster_path.write_text("id\nfarah\n", encoding="utf-8")
    assert browser.get("/").status_code == 401


def test_signing_out_needs_the_form_of_the_page(desk: TestDesk) -> None:
    mira, other = desk.browser("mira"), desk.browser()
    other.cookies.set("desk", mira.cookies["desk"])
    other.ask("POST", "/out", data={"csrf": "0" * 64})
    assert mira.get("/").status_code == 200
    csrf = mira.get("/").text.partition('name="csrf" value="')[2][:64]
    mira.ask("POST", "/out", data={"csrf": csrf})
    other.cookies.set("desk", "gone")
    assert mira.get("/").status_code == 401
