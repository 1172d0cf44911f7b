"""What a terminal shows of a printed text, in which progress bars write over their lines.

Both sides use it: the box, so that thousands of updates of a bar take no room, and the judge's
side, which believes nothing that the box says.
"""

from __future__ import annotations

__all__ = ["overwritten"]

MARKS = ("\r", "\b")


def overwritten(text: str, is_whole: bool = True) -> str:
    """The text after all its carriage returns and backspaces, as Jupyter shows it.

    Args:
        text: what was printed.
        is_whole: whether it is all. If more may follow, its last line still tells where the cursor
            is.
    """
    if not any(mark in text for mark in MARKS):
        return text
    *lines, last = (_without_backspaces(line).split("\r") for line in text.split("\n"))
    shown = [_on_top(parts) for parts in [*lines, last]]
    is_inside = len(last[-1]) < len(shown[-1])  # the cursor is not at the end of what is shown
    return "\n".join(shown) + ("" if is_whole or not is_inside else f"\r{last[-1]}")


def _on_top(parts: list[str]) -> str:
    """What is seen of texts that were written over each other, the last one on top."""
    shown = ""
    for part in reversed(parts):
        shown += part[len(shown) :]
    return shown


def _without_backspaces(line: str) -> str:
    if "\b" not in line:
        return line
    kept: list[str] = []
    for char in line:
        if char != "\b":
            kept.append(char)
        elif kept and kept[-1] != "\r":
            kept.pop()
    return "".join(kept)
