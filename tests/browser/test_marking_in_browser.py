"""Written answers marked in a real browser: by keyboard, without JavaScript, on a phone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.mark import MarkedAnswer
from tests.kit.answers import WITH_RUBRIC, answered
from tests.kit.course import ID, release_by_hand, write_course
from tests.kit.desk import TestDesk, due_tomorrow, set_course

ROSTER = "id,role\nfarah,\nmira,\nzoe,\nada,teacher\n"
PILE = "/answers/tiny/why"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TestDesk]:
    """A desk with three answers, and Ada who marks them."""
    course = due_tomorrow(write_course(tmp_path / "course"))
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    set_course(course, "manual: true", WITH_RUBRIC)
    release_by_hand(course)
    answered(course, dict.fromkeys(("farah", "mira", "zoe"), "My answer."))
    opened = TestDesk(Course.load(course.root))
    yield opened
    opened.close()


@pytest.fixture
def address(desk: TestDesk) -> Iterator[str]:
    """Where it is served."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def marks(desk: TestDesk) -> list[MarkedAnswer]:
    with CourseGradebook(desk.course) as book:
        return [answer for answer in book.written_answers(ID, "why") if not answer.waits]


def complaints_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_all_answers_are_marked_by_keyboard_alone(
    browser: Browser, desk: TestDesk, address: str
) -> None:
    page = browser.new_page()
    complaints = complaints_of(page)
    page.goto(f"{address}/in/{desk.token('ada')}")
    page.goto(f"{address}{PILE}/next")
    for number in range(3):
        page.wait_for_function("document.activeElement.type === 'checkbox'")
        page.keyboard.press("2")
        assert page.inner_text("output") == "= 2"
        while page.evaluate("document.activeElement.name") != "comment":
            page.keyboard.press("Tab")
        page.keyboard.type(f"Number {number} of 1 and 2")  # in a text, keys write and tick nothing
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    assert page.url == address + PILE and "3 of 3 marked" in page.inner_text("main")
    given = marks(desk)
    assert [answer.mark.score for answer in given] == [2, 2, 2]
    comments = sorted(answer.mark.comment for answer in given)
    assert comments == [f"Number {number} of 1 and 2" for number in range(3)]
    assert complaints == []
    page.close()


def test_the_form_works_without_javascript(browser: Browser, desk: TestDesk, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/in/{desk.token('ada')}")
    page.goto(f"{address}{PILE}/next")
    assert not page.is_visible(".keys")  # what only the script can do is not promised
    page.check("fieldset input >> nth=0")
    page.click("text=Save, and next")
    (answer,) = marks(desk)
    assert answer.mark.score == 1 and "1 of 3 marked" in page.inner_text("main")
    context.close()


def test_on_a_phone_the_form_comes_right_below_the_answer(
    browser: Browser, desk: TestDesk, address: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}/in/{desk.token('ada')}")
    page.goto(f"{address}{PILE}/next")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tops = [page.locator(name).first.bounding_box() for name in (".answer", ".give", ".beside")]
    assert all(tops) and [box["y"] for box in tops if box] == sorted(
        box["y"] for box in tops if box
    )
    page.close()
