"""Requests for a regrade, read and answered by the staff of the student's section."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from grader.desk.log import entries
from grader.desk.regrades import About, Regrades
from tests.kit.attempts import KEY, LOST, graded_attempt
from tests.kit.course import ID
from tests.kit.desk import CSRF, Browser, TestDesk
from tests.kit.pages import EVIL

ATTEMPT = "/assignments/tiny/attempts/1"


@pytest.fixture
def asked(desk: TestDesk) -> TestDesk:
    """Mira, of section B, has asked about a check."""
    graded_attempt(desk, "mira")
    Regrades(desk.state).ask("mira", About(ID, 1, "double", KEY, LOST.claim), "Is 3 not right?")
    return desk


def reply(browser: Browser, text: str, page: str = "", id_: int = 1, **more: str) -> httpx.Response:
    page = page or browser.get("/requests").text
    csrf = CSRF.search(page)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    fields = {"csrf": csrf[1] if csrf else "", "seen": seen[1] if seen else "1", "text": text}
    return browser.ask("POST", f"/requests/{id_}", data={**fields, **more})


def test_a_teacher_reads_who_asks_what_about_which_check(asked: TestDesk) -> None:
    page = unescape(asked.browser("ada").get("/requests").text)
    assert "Mira Lange" in page and "Is 3 not right?" in page
    assert "double(x) is 2x." in page and "should be 2, but is 3" in page


def test_both_sides_read_the_answer_and_the_student_may_ask_again(asked: TestDesk) -> None:
    ada, mira = asked.browser("ada"), asked.browser("mira")
    assert reply(ada, "It has to be 2.").headers["location"] == "/requests"
    for page in (ada.get("/requests").text, mira.get(ATTEMPT).text):
        assert "It has to be 2." in page and "Is 3 not right?" in page and "Ada Abara" in page
    assert "No request is open." in ada.get("/requests").text
    assert "Ask again" in mira.get(ATTEMPT).text
    Regrades(asked.state).ask("mira", About(ID, 1, "double", KEY, LOST.claim), "But why?")
    page = ada.get("/requests").text
    assert "No request is open." not in page
    assert page.index("Is 3 not right?") < page.index("It has to be 2.") < page.index("But why?")


def test_of_two_who_answer_the_second_reads_the_first(asked: TestDesk) -> None:
    ada, uma = asked.browser("ada"), asked.browser("uma")
    page = uma.get("/requests").text
    reply(ada, "It has to be 2.")
    refused = reply(uma, "Yes, 3 is right.", page)
    assert refused.status_code == 409
    assert "Somebody else has written meanwhile." in refused.text
    assert "It has to be 2." in refused.text and "Yes, 3 is right." in refused.text
    (regrade,) = Regrades(asked.state).answered(["mira"])
    assert [said.text for said in regrade.said] == ["Is 3 not right?", "It has to be 2."]


@pytest.mark.parametrize(
    ("text", "told"), [("  ", "Write something"), ("x" * 1001, "at most 1000")]
)
def test_an_answer_has_some_words_and_not_too_many(asked: TestDesk, text: str, told: str) -> None:
    refused = reply(asked.browser("ada"), text)
    assert refused.status_code == 400 and told in refused.text
    assert len(Regrades(asked.state).open_ones()) == 1


def test_assistants_read_and_answer_for_their_sections_only(asked: TestDesk) -> None:
    tom, uma = asked.browser("tom"), asked.browser("uma")
    page = tom.get("/requests").text
    assert "Mira" not in page and "Is 3 not right?" not in page
    refused, nobodys = reply(tom, "No."), reply(tom, "No.", id_=77)
    assert (refused.status_code, refused.text) == (404, nobodys.text)
    assert "Mira Lange" in uma.get("/requests").text
    assert reply(uma, "It has to be 2.").status_code == 303
    assert "It has to be 2." not in tom.get("/requests").text


def test_students_and_strangers_find_no_such_page(asked: TestDesk) -> None:
    mira = asked.browser("mira")
    assert mira.get("/requests").status_code == 404
    csrf = CSRF.search(mira.get(ATTEMPT).text)
    assert csrf and reply(mira, "Yes.", csrf=csrf[1]).status_code == 404
    assert asked.browser().get("/requests").status_code == 401
    assert len(Regrades(asked.state).open_ones()) == 1


@pytest.mark.parametrize("csrf", ["0" * 64, ""])
def test_a_form_of_another_site_answers_nothing(asked: TestDesk, csrf: str) -> None:
    assert reply(asked.browser("ada"), "No.", csrf=csrf).status_code == 403
    assert len(Regrades(asked.state).open_ones()) == 1


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²", "0"])
def test_a_number_that_was_not_on_the_page_answers_nothing(asked: TestDesk, seen: str) -> None:
    assert reply(asked.browser("ada"), "No.", seen=seen).status_code == 409
    assert reply(asked.browser("ada"), "No.", id_=10**30).status_code == 404
    assert len(Regrades(asked.state).open_ones()) == 1


def test_what_both_wrote_is_text_on_both_pages(desk: TestDesk) -> None:
    graded_attempt(desk, "mira")
    Regrades(desk.state).ask("mira", About(ID, 1, "double", KEY, LOST.claim), EVIL)
    ada, mira = desk.browser("ada"), desk.browser("mira")
    assert EVIL in unescape(ada.get("/requests").text)
    reply(ada, EVIL)
    for page in (ada.get("/requests").text, mira.get(ATTEMPT).text):
        assert EVIL not in page and unescape(page).count(EVIL) == 2


def test_an_answer_is_in_the_log_with_what_was_asked(asked: TestDesk) -> None:
    reply(asked.browser("ada"), "It has to be 2.")
    newer, _ = entries(asked.state)
    assert (newer.who, newer.what, newer.student) == ("ada", "answer to a request", "mira")
    assert newer.before.endswith("Is 3 not right?") and newer.after == "It has to be 2."


def test_the_page_of_the_class_counts_what_is_open_for_who_reads_it(asked: TestDesk) -> None:
    assert "1 request for a regrade is open" in asked.browser("ada").get("/class").text
    assert "request for a regrade" not in asked.browser("tom").get("/class").text


def test_the_oldest_open_request_comes_first(asked: TestDesk) -> None:
    graded_attempt(asked, "farah")
    Regrades(asked.state).ask("farah", About(ID, 1, "double", KEY, LOST.claim), "A later one.")
    page = asked.browser("ada").get("/requests").text
    assert page.index("Is 3 not right?") < page.index("A later one.")
