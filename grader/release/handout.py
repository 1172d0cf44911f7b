"""assignments/<id>/ → the one file that students are given."""

from __future__ import annotations

import io
import zipfile

from grader.course.folder import is_released
from grader.course.settings import Course
from grader.release.build import build
from grader.system.listener import NOBODY, Listener

__all__ = ["handout"]

START = (1980, 1, 1, 0, 0, 0)  # the earliest time of a zip: the same release gives the same file


def handout(course: Course, assignment_id: str, listener: Listener = NOBODY) -> bytes:
    """A zip with the folder that students get, after a look that it is what would be built now.

    Args:
        course: the course.
        assignment_id: the assignment.
        listener: receives progress.

    Raises:
        UsageError: course.yml has no such assignment.
        BuildError: the release is missing or stale, or a gate fails.
    """
    build(course, assignment_id, check=True, listener=listener)
    folder = course.release_dir(assignment_id)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder)
            if is_released(name):
                info = zipfile.ZipInfo(f"{assignment_id}/{name.as_posix()}", START)
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())
    return buffer.getvalue()
