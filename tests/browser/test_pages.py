"""What a browser makes of the pages: they render, keep quiet, ask for nothing, fit and print."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.watched import DESKTOP, PAPER, PHONE, STUDENTS, Feedback, Show


@pytest.fixture(params=["report", "igor", "ada", "olu"])
def path(request: pytest.FixtureRequest, report: Path, feedback: Feedback) -> Path:
    """The class report; feedback on a failing, a perfect and a rejected submission."""
    return report if request.param == "report" else feedback(request.param)


def reached_by_tab(page: Page, times: int = 400) -> list[str]:
    """What the focus visits, in order: tag and the beginning of the text."""
    place = "document.activeElement"
    seen = []
    for _ in range(times):
        page.keyboard.press("Tab")
        tag, text = page.evaluate(f"[{place}.tagName, {place}.textContent.trim().slice(0, 40)]")
        if tag == "BODY":
            break
        seen.append(f"{tag} {text}")
    return seen


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_page_renders_without_complaint_and_asks_for_nothing(
    show: Show, path: Path, viewport: dict[str, int]
) -> None:
    watched = show(path, viewport)
    watched.page.wait_for_load_state("networkidle")
    assert watched.page.locator("h1").is_visible()
    assert watched.complaints == []
    assert watched.requests == []


def test_no_page_is_wider_than_a_phone(show: Show, path: Path) -> None:
    page = show(path, PHONE).page
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_no_text_is_too_small_for_a_phone(show: Show, path: Path) -> None:
    page = show(path, PHONE).page
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll('svg text')].map(text => {
            const size = parseFloat(getComputedStyle(text).fontSize)
            return size * text.ownerSVGElement.getScreenCTM().a
        }), 16)"""
    )
    assert smallest >= 9


def test_every_link_and_control_is_reached_by_keyboard(show: Show, path: Path) -> None:
    page = show(path).page
    controls = page.locator("a, button, summary")
    wanted = [
        page.evaluate("(e) => e.tagName", control)
        for control in controls.element_handles()
        if control.is_visible()
    ]
    reached = [name.split()[0] for name in reached_by_tab(page)]
    assert [tag for tag in reached if tag in ("A", "BUTTON", "SUMMARY")] == wanted


def test_a_page_prints_within_the_margins_of_its_paper(show: Show, path: Path) -> None:
    page = show(path, PAPER).page
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_every_picture_says_what_it_shows(show: Show, path: Path) -> None:
    page = show(path).page
    for image in page.locator("img").element_handles():
        assert image.get_attribute("alt")
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    for drawing in page.locator("svg").element_handles():
        assert drawing.get_attribute("role") == "img"
        assert drawing.evaluate("svg => svg.querySelector('title').textContent.length > 5")
        assert drawing.evaluate("svg => svg.querySelector('desc').textContent.length > 5")


@pytest.mark.parametrize("student", STUDENTS)
def test_feedback_holds_nothing_executable(show: Show, feedback: Feedback, student: str) -> None:
    page = show(feedback(student)).page
    assert page.locator("script, iframe, object, embed, form, input").count() == 0
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"bad = 1\">')"
    )
    page.wait_for_timeout(50)
    assert page.evaluate("typeof bad") == "undefined"
