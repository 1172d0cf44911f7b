"""Draws circuits: gates joined by wires, with values above and gradients below each wire.

Values are set upright and gradients slanted in brackets, so that a page printed without colour
tells them apart. The numbers lie along their wire, so that no number is taken for a neighbour's.
"""

import math

import matplotlib.pyplot as plt
from figures import BLUE, INK, ORANGE
from matplotlib.patheffects import withStroke

__all__ = ["draw_circuit"]

VALUE, GRADIENT = BLUE, ORANGE
RADIUS = 0.27
GAP = 0.05  # between a wire and the numbers on it
MARGIN = 0.5  # around the outermost places
SCALE = 0.8  # inches from one column, or row, to the next
TITLE = 0.35  # inches
HALO = [withStroke(linewidth=2.5, foreground="white")]  # a wire that passes behind stays behind


def draw_circuit(title, places, wires, along=0.4):
    """Draw a circuit from left to right.

    Args:
        title: what the circuit computes.
        places: dict from a name to (label, column, row). Rows count upwards. A name that starts
            with "in" or "out" is drawn as plain text, every other one as a gate in a circle.
        wires: list of (from, to, value, gradient); a gradient of None is left out.
        along: where the numbers stand, from 0 at the start of a wire to 1 at its end.

    Returns:
        The matplotlib figure.
    """
    columns = [column for _, column, _ in places.values()]
    rows = [row for _, _, row in places.values()]
    width, height = max(columns) - min(columns), max(rows) - min(rows)
    wide, high = SCALE * (width + 2 * MARGIN), SCALE * (height + 2 * MARGIN)
    figure = plt.figure(figsize=(wide, high + TITLE))
    axes = figure.add_axes((0, 0, 1, high / (high + TITLE)))
    for start, end, value, gradient in wires:
        wire = _ends(places[start], places[end])
        _draw_wire(axes, *wire)
        _write_along(axes, *wire, along, value, gradient)
    for name, (label, column, row) in places.items():
        _draw_place(axes, name, label, column, row)
    axes.set_xlim(min(columns) - MARGIN, max(columns) + MARGIN)
    axes.set_ylim(min(rows) - MARGIN, max(rows) + MARGIN)
    axes.set_title(title)
    axes.axis("off")
    return figure


def _draw_place(axes, name, label, column, row):
    if not name.startswith(("in", "out")):
        circle = plt.Circle((column, row), RADIUS, facecolor="white", edgecolor=INK, zorder=2)
        axes.add_patch(circle)
    size = 12 if len(label) < 3 else 9
    axes.text(column, row, label, ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _ends(start, end):
    """Both ends of a wire, on the rims of the circles that it joins."""
    (_, x0, y0), (_, x1, y1) = start, end
    angle = math.atan2(y1 - y0, x1 - x0)
    dx, dy = RADIUS * math.cos(angle), RADIUS * math.sin(angle)
    return (x0 + dx, y0 + dy), (x1 - dx, y1 - dy)


def _draw_wire(axes, start, end):
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style, zorder=1)


def _write_along(axes, start, end, along, value, gradient):
    """The value above the wire and the gradient below it, both turned with the wire."""
    (x0, y0), (x1, y1) = start, end
    angle = math.atan2(y1 - y0, x1 - x0)
    x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
    dx, dy = -GAP * math.sin(angle), GAP * math.cos(angle)
    turned = {"rotation": math.degrees(angle), "rotation_mode": "anchor", "ha": "center"}
    style = {"fontsize": 9.5, "zorder": 4, "path_effects": HALO, **turned}
    axes.text(x + dx, y + dy, _short(value), va="bottom", color=VALUE, **style)
    if gradient is not None:
        text = f"({_short(gradient)})"
        below = {"va": "top", "style": "italic", "color": GRADIENT}
        axes.text(x - dx, y - dy, text, **below, **style)


def _short(number):
    """Whole numbers as they are, others to two places; a true minus sign."""
    rounded = round(float(number), 2) + 0.0  # no negative zero
    text = f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.2f}"
    return text.replace("-", "−")
