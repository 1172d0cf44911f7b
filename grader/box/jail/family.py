"""The descendants of a process and what they use, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from grader.box.jail.kernel import read_at_once
from grader.box.stopwatch import Used

__all__ = [
    "buffer_bytes",
    "children",
    "descendants",
    "own_queued_s",
    "owned_by",
    "private_bytes",
    "thread_folders",
    "threads",
    "used_time",
]

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
OWN_MEMORY = ("RssAnon:", "RssShmem:", "VmPTE:", "VmSwap:", "HugetlbPages:")
# what the kernel keeps at most for an open end, which counts as no process's memory: a socket's
# buffer at its largest usual size, and the pages of a pipe
BUFFER_BYTES = {"socket": 416 << 10, "pipe": 64 << 10}


def thread_folders(pid: int) -> list[Path]:
    """What /proc has on each thread of a process; nothing if it is gone.

    The first thread may end before the others: what /proc has on the process itself then shows
    neither memory nor open files. And each thread may have open files of its own.
    """
    try:
        return list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return []


def children(pid: int) -> list[int]:
    """Process ids of the direct children of a process; none if it is gone."""
    found: list[int] = []
    with suppress(OSError):  # it or a thread of it ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 — asked twice for each box
            with suppress(OSError):
                found += map(int, read_at_once(f"/proc/{pid}/task/{thread}/children").split())
    return found


def descendants(pid: int) -> Iterator[int]:
    """Children, grandchildren and so on, as far as they exist at this moment."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def owned_by(uid: int) -> Iterator[int]:
    """The processes of a user, as far as we may see them."""
    for entry in PROC.iterdir():
        with suppress(OSError):  # it ended meanwhile
            if entry.name.isdigit() and entry.stat().st_uid == uid:
                yield int(entry.name)


def private_bytes(pid: int) -> int:
    """Bytes of memory, in use or swapped out, and of page tables, without mapped files.

    It is 0 if the process is gone.
    """
    sizes = (_status(folder, OWN_MEMORY) for folder in thread_folders(pid))
    return sum(next(filter(None, sizes), [])) << 10  # threads that have not ended share it


def threads(pid: int) -> int:
    """How many threads a process has; 0 if it is gone."""
    return sum(_status(PROC / str(pid), ("Threads:",)))


def _status(folder: Path, names: tuple[str, ...]) -> list[int]:
    try:
        status = (folder / "status").read_text()
    except OSError:
        return []
    return [int(line.split()[1]) for line in status.splitlines() if line.startswith(names)]


def buffer_bytes(pids: Iterable[int]) -> int:
    """Bytes that the open sockets and pipes of processes can hold, each end counted once."""
    ends = {end for pid in pids for end in _open_ends(pid)}
    return sum(BUFFER_BYTES[end.partition(":")[0]] for end in ends)


def _open_ends(pid: int) -> Iterator[str]:
    """What a process has open of sockets and pipes, such as ``socket:[4711]``."""
    for thread in thread_folders(pid):
        with suppress(OSError):  # it has ended
            for descriptor in (thread / "fd").iterdir():
                with suppress(OSError):  # it was closed meanwhile
                    end = str(descriptor.readlink())
                    if end.partition(":")[0] in BUFFER_BYTES:
                        yield end


def own_queued_s() -> float:
    """Time in which threads of this process could run but got no processor, in seconds."""
    threads = (PROC / "self" / "task").iterdir()
    return sum(_queued_ns(int(thread.name)) for thread in threads) / 1e9


def used_time(pid: int) -> Used:
    """The processor time of all descendants of a process, and the time that they waited for one.

    The processor time of those that ended is counted by whoever has waited for them. A process that
    ignores the end of its children hides their time; then only the wall clock ends it.
    """
    used = Used()
    for child in descendants(pid):
        used = used.plus(Used(_ticks(child) / TICKS_PER_S, _queued_ns(child) / 1e9))
    return used


def _ticks(pid: int) -> int:
    """User and system time of a process and of the children that it has waited for."""
    try:
        line = read_at_once(f"/proc/{pid}/stat")
    except OSError:
        return 0  # it ended meanwhile
    return sum(map(int, line.rpartition(b")")[2].split()[11:15]))


def _queued_ns(pid: int) -> int:
    try:
        return int(read_at_once(f"/proc/{pid}/schedstat").split()[1])
    except (OSError, IndexError):  # it ended meanwhile, or this kernel does not count that
        return 0
