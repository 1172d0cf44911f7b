"""What a box costs in milliseconds: to open, to use and to end, with and without a jail.

    python benchmarks/box.py [--rounds N]

Prints one JSON object: medians over N boxes. `bare` is the same fork of the same zygote without
namespaces, Landlock and seccomp (tier 3).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from grader.box.client import Box, CallRequest
from grader.box.launch import WarmLauncher
from grader.box.tiers import Tier
from grader.course.settings import Limits
from grader.errors import BoxError

LIMITS = Limits()
DEFINE = "def echo(x):\n    return x"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    start = time.perf_counter()
    WarmLauncher().close()
    report: dict[str, Any] = {"zygote_start_ms": round(1000 * (time.perf_counter() - start))}
    for tier in (Tier.NAMESPACES, Tier.LANDLOCK, Tier.BOUNDS_ONLY):
        name = "bare" if tier is Tier.BOUNDS_ONLY else f"tier {int(tier)}"
        report[name] = measure(tier, rounds)
    print(json.dumps(report, indent=1))


def measure(tier: Tier, rounds: int) -> dict[str, float] | str:
    """Measure boxes of one tier.

    Args:
        tier: how boxes are closed off.
        rounds: how many boxes.

    Returns:
        Medians in milliseconds; or the reason why the tier does not work here.
    """
    launcher = WarmLauncher(tier)
    try:
        launcher.open({}, LIMITS).close()
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            one_box(launcher, times)
        return {name: round(statistics.median(values), 2) for name, values in times.items()}
    except BoxError as error:
        return str(error)
    finally:
        launcher.close()


def one_box(launcher: WarmLauncher, times: dict[str, list[float]]) -> None:
    """Open a box, use it, end it.

    Args:
        launcher: opens the box.
        times: gets the milliseconds of each action, by its name.
    """

    def timed(name: str, action: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        value = action()
        times.setdefault(f"{name}_ms", []).append(1000 * (time.perf_counter() - start))
        return value

    box: Box = timed("open", lambda: launcher.open({}, LIMITS))
    timed("first_cell", lambda: box.execute(DEFINE, 10))
    for name, value in (("one_number", 1.0), ("million_numbers", np.zeros(1_000_000))):
        request = CallRequest("echo", [(value,)], {}, False)
        timed(f"call_with_{name}", partial(box.call, request, 10))
    timed("end", box.close)


if __name__ == "__main__":
    main()
