"""Draws sums of matrices as grids of numbers, and layers as boxes on one wire.

Numbers stand in their cells and gradients have dashed arrows, so that a page printed without colour
says the same.
"""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, INK, ORANGE
from matplotlib.colors import LinearSegmentedColormap

__all__ = ["draw_layers", "draw_matrices"]

VALUE, GRADIENT = BLUE, ORANGE
SHADES = LinearSegmentedColormap.from_list("shades", ["#eba77c", "white", "#92b0dc"])
CELL = 0.42  # inches, of a number in a grid
SIGN = 1.0  # cells, between two grids
STEP = 2.0  # inches, from one box to the next


def draw_matrices(title, matrices, signs):
    """Draw matrices in a row, with a sign such as + or = between two of them.

    Args:
        title: what the row says.
        matrices: list of (name, array of two axes); the arrays have equally many rows.
        signs: the signs between them, one less than there are matrices.

    Returns:
        The matplotlib figure.
    """
    rows = max(len(matrix) for _, matrix in matrices)
    columns = sum(matrix.shape[1] for _, matrix in matrices) + SIGN * len(signs)
    figure = plt.figure(figsize=(CELL * (columns + 0.4), CELL * rows + 0.62))
    axes = figure.add_axes((0, 0, 1, 1 - 0.26 / figure.get_figheight()))
    largest = max(np.abs(matrix).max() for _, matrix in matrices) or 1
    left = 0
    for (name, matrix), sign in zip(matrices, [*signs, ""], strict=True):
        _draw_grid(axes, left, name, matrix, largest)
        left += matrix.shape[1] + SIGN
        axes.text(left - SIGN / 2, rows / 2, sign, ha="center", va="center", fontsize=14)
    axes.set(xlim=(-0.2, columns + 0.2), ylim=(rows + 0.2, -0.7))
    axes.axis("off")
    figure.suptitle(title, fontsize=11, y=0.985, va="top")
    return figure


def _draw_grid(axes, left, name, matrix, largest):
    rows, columns = matrix.shape
    place = (left, left + columns, rows, 0)
    axes.imshow(matrix, cmap=SHADES, vmin=-largest, vmax=largest, extent=place, aspect="auto")
    axes.vlines(left + np.arange(columns + 1), 0, rows, color=INK, linewidth=0.6)
    axes.hlines(np.arange(rows + 1), left, left + columns, color=INK, linewidth=0.6)
    axes.text(left + columns / 2, -0.25, name, ha="center", fontsize=9.5)
    for (row, column), number in np.ndenumerate(matrix):
        style = {"ha": "center", "va": "center", "fontsize": 9.5}
        axes.text(left + column + 0.5, row + 0.5, _short(number), **style)


def draw_layers(title, layers, wires):
    """Draw layers on a wire: values run right along solid arrows, gradients back along dashed ones.

    Args:
        title: what the layers compute.
        layers: list of (name, parameters, their gradients); "" where there are none.
        wires: list of (value, gradient): what runs into each layer, and out of the last.

    Returns:
        The matplotlib figure.
    """
    figure = plt.figure(figsize=(STEP * (len(layers) + 0.75), 2.0))
    axes = figure.add_axes((0, 0, 1, 0.86))
    for place, (name, parameters, gradients) in enumerate(layers):
        box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": INK}
        axes.text(place, 0, name, ha="center", va="center", fontsize=10, bbox=box)
        if parameters:
            _draw_arrows(axes, (place, -0.85), (place, -0.32), bool(gradients))
            _write(axes, place - 0.05, -0.62, parameters, VALUE, ha="right", va="center")
            _write(axes, place + 0.06, -0.62, gradients, GRADIENT, va="center", style="italic")
    for place, (value, gradient) in enumerate(wires):
        _draw_arrows(axes, (place - 0.68, 0), (place - 0.32, 0), bool(gradient))
        _write(axes, place - 0.5, 0.12, value, VALUE, ha="center", va="bottom")
        _write(axes, place - 0.5, -0.12, gradient, GRADIENT, ha="center", va="top", style="italic")
    axes.set(xlim=(-0.9, len(layers) - 0.15), ylim=(-0.95, 0.6))
    axes.set_title(title)
    axes.axis("off")
    return figure


def _write(axes, x, y, text, color, **style):
    axes.text(x, y, text, color=color, fontsize=9.5, **style)


def _draw_arrows(axes, start, end, is_back):
    """An arrow for the values and, where a gradient comes back, a dashed one beside it."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = (0.02, 0) if x0 == x1 else (0, -0.04)
    style = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
    there = {"color": VALUE, **style}
    axes.annotate("", (x1 - dx, y1 - dy), (x0 - dx, y0 - dy), arrowprops=there)
    if is_back:
        back = {"color": GRADIENT, "linestyle": "--", **style}
        axes.annotate("", (x0 + dx, y0 + dy), (x1 + dx, y1 + dy), arrowprops=back)


def _short(number):
    """Whole numbers as they are, others to two places; a true minus sign."""
    rounded = round(float(number), 2) + 0.0  # no negative zero
    text = f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.2f}"
    return text.replace("-", "−")
