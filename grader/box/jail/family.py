"""The descendants of a process and the memory they use, read from /proc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["children", "descendants", "private_bytes"]

PROC = Path("/proc")
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
