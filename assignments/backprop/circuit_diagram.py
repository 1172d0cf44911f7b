"""Draws circuits: gates joined by wires, with values above and gradients below each wire.

Values are set upright and gradients slanted in brackets, so that a page printed without colour
tells them apart.
"""

import matplotlib.pyplot as plt

__all__ = ["draw_circuit"]

INK, VALUE, GRADIENT = "#1d2433", "#1b5e38", "#a3341f"
RADIUS = 0.27
GAP = 0.05  # between a wire and the numbers on it
NEAR_START = 0.36  # wires that meet at a gate are still apart there


def draw_circuit(title, places, wires):
    """Draw a circuit from left to right.

    Args:
        title: what the circuit computes.
        places: dict from a name to (label, column, row). Rows count upwards. A name that starts
            with "in" or "out" is drawn as plain text, every other one as a gate in a circle.
        wires: list of (from, to, value, gradient); a gradient of None is left out.

    Returns:
        The matplotlib figure.
    """
    columns = [column for _, column, _ in places.values()]
    rows = [row for _, _, row in places.values()]
    width, height = max(columns) - min(columns), max(rows) - min(rows)
    figure, axes = plt.subplots(figsize=(1.05 * width + 1.6, 0.8 * height + 1.5))
    for start, end, value, gradient in wires:
        _draw_wire(axes, places[start], places[end], value, gradient)
    for name, (label, column, row) in places.items():
        _draw_place(axes, name, label, column, row)
    axes.set_xlim(min(columns) - 0.6, max(columns) + 0.6)
    axes.set_ylim(min(rows) - 0.65, max(rows) + 0.65)
    axes.set_aspect("equal")
    axes.set_title(title, fontsize=11, color=INK)
    axes.axis("off")
    return figure


def _draw_place(axes, name, label, column, row):
    if not name.startswith(("in", "out")):
        circle = plt.Circle((column, row), RADIUS, facecolor="white", edgecolor=INK, zorder=2)
        axes.add_patch(circle)
    size = 12 if len(label) < 3 else 9
    axes.text(column, row, label, ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _draw_wire(axes, start, end, value, gradient):
    (_, x0, y0), (_, x1, y1) = start, end
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    axes.annotate(
        "",
        xy=(x1 - RADIUS * ux, y1 - RADIUS * uy),
        xytext=(x0 + RADIUS * ux, y0 + RADIUS * uy),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0},
    )
    x, y = x0 + NEAR_START * (x1 - x0), y0 + NEAR_START * (y1 - y0)
    lean = GAP + 0.16 * abs(uy)  # a steep wire needs more room beside its numbers
    axes.text(x, y + lean, _short(value), color=VALUE, **_style("bottom", "normal"))
    if gradient is not None:
        text = f"({_short(gradient)})"
        axes.text(x, y - lean, text, color=GRADIENT, **_style("top", "italic"))


def _style(vertical, slant):
    return {"ha": "center", "va": vertical, "fontsize": 9.5, "style": slant, "zorder": 4}


def _short(number):
    """Whole numbers as they are, others to two places; a true minus sign."""
    rounded = round(float(number), 2) + 0.0  # no negative zero
    text = f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.2f}"
    return text.replace("-", "−")
