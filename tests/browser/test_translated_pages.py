"""Nothing is cut off where a translation is longer than the English: on a screen, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from grader.locale import translations
from tests.browser.watched import DESKTOP, PHONE, Show
from tests.kit.pseudo import write_translation
from tests.kit.translated import write_pages

PAGES = ("failing", "perfect", "late", "rejected", "ungraded", "typing", "stopped", "report")
# What is wider or higher than its place and cannot be scrolled to; drawings clip at their edge.
CUT_OFF = """
() => {
  const cut = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) cut.push(`the page: ${root.scrollWidth} pixels`);
  for (const part of document.querySelectorAll("body *:not(svg, svg *, .hidden)")) {
    const style = getComputedStyle(part);
    if (!part.getClientRects().length || style.display === "inline") continue;
    const scrolls = (way) => ["auto", "scroll"].includes(way);
    const isWide = !scrolls(style.overflowX) && part.scrollWidth > part.clientWidth + 1;
    const isHigh = style.overflowY === "hidden" && part.scrollHeight > part.clientHeight + 1;
    if (isWide || isHigh) cut.push(`${part.tagName}: ${part.innerText.slice(0, 60)}`);
  }
  for (const text of document.querySelectorAll("svg text")) {
    const inner = text.getBoundingClientRect();
    const outer = text.ownerSVGElement.getBoundingClientRect();
    const fits = inner.left >= outer.left - 1 && inner.right <= outer.right + 1
      && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
    if (!fits) cut.push(`a drawing: ${text.textContent}`);
  }
  return cut;
}
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of pages in a language that is none."""
    folder = tmp_path_factory.mktemp("pages")
    write_translation(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translations, "FOLDER", folder)
        for name, html in write_pages(tmp_path_factory.mktemp("course")).items():
            (folder / f"{name}.html").write_text(html, encoding="utf-8")
    yield folder


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off(show: Show, pages: Path, name: str, viewport: ViewportSize) -> None:
    page = show(pages / f"{name}.html", viewport).page
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate(CUT_OFF) == []


def test_a_text_that_is_cut_off_would_be_found(show: Show, pages: Path) -> None:
    page = show(pages / "late.html", PHONE).page
    page.add_style_tag(content="h2 { white-space: nowrap; width: 3rem; overflow: hidden; }")
    assert page.evaluate(CUT_OFF)[0].startswith("H2: ")
