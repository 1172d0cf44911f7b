"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

__all__ = ["hide_from_others", "keep_on_disk", "one_at_a_time", "write_whole"]

PRIVATE = 0o660  # less the umask: nothing that the grader writes is for other accounts

WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name, then rename it; folders are made as needed.

    The temporary name is always the same, so a file that a killed process left is overwritten
    when its work is done again.

    Args:
        path: the file to make or replace. It gets the permissions of a new file, without those
            of other accounts: there may be solutions or scores in it.
        content: text, written as UTF-8 with line ends as they are, or bytes.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.part")
    with _told(path), _opened_alone(temporary) as file:
        try:
            file.write(data)
            file.flush()
            if sys.platform == "win32":  # Windows cannot rename an open file
                file.close()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors name the file; a full disk does not say which."""
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            error.filename = str(path)
        raise


def _opened_alone(temporary: Path) -> BinaryIO:
    """An empty file of that name; another writer has to wait until it is closed."""
    while True:
        file = os.fdopen(_opened(temporary), "wb")
        if sys.platform == "win32":
            file.truncate()
            return file
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, temporary):
            return file
        file.close()  # the writer before us has just renamed it


def _opened(path: Path) -> int:
    """A file to write into; its folder is made if there is none, which is seldom."""
    try:
        return os.open(path, WRITE_FLAGS, PRIVATE)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, WRITE_FLAGS, PRIVATE)


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Whether an open file is still there; then what a killed writer has left in it is removed."""
    ours = os.fstat(file.fileno())
    try:
        if not os.path.samestat(ours, os.lstat(path)):
            return False
    except FileNotFoundError:
        return False
    if ours.st_size:
        file.truncate()
    return True


def keep_on_disk(path: Path, above: Path) -> None:
    """Wait until a file, and its name in each folder up to `above`, would outlive a power cut.

    Args:
        path: a file that was written.
        above: a folder that the file is in.
    """
    for place in (path, *path.parents):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if place == above:
            return


def hide_from_others(path: Path) -> None:
    """Take the permissions of other accounts from a file that is ours; make it if there is none."""
    with suppress(OSError):
        os.close(os.open(path, WRITE_FLAGS, PRIVATE))
    with suppress(OSError):
        mode = path.stat().st_mode
        if mode & 0o007:
            path.chmod(mode & 0o770)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process is in such a block; where nothing can be written, do not wait.

    Args:
        path: a file that stands for the block; it is made, and stays.
    """
    try:
        descriptor = os.open(path, WRITE_FLAGS, PRIVATE)
    except OSError:
        yield
        return
    with os.fdopen(descriptor, "wb") as file:  # closing it lets the next one in
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
