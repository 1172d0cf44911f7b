"""Opens files in folders that students may have made.

A link is not followed, a pipe is not waited for, and only a regular file of bounded size is read.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import ExitStack
from pathlib import Path

from grader.intake.timestamp import TIMESTAMP_FILE
from grader.locale.translations import N_, Sentence

__all__ = ["Refused", "is_safe_file_name", "read_bounded"]

FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@() -]{0,120}\.ipynb")  # browsers add " (1)"
# O_NONBLOCK, since opening a FIFO would wait for a writer. Windows has none of these.
READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Refused(Exception):
    """Why a file is not opened, as a sentence for the student.

    Args:
        reason: the sentence; `read_submission` puts it into the language of the course.
    """

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


def is_safe_file_name(name: str) -> bool:
    """Whether a notebook may have this name; others are never shown or opened.

    Args:
        name: the file's name, with its ending.
    """
    stem, dot, suffix = name.rpartition(".")
    return FILE_NAME.fullmatch(stem + dot + suffix.lower()) is not None


def read_bounded(folder: Path, name: str, guarded: int, limit: int) -> bytes:
    """Read a regular file.

    Args:
        folder: where it lies.
        name: its name there.
        guarded: how many of the folder's last steps a student may have made; none may be a link.
        limit: the most bytes that it may have.

    Raises:
        Refused: it is no regular file, cannot be opened, or is larger.
        FileNotFoundError: it is missing.
    """
    with ExitStack() as stack:
        try:
            descriptor = _open(folder, name, guarded, stack)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(_not_ordinary(name))
            with os.fdopen(os.dup(descriptor), "rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Refused(_cannot_be_opened(name, error)) from None
    if len(data) > limit:
        text = N_(
            "The file is larger than {size} MiB. Clear the outputs of all cells, save the "
            "notebook, and hand it in again."
        )
        raise Refused(Sentence(text, {"size": limit >> 20}))
    return data


def _not_ordinary(name: str) -> Sentence:
    if _may_be_shown(name):
        return Sentence(
            "{name} is not an ordinary file. Hand in the notebook itself.", {"name": name}
        )
    return Sentence("This is not an ordinary file. Hand in the notebook itself.")


def _cannot_be_opened(name: str, error: OSError) -> Sentence:
    values = {"name": name, "error": error.strerror}
    if _may_be_shown(name):
        return Sentence(
            "{name} cannot be opened ({error}). It must be an ordinary file, not a link to one.",
            values,
        )
    return Sentence(
        "The file cannot be opened ({error}). It must be an ordinary file, not a link to one.",
        values,
    )


def _may_be_shown(name: str) -> bool:
    return is_safe_file_name(name) or name == TIMESTAMP_FILE


def _open(folder: Path, name: str, guarded: int, stack: ExitStack) -> int:
    """Open a file without following links, neither to it nor to the last `guarded` folders."""
    guarded_names = folder.parts[len(folder.parts) - guarded :]
    start = folder.parents[guarded - 1] if guarded else folder
    if os.open not in os.supports_dir_fd:
        return _open_by_path(start, [*guarded_names, name], stack)
    descriptor = os.open(start, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    for step in guarded_names:
        descriptor = os.open(step, READ_FLAGS | os.O_DIRECTORY, dir_fd=descriptor)
        stack.callback(os.close, descriptor)
    descriptor = os.open(name, READ_FLAGS, dir_fd=descriptor)
    stack.callback(os.close, descriptor)
    return descriptor


def _open_by_path(start: Path, steps: list[str], stack: ExitStack) -> int:
    """Open a file on Windows, where links can only be looked for before."""
    path = start
    for step in steps:
        path = path / step
        if path.is_symlink():
            raise OSError(f"{path} is a link")
    descriptor = os.open(path, READ_FLAGS)
    stack.callback(os.close, descriptor)
    return descriptor
