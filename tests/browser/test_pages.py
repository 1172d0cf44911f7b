"""What a browser makes of the pages: they render, keep quiet, ask for nothing, fit and print."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.watched import DESKTOP, PAPER, PHONE, STUDENTS, Feedback, Show


@pytest.fixture(params=["report", "igor", "ada", "olu"])
def path(request: pytest.FixtureRequest, report: Path, feedback: Feedback) -> Path:
    """The class report; feedback on a failing, a perfect and a rejected submission."""
    return report if request.param == "report" else feedback(request.param)


# Texts whose colour stands out from what is behind them less than WCAG 2.1 asks of small letters.
FAINT = """
() => {
  const channels = (text) => (text.match(/[0-9.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const over = (front, back, alpha) => front.map((c, i) => alpha * c + (1 - alpha) * back[i]);
  const luminance = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (part) => {
    if (part === null) return [255, 255, 255];
    const [r, g, b, alpha = 1] = channels(getComputedStyle(part).backgroundColor);
    const behind = ground(part.parentElement);
    return alpha === 0 ? behind : over([r, g, b], behind, alpha);
  };
  const square = (text) => {
    const rect = text.previousElementSibling;
    const style = rect?.tagName === "rect" ? getComputedStyle(rect) : null;
    const page = ground(text.ownerSVGElement);
    return style && style.fill !== "none"
      ? over(channels(style.fill), page, Number(style.fillOpacity)) : page;
  };
  const faint = [];
  for (const part of document.querySelectorAll("body *:not(script, title, desc, option)")) {
    const says = [...part.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!says || !part.getClientRects().length) continue;
    const isDrawn = part.ownerSVGElement != null;
    const style = getComputedStyle(part);
    const back = isDrawn ? square(part) : ground(part);
    const front = channels(isDrawn ? style.fill : style.color).slice(0, 3);
    const [dark, light] = [luminance(front), luminance(back)].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    const shown = `${part.tagName} ${part.textContent.slice(0, 40)}`;
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${shown}`);
  }
  return faint;
}
"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is: tag, the beginning of the text, and whether a frame shows it."""

    tag: str
    text: str
    is_framed: bool


def reached_by_tab(page: Page, times: int = 400) -> list[Stop]:
    """What the focus visits, in order."""
    place = "document.activeElement"
    seen = []
    for _ in range(times):
        page.keyboard.press("Tab")
        tag, text, outline = page.evaluate(
            f"[{place}.tagName, {place}.textContent.trim().slice(0, 40), "
            f"getComputedStyle({place}).outlineStyle]"
        )
        if tag == "BODY":
            break
        seen.append(Stop(tag, text, outline == "solid"))
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
    reached = reached_by_tab(page)
    assert [stop.tag for stop in reached if stop.tag in ("A", "BUTTON", "SUMMARY")] == wanted
    assert [stop for stop in reached if not stop.is_framed] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(
    show: Show, report: Path, feedback: Feedback, scheme: Literal["light", "dark"]
) -> None:
    """Farah's page has hints, heat maps, code and figures; Nadia's is late; Olu's was rejected."""
    grounds = set()
    for path in (report, feedback("farah"), feedback("nadia"), feedback("olu")):
        page = show(path).page
        page.emulate_media(color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert page.evaluate(FAINT) == []
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == {"rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 31)"}


def test_a_faint_text_would_be_found(show: Show, feedback: Feedback) -> None:
    page = show(feedback("farah")).page
    page.add_style_tag(content="h1 { color: #888; } .map .sign { fill: #b60; }")
    found = page.evaluate(FAINT)
    assert any(" H1 " in text for text in found)
    assert any(" text +" in text for text in found)


def test_paper_is_white_whatever_the_screen_is(show: Show, path: Path) -> None:
    page = show(path).page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(FAINT) == []


def test_headings_go_down_by_one_level_at_most(show: Show, path: Path) -> None:
    page = show(path).page
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("main h1").count() == 1


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
