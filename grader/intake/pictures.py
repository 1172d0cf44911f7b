"""Pictures in a student's text cells, under names that every renderer finds.

Editors write the name of an attachment into the text in many ways (`image%20(1).png`), and a name
that is not found stops nbconvert. So pictures get plain names, and a reference that leads nowhere
becomes text. Only image types that a page may show are kept; SVG, which can hold scripts, is shown
as the source of an `<img>` alone, where no script runs.
"""

from __future__ import annotations

import base64
import html
import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from grader.notebook import Cell

__all__ = ["IMAGE_TYPES", "INLINE_IMAGES", "MAX_PICTURES", "PREFIX", "Illustrated", "illustrated"]

IMAGE_TYPES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
INLINE_IMAGES = tuple(f"data:{kind};base64," for kind in IMAGE_TYPES)
ALIASES = {"image/jpg": "image/jpeg", "image/x-png": "image/png", "image/svg": "image/svg+xml"}
PREFIX = "attachment:"
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
MAX_NAME = 400  # characters of a reference to an attachment
MAX_PICTURES = 1000  # of one text cell, or of an answer that was split over several
MAX_PLACES = 200  # references in the same
MAX_BRACKETS = 8  # that are tried as the end of a reference
TICKS = re.compile(r"`+")

# The beginning of a picture, a picture in HTML, or the target of a named reference.
PLACE = re.compile(
    r"!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\]){0,500})\]\("
    r"|<img\b(?P<attributes>[^<>]*+)>"
    r"|^ {0,3}\[(?P<label>[^\]\n]{1,200})\]:[ \t]*<?attachment:(?P<target>[^\n]*)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
TITLE = r"(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'|=\d*%?x?\d*%?))?\s*"
TARGET = re.compile(
    r"\s*(?:<([^<>\n]*)>|((?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.)*+\))*+))" + TITLE + r"\)"
)
WITHOUT_TITLE = re.compile(r"(.*?)" + TITLE, re.DOTALL)
ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


@dataclass(frozen=True)
class Illustrated:
    """The text of one or more cells with its pictures.

    Args:
        source: the text, in which every picture is found.
        attachments: the pictures: name → image type → base64.
        has_lost: whether a reference led nowhere, and became text.
    """

    source: str
    attachments: dict[str, dict[str, str]]
    has_lost: bool


def illustrated(cells: Sequence[Cell]) -> Illustrated:
    """Join the texts of cells; equal ones are taken once.

    Args:
        cells: text cells as they were submitted.
    """
    album = _Album()
    sources = [_Writer(cell, album).text() for cell in cells]
    return Illustrated("\n\n".join(dict.fromkeys(sources)), album.pictures, album.has_lost)


@dataclass
class _Album:
    """Pictures under plain names, each of them once."""

    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    places: int = 0
    has_lost: bool = False
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, name: str, kind: str, data: str) -> str | None:
        """Keep a picture; returns its plain name, or None if there are too many."""
        if (kind, data) not in self._names:
            if len(self.pictures) == MAX_PICTURES:
                return None
            while not SAFE_NAME.fullmatch(name) or name in self.pictures:
                name = f"picture-{next(self._numbers)}.{IMAGE_TYPES[kind]}"
            self.pictures[name] = {kind: data}
            self._names[kind, data] = name
        return self._names[kind, data]


