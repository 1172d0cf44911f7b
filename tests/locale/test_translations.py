"""Sentences are said in the language of the run, or in English without a translation."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from grader.locale import translations
from grader.locale.translations import Sentence, gettext, in_language, language, ngettext
from scripts.messages import compiled

TEXTS: dict[str | tuple[str, str], str | tuple[str, str]] = {
    "{name} is late.": "Zu spät: {name}.",
    ("{count} day", "{count} days"): ("{count} Tag", "{count} Tage"),
    "There is no notebook {expected}.": "{expected} fehlt.",
}


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A translation of a few sentences."""
    catalog = Catalog(locale="de")
    for text, translation in TEXTS.items():
        catalog.add(text, translation)
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(compiled(catalog))
    monkeypatch.setattr(translations, "FOLDER", tmp_path)


def test_a_translation_puts_the_values_of_a_sentence_where_it_needs_them() -> None:
    assert gettext("{name} is late.", name="ada") == "ada is late."
    with in_language("de"):
        assert gettext("{name} is late.", name="ada") == "Zu spät: ada."
        assert language() == "de"
    assert language() == "en"


@pytest.mark.parametrize("count,said", [(1, "1 Tag"), (2, "2 Tage"), (0, "0 Tage")])
def test_a_counted_thing_has_the_form_of_its_number(count: int, said: str) -> None:
    with in_language("de"):
        assert ngettext("{count} day", "{count} days", count) == said


def test_a_region_is_served_by_its_language() -> None:
    with in_language("de-AT"):
        assert language() == "de"


@pytest.mark.parametrize("unknown", ["fr", "", "..", "../de", "de/../de", "d", "en"])
def test_a_language_without_translation_is_said_in_english(unknown: str) -> None:
    with in_language(unknown):
        assert gettext("{name} is late.", name="ada") == "ada is late."
        assert language() == "en"


def test_a_sentence_that_the_translation_lacks_is_said_in_english() -> None:
    with in_language("de"):
        assert gettext("Nobody wrote this: {what}", what="x") == "Nobody wrote this: x"


def test_a_value_is_not_searched_for_names() -> None:
    assert gettext("{name} is late.", name="{0.__class__}") == "{0.__class__} is late."


def test_a_sentence_for_later_is_said_in_the_language_of_that_moment() -> None:
    absent = Sentence("There is no notebook {expected}.", {"expected": "net.ipynb"})
    days = Sentence("{count} day", {"count": 3}, "{count} days")
    assert (str(absent), str(days)) == ("There is no notebook net.ipynb.", "3 days")
    with in_language("de"):
        assert (str(absent), f"{days}") == ("net.ipynb fehlt.", "3 Tage")
        assert absent.in_english == "There is no notebook net.ipynb."


def test_the_language_of_one_thread_is_not_that_of_another() -> None:
    heard = []
    with in_language("de"):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        assert (heard, language()) == (["en"], "de")
