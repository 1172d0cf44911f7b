"""A class and a desk of its own for `benchmarks/desk.py`: the course, a server, and its memory."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from measuring import workers_of
from scale import proportional

from grader.box.jail import family

__all__ = ["ID", "DeskClass", "Memory", "Server", "events", "grader", "make_class", "serving"]

HERE = Path(__file__).parent.parent
ID = "two_layer_net"
SLOW = {"igor", "jia", "olu"}  # hang, end or break their boxes on purpose; other benchmarks time it
DUE = re.compile(r"due: \S+")
MIB = 1 << 20
STOP_S = 300


@dataclass(frozen=True)
class DeskClass:
    """A course in which everybody has a link and a notebook.

    Args:
        root: the course folder.
        tokens: of the personal links, by student.
        notebooks: what they hand in, by student.
    """

    root: Path
    tokens: dict[str, str]
    notebooks: dict[str, bytes]


def make_class(root: Path, students: int, settings: str = "", prefix: str = "s") -> DeskClass:
    """Make a course with the kit's own assignments, due tomorrow.

    Args:
        root: the folder to make.
        students: how many; their notebooks are those of the sample class, in turn.
        settings: more lines for course.yml.
        prefix: what the students' ids begin with; parts that share a database need different ones.
    """
    root.mkdir(parents=True)
    due = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    text = DUE.sub(f"due: {due}", (HERE / "course.yml").read_text(encoding="utf-8"))
    (root / "course.yml").write_text(f"{text}\n{settings}\n", encoding="utf-8")
    for folder in ("assignments", "solutions"):
        shutil.copytree(HERE / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "nbgrader_config.py", root)
    samples = sorted((HERE / "examples" / "submitted").glob(f"*/{ID}/{ID}.ipynb"))
    samples = [path for path in samples if path.parts[-3] not in SLOW]
    ids = [f"{prefix}{number:04}" for number in range(students)]
    (root / "roster.csv").write_text("\n".join(["id", *ids, ""]), encoding="utf-8")
    grader(root, "invite")
    with (root / "links.csv").open(encoding="utf-8") as file:
        tokens = {row["id"]: row["link"].rpartition("/")[2] for row in csv.DictReader(file)}
    notebooks = {
        student: samples[number % len(samples)].read_bytes() for number, student in enumerate(ids)
    }
    return DeskClass(root, tokens, notebooks)


def grader(root: Path, *words: str) -> str:
    """Run a command in a course, and return what it prints."""
    command = [sys.executable, "-m", "grader", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


@dataclass
class Server:
    """A running desk.

    Args:
        process: the server.
        address: where it listens.
        log: its file of events.
    """

    process: subprocess.Popen[str]
    address: str
    log: Path

    @property
    def workers(self) -> list[int]:
        """Its workers' process ids; none when they are Dask's."""
        return workers_of(self.process.pid)


@contextmanager
def serving(root: Path, words: Sequence[str], port: int = 0) -> Iterator[Server]:
    """Run a desk as a process of its own; it is asked to stop at the end.

    Args:
        root: the course folder.
        words: more options of `grader serve`.
        port: to listen at; 0 for one that is free.
    """
    log = root / "events.jsonl"
    command = [sys.executable, "-m", "grader", "serve", "--port", str(port), "--log", str(log)]
    with (root / "stderr.txt").open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*command, *words], cwd=root, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    try:
        told = process.stdout.readline()
        if " at " not in told:
            sys.exit(f"{' '.join(command)}: does not start:\n{(root / 'stderr.txt').read_text()}")
        yield Server(process, told.partition(" at ")[2].partition(";")[0], log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(STOP_S)
        process.stdout.close()


class Memory:
    """Looks at the memory of a server and its workers, every second, in a thread.

    Pages that processes share are counted once: by the share of each.

    Args:
        server: the running desk.
    """

    def __init__(self, server: Server) -> None:
        self._server, self._stop = server, threading.Event()
        self._seen: list[tuple[int, int]] = []
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def report(self) -> dict[str, dict[str, int]]:
        """MiB of the server, and of its workers with their boxes: the medians of each tenth."""
        tenth = max(len(self._seen) // 10, 1)
        middle = len(self._seen) // 2
        parts = {
            "start": self._seen[:tenth],
            "middle": self._seen[middle : middle + tenth],
            "end": self._seen[-tenth:],
        }
        return {
            name: {
                "server_mib": round(statistics.median(own for own, _ in part)) // MIB,
                "workers_mib": round(statistics.median(theirs for _, theirs in part)) // MIB,
            }
            for name, part in parts.items()
            if part
        }

    def _look(self) -> None:
        pid = self._server.process.pid
        while not self._stop.wait(1):
            below = sum(map(proportional, list(family.descendants(pid))))
            self._seen.append((proportional(pid), below))


def events(log: Path) -> list[dict[str, Any]]:
    """The lines of a desk; the last one of a killed desk may be cut off."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError):
            found.append(json.loads(line))
    return found
