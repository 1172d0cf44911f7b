"""Assignments as they are now, each read once until one of its files changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from grader.course.bundle import Bundle, load_bundle
from grader.course.renamed import RENAMED_FILE
from grader.desk.course_now import CourseNow, file_mark

__all__ = ["Bundles"]


class Bundles:
    """Reads an assignment again when one of its files has changed; usable from many threads.

    Args:
        unsafe: whether to grade where boxes cannot be closed off.
    """

    def __init__(self, *, unsafe: bool = False) -> None:
        self._unsafe, self._turn = unsafe, threading.Lock()
        self._known: dict[str, tuple[CourseNow, list[object], Bundle]] = {}

    def of(self, now: CourseNow, assignment_id: str) -> Bundle:
        """The assignment, ready to grade.

        Args:
            now: the course.
            assignment_id: which assignment.

        Raises:
            UsageError: the assignment is unknown, has not been built, or lacks a file.
            JudgeError: a file cannot be read.
        """
        with self._turn:
            marks = list(_marks(now, assignment_id))  # first, so that a change meanwhile shows
            known = self._known.get(assignment_id)
            if known is None or known[0] is not now or known[1] != marks:
                bundle = load_bundle(now.course, assignment_id, unsafe=self._unsafe)
                known = self._known[assignment_id] = now, marks, bundle
            return known[2]


def _marks(now: CourseNow, assignment_id: str) -> Iterator[object]:
    """What changes with the files: names, times and sizes."""
    course = now.course
    for folder in (course.release_dir(assignment_id), course.solution_dir(assignment_id)):
        for path in sorted(folder.rglob("*")):
            yield path, file_mark(path)
    yield file_mark(course.root / RENAMED_FILE)
