"""Charts as inline SVG with a text alternative, for pages that load nothing.

They are drawn for a column of about 440 pixels, so that their text stays readable on a phone.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from grader.locale.translations import gettext

__all__ = ["bar_chart", "histogram", "scatter"]

INK, SOFT, LINE, ACCENT, LATE = "#1d2433", "#5b6475", "#c3cad6", "#2456a6", "#a3341f"
# Names of colours in the style sheet of a page, which follow the reader's choice of light or dark
THEME = {INK: "ink", SOFT: "soft", LINE: "line", ACCENT: "accent", LATE: "lost", "#ffffff": "paper"}
COLOUR = re.compile("|".join(THEME))
WIDTH = 4.6  # inches
MAX_LABEL = 48  # characters that fit below a drawing
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
DRAWING = Markup('{opening} role="img"><title>{title}</title><desc>{description}</desc>{rest}')
GROUP_ID = re.compile(r'<g id="[^"]*"')  # the same in every drawing, so not unique on a page


def histogram(values: Sequence[float], maximum: float, title: str) -> Markup:
    """Draw how many values lie in each tenth of the range.

    Args:
        values: numbers from 0 to `maximum`.
        maximum: end of the range.
        title: what the chart shows, for people who cannot see it.
    """
    counts, edges = np.histogram(values, bins=10, range=(0, maximum))
    pairs = zip(edges, edges[1:], counts, strict=False)
    spoken = "; ".join(
        gettext("{low:g} to {high:g} points: {number}", low=low, high=high, number=int(n))
        for low, high, n in pairs
        if n
    )
    with _axes(2.6) as axes:
        bars = axes.bar(
            edges[:-1], counts, maximum / 10, align="edge", color=ACCENT, edgecolor="white"
        )
        axes.bar_label(bars, labels=[f"{int(n)}" if n else "" for n in counts], padding=2)
        axes.set_xticks(edges[::2], [f"{edge:g}" for edge in edges[::2]])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(gettext("points"))
        axes.margins(y=0.15)
        return _svg(axes.figure, title, spoken)


def bar_chart(values: Mapping[str, float], title: str, unit: str = "%") -> Markup:
    """Draw horizontal bars, the first one at the top.

    Args:
        values: by name; from 0 to 100 with the unit `%`, from -1 to 1 without a unit.
        title: what the chart shows, for people who cannot see it.
        unit: `%`, or "".
    """
    least, most = (0, 100) if unit else (min([0.0, *values.values()]), 1)
    shown = {
        name: f"{v:.0f} %" if unit else f"{v:.2f}".replace("-", "−") for name, v in values.items()
    }
    with _axes(0.5 + 0.3 * len(values)) as axes:
        names = list(values)[::-1]
        axes.barh(names, [most] * len(names), color="none", edgecolor=LINE, height=0.6)
        axes.barh(names, [values[name] for name in names], color=ACCENT, height=0.6)
        for row, name in enumerate(names):
            axes.text(1.02 * most, row, shown[name], va="center")
        axes.set_xlim(least, 1.2 * most)
        axes.set_xticks([])
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.axvline(0, color=SOFT, linewidth=1)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        spoken = "; ".join(f"{name}: {text}" for name, text in shown.items())
        return _svg(axes.figure, title, spoken)


def scatter(
    points: Sequence[tuple[float, float, bool]], maximum: float, title: str, spoken: str
) -> Markup:
    """Draw scores over time; late submissions have another shape and another colour.

    Args:
        points: days after the due date, score, and whether it was late, for each submission.
        maximum: highest possible score.
        title: what the chart shows, for people who cannot see it.
        spoken: the same in sentences, for people who cannot see it.
    """
    with _axes(2.6) as axes:
        for late, shape, colour in ((False, "o", ACCENT), (True, "^", LATE)):
            days = [day for day, _, is_late in points if is_late is late]
            scores = [score for _, score, is_late in points if is_late is late]
            axes.plot(days, scores, shape, color=colour, alpha=0.65, markersize=6.5, mew=0)
        axes.axvline(0, color=SOFT, linewidth=1, linestyle=(0, (3, 2)))
        axes.set(ylim=(-0.03 * maximum, 1.05 * maximum), ylabel=gettext("points"))
        label = gettext("days after the due date (● on time, ▲ late)")
        axes.set_xlabel(textwrap.fill(label, MAX_LABEL))
        axes.locator_params(axis="both", nbins=6)
        return _svg(axes.figure, title, spoken)


@contextmanager
def _axes(height: float) -> Iterator[Any]:
    with mpl.rc_context(STYLE):
        yield Figure(figsize=(WIDTH, height), layout="constrained").add_subplot()


def _svg(figure: Figure, title: str, description: str) -> Markup:
    """The drawing with a role, a title and a description that say what it shows."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    drawing = GROUP_ID.sub("<g", text.getvalue())
    drawing = COLOUR.sub(lambda colour: f"var(--{THEME[colour[0]]}, {colour[0]})", drawing)
    body = drawing[drawing.index("<svg") :]
    opening, _, rest = map(Markup, body.partition(">"))
    return DRAWING.format(opening=opening, title=title, description=description, rest=rest)
