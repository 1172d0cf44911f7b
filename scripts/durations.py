"""Run tests and print which kinds cost most: `python scripts/durations.py [ARGUMENTS OF PYTEST]`.

A kind is a file of tests. Its cost is processor time of pytest and of all that its tests started,
which depends on the neighbours of a machine far less than the time on the clock does. Both are
printed: where the clock runs on and no processor works, a test waits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = "DURATIONS_FOLDER"
TICKS = os.sysconf("SC_CLK_TCK")
SHOWN = 10


@dataclass
class Tally:
    """What the tests of one kind took, in seconds."""

    tests: int = 0
    processor_s: float = 0.0
    clock_s: float = 0.0
    slowest: Counter[str] = field(default_factory=Counter)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note what one test took, with the fixtures that were made for it."""
    before, start = _processor_s(), time.monotonic()
    result = yield
    taken = (item.nodeid, _processor_s() - before, time.monotonic() - start)
    _note(taken)
    return result


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what it took to start and to find the tests."""
    _note(("(to start and to collect)", _processor_s(), 0.0))


def _note(taken: tuple[str, float, float]) -> None:
    with Path(os.environ[FOLDER], str(os.getpid())).open("a", encoding="utf-8") as file:
        file.write(json.dumps(taken) + "\n")


def _processor_s() -> float:
    """Of this process, its living descendants, and all children that were waited for."""
    return sum(_ticks(pid) for pid in _with_descendants(os.getpid())) / TICKS


def _with_descendants(pid: int) -> Iterator[int]:
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(path).split():
            yield from _with_descendants(int(child))


def _ticks(pid: int) -> int:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # a process that has ended
        return ""


def tallies(folder: Path) -> dict[str, Tally]:
    """What was noted, by kind."""
    kinds: dict[str, Tally] = {}
    for path in folder.iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            test, processor_s, clock_s = json.loads(line)
            tally = kinds.setdefault(test.partition("::")[0], Tally())
            tally.tests += 1
            tally.processor_s += processor_s
            tally.clock_s += clock_s
            tally.slowest[test] += processor_s
    return kinds


def main(arguments: list[str]) -> int:
    """Run them, print the table, and return the exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, FOLDER: folder, "PYTHONPATH": path}
        command = [sys.executable, "-m", "pytest", "-p", "durations", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=env).returncode
        kinds = tallies(Path(folder))
    ranked = sorted(kinds.items(), key=lambda kind: -kind[1].processor_s)
    print("\nprocessor s   clock s   tests")
    for name, tally in ranked[:SHOWN]:
        print(f"{tally.processor_s:11.1f}{tally.clock_s:10.1f}{tally.tests:8d}   {name}")
    total = sum(tally.processor_s for tally in kinds.values())
    print(f"{total:11.1f} of all {len(kinds)} kinds")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
