"""Where an array is wrong: a small picture with signs, and the same in words.

The page's style sheet has the colours, so that they follow the reader's choice of light or dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from grader.locale.translations import gettext, ngettext
from grader.results import Difference

__all__ = ["heat_map", "where_wrong"]

CELL, MARGIN = 24, 20  # pixels
MAX_LISTED = 6  # rows or columns; if there are more, entries are counted instead

_SVG = Markup(
    '<svg class="map" role="img" width="{width}" viewBox="0 0 {width} {height}" '
    'xmlns="http://www.w3.org/2000/svg"><title>{title}</title><desc>{spoken}</desc>{body}</svg>'
)
_CELL = Markup(
    '<rect x="{x}" y="{y}" width="{size}" height="{size}" class="{kind}" fill-opacity="{depth}"/>'
)
_TEXT = Markup('<text x="{x}" y="{y}" class="{kind}" text-anchor="middle">{text}</text>')


def heat_map(difference: Difference) -> Markup:
    """The picture: + is too large, − is too small, empty is right; strong colours are far off."""
    rows = difference.rows
    columns = len(rows[0]) if rows else 0
    return _SVG.format(
        width=MARGIN + CELL * columns + 1,
        height=MARGIN + CELL * len(rows) + 1,
        title=gettext("Where {name} differs", name=difference.name),
        spoken=where_wrong(difference),
        body=Markup("").join([*_labels(len(rows), columns), *_cells(rows)]),
    )


def where_wrong(difference: Difference) -> str:
    """The same in words."""
    values = [value for row in difference.rows for value in row]
    wrong = [value for value in values if value]
    return f"{_place(difference.rows, len(wrong), len(values))} {_way(wrong)}"


def _way(wrong: Sequence[float]) -> str:
    large = sum(value > 0 for value in wrong)
    if large == len(wrong):
        return gettext("Every wrong entry is too large.")
    if large == 0:
        return gettext("Every wrong entry is too small.")
    return gettext("Too large: {large}; too small: {small}.", large=large, small=len(wrong) - large)


def _place(rows: Sequence[Sequence[float]], wrong: int, count: int) -> str:
    """All entries, or the rows or columns that are wrong, or how many entries are wrong."""
    if wrong == count:
        return ngettext("The only entry is wrong.", "All {count} entries are wrong.", count)
    if touched := _whole_lines(rows):
        listed = ", ".join(map(str, touched))
        return ngettext(
            "Only row {rows} is wrong.", "Only rows {rows} are wrong.", len(touched), rows=listed
        )
    if touched := _whole_lines(list(zip(*rows, strict=True))):
        listed = ", ".join(map(str, touched))
        return ngettext(
            "Only column {columns} is wrong.",
            "Only columns {columns} are wrong.",
            len(touched),
            columns=listed,
        )
    return gettext("Wrong entries: {wrong} of {count}.", wrong=wrong, count=count)


def _whole_lines(lines: Sequence[Sequence[float]]) -> list[int]:
    """The lines in which every entry is wrong, if no other entry is wrong; else none."""
    touched = [index for index, line in enumerate(lines) if any(line)]
    is_whole = all(all(lines[index]) for index in touched)
    return touched if len(lines) > 1 and is_whole and len(touched) <= MAX_LISTED else []


def _labels(rows: int, columns: int) -> Iterator[Markup]:
    for column in range(columns):
        yield _label(MARGIN + CELL * (column + 0.5), MARGIN - 6, column)
    for row in range(rows if rows > 1 else 0):
        yield _label(MARGIN / 2, MARGIN + CELL * (row + 0.66), row)


def _label(x: float, y: float, number: int) -> Markup:
    return _TEXT.format(x=x, y=f"{y:g}", kind="place", text=number)


def _cells(rows: Sequence[Sequence[float]]) -> Iterator[Markup]:
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            x, y = MARGIN + CELL * j, MARGIN + CELL * i
            kind = "large" if value > 0 else "small" if value else "right"
            depth = f"{0.12 + 0.88 * abs(value):.2f}"
            yield _CELL.format(x=x, y=y, size=CELL, kind=kind, depth=depth)
            if value:
                sign = "+" if value > 0 else "−"
                yield _TEXT.format(x=x + CELL / 2, y=y + 17, kind="sign", text=sign)
