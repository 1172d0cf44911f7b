"""What a box costs: to open, to use and to end, and its cells beside the same cells without a box.

    python benchmarks/box.py [ID ...] [--rounds N] [--boxes N] [--course FOLDER]

Prints one JSON object, in milliseconds and pages, with medians and spreads. Boxes of all tiers are
opened by turns; `bare` is the same fork of the same zygote without namespaces, Landlock and seccomp
(tier 3). For root, `open_processor` and `end_processor` have the processor time of all processes,
which says more than the clock on the wall while the machine is busy. Cells of the sample class are
executed in a box and in a warm process without one, by turns too, in processor time: that of the
box's process with that of the grader for it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from floor import Floor, floor
from judging import ROOT, sample_class
from measuring import Load, spread

from grader.box.client import Box, CallRequest
from grader.box.jail import family
from grader.box.launch import WarmLauncher
from grader.box.tiers import Tier
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course, Limits
from grader.errors import BoxError
from grader.intake.submissions import Submission, read_submission

LIMITS = Limits()
DEFINE = "def echo(x):\n    return x"
NAMES = {Tier.NAMESPACES: "tier 1", Tier.LANDLOCK: "tier 2", Tier.BOUNDS_ONLY: "bare"}
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") >> 10
GROUPS = Path("/sys/fs/cgroup")
CLOCKS = (("cpuacct", "cpuacct.usage", 1e6), ("", "cpu.stat", 1e3))  # folder, file, units in a ms
Row: TypeAlias = dict[str, float]
Clock: TypeAlias = Callable[[], float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--rounds", type=int, default=3, help="of the cells of each submission")
    parser.add_argument("--boxes", type=int, default=40, help="of each tier")
    options = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # numpy reads it once: begin again
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in a worker
        os.execv(sys.executable, [sys.executable, *sys.argv])
    load = Load()
    course = Course.load(options.course)
    ids = options.ids or [assignment.id for assignment in course.assignments]
    report = {
        "zygote_start_ms": start_ms(),
        "boxes": boxes(options.boxes),
        "cells": {name: cells(course, name, options.rounds) for name in ids},
        "load": load.report(),
    }
    print(json.dumps(report, indent=1))


def start_ms() -> int:
    """How long it takes until a zygote can open boxes, and until it has ended."""
    start = time.perf_counter()
    WarmLauncher().close()
    return round(1000 * (time.perf_counter() - start))


@contextmanager
def group_clock() -> Iterator[Clock | None]:
    """Put this process into a control group, which counts for all that it starts until it ends.

    Yields:
        Reads the processor time of all of them in milliseconds; None where no group can be made.
    """
    for folder, file, units in CLOCKS:
        group = GROUPS / folder / f"grader-benchmark-{os.getpid()}"
        try:
            group.mkdir()
            (group / "cgroup.procs").write_text("0")
        except OSError:
            continue
        yield partial(_counted_ms, group / file, units)
        (group.parent / "cgroup.procs").write_text("0")
        group.rmdir()
        return
    yield None


def _counted_ms(path: Path, units: float) -> float:
    return next(int(word) for word in path.read_text().split() if word.isdigit()) / units


def boxes(rounds: int) -> dict[str, Any]:
    """Boxes of each tier by turns; the reason instead, where a tier does not work here."""
    report: dict[str, Any] = {}
    rows: dict[str, list[Row]] = {}
    with group_clock() as clock, ExitStack() as stack:
        launchers = {name: WarmLauncher(tier) for tier, name in NAMES.items()}
        for name, launcher in launchers.items():
            stack.callback(launcher.close)
            try:
                launcher.open({}, LIMITS).close()
                rows[name] = []
            except BoxError as error:
                report[name] = str(error)
        for _ in range(rounds):
            for name, found in rows.items():
                found.append(one_box(launchers[name], clock))
    return report | {name: spreads(found) for name, found in rows.items()}


def one_box(launcher: WarmLauncher, clock: Clock | None) -> Row:
    """Open a box, use it, end it; milliseconds of each action."""
    row: Row = {}

    def timed(name: str, action: Callable[[], Any]) -> Any:
        before, start = clock() if clock else 0.0, time.perf_counter()
        value = action()
        row[name] = 1000 * (time.perf_counter() - start)
        if clock:
            row[f"{name}_processor"] = clock() - before
        return value

    box: Box = timed("open", lambda: launcher.open({}, LIMITS))
    timed("first_cell", lambda: box.execute(DEFINE, 10))
    for name, value in (("one_number", 1.0), ("million_numbers", np.zeros(1_000_000))):
        request = CallRequest("echo", [(value,)], {}, False)
        timed(f"call_with_{name}", partial(box.call, request, 10))
    timed("end", box.close)
    return row


def spreads(rows: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """The spread of each figure."""
    return {name: spread(row[name] for row in rows) for name in rows[0]}


def cells(course: Course, name: str, rounds: int) -> dict[str, Any]:
    """The cells of a class in a box and without one, submission by submission in turn.

    Args:
        course: has the sample class in `examples/submitted`.
        name: assignment id.
        rounds: how often each submission is measured.
    """
    bundle = load_bundle(course, name)
    class_ = list(sample_class(course, name))
    with ExitStack() as stack:
        bare = stack.enter_context(floor(bundle, class_[:2], 1, processor=True))
        launcher = WarmLauncher()
        stack.callback(launcher.close)
        in_box(launcher, bundle, class_[0])
        rows = [pair(launcher, bundle, one, bare) for one in class_ for _ in range(rounds)]
    means = {key: round(statistics.mean(row[key] for row in rows), 1) for key in rows[0]}
    return {"means": means, "ratio": spread(row["box"] / row["bare"] for row in rows)}


def pair(launcher: WarmLauncher, bundle: Bundle, submission: Submission, bare: Floor) -> Row:
    """Both ways, one after the other."""
    return {**in_box(launcher, bundle, submission), "bare": 1000 * bare([submission])}


def in_box(launcher: WarmLauncher, bundle: Bundle, submission: Submission) -> Row:
    """Execute the cells of a submission in a box; milliseconds, and pages of the box's process."""
    notebook = read_submission(submission, bundle.release).notebook or {"cells": []}
    box = launcher.open(bundle.files, LIMITS)
    *_, pid = family.descendants(launcher.zygote.pid)
    before, ours = used(pid), time.process_time()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            box.execute(cell["source"], LIMITS.cell_timeout_s)
    ours, after = time.process_time() - ours, used(pid)
    box.close()
    new = after["anonymous"] - before["anonymous"]
    return {
        "box": after["ms"] - before["ms"] + 1000 * ours,
        "of_the_grader": 1000 * ours,
        "page_faults": after["faults"] - before["faults"],
        "new_pages": new,
        "copied_pages": after["private"] - new,
    }


def used(pid: int) -> Row:
    """What a process has used: processor time, page faults, its pages, and those only its own."""
    process = Path(f"/proc/{pid}")
    sizes = dict(
        line.split(":") for line in (process / "smaps_rollup").read_text().splitlines()[1:]
    )
    return {
        "ms": int((process / "schedstat").read_text().split()[0]) / 1e6,
        "faults": int((process / "stat").read_text().rpartition(")")[2].split()[7]),
        "anonymous": int(sizes["Anonymous"].split()[0]) / PAGE_KIB,
        "private": int(sizes["Private_Dirty"].split()[0]) / PAGE_KIB,
    }


if __name__ == "__main__":
    main()
