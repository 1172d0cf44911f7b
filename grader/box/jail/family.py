"""The descendants of a process and what they use, read from /proc.

The zygote's watch asks twenty times a second, so this module uses `os`, where `pathlib` takes
several times as long.
"""

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
OWN_MEMORY = (b"RssAnon:", b"RssShmem:", b"VmPTE:", b"VmSwap:", b"HugetlbPages:")
# what the kernel keeps at most for an open end, which counts as no process's memory: a socket's
# buffer at its largest usual size, and the pages of a pipe
BUFFER_BYTES = {"socket": 416 << 10, "pipe": 64 << 10}


def thread_folders(pid: int) -> list[str]:
    """What /proc has on each thread of a process; nothing if it is gone.

    The first thread may end before the others: what /proc has on the process itself then shows
    neither memory nor open files. And each thread may have open files of its own.
    """
    folder = f"/proc/{pid}/task"
    try:
        return [f"{folder}/{thread}" for thread in os.listdir(folder)]  # noqa: PTH208 — as above
    except OSError:
        return []


def children(pid: int) -> list[int]:
    """Process ids of the direct children of a process; none if it is gone."""
    found: list[int] = []
    for folder in thread_folders(pid):
        with suppress(OSError):  # it ended meanwhile
            found += map(int, read_at_once(f"{folder}/children").split())
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
    return len(thread_folders(pid))


def _status(folder: str, names: tuple[bytes, ...]) -> list[int]:
    try:
        status = read_at_once(f"{folder}/status")
    except OSError:
        return []
    return [int(line.split()[1]) for line in status.splitlines() if line.startswith(names)]


def buffer_bytes(pids: Iterable[int]) -> int:
    """Bytes that the open sockets and pipes of processes can hold, each end counted once."""
    ends = {end for pid in pids for end in _open_ends(pid)}
    return sum(BUFFER_BYTES[end.partition(":")[0]] for end in ends)


def _open_ends(pid: int) -> Iterator[str]:
    """What a process has open of sockets and pipes, such as ``socket:[4711]``."""
    for folder in thread_folders(pid):
        with suppress(OSError):  # it has ended
            for descriptor in os.listdir(f"{folder}/fd"):  # noqa: PTH208 — as above
                with suppress(OSError):  # it was closed meanwhile
                    end = os.readlink(f"{folder}/fd/{descriptor}")  # noqa: PTH115 — as above
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
