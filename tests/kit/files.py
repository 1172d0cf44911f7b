"""Folders and files as tests look at them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]  # of the checkout


def contents(folder: Path) -> dict[str, bytes]:
    """All files below `folder`, by their path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def content(path: Path) -> bytes:
    """Content of a file that may vanish at any moment, as in /proc; empty if it has."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
