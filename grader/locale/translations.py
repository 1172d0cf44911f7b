"""Sentences in the language of a run: English in the code, translated by files of gettext.

The language is set for one thread or task, so that two courses in one process do not disturb each
other. A sentence is whole and has named values, `{name}`, so that a translation can put them into
the order of its language. A sentence without a translation is said in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

__all__ = [
    "ENGLISH",
    "FOLDER",
    "N_",
    "N_plural",
    "Sentence",
    "gettext",
    "in_language",
    "language",
    "ngettext",
    "translated",
]

FOLDER = Path(__file__).parent
ENGLISH = "en"
LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")  # it becomes the name of a folder

_english = NullTranslations()
_current: ContextVar[NullTranslations] = ContextVar("translations", default=_english)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say everything in this language, or in English where there is no translation into it.

    Args:
        language: its code, such as `de` or `pt-BR`; without a translation into `pt-BR`, the one
            into `pt` is used.
    """
    token = _current.set(_translation(language))
    try:
        yield
    finally:
        _current.reset(token)


def _translation(language: str) -> NullTranslations:
    if language == ENGLISH or not LANGUAGE.fullmatch(language):
        return _english
    return translation("messages", FOLDER, [language.replace("-", "_")], fallback=True)


def language() -> str:
    """The code of the current language."""
    return _current.get().info().get("language", "").replace("_", "-") or ENGLISH


def translated(text: str, many: str = "", count: int = 1) -> str:
    """A sentence in the current language, its values not yet filled in.

    Args:
        text: the English sentence; with `many`, its singular form.
        many: the English plural form; "" if nothing is counted.
        count: how many there are.
    """
    said = _current.get()
    return said.ngettext(text, many, count) if many else said.gettext(text)


def gettext(text: str, /, **values: Any) -> str:
    """The sentence in the current language, with its values filled in.

    Args:
        text: the English sentence.
        values: by the name that the sentence uses.
    """
    return translated(text).format(**values)


def ngettext(text: str, many: str, count: int, /, **values: Any) -> str:
    """The sentence with the form for this count, and with its values filled in.

    Args:
        text: the English singular form.
        many: the English plural form.
        count: how many there are; also the value of `{count}`.
        values: the other values, by the name that the sentence uses.
    """
    return translated(text, many, count).format(count=count, **values)


def N_(text: str) -> str:
    """Mark a sentence that is looked up later."""
    return text


def N_plural(text: str, many: str) -> tuple[str, str]:
    """Mark the singular and the plural form of a sentence that is looked up later.

    Args:
        text: the English singular form.
        many: the English plural form.
    """
    return text, many


@dataclass(frozen=True)
class Sentence:
    """A sentence that is said later, perhaps by another process, in the language of that moment.

    Args:
        text: the English sentence; with `many`, its singular form.
        values: by the name that the sentence uses; with `many`, `count` chooses the form.
        many: the English plural form; "" if nothing is counted.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    many: str = ""

    def __str__(self) -> str:
        return translated(self.text, self.many, self.values.get("count", 1)).format(**self.values)

    @property
    def in_english(self) -> str:
        """The English sentence, for digests that must not depend on the language."""
        with in_language(ENGLISH):
            return str(self)
