"""A student's page in a browser: what was lost is in sight, the rest a key press away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.watched import PHONE, Feedback, Show


@pytest.fixture
def failing(show: Show, feedback: Feedback) -> Page:
    """No mask in `backward`, and steps uphill."""
    return show(feedback("farah")).page


def test_what_was_lost_is_in_sight_with_a_hint_and_what_passed_is_folded(failing: Page) -> None:
    section = failing.locator("#backward")
    assert section.locator(".hint").first.is_visible()
    assert section.locator(".check.lost").first.is_visible()
    assert "should be" in section.locator(".check.lost .message").first.inner_text()
    assert not section.locator(".check.won").first.is_visible()


def test_what_passed_unfolds_by_keyboard(failing: Page) -> None:
    section = failing.locator("#backward")
    section.locator("summary").last.focus()
    failing.keyboard.press("Enter")
    assert section.locator(".check.won").first.is_visible()


def test_what_is_folded_is_printed(failing: Page) -> None:
    failing.emulate_media(media="print")
    height = failing.locator("#backward .check.won").first.evaluate("e => e.offsetHeight")
    assert height > 10


def test_each_wrong_gradient_is_drawn_with_signs_and_told_in_words(failing: Page) -> None:
    drawings = failing.locator("#backward svg.map")
    assert drawings.count() == 2  # W1 and b1; the data gradients of W2 and b2 are right
    for drawing in drawings.all():
        assert drawing.is_visible()
        signs = drawing.locator("text").all_text_contents()
        assert "+" in signs or "−" in signs
    assert " entries are wrong. " in failing.locator("#backward .maps").inner_text()


def test_drawings_fit_a_phone(show: Show, feedback: Feedback) -> None:
    page = show(feedback("farah"), PHONE).page
    for drawing in page.locator("svg.map").all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"]


def test_the_page_reads_without_colour(failing: Page) -> None:
    """Every check and every question has a sign of its own, beside its colour."""
    marks = failing.evaluate(
        """[...document.querySelectorAll('.check')].map(check => [
            [...check.classList].pop(), getComputedStyle(check, '::before').content])"""
    )
    assert {tuple(mark) for mark in marks} == {("won", '"✓"'), ("lost", '"✗"')}
    assert "◐" in failing.locator(".glance").inner_text()


def test_figures_of_the_students_own_run_are_shown(failing: Page) -> None:
    figures = failing.locator(".piece img")
    assert figures.count() >= 2
    assert "Figure drawn by" in (figures.first.get_attribute("alt") or "")


def test_a_figure_stays_readable_on_a_dark_screen(failing: Page) -> None:
    failing.emulate_media(color_scheme="dark")
    ground = failing.locator(".piece img").first.evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"


def test_the_top_tells_who_and_when(failing: Page) -> None:
    assert "Farah Al-Sayed (farah)" in failing.locator("header.head").inner_text()
    told = failing.locator("dl.facts").inner_text()
    assert "2026-10-19 23:59" in told
    assert "2026-10-19 21:58:02" in told


def test_code_has_colours_of_its_own(failing: Page) -> None:
    colours = failing.evaluate(
        """[...'ksnc'].map(kind => document.querySelector(`.piece code .${kind}`))
            .map(word => word && getComputedStyle(word).color)"""
    )
    assert len({*colours} - {None}) >= 3


def test_lateness_is_explained(show: Show, feedback: Feedback) -> None:
    note = show(feedback("nadia")).page.locator(".note", has_text="Late.")
    assert "after the deadline" in note.inner_text()
    assert "Points lost" in note.inner_text()


def test_nothing_hidden_is_on_a_page(show: Show, feedback: Feedback) -> None:
    html = show(feedback("farah")).page.content()
    for secret in ("def test_", "hidden_tests", "make_problem", "assert_close", "exp_scores = np"):
        assert secret not in html
