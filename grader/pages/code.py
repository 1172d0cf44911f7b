"""Code in colours: comments, strings, numbers, keywords, and the names that are defined.

Whatever a student wrote, the time is linear in its length, since each alternative of the one
regular expression either fails at its first characters or takes what it has read.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

__all__ = ["MAX_CODE", "highlighted"]

MAX_CODE = 20_000  # characters of one cell; what comes after them is shown in one colour
# The name of a group is the class in the style sheet.
TOKEN = re.compile(
    rf"""
    (?P<c>\#[^\n]*)
    |(?P<s>[bBfFrRtTuU]{{0,2}}(?:
        \"\"\"(?:\\.|.)*?(?:\"\"\"|\Z)
        |'''(?:\\.|.)*?(?:'''|\Z)
        |"(?:\\.|[^"\\\n])*"?
        |'(?:\\.|[^'\\\n])*'?))
    |(?P<d>(?<=def\ )\w+|(?<=class\ )\w+)
    |(?P<k>(?:{"|".join(keyword.kwlist)})\b)
    |(?P<n>\.?\b\d[\w.]*(?:(?<=[eE])[-+]\d+)?)
    |\w+
    """,
    re.VERBOSE | re.DOTALL,
)


def highlighted(source: str, room: int = MAX_CODE) -> Markup:
    """Python code as HTML whose text is the code; it need not be valid.

    Args:
        source: the code.
        room: how many characters may get colours.
    """
    room = min(room, MAX_CODE)
    html = "".join([*_coloured(source[:room]), escape(source[room:])])
    return Markup(html)  # noqa: S704 — every piece of the source is escaped


def _coloured(source: str) -> Iterator[str]:
    end = 0
    for token in TOKEN.finditer(source):
        if token.lastgroup:
            yield escape(source[end : token.start()])
            yield f'<span class="{token.lastgroup}">{escape(token[0])}</span>'
            end = token.end()
    yield escape(source[end:])
