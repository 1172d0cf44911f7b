"""The descendants of a process, their memory and their processor time, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["children", "descendants", "private_bytes", "processor_s"]

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
OWN_MEMORY = ("RssAnon:", "RssShmem:")


def children(pid: int) -> list[int]:
    """Process ids of the direct children of a process; none if it is gone."""
    found: list[int] = []
    try:
        threads = list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return []
    for thread in threads:
        try:
            found += map(int, (thread / "children").read_text().split())
        except OSError:
            continue  # the thread ended meanwhile
    return found


def descendants(pid: int) -> Iterator[int]:
    """Children, grandchildren and so on, as far as they exist at this moment."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def private_bytes(pid: int) -> int:
    """Bytes of resident memory, without mapped files; 0 if the process is gone."""
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines() if line.startswith(OWN_MEMORY))
    return sum(int(words[1]) << 10 for words in lines)


def processor_s(pid: int) -> float:
    """Processor time of all descendants of a process, in seconds.

    Those that ended are counted too, by whoever has waited for them. A process that ignores the end
    of its children hides their time; then only the wall clock ends it.
    """
    return sum(map(_ticks, descendants(pid))) / TICKS_PER_S


def _ticks(pid: int) -> int:
    """User and system time of a process and of the children that it has waited for."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return 0  # it ended meanwhile
    return sum(map(int, line.rpartition(")")[2].split()[11:15]))
