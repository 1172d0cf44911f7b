"""The report in a browser: its tables sort, by mouse and by keyboard, and it is of a real class."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.watched import PAPER, PHONE, Show


@pytest.fixture
def page(show: Show, report: Path) -> Page:
    return show(report).page


def column(table: Locator, number: int) -> list[str]:
    return table.locator(f"tbody tr > :nth-child({number})").all_inner_texts()


def header(table: Locator, text: str) -> Locator:
    return table.locator("th", has_text=text).first


def right_edge(part: Locator) -> float:
    return float(part.evaluate("part => part.getBoundingClientRect().right"))


def test_every_table_sorts_by_every_column_both_ways(page: Page) -> None:
    tables = page.locator("table").all()
    assert len(tables) >= 4
    for table in tables:
        before = sorted(table.locator("tbody tr").all_inner_texts())
        for head in table.locator("thead th").all():
            for order in ("ascending", "descending"):
                head.get_by_role("button").click()
                assert head.get_attribute("aria-sort") == order
                assert table.locator("th[aria-sort]").count() == 1
        assert sorted(table.locator("tbody tr").all_inner_texts()) == before


def test_numbers_sort_as_numbers_and_times_as_times(page: Page) -> None:
    everyone = page.locator("#everyone table")
    header(everyone, "total").get_by_role("button").click()
    totals = [float(text) for text in column(everyone, 2)]
    assert totals == sorted(totals)
    assert len(set(totals)) > 3
    header(everyone, "Handed in").get_by_role("button").click()
    assert column(everyone, 4) == sorted(column(everyone, 4))


def test_what_has_no_number_stays_at_the_end(page: Page) -> None:
    everyone = page.locator("#everyone table")
    place = 1 + [
        h.split("\n")[0].strip() for h in everyone.locator("thead th").all_inner_texts()
    ].index("explain")
    for _ in range(2):
        everyone.locator(f"th:nth-child({place})").get_by_role("button").click()
        shown = column(everyone, place)
        assert "–" in shown
        assert shown == sorted(shown, key=lambda text: text == "–")


def test_a_table_sorts_by_keyboard(page: Page) -> None:
    questions = page.locator("#questions table")
    button = header(questions, "Mean").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    assert header(questions, "Mean").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Space")
    assert header(questions, "Mean").get_attribute("aria-sort") == "descending"
    assert button.evaluate("button => button === document.activeElement")


def test_links_at_the_top_lead_to_their_sections(page: Page) -> None:
    for link in page.locator("nav a").all():
        link.click()
        target = page.evaluate(
            "document.querySelector(location.hash).querySelector('h2').innerText"
        )
        assert target


def test_who_was_stopped_repaired_or_rejected_is_listed_with_the_reason(page: Page) -> None:
    rows = page.locator("#looks tbody tr").all_inner_texts()
    kinds = {row.split("\t")[0]: row.split("\t")[1] for row in rows}
    assert "stopped" in kinds["igor"]
    assert "rejected" in kinds["olu"]
    assert "repaired" in kinds["kofi"]


def test_the_total_is_in_sight_on_a_phone_and_names_stay_while_scores_scroll(
    show: Show, report: Path
) -> None:
    page = show(report, PHONE).page
    heads = page.locator("#everyone thead th")
    name, total, last = heads.first, header(page.locator("#everyone"), "total"), heads.last
    assert right_edge(total) <= PHONE["width"] < right_edge(last)
    before = right_edge(name)
    last.scroll_into_view_if_needed()
    assert right_edge(last) <= PHONE["width"]
    assert right_edge(name) == before


def test_who_handed_in_nothing_unfolds(page: Page) -> None:
    folded = page.locator("details.missing")
    assert "1 student" in folded.locator("summary").inner_text()
    assert not folded.get_by_text("Missing, Zoë").is_visible()
    folded.locator("summary").press("Enter")
    assert folded.get_by_text("Missing, Zoë").is_visible()


def test_on_paper_heads_repeat_and_names_stay_whole(show: Show, report: Path) -> None:
    """A browser repeats a head on each page if nothing in it has a box that cannot be split."""
    page = show(report, PAPER).page
    page.emulate_media(media="print")
    for head in page.locator("thead").all():
        assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
        assert head.evaluate("head => getComputedStyle(head).breakInside") == "avoid"
    for button in page.locator("thead button").all():
        assert button.evaluate("button => getComputedStyle(button).display") == "contents"
    for name in page.locator("#everyone .who").all():
        lines = "who => { const all = document.createRange(); all.selectNodeContents(who);"
        tops = name.evaluate(
            lines + " return new Set([...all.getClientRects()].map(r => Math.round(r.y))).size }"
        )
        assert tops == len(name.inner_text().split("\n"))


def test_without_scripts_the_tables_are_there_all_the_same(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(report.as_uri())
    assert plain.locator("#everyone tbody tr").count() == 9
    assert plain.locator("th button").count() == 0
    context.close()
