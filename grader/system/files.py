"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

__all__ = ["write_whole"]

WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name, then rename it; folders are made as needed.

    The temporary name is always the same, so a file that a killed process left is overwritten
    when its work is done again.

    Args:
        path: the file to make or replace; it gets the usual permissions of a new file.
        content: text, written as UTF-8 with line ends as they are, or bytes.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    with _alone(temporary) as file:
        try:
            file.write(data)
            file.flush()
            if sys.platform == "win32":  # Windows cannot rename an open file
                file.close()
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _alone(temporary: Path) -> Iterator[BinaryIO]:
    """An empty file of that name; another writer has to wait until we are done."""
    while True:
        with os.fdopen(os.open(temporary, WRITE_FLAGS, 0o600), "wb") as file:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is_at(file, temporary):  # the writer before us has just renamed it
                    continue
            file.truncate()
            yield file
            return


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False
