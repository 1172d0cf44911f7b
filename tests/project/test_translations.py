"""The template and the translations are what `make messages` makes of the code as it is."""

from __future__ import annotations

import string

import pytest
from babel.messages.catalog import Catalog, Message

from grader.locale.translations import FOLDER
from scripts.messages import TEMPLATE, as_text, compiled, extracted, translations


@pytest.fixture(scope="module")
def sentences() -> Catalog:
    return extracted()


def names(text: str) -> set[str]:
    """The named values of a sentence; "" for one without a name."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def in_english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else " ".join(message.id)


def translated(message: Message) -> str:
    said = message.string or ""
    return said if isinstance(said, str) else " ".join(said)


def test_the_template_has_every_sentence_as_it_is_now(sentences: Catalog) -> None:
    assert TEMPLATE.read_bytes() == as_text(sentences, header=False), "run `make messages`"


def test_every_value_of_a_sentence_has_a_name(sentences: Catalog) -> None:
    for message in sentences:
        assert "" not in names(in_english(message)), message.id


def test_a_translation_is_compiled_and_has_the_sentences_of_the_template(
    sentences: Catalog,
) -> None:
    for path, catalog in translations():
        assert path.with_suffix(".mo").read_bytes() == compiled(catalog), "run `make messages`"
        assert {message.id for message in catalog} == {message.id for message in sentences}


def test_a_translation_has_no_value_that_its_sentence_lacks() -> None:
    for _, catalog in translations():
        for message in filter(lambda message: message.id, catalog):
            assert names(translated(message)) <= names(in_english(message)), message.id


def test_no_translation_lies_about_that_has_no_source() -> None:
    sources = {path.with_suffix(".mo") for path, _ in translations()}
    assert set(FOLDER.rglob("*.mo")) == sources
