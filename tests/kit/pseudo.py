"""A language that is none: every text in brackets, longer, and in letters that English lacks.

So a text that was missed shows by its plain letters, and one that is cut off by its bracket.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts.messages import TEMPLATE, compiled

LANGUAGE = "eo"  # some language that has plural forms as English has
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļḿñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻḾÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)
KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]+>)")  # named values, and our own tags
VOWELS = re.compile("([åéîöûý])")


def pseudo(text: str) -> str:
    """A text in that language, about 40 % longer."""
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
