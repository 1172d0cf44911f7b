"""No text of a page is missed by a translation: a language that is none shows what is English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from grader.locale import translations
from tests.kit.pseudo import LANGUAGE, pseudo, write_translation
from tests.kit.translated import FAILING, write_pages

PAGES = ("failing", "perfect", "late", "rejected", "ungraded", "untouched", "typing", "stopped")
SHOWN = ("alt", "aria-label", "title", "placeholder")  # attributes that are read to people
UNSEEN = ("style", "script", "metadata")
# What is the assignment's, the students' or Python's own.
NOT_OURS = (
    *("Tiny course", "Tiny", "double", "square", "why", "test_that_breaks", "own"),
    *("test_double", "test_square", "YOUR ANSWER HERE"),
    *("failing", "perfect", "late", "rejected", "ungraded", "untouched", "typing", "stopped"),
    *("twin", "other", "waiting", "absent", "First"),
    *("double(x) is 2x.", "double(0) is 0.", "square(x) is x²."),
    *("square works on tables.", "square works on rows.", "This one breaks."),
    *("Count the factors.", "cubes", "My reason.", "Because.", "mine"),
    *("ValueError", "NameError", "NotImplementedError", "ZeroDivisionError", "division by zero"),
    *("name 'undefined_name' is not defined", "list", "float"),
    *("Python", "numpy", "matplotlib", "Chainrule"),
    *("UTC", "Nunnally & Bernstein", "Ebel & Frisbie"),
)


class Texts(HTMLParser):
    """Everything that a person reads or hears, outside of code and its output."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        self.found += [value or "" for name, value in attrs if name in SHOWN]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"pre", *UNSEEN} & {*self._open}:
            self.found.append(data)


def in_english(html: str) -> Iterator[str]:
    """The texts with words in plain letters that are nobody's but ours."""
    ours = sorted(NOT_OURS, key=len, reverse=True)
    for text in Texts(html).found:
        rest = re.sub("|".join(rf"(?<!\w){re.escape(known)}(?!\w)" for known in ours), "", text)
        if re.search(r"[A-Za-z]{2}", rest):
            yield text.strip()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("translations")
    write_translation(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translations, "FOLDER", folder)
        yield write_pages(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("name", [*PAGES, "report"])
def test_no_text_of_a_page_is_missed(pages: dict[str, str], name: str) -> None:
    assert list(in_english(pages[name])) == []


@pytest.mark.parametrize("name", [*PAGES, "report"])
def test_every_text_is_whole(pages: dict[str, str], name: str) -> None:
    text = "".join(Texts(pages[name]).found)
    assert text.count("⟦") == text.count("⟧") > 5
    assert "{" not in text


@pytest.mark.parametrize("name", [*PAGES, "report"])
def test_a_page_names_its_language(pages: dict[str, str], name: str) -> None:
    assert f'<html lang="{LANGUAGE}">' in pages[name]


def test_the_score_card_in_a_graded_notebook_is_translated(pages: dict[str, str]) -> None:
    assert pseudo("✗ lost") in pages["card"]
    assert list(in_english(pages["card"])) == []


def test_what_our_side_says_among_outputs_is_translated_too(pages: dict[str, str]) -> None:
    slow = pseudo("this cell did not finish within {seconds:g} s of processor time").format(
        seconds=0.5
    )
    assert slow in pages["failing"]
    assert pseudo("[cut off here]") in pages["failing"]


def test_each_page_shows_what_it_is_named_after(pages: dict[str, str]) -> None:
    assert pseudo("Late.") in pages["late"]
    assert pseudo("A small example.") in pages["late"]
    sentence = pseudo("{name} should be {expected}, but it is {found}")
    assert sentence.format(name="y", expected="4", found="8") in pages["late"]
    assert pseudo("You have all points.") in pages["perfect"]
    assert pseudo("Rejected: {reason}")[:10] in pages["rejected"]
    assert pseudo("Not graded: {reason}")[:12] in pages["ungraded"]


def test_a_missed_text_would_be_found(pages: dict[str, str]) -> None:
    missed = pages["late"].replace("</h1>", "</h1><p>Late again.</p>")
    assert list(in_english(missed)) == ["Late again."]
    assert FAILING["why"] in pages["failing"]
