"""A student asks about a check that cost points: short, seldom, and about their own work only."""

from __future__ import annotations

from html import unescape

import httpx
import pytest

from grader.course.settings import Course
from grader.desk.log import entries
from grader.desk.regrades import Regrades
from grader.desk.shown import key_of
from tests.kit.attempts import KEY, WON, graded_attempt
from tests.kit.course import ID
from tests.kit.desk import CSRF, Browser, TestDesk, set_course
from tests.kit.pages import EVIL

PLACE = "/assignments/tiny/attempts/1"


@pytest.fixture
def mira(desk: TestDesk) -> Browser:
    """Mira's browser, after an attempt that lost a check."""
    graded_attempt(desk, "mira")
    return desk.browser("mira")


def ask(browser: Browser, text: str = "I think 3 is right.", **fields: str) -> httpx.Response:
    found = CSRF.search(browser.get(PLACE).text) or CSRF.search(browser.get("/").text)
    given = {"csrf": found[1] if found else "", "question": "double", "test": KEY, "text": text}
    return browser.ask("POST", PLACE + "/requests", data={**given, **fields})


def asked(desk: TestDesk) -> list[str]:
    return [said.text for regrade in Regrades(desk.state).open_ones() for said in regrade.said]


def test_a_request_is_tied_to_the_check_and_stands_below_it(mira: Browser, desk: TestDesk) -> None:
    answer = ask(mira)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}#double")
    (regrade,) = Regrades(desk.state).open_ones()
    about = regrade.about
    assert (regrade.student, about.assignment, about.number) == ("mira", ID, 1)
    assert (about.question, about.test, about.claim) == ("double", KEY, "double(x) is 2x.")
    page = mira.get(PLACE).text
    assert "I think 3 is right." in page and "Your teacher has not answered yet." in page
    assert "test_doubles" not in page


def test_the_page_of_the_assignment_says_what_is_answered(mira: Browser, desk: TestDesk) -> None:
    assert "Your requests" not in mira.get("/assignments/tiny").text
    ask(mira)
    assert "not answered yet" in mira.get("/assignments/tiny").text
    (regrade,) = Regrades(desk.state).open_ones()
    Regrades(desk.state).answer(regrade, "ada", regrade.last, "It has to be 2.")
    page = mira.get("/assignments/tiny").text
    assert f'<a href="{PLACE}#double">Attempt 1, double</a>: answered' in page


def test_one_request_is_open_at_a_time(mira: Browser, desk: TestDesk) -> None:
    ask(mira)
    refused = ask(mira, "And again.")
    assert refused.status_code == 400 and "You have asked about this already." in refused.text
    assert asked(desk) == ["I think 3 is right."]


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Write something first."), (" \n\x00 ", "Write something"), ("x" * 1001, "at most 1000")],
)
def test_a_text_has_some_words_and_not_too_many(
    mira: Browser, desk: TestDesk, text: str, told: str
) -> None:
    refused = ask(mira, text)
    assert refused.status_code == 400 and told in refused.text
    assert asked(desk) == []


def test_a_student_asks_ten_times_a_day_at_most(desk: TestDesk) -> None:
    for _ in range(11):
        graded_attempt(desk, "mira")
    mira, farah = desk.browser("mira"), desk.browser("farah")
    graded_attempt(desk, "farah")
    csrf = CSRF.search(mira.get(PLACE).text)
    assert csrf
    fields = {"csrf": csrf[1], "question": "double", "test": KEY, "text": "Why?"}
    statuses = [
        mira.ask("POST", f"/assignments/tiny/attempts/{n}/requests", data=fields).status_code
        for n in range(1, 12)
    ]
    assert statuses == [303] * 10 + [400]
    assert ask(farah).status_code == 303
    assert len(asked(desk)) == 11


@pytest.mark.parametrize(
    "fields",
    [
        {"test": key_of(WON)},  # cost no points
        {"test": "0" * 64},
        {"test": ""},  # it has checks to ask about
        {"question": "square", "test": ""},  # has all points
        {"question": "why", "test": ""},  # has none yet
        {"question": "square"},
        {"question": "<b>"},
    ],
)
def test_what_cost_no_points_cannot_be_asked_about(
    mira: Browser, desk: TestDesk, fields: dict[str, str]
) -> None:
    assert ask(mira, **fields).status_code == 404
    assert asked(desk) == []


def test_checks_that_are_not_shown_cannot_be_asked_about(
    mira: Browser, desk: TestDesk, course: Course
) -> None:
    set_course(course, "title: Tiny", "title: Tiny\n    feedback_before_due: score")
    assert ask(mira).status_code == 404
    assert ask(mira, test="").status_code == 303  # the points are shown
    set_course(course, "feedback_before_due: score", "feedback_before_due: none")
    assert ask(mira, question="square", test="").status_code == 404


def test_nobody_asks_about_the_work_of_another(mira: Browser, desk: TestDesk) -> None:
    refused, nobodys = ask(desk.browser("farah")), desk.browser("farah").get("/nowhere")
    assert (refused.status_code, refused.text) == (404, nobodys.text)
    assert asked(desk) == []


@pytest.mark.parametrize("csrf", ["", "0" * 64])
def test_a_form_of_another_site_asks_nothing(mira: Browser, desk: TestDesk, csrf: str) -> None:
    assert ask(mira, csrf=csrf).status_code == 403
    assert asked(desk) == []


def test_a_request_is_text_wherever_it_is_shown(mira: Browser, desk: TestDesk) -> None:
    text = f"{EVIL}\n\u202eabc\x1b[31m"
    ask(mira, text)
    page = mira.get(PLACE).text
    assert EVIL not in page and EVIL in unescape(page)
    assert "\u202e" not in page and "\x1b" not in page


def test_a_request_is_in_the_log(mira: Browser, desk: TestDesk) -> None:
    ask(mira)
    (entry,) = entries(desk.state)
    assert (entry.who, entry.what, entry.student) == ("mira", "request for a regrade", "mira")
    assert entry.after == "attempt 1, double (double(x) is 2x.): I think 3 is right."


def test_a_student_with_another_id_still_reads_what_they_asked(
    mira: Browser, desk: TestDesk
) -> None:
    ask(mira)
    (old,) = (desk.course.root / "attempts" / ID).glob("mira")
    old.rename(old.with_name("mara"))
    desk.course.roster_path.write_text("id,first_name\nmara,Mira\nfarah,Farah\n", encoding="utf-8")
    (desk.course.root / "renamed.csv").write_text("old,new\nmira,mara\n", encoding="utf-8")
    assert "I think 3 is right." in desk.browser("mara").get(PLACE).text
