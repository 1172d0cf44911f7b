"""Written answers: Markdown, as HTML that still has to be sanitised.

Whatever a student wrote, the time is linear in its length, and bounded: of a long text only the
beginning is read as Markdown, and a table that would be far larger than its text stays text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import escape

from grader.intake.pictures import INLINE_IMAGES, PREFIX
from grader.locale.translations import gettext

__all__ = ["MAX_MARKDOWN", "Attachments", "markdown_as_html"]

Attachments: TypeAlias = Mapping[str, Mapping[str, str]]

MAX_MARKDOWN = 20_000  # characters; what comes after them is shown as plain text
MAX_TEXT = 2 * MAX_MARKDOWN  # characters shown at all
MAX_TABLE_CELLS = 10_000


def markdown_as_html(
    text: str,
    attachments: Attachments | None = None,
    *,
    with_html: bool = False,
    room: int = MAX_MARKDOWN,
) -> str:
    """HTML of a text cell. A picture that the notebook does not hold becomes its description.

    Args:
        text: the source of the cell.
        attachments: the cell's pictures: name → image type → base64.
        with_html: whether HTML inside the text is kept; if not, it is shown as text.
        room: how many characters are read as Markdown.
    """
    room = min(room, MAX_MARKDOWN)
    head, rest = text[:room], text[room:MAX_TEXT]
    markdown = _Markdown("commonmark", {"html": with_html})
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.block.ruler.before("fence", "formula_block", _formula_block)
    if _is_small_table(head):
        markdown.enable("table")
    tokens = markdown.parse(head)
    for token in (inner for block in tokens for inner in block.children or ()):
        if token.type == "image":
            _put_in_place(token, attachments or {})
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    if len(text) > MAX_TEXT:
        rest += "\n" + gettext("[cut off here]")
    return f"{html}<pre>{escape(rest)}</pre>" if rest else html


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Every link is read; the sanitiser judges links and pictures afterwards."""
        return True


def _is_small_table(text: str) -> bool:
    """Whether a table in this text stays small: a short row is filled up to the longest."""
    lines = text.split("\n")
    return max(line.count("|") for line in lines) * len(lines) <= MAX_TABLE_CELLS


def _put_in_place(picture: Token, attachments: Attachments) -> None:
    """Put an attachment into the page; leave the description of what is not in the notebook."""
    source = str(picture.attrs.get("src", ""))
    for kind, data in attachments.get(source.removeprefix(PREFIX), {}).items():
        source = f"data:{kind};base64,{data}"
    if source.startswith(INLINE_IMAGES):
        picture.attrs["src"] = source
    else:
        picture.type = "text"


def _formula(state: StateInline, silent: bool) -> bool:
    """A formula between dollar signs: what looks like emphasis in it is none."""
    start = state.pos
    mark = "$$" if state.src.startswith("$$", start) else "$"
    if state.src[start] != "$":
        return False
    end = state.src.find(mark, start + len(mark), state.posMax)
    if end < 0:
        return False
    state.pos = end + len(mark)
    if not silent:
        state.push("text", "", 0).content = state.src[start : state.pos]
    return True


def _formula_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Lines from one that begins with two dollar signs to one that ends with them."""
    lines = [state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]]
    if not lines[0].startswith("$$") or lines[0].rstrip().endswith("$$", 2):
        return False
    for number in range(first + 1, last):
        lines.append(state.src[state.bMarks[number] : state.eMarks[number]])
        if not lines[-1].strip():
            return False
        if lines[-1].rstrip().endswith("$$"):
            break
    else:
        return False
    if not silent:
        state.line = number + 1
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content, inline.children, inline.map = "\n".join(lines), [], [first, number + 1]
        state.push("paragraph_close", "p", -1)
    return True