class _Writer:
    """Writes the text of one cell anew.

    Args:
        cell: a text cell.
        album: where its pictures go.
    """

    def __init__(self, cell: Cell, album: _Album) -> None:
        self._source: str = cell["source"]
        self._album = album
        self._names: dict[str, str] = {}
        for name, bundle in (cell.get("attachments") or {}).items():
            picture = _picture(bundle)
            if picture and (plain := album.add(name, *picture)):
                self._names[_normal(name)] = self._names[_plain(name)] = plain

    def text(self) -> str:
        """The text, in which each picture has its plain name."""
        pieces: list[str] = []
        done = 0
        code = _CodeSpans(self._source)
        while place := PLACE.search(self._source, done):
            if end := code.end_of(place.start()):
                written, after = self._source[place.start() : end], end
            elif self._album.places < MAX_PLACES:
                self._album.places += 1
                written, after = self._written(place)
            else:
                return "".join([*pieces, self._without_references(done)])
            pieces += [self._source[done : place.start()], written]
            done = after
        return "".join([*pieces, self._source[done:]])

    def _without_references(self, start: int) -> str:
        """The rest of a text with too many pictures: none of them is looked for."""
        self._album.has_lost = True
        return re.sub(PREFIX, "", self._source[start:], flags=re.IGNORECASE)

    def _written(self, place: re.Match[str]) -> tuple[str, int]:
        """What to write for one place, and where in the source to go on."""
        if place["attributes"] is not None:
            return self._from_html(place), place.end()
        if place["label"] is not None:
            name = self._found(place["target"].rstrip(" \t>"))
            text = f"[{place['label']}]: {PREFIX}{name}" if name else self._lost(place["label"])
            return text, place.end()
        alt = place["alt"].replace("![", "[")
        target, end = self._target(place.end())
        return (place[0], place.end()) if target is None else (self._image(alt, target), end)

    def _target(self, start: int) -> tuple[str | None, int]:
        """Where a picture in Markdown comes from, and the end of its place; None if unclear."""
        line = self._source[start : start + MAX_NAME].split("\n")[0]
        is_attachment = line.lstrip(" \t<").lower().startswith(PREFIX)
        ends = [i for i, sign in enumerate(line) if sign == ")" and is_attachment]
        for end in reversed(ends[:MAX_BRACKETS]):  # a name may hold brackets itself
            if name := self._found(_target_of(line[:end])):
                return PREFIX + name, start + end + 1
        if match := TARGET.match(self._source, start):
            return match[1] if match[1] is not None else match[2], match.end()
        return (_target_of(line[: ends[0]]), start + ends[0] + 1) if ends else (None, start)

    def _found(self, target: str) -> str | None:
        """The plain name of an attachment, however a reference spells it."""
        if not self._names:
            return None
        name = target[len(PREFIX) :] if target.lower().startswith(PREFIX) else target
        return self._names.get(_normal(name)) or self._names.get(_plain(name))

    def _image(self, alt: str, target: str) -> str:
        if target.startswith(PREFIX) and target[len(PREFIX) :] in self._album.pictures:
            return f"![{alt}]({target})"
        if target.startswith(INLINE_IMAGES):
            return f"![{alt}]({target})"
        return self._lost(alt, target.removeprefix(PREFIX))

    def _from_html(self, place: re.Match[str]) -> str:
        values = {
            match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
            for match in ATTRIBUTE.finditer(place["attributes"])
        }
        alt = re.sub(r"[\[\]!]", "", values.get("alt", ""))
        source = values.get("src", "").strip()
        name = self._found(source) if source.lower().startswith(PREFIX) else None
        written = self._image(alt, PREFIX + name if name else source)
        before = self._source[max(0, place.start() - MAX_NAME) : place.start()]
        before = before.rsplit("\n", 1)[-1].rstrip()
        # In a block of HTML, Markdown is read after an empty line only.
        return written if before and not before.endswith(">") else f"\n\n{written}\n\n"

    def _lost(self, alt: str, target: str = "") -> str:
        """A reference that leads nowhere, as text."""
        self._album.has_lost = True
        if target.lower().startswith(("http:", "https:", "//")):  # nobody is told who looks at it
            target = urlsplit(target).path.rpartition("/")[2]
        shown = re.sub(r"[\[\]<>!]", "", unquote(target))[:MAX_NAME]
        return f"{alt} ({shown})".strip() if shown and not shown.startswith("data:") else alt


class _CodeSpans:
    """Code in a text, between two runs of equally many backticks; nothing in it is a picture.

    Args:
        source: the text; the time is linear in its length, whatever it holds.
    """

    def __init__(self, source: str) -> None:
        runs: dict[int, list[int]] = {}
        for run in TICKS.finditer(source):
            runs.setdefault(len(run[0]), []).append(run.start())
        self._starts: list[int] = []
        self._ends: list[int] = []
        done = 0
        for run in TICKS.finditer(source):
            same, length = runs[len(run[0])], len(run[0])
            closing = bisect_right(same, run.start())
            if run.start() >= done and closing < len(same):
                done = same[closing] + length
                self._starts.append(run.start())
                self._ends.append(done)

    def end_of(self, position: int) -> int | None:
        """The end of the code that a position is in; None if it is in none."""
        span = bisect_left(self._starts, position + 1) - 1
        return self._ends[span] if span >= 0 and position < self._ends[span] else None


def _target_of(inner: str) -> str:
    """What is between the brackets of a picture, without a title and angle brackets."""
    match = WITHOUT_TITLE.fullmatch(inner.strip())
    target = match[1] if match else inner
    return target.strip().removeprefix("<").removesuffix(">")


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _plain(name: str) -> str:
    """A name without the marks that Markdown, HTML and URLs need."""
    bare = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", unquote(html.unescape(name)))
    return _normal(bare)


def _picture(bundle: Any) -> tuple[str, str] | None:
    """The image type and the data of an attachment; None if it is no image that may be shown."""
    if not isinstance(bundle, dict):
        return None
    for kind, value in bundle.items():
        known = str(kind).partition(";")[0].strip().lower()
        known = ALIASES.get(known, known)
        text = "".join(map(str, value)) if isinstance(value, list) else value
        if known in IMAGE_TYPES and isinstance(text, str) and (data := _base64(text)):
            return known, data
    return None


def _base64(text: str) -> str | None:
    """The data of a picture as base64 on one line; an SVG may be there as it is."""
    if text.lstrip("\ufeff \n\t").startswith("<"):
        return base64.b64encode(text.encode()).decode()
    data = "".join(text.partition(";base64,")[2].split() or text.split())
    return data if BASE64.fullmatch(data) else None
