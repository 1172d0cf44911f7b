"""No known system: folders, zips or notebooks whose names hold a student's number or name.

`计算机1班-20260101-李梅-作业/…`, `20260101_李梅.zip`, `李梅20260101.ipynb`. What stands in such a
folder or zip was named by the student and tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed, is_notebook, shared_depth

__all__ = ["named", "without_zip"]


def named(
    entries: Sequence[str], assignment_id: str, is_label: Callable[[str], bool]
) -> list[Handed]:
    """Find what stands at the outermost level at which names hold a student's number or name.

    Args:
        entries: paths of all files of the download.
        assignment_id: not used, since a label may hold it or not.
        is_label: whether a name holds a student's number or name.
    """
    paths = [PurePosixPath(entry) for entry in entries]
    for level in range(shared_depth(entries) + 1):
        found = [handed for path in paths if (handed := _named(path, level))]
        if any(is_label(handed.key) for handed in found):
            return found
    return []


def _named(path: PurePosixPath, level: int) -> Handed | None:
    if len(path.parts) == level + 1 and is_notebook(str(path)):
        return Handed(str(path), PurePosixPath(path.name), path.stem, "label", level=level)
    if len(path.parts) < level + 2:
        return None
    label = path.parts[level]
    own = PurePosixPath(*path.parts[level + 1 :])
    return Handed(str(path), own, without_zip(label), "label", level=level)


def without_zip(name: str) -> str:
    """The name of a folder, or of a zip without its ending."""
    return name[:-4] if name.lower().endswith(".zip") else name
