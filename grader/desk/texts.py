"""What people type into a form, as the plain text that is kept."""

from __future__ import annotations

import re

__all__ = ["plain"]

# Control characters, but for tabs and ends of lines, and those that turn the direction of a text.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """The text with one kind of line end, and without what could disturb the text beside it.

    Args:
        text: as it came; it has to be escaped all the same wherever it is shown.
    """
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
