"""What reads a submission outside the box: time and memory against the size of what it reads.

    python benchmarks/readers.py [--most 2097152]

Each reader gets texts that repeat a short piece. The pieces that take it longest are tried in sizes
that double. Prints one JSON object: for each reader, the slowest piece, and by size in characters
the seconds of processor time and the MiB that it took.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.project.test_readers import PIECES, READERS, repeated, table  # noqa: E402

LEAST = 1 << 13
TRIED = 3  # pieces for each reader, those that take longest at the size of a trial
TRIAL = 1 << 14

Maker = Callable[[int], str]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=1 << 21)
    most = parser.parse_args().most
    makers: dict[str, Maker] = {piece: repeated(piece) for piece in PIECES}
    makers["(ragged table)"] = lambda size: table("x", size)
    report = {name: slowest(read, makers, most) for name, read in READERS.items()}
    print(json.dumps(report, indent=1, ensure_ascii=False))


def slowest(read: Callable[[str], Any], makers: dict[str, Maker], most: int) -> dict[str, Any]:
    """The piece that takes a reader longest at the largest size.

    Args:
        read: the reader.
        makers: make a text of a size, by piece.
        most: the largest size.
    """
    order = sorted(makers, key=lambda piece: -cost(read, makers[piece](TRIAL))[0])
    found = [
        {"piece": piece, "by size": by_size(read, makers[piece], most)} for piece in order[:TRIED]
    ]
    return max(found, key=lambda entry: entry["by size"][most]["seconds"])


def by_size(read: Callable[[str], Any], make: Maker, most: int) -> dict[int, dict[str, float]]:
    """What a reader takes, by size."""
    found = {}
    size = LEAST
    while size <= most:
        seconds, mib = cost(read, make(size))
        found[size] = {"seconds": round(seconds, 3), "MiB": round(mib)}
        size *= 2
    return found


def cost(read: Callable[[str], Any], text: str) -> tuple[float, float]:
    """Processor time, and by how much the memory of this process grew at most."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start = memory_mib("VmRSS:"), time.process_time()
    read(text)
    return time.process_time() - start, memory_mib("VmHWM:") - before


def memory_mib(line: str) -> float:
    """A line of this process's status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(found.split()[1]) for found in lines if found.startswith(line)) / 1024


if __name__ == "__main__":
    main()
