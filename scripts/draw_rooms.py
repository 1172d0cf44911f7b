"""Draw the rooms of grader/ and the imports between them, as docs/images/rooms.svg.

    python scripts/draw_rooms.py

Floors come from the contract in pyproject.toml, arrows from the source, and the words in a room
from the start of its docstring. An arrow that follows from two others is left out. So are arrows to
the ground, which every room may use.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "grader"
PICTURE = ROOT / "docs" / "images" / "rooms.svg"

# Place of a room on its floor, in widths from the left; chosen so that no arrows cross.
COLUMNS = {
    "cli": 0.9, "nbgrader_plugins": 3.0,
    "release": 1.5, "export": 3.0,
    "pages": 0.0, "grading": 2.15,
    "gradebook": 1.0, "judge": 3.0,
    "intake": 1.0, "box": 3.0,
    "course": 2.0,
    "system": 2.0,
}  # fmt: skip
UNDRAWN = {"__main__", "bundle"}  # an entry point, and the place of an old import
WIDTH, HEIGHT, COLUMN, FLOOR, MARGIN = 200, 58, 210, 98, 12

STYLE = """
text { font-family: system-ui, sans-serif; font-size: 12px; fill: #57606a; text-anchor: middle }
.name { font-size: 15px; font-weight: 600; fill: #1f2328 }
rect { fill: #f6f8fa; stroke: #8c959f }
.untrusted { fill: #fff1e5; stroke: #bc4c00 }
path { fill: none; stroke: #6e7781; stroke-width: 1.5; marker-end: url(#tip) }
marker path { fill: #6e7781; stroke: none; marker-end: none }
@media (prefers-color-scheme: dark) {
  text { fill: #9da7b3 }
  .name { fill: #e6edf3 }
  rect { fill: #161b22; stroke: #6e7681 }
  .untrusted { fill: #3b2314; stroke: #db6d28 }
  path { stroke: #8b949e }
  marker path { fill: #8b949e }
}
"""


def floors() -> list[list[str]]:
    """Rooms from the top floor down, as the contract names them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    names = [[name for name in layer.split(" | ") if name not in UNDRAWN] for layer in layers]
    return [floor for floor in names if floor]


def source(room: str) -> Path:
    """The file whose docstring says what a room is for."""
    module = PACKAGE / f"{room}.py"
    return module if module.is_file() else PACKAGE / room / "__init__.py"


@cache
def imported(room: str) -> set[str]:
    """Rooms that the modules of this one import."""
    files = [source(room), *(PACKAGE / room).rglob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    return {name for tree in trees for node in ast.walk(tree) for name in _rooms(node)} - {room}


def _rooms(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return
    yield from (name.split(".")[1] for name in names if name.startswith("grader."))


def arrows(rooms: list[str]) -> list[tuple[str, str]]:
    """Imports between these rooms that do not follow from others."""
    below = {room: imported(room) & set(rooms) for room in rooms}

    def reach(room: str) -> set[str]:
        return below[room].union(*(reach(other) for other in below[room]))

    return [
        (room, other)
        for room in rooms
        for other in sorted(below[room])
        if not any(other in reach(third) for third in below[room])
    ]


def draw() -> str:
    """The picture as SVG."""
    all_floors = floors()
    upper = [floor for floor in all_floors if set(floor) & set(COLUMNS)]
    ground = [room for floor in all_floors if floor not in upper for room in floor]
    corners = {
        room: (MARGIN + COLUMNS[room] * COLUMN, MARGIN + row * FLOOR)
        for row, floor in enumerate(upper)
        for room in floor
    }
    lines = [_arrow(corners[a], corners[b]) for a, b in arrows(list(corners))]
    boxes = [_box(room, *corners[room]) for room in corners]
    width = 2 * MARGIN + round(max(COLUMNS.values()) * COLUMN) + WIDTH
    height = 2 * MARGIN + len(upper) * FLOOR + HEIGHT
    body = "\n".join([*lines, *boxes, _ground(ground, width, MARGIN + len(upper) * FLOOR)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="The rooms of the package grader and their imports">\n'
        f"<style>{STYLE}</style>\n"
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z"/></marker>\n'
        f"{body}\n</svg>\n"
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    """From the lower edge of one box to the upper edge of another, in one bend."""
    x, y = start[0] + WIDTH / 2, start[1] + HEIGHT
    u, v = end[0] + WIDTH / 2, end[1] - 2
    bend = (FLOOR - HEIGHT) / 2 if v - y < FLOOR else FLOOR
    return f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {u:g} {v - bend:g} {u:g} {v:g}"/>'


def _box(room: str, x: float, y: float) -> str:
    parts = sorted(path.parent.name for path in (PACKAGE / room).glob("*/__init__.py"))
    small = f"{_what(room)}" + (f" ({', '.join(parts)})" if parts else "")
    kind = ' class="untrusted"' if room == "box" else ""
    return (
        f'<rect{kind} x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>\n'
        f'<text class="name" x="{x + WIDTH / 2:g}" y="{y + 24:g}">{escape(room)}</text>\n'
        f'<text x="{x + WIDTH / 2:g}" y="{y + 44:g}">{escape(small)}</text>'
    )


def _what(room: str) -> str:
    docstring = ast.get_docstring(ast.parse(source(room).read_text(encoding="utf-8"))) or ""
    return re.split("[:,.]", docstring)[0]


def _ground(rooms: list[str], width: int, y: float) -> str:
    wide = width - 2 * MARGIN
    names = " · ".join(sorted(rooms))
    return (
        f'<rect x="{MARGIN}" y="{y:g}" width="{wide}" height="{HEIGHT}" rx="6"/>\n'
        f'<text class="name" x="{width / 2:g}" y="{y + 24:g}">{escape(names)}</text>\n'
        f'<text x="{width / 2:g}" y="{y + 44:g}">The ground: every room may use it</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
