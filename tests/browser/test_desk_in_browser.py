"""The desk in a browser: handing in, news without reloading, marking by keyboard, small screens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from grader.course.settings import Course
from grader.desk.server import config_of
from grader.gradebook.records import save_beside, save_result
from grader.intake.attempts import StudentAttempts
from grader.notebook import dumps, loads
from tests.browser.watched import DESKTOP, PHONE, WITHIN_MS
from tests.kit.answers import WITH_RUBRIC, answer_of, answered
from tests.kit.course import make_source, release_by_hand, write_course
from tests.kit.desk import STAFF, TestDesk, due_tomorrow, give_results, set_course

pytestmark = pytest.mark.browser

NOTEBOOK: FilePayload = {
    "name": "tiny.ipynb",
    "mimeType": "application/x-ipynb+json",
    "buffer": dumps(make_source()).encode(),
}
ASSIGNMENT = "/assignments/tiny"
DROP = """([form, names, text]) => {
    const files = new DataTransfer();
    for (const name of names) files.items.add(new File([text], name));
    const told = { dataTransfer: files, bubbles: true, cancelable: true };
    form.dispatchEvent(new DragEvent("drop", told));
}"""
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDesk]:
    """A desk on which Mira has handed in an answer that nobody has marked."""
    course = due_tomorrow(write_course(tmp_path_factory.mktemp("desk") / "course"))
    course.roster_path.write_text(STAFF, encoding="utf-8")
    set_course(course, "manual: true", WITH_RUBRIC)
    set_course(course, "title: Tiny", "title: Tiny\n    feedback_before_due: full")
    course = Course.load(course.root)
    release_by_hand(course)
    text = "Because *all* of it is known."
    answered(course, {"mira": text})
    opened = TestDesk(course)
    opened.browser("mira").hand_in(make_source())
    release = loads((course.release_dir("tiny") / "tiny.ipynb").read_bytes())
    result = answer_of(release, "mira", text)
    theirs = StudentAttempts(course, "tiny", "mira")
    theirs.install(theirs.attempts[-1])
    save_result(course, result)
    save_beside(theirs.attempts[-1].path, result)
    empty_queue(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(desk: TestDesk) -> Iterator[str]:
    """Where the desk is served, as `grader serve` does, but for the grading."""
    server = uvicorn.Server(config_of(desk.app))
    with socket.create_server(("127.0.0.1", 0)) as sock:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def visit(address: str, desk: TestDesk, browser: Browser) -> Iterator[Visit]:
    """Signs somebody in and opens a page; whatever the page complains of fails the test."""
    contexts, complaints = [], []

    def opened(person: str, path: str, screen: ViewportSize = DESKTOP, **how: object) -> Page:
        context = browser.new_context(viewport=screen, base_url=address, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/in/{desk.token(person)}")
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def empty_queue(desk: TestDesk) -> None:
    while receipt := desk.receipts.take():
        desk.receipts.end([receipt], "done")
    desk.receipts.tell()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as who has no mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_a_student_elsewhere_reads_the_due_date_in_both_time_zones(visit: Visit) -> None:
    due = visit("farah", ASSIGNMENT, timezone_id="UTC").locator("time.due")
    assert due.get_attribute("data-here") is None
    due = visit("farah", ASSIGNMENT, timezone_id="Asia/Shanghai").locator("time.due")
    assert "GMT+8" in str(due.get_attribute("data-here"))


def test_a_notebook_is_handed_in_by_keyboard_only(visit: Visit, desk: TestDesk) -> None:
    page = visit("farah", ASSIGNMENT)
    with page.expect_file_chooser(timeout=WITHIN_MS) as chooser:
        tab_to(page, "input[type=file]")  # takes longer than the browser to expect it, too
        page.keyboard.press("Space")
    chooser.value.set_files(NOTEBOOK)
    tab_to(page, "form.drop button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/*")
    expect(page.locator("body")).to_contain_text(desk.receipts.of("farah", "tiny")[-1].sha256)
    empty_queue(desk)


def test_a_notebook_that_is_dropped_is_handed_in_and_its_state_comes_without_a_reload(
    visit: Visit, desk: TestDesk
) -> None:
    page = visit("farah", ASSIGNMENT)
    text = NOTEBOOK["buffer"].decode()
    form = page.locator("form.drop").element_handle()
    page.evaluate(DROP, [form, ["tiny.ipynb"], text])
    page.keyboard.press("Tab")  # from the file, which has the focus, to the button
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/*")
    expect(page.locator("[data-events]")).to_contain_text("It is the next to be graded")
    page.evaluate("document.mark = 1")
    receipt = desk.receipts.take()
    assert receipt is not None
    desk.receipts.tell()
    expect(page.locator("[data-events]")).to_contain_text("is being graded now")
    assert page.evaluate("document.mark") == 1
    give_results(desk, "farah")
    desk.receipts.end([receipt], "done")
    desk.receipts.tell()
    expect(page.locator("dl.facts").first).to_contain_text("4 of 9")


def test_who_drops_several_files_is_told_to_drop_one(visit: Visit) -> None:
    page = visit("farah", ASSIGNMENT)
    form = page.locator("form.drop")
    several = form.get_by_text("Those are several files")
    expect(several).to_be_hidden()
    for names, taken in ((["one.ipynb", "two.ipynb"], 0), (["one.ipynb"], 1)):
        page.evaluate(DROP, [form.element_handle(), names, "{}"])
        expect(several).to_be_visible(visible=not taken)
        assert page.locator("#notebook").evaluate("field => field.files.length") == taken


def test_without_scripts_a_notebook_is_handed_in_and_the_page_comes_anew(
    visit: Visit, desk: TestDesk
) -> None:
    page = visit("farah", ASSIGNMENT, java_script_enabled=False)
    page.set_input_files("input[type=file]", [NOTEBOOK])
    page.click("form.drop button")
    page.wait_for_url("**/attempts/*")
    assert page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1
    give_results(desk, "farah")
    page.reload()
    expect(page.locator("dl.facts").first).to_contain_text("4 of 9")
    assert page.locator("meta[http-equiv=refresh]").count() == 0


def test_an_answer_is_marked_by_keyboard_and_its_student_reads_the_points(
    visit: Visit, desk: TestDesk
) -> None:
    ada = visit("ada", "/answers/tiny/why")
    tab_to(ada, "a[href$='/next']")
    ada.keyboard.press("Enter")
    expect(ada.locator("form.give")).to_be_visible()
    ada.keyboard.press("2")  # the second line of the rubric
    expect(ada.locator("form.give output")).to_have_text("= 2")
    tab_to(ada, "textarea")
    ada.keyboard.type("Why, yes: <all> of it.")
    ada.keyboard.press("Control+Enter")
    ada.wait_for_url("**/answers/tiny/why")
    expect(ada.locator("body")).to_contain_text("1 of 1 marked")
    mira = visit("mira", f"{ASSIGNMENT}/attempts/1")
    why = mira.locator("#why")
    expect(why).to_contain_text("2 of 3")
    expect(why).to_contain_text("Why, yes: <all> of it.")


PAGES = {
    "mira": ("/", ASSIGNMENT, f"{ASSIGNMENT}/attempts/1", f"{ASSIGNMENT}/attempts/1/feedback"),
    "ada": (
        "/class",
        "/class/tiny",
        "/class/tiny/students/mira",
        "/answers",
        "/requests",
        "/changes",
    ),
}


@pytest.mark.parametrize("person", PAGES)
def test_on_a_phone_no_page_scrolls_sideways_and_all_are_dark_at_night(
    visit: Visit, person: str
) -> None:
    page = visit(person, "/", PHONE, color_scheme="dark")
    for path in PAGES[person]:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], path
        red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
        assert int(red) < 64, path
