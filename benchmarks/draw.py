"""Draw the charts of docs/performance.md from the output of the benchmarks.

python benchmarks/throughput.py > benchmarks/results/throughput.json
python benchmarks/scale.py > benchmarks/results/scale.json
python benchmarks/draw.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib import pyplot as plt

RESULTS = Path(__file__).parent / "results"
IMAGES = Path(__file__).parent.parent / "docs" / "images"
PHASES = {"intake": "0.85", "open box": "0.7", "cells": "0.45", "judge": "0.2", "rest": "0.9"}
CREWS = {
    ("local", 1): "one process",
    ("local", 2): "two processes",
    ("dask", 2): "Dask, two workers",
}


def main() -> None:
    """Draw both charts."""
    plt.switch_backend("svg")
    plt.rcParams.update({"svg.hashsalt": "chainrule", "font.size": 10, "svg.fonttype": "none"})
    throughput(json.loads((RESULTS / "throughput.json").read_text()))
    scale(json.loads((RESULTS / "scale.json").read_text())["runs"])


def throughput(report: dict[str, Any]) -> None:
    """Draw submissions a minute for each way of grading, and the time of each phase."""
    ways = {"stock nbgrader": "stock", "grader autograde": "ours"}
    ways |= {"grades first": "figures_later", "figures skipped": "figures_skipped"}
    ways |= {"bare cells, for comparison": "floor"}
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.4), width_ratios=(3, 2))
    rates = [report[key]["submissions_per_minute"] for key in ways.values()]
    bars = left.barh(
        list(ways), rates, color=["0.6", "black", "black", "black", "white"], edgecolor="black"
    )
    left.bar_label(bars, fmt="%.0f", padding=3)
    left.invert_yaxis()
    left.set(xlabel="submissions a minute", xlim=(0, 1.15 * max(rates)))
    start = 0.0
    for name, shade in PHASES.items():
        spent = 1000 * report["phases_s_per_submission"][name]
        right.barh([""], [spent], left=start, color=shade, edgecolor="black", label=name)
        start += spent
    right.set(xlabel="milliseconds of one process for one submission", ylim=(-0.5, 2))
    right.legend(loc="upper center", ncols=3, frameon=False)
    save(figure, "throughput")


def scale(runs: list[dict[str, Any]]) -> None:
    """Draw seconds and memory against class size."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    for (crew, workers), name in CREWS.items():
        own = [r for r in runs if (r["crew"], r["workers"]) == (crew, workers)]
        own = [r for r in own if "gradebook" not in r]
        style = {"color": "0.5" if crew == "dask" else "black", "marker": "o"}
        style["linestyle"] = "--" if workers == 1 else "-"
        sizes = [r["size"] for r in own]
        left.plot(sizes, [r["seconds"] for r in own], label=name, **style)
        right.plot(sizes, [r["worker_with_box_mib"] for r in own], **style)
        right.plot(sizes, [r["driver_mib"] for r in own], **{**style, "marker": "s"}, mfc="white")
    left.set(xlabel="submissions", ylabel="seconds", ylim=(0, None))
    left.legend(frameon=False)
    right.set(xlabel="submissions", ylabel="MiB", ylim=(0, None))
    right.set_title("filled: a worker with its box; open: the driver", fontsize=10)
    save(figure, "scale")


def save(figure: Any, name: str) -> None:
    """Write a chart as SVG, with the same bytes for the same numbers.

    Args:
        figure: a matplotlib figure.
        name: name of the file, without its ending.
    """
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(IMAGES / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    main()
