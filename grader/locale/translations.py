"""Sentences in the language of a run: English in the code, translated by files of gettext.

The language holds for the thread or task that set it, so that two courses in one process do not
meet. A sentence is whole and has named values, `{name}`, so that a translation can order them as
its language does. What is not translated is said in English.
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
        language: its code, such as `de` or `pt-BR`; for `pt-BR`, one into `pt` will do.
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
    """The code of the language in which things are said now."""
    return _current.get().info().get("language", "").replace("_", "-") or ENGLISH


def translated(text: str, many: str = "", count: int = 1) -> str:
    """A sentence in the language that holds, its values not yet filled in.

    Args:
        text: in English; with `many`, for one of what is counted.
        many: in English, for several.
        count: how many there are.
    """
    said = _current.get()
    return said.ngettext(text, many, count) if many else said.gettext(text)


def gettext(text: str, /, **values: Any) -> str:
    """The sentence with its values."""
    return translated(text).format(**values)


def ngettext(text: str, many: str, count: int, /, **values: Any) -> str:
    """The sentence for one, or for many, of what is counted; `{count}` is among its values."""
    return translated(text, many, count).format(count=count, **values)


def N_(text: str) -> str:
    """Mark a sentence that is looked up later."""
    return text


def N_plural(text: str, many: str) -> tuple[str, str]:
    """Mark a sentence for one and for many that is looked up later."""
    return text, many


@dataclass(frozen=True)
class Sentence:
    """A sentence that is said later, perhaps by another process, in the language it then has.

    Args:
        text: in English.
        values: by name; if it is about many of something, `count` is how many.
        many: in English, for many.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    many: str = ""

    def __str__(self) -> str:
        return translated(self.text, self.many, self.values.get("count", 1)).format(**self.values)

    @property
    def in_english(self) -> str:
        """The same, whatever the language is: for what must not depend on it."""
        with in_language(ENGLISH):
            return str(self)
