from __future__ import annotations

import io
import zipfile

import pytest

from grader.course.settings import Course
from grader.notebook import MAX_BYTES, Notebook
from tests.kit.course import make_source
from tests.kit.desk import TestDesk, set_course

NOTEBOOK: Notebook = make_source()


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


PLACES = ("/", "/assignments/tiny", "/assignments/tiny/release.zip", "/assignments/tiny/attempts/1")


@pytest.mark.parametrize("path", [*PLACES, PLACES[-1] + "/feedback"])
def test_a_stranger_sees_nothing(desk: TestDesk, path: str) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)
    answer = desk.browser().get(path)
    assert answer.status_code == 401
    assert "Mira" not in answer.text and "Tiny</h1>" not in answer.text


def test_what_is_not_ones_own_looks_like_what_is_not_there(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)
    farah = desk.browser("farah")
    for rest in ("", "/feedback", "/events"):
        theirs = farah.get(f"/assignments/tiny/attempts/1{rest}")
        nobodys = farah.get(f"/assignments/tiny/attempts/77{rest}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert theirs.text == nobodys.text


def test_handing_in_leads_to_the_page_of_the_attempt(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    answer = mira.hand_in(NOTEBOOK)
    assert answer.status_code == 303
    page = mira.get(answer.headers["location"]).text
    (receipt,) = desk.receipts.of("mira", "tiny")
    assert receipt.sha256 in page and "It is the next to be graded" in page
    assert '<meta http-equiv="refresh"' in page  # for browsers without scripts
    mira.hand_in(NOTEBOOK)
    assert "behind one other" in mira.get("/assignments/tiny/attempts/2").text


def test_the_name_of_the_file_decides_nothing(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(NOTEBOOK)  # as ../../evil.ipynb
    names = [path.name for path in desk.course.attempts_dir.rglob("*.ipynb")]
    assert names == ["tiny.ipynb"]


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_of_another_site_hands_nothing_in(desk: TestDesk, csrf: str) -> None:
    mira = desk.browser("mira")
    assert mira.hand_in(NOTEBOOK, csrf=csrf).status_code == 403
    assert desk.receipts.length() == 0


def test_a_form_of_another_session_hands_nothing_in(desk: TestDesk) -> None:
    page = desk.browser("farah").get("/assignments/tiny").text
    stolen = page.partition('name="csrf" value="')[2][:64]
    assert desk.browser("mira").hand_in(NOTEBOOK, csrf=stolen).status_code == 403


def test_too_large_a_file_is_refused_in_words(desk: TestDesk) -> None:
    answer = desk.browser("mira").hand_in(b"x" * (MAX_BYTES + 1))
    assert answer.status_code == 413 and "at most 16 MiB" in answer.text
    assert desk.receipts.length() == 0


def test_an_empty_form_is_refused_in_words(desk: TestDesk) -> None:
    answer = desk.browser("mira").hand_in(b"")
    assert answer.status_code == 400 and "No notebook came" in answer.text


def test_signing_out_needs_the_form_of_the_page(desk: TestDesk) -> None:
    mira, other = desk.browser("mira"), desk.browser()
    other.cookies.set("desk", mira.cookies["desk"])
    other.ask("POST", "/out", data={"csrf": "0" * 64})
    assert mira.get("/").status_code == 200
    csrf = mira.get("/").text.partition('name="csrf" value="')[2][:64]
    mira.ask("POST", "/out", data={"csrf": csrf})
    other.cookies.set("desk", "gone")
    assert mira.get("/").status_code == 401


def test_the_release_comes_as_a_zip_without_what_is_hidden(desk: TestDesk) -> None:
    folder = desk.course.release_dir("tiny")
    (folder / "hidden_tests.py").write_text("secret", encoding="utf-8")
    (folder / "link").symlink_to("/etc/passwd")
    answer = desk.browser("mira").get("/assignments/tiny/release.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert names == ["tiny/helper.py", "tiny/tiny.ipynb"]


def test_a_name_in_the_roster_is_text_on_the_page(desk: TestDesk) -> None:
    text = "id,first_name\nmira,<script>alert(1)</script>\n"
    desk.course.roster_path.write_text(text, encoding="utf-8")
    page = desk.browser("mira").get("/").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_an_extension_is_told_as_one(desk: TestDesk, course: Course) -> None:
    path = course.root / "extensions.csv"
    path.write_text("student,assignment,days\nmira,tiny,2\n", encoding="utf-8")
    assert "with your extension" in desk.browser("mira").get("/assignments/tiny").text
    assert "with your extension" not in desk.browser("farah").get("/assignments/tiny").text


def test_a_full_day_says_when_the_next_attempt_opens(desk: TestDesk, course: Course) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    attempts_per_day: 1")
    mira = desk.browser("mira")
    form = mira.get("/assignments/tiny").text.partition('name="csrf" value="')[2][:64]
    mira.hand_in(NOTEBOOK)
    page = mira.get("/assignments/tiny").text
    assert "The next attempt opens at <time" in page and 'type="file"' not in page
    assert mira.hand_in(NOTEBOOK, csrf=form).status_code == 429
