"""How much a box has written, for tiers 2 and 3, where it has no file system of its own."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from grader.box.jail import family

__all__ = ["is_overfull"]

BLOCK = 512  # bytes of st_blocks, whatever the file system


def is_overfull(folder: str, pids: Iterable[int], max_bytes: int, max_files: int) -> bool:
    """Whether the files of a box exceed a bound, including removed files that are still open.

    Args:
        folder: the scratch folder. If a part of it cannot be listed, the answer is yes.
        pids: the processes of the box.
        max_bytes: bytes on disk, of all files together.
        max_files: number of files and folders.
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
        except FileNotFoundError:  # the folder was removed meanwhile
            continue
        except OSError:  # its permissions were taken away, or it lies too deep
            return True
    removed: dict[tuple[int, int], int] = {}  # each file once, even if many processes hold it
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
    """The removed files that a process holds open, with their bytes on disk."""
    for thread in family.thread_folders(pid):
        with suppress(OSError):  # it has ended
            for descriptor in Path(thread, "fd").iterdir():
                with suppress(OSError):
                    status = descriptor.stat()
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        yield (status.st_dev, status.st_ino), BLOCK * status.st_blocks


def _mapped(pid: int, folder: str) -> Iterator[tuple[tuple[int, int], int]]:
    """The removed files of the folder that a process has mapped, with the bytes that it mapped."""
    for line in _maps(pid):
        if line.endswith(b" (deleted)") and os.fsencode(f" {folder}/") in line:
            addresses, _, _, device, inode, _ = line.split(maxsplit=5)
            start, end = (int(address, 16) for address in addresses.split(b"-"))
            numbers = (int(number, 16) for number in device.split(b":"))
            yield (os.makedev(*numbers), int(inode)), end - start


def _maps(pid: int) -> list[bytes]:
    """The map of a process's memory, as a thread of it shows that has not ended."""
    for thread in family.thread_folders(pid):
        with suppress(OSError):  # it ended meanwhile
            if lines := Path(thread, "maps").read_bytes().splitlines():
                return lines
    return []
