"""Charts as inline SVG with a text alternative, for pages that load nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

__all__ = ["bar_chart", "histogram"]

INK, SOFT, ACCENT = "#1d2433", "#5b6475", "#2456a6"
STYLE = {
    "svg.fonttype": "none",  # text stays text: small, selectable, read aloud
    "svg.hashsalt": "chainrule",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
}


def histogram(values: Sequence[float], maximum: float, title: str) -> Markup:
    """How many values lie in each tenth of 0 … maximum."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 2.8), layout="constrained")
        axes = figure.add_subplot()
        counts, edges = np.histogram(values, bins=10, range=(0, maximum))
        width = maximum / 10
        bars = axes.bar(edges[:-1], counts, width, align="edge", color=ACCENT, edgecolor="white")
        axes.bar_label(bars, labels=[f"{int(n)}" if n else "" for n in counts], padding=2)
        axes.set_xticks(edges, [f"{edge:g}" for edge in edges])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("points")
        axes.margins(y=0.15)
        pairs = zip(edges, edges[1:], counts, strict=False)
        spoken = "; ".join(f"{low:g} to {high:g}: {int(n)}" for low, high, n in pairs if n)
        return _svg(figure, title, spoken or "no values")


def bar_chart(shares: dict[str, float], title: str) -> Markup:
    """Horizontal bars of shares between 0 and 1, in the order given, from the top."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 0.5 + 0.34 * len(shares)), layout="constrained")
        axes = figure.add_subplot()
        names = list(shares)[::-1]
        widths = [100 * shares[name] for name in names]
        axes.barh(names, [100] * len(names), color="none", edgecolor="#c3cad6", height=0.6)
        bars = axes.barh(names, widths, color=ACCENT, height=0.6)
        axes.bar_label(bars, labels=[f"{width:.0f} %" for width in widths], padding=4)
        axes.set_xlim(0, 112)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        spoken = "; ".join(f"{name}: {100 * share:.0f} %" for name, share in shares.items())
        return _svg(figure, title, spoken)


def _svg(figure: Figure, title: str, description: str) -> Markup:
    """The drawing with a role, a title and a description that say what it shows."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    drawing = text.getvalue()
    body = drawing[drawing.index("<svg") :]
    start = body.index(">") + 1
    label = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    opening = body[: start - 1] + ' role="img">'
    return Markup(opening + label + body[start:])  # noqa: S704 — drawn and escaped here
