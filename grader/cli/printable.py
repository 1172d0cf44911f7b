"""Text that a terminal only shows, whoever wrote the names in it."""

from __future__ import annotations

import unicodedata

__all__ = ["printable"]

ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # they command the terminal, or turn what stands beside
HARMLESS = "\n\t\u200c\u200d"  # the last two join letters in the names of many a script


def printable(text: str) -> str:
    """The text, with `?` for each character that does something instead of being shown.

    Args:
        text: of any number of lines.
    """
    if text.isprintable():
        return text
    return "".join("?" if _acts(letter) else letter for letter in text)


def _acts(letter: str) -> bool:
    return letter not in HARMLESS and unicodedata.category(letter) in ACTING
