"""Scratch folders, removed when their process ends, or by a later process if it was killed.

All folders of a process are in one folder, which the process keeps locked. The kernel releases
the lock when the process ends, however that happens, so an unlocked folder is a leftover.
"""

from __future__ import annotations

import os
import secrets
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
USUAL = "/tmp"  # noqa: S108 — the same that tempfile takes
_made: list[Path] = []


def new_folder(kind: str) -> Path:
    """Make an empty folder that only this user may read.

    Args:
        kind: what it is for; this becomes part of its name.
    """
    return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=_process_folder(_temporary())))


def _temporary() -> str:
    """The folder of `tempfile`; its own search writes a trial file, and a kill would leave that."""
    if tempfile.tempdir is None and sys.platform != "win32":
        named = next(filter(None, map(os.environ.get, ("TMPDIR", "TEMP", "TMP"))), USUAL)
        if Path(named).is_dir() and os.access(named, os.W_OK | os.X_OK):
            tempfile.tempdir = str(Path(named).absolute())
    return tempfile.gettempdir()


def discard() -> None:
    """Remove all folders of this process; for a process that ends without its exit handlers."""
    for folder in _made:
        remove_tree(folder)


def remove_leftovers() -> None:
    """Remove the folders of killed processes; does nothing where folders cannot be locked."""
    if sys.platform != "win32":
        for folder in Path(_temporary()).glob(f"{PREFIX}*"):
            held = lock(folder)
            if held is not None:
                remove_tree(folder)
                os.close(held)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all that is in it, whatever student code made of it.

    Folders in it get back the permissions that were taken away. They are lifted to the top before
    anybody looks into them, since they may lie deeper than a path can tell.

    Args:
        folder: one in which nothing is at work any more.
    """
    waiting = [folder]
    while waiting:
        inner = waiting.pop()
        with suppress(OSError):  # it may be gone
            inner.chmod(0o700)
            waiting += _emptied(inner, folder)
            inner.rmdir()
    with suppress(OSError):
        folder.rmdir()


def _emptied(inner: Path, top: Path) -> list[Path]:
    """Remove the files of a folder and lift its folders to the top; returns where these are now."""
    lifted = []
    with os.scandir(inner) as entries:
        for entry in list(entries):
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    Path(entry.path).chmod(0o700)
                    lifted.append(Path(entry.path).rename(top / secrets.token_hex(16)))
                else:
                    Path(entry.path).unlink()
    return lifted


@cache
def _process_folder(parent: str) -> Path:
    """This process's folder in the folder for temporary files."""
    remove_leftovers()
    folder = _new_locked_folder(parent)
    folder.chmod(0o711)  # a box with its own uid must reach its folder in here
    if not _made:
        Finalize(None, discard, exitpriority=-1)  # unlike atexit, it runs in a pool's worker too
    _made.append(folder)
    return folder


def _new_locked_folder(parent: str) -> Path:
    """A new folder, locked where folders can be locked; elsewhere nothing removes leftovers."""
    for _ in range(MAX_ATTEMPTS):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        if sys.platform == "win32" or lock(folder) is not None:
            return folder
        shutil.rmtree(folder, ignore_errors=True)  # another process removes it as a leftover
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))


def lock(folder: Path) -> int | None:
    """Lock a folder of this user; None if it is gone or in use.

    Returns:
        A descriptor, which holds the lock until it is closed.
    """
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
