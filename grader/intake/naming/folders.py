"""No LMS at all: a folder for each student, named by the student's id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from grader.intake.naming.handed import Handed
from grader.intake.naming.labelled import without_zip

__all__ = ["named"]


def named(
    entries: Sequence[str],
    assignment_id: str,
    is_student: Callable[[str], bool] = lambda name: False,
) -> list[Handed]:
    """Find files such as `ada/two_layer_net.ipynb` and `ada/two_layer_net/two_layer_net.ipynb`.

    One folder around all of them is ignored, since packing a folder often adds one; but not if it
    bears a student's name.

    Args:
        entries: paths of all files of the download.
        assignment_id: name of the inner folder that a student's folder may have.
        is_student: whether the roster has somebody of that name.
    """
    paths = [PurePosixPath(entry) for entry in entries]
    is_theirs = any(
        is_student(without_zip(path.parts[0])) for path in paths if len(path.parts) >= 2
    )
    start = 1 if _is_wrapped(paths, assignment_id) and not is_theirs else 0
    return [
        Handed(
            str(path),
            PurePosixPath(*path.parts[start + 1 :]),
            without_zip(path.parts[start]),
            level=start,
        )
        for path in paths
        if len(path.parts) >= start + 2
    ]


def _is_wrapped(paths: Sequence[PurePosixPath], assignment_id: str) -> bool:
    """Whether everything is in one folder that is not a student's own."""
    deep = [path for path in paths if len(path.parts) >= 2]
    tops = {path.parts[0] for path in deep}
    seconds = {path.parts[1] for path in deep if len(path.parts) >= 3}
    is_notebook_there = any(
        len(path.parts) == 2 and path.suffix.lower() == ".ipynb" for path in deep
    )
    if len(tops) != 1 or is_notebook_there or not seconds:
        return False
    return seconds != {assignment_id}
