"""Whether a command will probably grade something, told by the times of files alone.

A command asks before it reads or imports anything, and then starts at once what takes longest. A
wrong answer costs time, not correctness: `grader.grading.batch` decides by what is in the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["probably_grades"]


def probably_grades(root: Path, assignment_id: str, students: Sequence[str], force: bool) -> bool:
    """Whether a submission has no record, or one that is older than itself.

    Args:
        root: the course's folder.
        assignment_id: as it was typed.
        students: only these; everyone when empty.
        force: whether records do not count.
    """
    notebook, results = f"{assignment_id}.ipynb", root / "results" / assignment_id
    submitted = root / "submitted"
    folders = [submitted / name for name in students] or _below(submitted)
    for folder in folders:
        handed_in = _changed_at(folder / assignment_id / notebook)
        if handed_in and (force or _changed_at(results / f"{folder.name}.json") < handed_in):
            return True
    return False


def _below(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _changed_at(path: Path) -> float:
    """When a file was last written to; 0 if there is none."""
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):  # ValueError: it has a null byte
        return 0.0
