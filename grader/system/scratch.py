"""Scratch folders, which end with their process: at once if it ends well, else with the next one.

All folders of a process are in one, on which the process holds a lock. The kernel lets go of
the lock when the process ends, however that happens, so a folder that nobody locks is a leftover.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["discard", "lock", "new_folder", "remove_leftovers", "remove_tree"]

PREFIX = "grader-scratch-"
MAX_ATTEMPTS = 10
_made: list[Path] = []


def new_folder(kind: str) -> Path:
    """An empty folder that only this user may read.

    Args:
        kind: what it is for, as part of its name.
    """
    return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=_process_folder(_temporary())))


def _temporary() -> str:
    """Where `tempfile` would go; it tries by writing a file, which a kill in that moment leaves."""
    if tempfile.tempdir is not None:  # it knows already
        return tempfile.gettempdir()
    named = [os.environ.get(name, "") for name in ("TMPDIR", "TEMP", "TMP")]
    usual = [] if sys.platform == "win32" else ["/tmp"]  # noqa: S108 — as tempfile has it
    for folder in map(Path, filter(None, [*named, *usual])):
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return str(folder.absolute())
    return tempfile.gettempdir()


def discard() -> None:
    """Remove all that this process has made, before it ends in a hurry."""
    for folder in _made:
        remove_tree(folder)


def remove_leftovers() -> None:
    """Remove what processes left that were killed; without locks on folders, nothing."""
    if sys.platform != "win32":
        for folder in Path(_temporary()).glob(f"{PREFIX}*"):
            held = lock(folder)
            if held is not None:
                remove_tree(folder)
                os.close(held)


def remove_tree(folder: Path) -> None:
    """Remove a folder, also where student code took its own permissions away."""
    with suppress(OSError):  # it may be gone
        folder.chmod(0o700)
    for path, folders, _ in os.walk(folder):
        for name in folders:
            child = Path(path, name)
            if not child.is_symlink():
                child.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


@cache
def _process_folder(parent: str) -> Path:
    """This process's folder in the folder for temporary files."""
    remove_leftovers()
    folder = _new_locked_folder(parent)
    folder.chmod(0o711)  # a box under a uid of its own gets through to its part
    if not _made:
        Finalize(None, discard, exitpriority=-1)  # at exit of a pool's worker too
    _made.append(folder)
    return folder


def _new_locked_folder(parent: str) -> Path:
    """A folder of ours; where folders cannot be locked, nobody takes it for a leftover either."""
    for _ in range(MAX_ATTEMPTS):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        if sys.platform == "win32" or lock(folder) is not None:
            return folder
        shutil.rmtree(folder, ignore_errors=True)  # somebody took it for one, and is removing it
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))


def lock(folder: Path) -> int | None:
    """Lock a folder of this user's until the descriptor is closed; None if gone or in use."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if status.st_uid == os.getuid() and os.path.samestat(status, folder.stat()):
            return descriptor
    except OSError:  # locked by its process, or removed in this moment
        pass
    os.close(descriptor)
    return None
