"""One look for the figures of all notebooks, sharp on today's screens and readable without colour.

The colours differ in lightness, so that they stay apart in print and for colour-blind readers, and
each comes with its own kind of line.
"""

import sys

import matplotlib.pyplot as plt
from matplotlib import cycler

__all__ = ["BLUE", "GREEN", "GREY", "INK", "ORANGE", "PALE", "set_up_figures"]

INK, GREY = "#1d2433", "#7a8090"
BLUE, ORANGE, GREEN = "#1b4b8c", "#c4560c", "#489f85"  # from dark to light
PALE = ("#a3b7d3", "#f0d2ba", "#f1f8f5")  # the same three, behind points


def set_up_figures():
    """Let matplotlib use these colours and lines, and draw two dots for each one of a notebook."""
    kinds = cycler(color=[BLUE, ORANGE, GREEN, GREY], linestyle=["-", "--", "-.", ":"])
    lines = {"axes.prop_cycle": kinds, "lines.linewidth": 1.7, "lines.markersize": 5}
    frame = {"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False}
    ink = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    plt.rcParams.update({**lines, **frame, **dict.fromkeys(ink, INK), "axes.titlesize": 11})
    if "IPython" in sys.modules:  # a plain script shows its figures in windows
        from IPython import get_ipython
        from matplotlib_inline.config import InlineBackend

        InlineBackend.instance(parent=get_ipython()).figure_formats = {"retina"}
