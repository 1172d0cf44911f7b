"""A pseudo-language: every text is in brackets, longer, and in letters that English lacks.

Plain letters on a page show a text that was not translated, a missing bracket one that is cut off.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts.messages import TEMPLATE, compiled

LANGUAGE = "eo"  # a real language whose plural forms are like those of English
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļḿñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻḾÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)
KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]+>)")  # named values, and our own tags
VOWELS = re.compile("([åéîöûý])")


def pseudo(text: str) -> str:
    """Translate a text into that language; it becomes about 40 % longer."""
    parts = KEPT.split(text)
    parts[::2] = [VOWELS.sub(r"\1\1", part.translate(LETTERS)) for part in parts[::2]]
    return f"⟦{''.join(parts)}⟧"


def write_translation(folder: Path) -> None:
    """Translate the whole template."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    catalog = Catalog(locale=LANGUAGE)
    for message in template:
        if isinstance(message.id, str) and message.id:
            catalog.add(message.id, pseudo(message.id))
        elif message.id:
            catalog.add(message.id, tuple(map(pseudo, message.id)))
    path = folder / LANGUAGE / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(compiled(catalog))
