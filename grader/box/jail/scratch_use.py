"""How much a box has written where no file system of its own bounds it (tiers 2 and 3)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["is_overfull"]

BLOCK = 512  # bytes of st_blocks, whatever the file system


def is_overfull(folder: str, pids: Iterable[int], max_bytes: int, max_files: int) -> bool:
    """Whether files in a folder, with those that are open but removed, exceed a bound.

    Args:
        folder: the scratch folder; what cannot be listed in it counts as too much.
        pids: the processes of the box.
        max_bytes: on disk, of all files together.
        max_files: files and folders.
    """
    used = files = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = _status(entry)
                    if status is None:  # removed meanwhile, perhaps to hide those after it
                        continue
                    used, files = used + BLOCK * status.st_blocks, files + 1
                    if used > max_bytes or files > max_files:
                        return True
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
        except FileNotFoundError:  # the folder was
            continue
        except OSError:  # its permissions were taken away, or it lies too deep
            return True
    removed: dict[tuple[int, int], int] = {}  # once, however many processes hold it
    for pid in pids:
        removed.update(_mapped(pid, folder))
        removed.update(_open(pid))
    return used + sum(removed.values()) > max_bytes


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _open(pid: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Files without a name that a process holds open, and their bytes on disk."""
    with suppress(OSError):  # the process has ended
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                status = descriptor.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    yield (status.st_dev, status.st_ino), BLOCK * status.st_blocks


def _mapped(pid: int, folder: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Files without a name that lay in the folder and are mapped, and how much of them is."""
    with suppress(OSError):  # the process has ended
        for line in Path(f"/proc/{pid}/maps").read_bytes().splitlines():
            if line.endswith(b" (deleted)") and os.fsencode(f" {folder}/") in line:
                addresses, _, _, device, inode, _ = line.split(maxsplit=5)
                start, end = (int(address, 16) for address in addresses.split(b"-"))
                numbers = (int(number, 16) for number in device.split(b":"))
                yield (os.makedev(*numbers), int(inode)), end - start
