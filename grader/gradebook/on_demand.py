"""The gradebook, opened when it is first needed: importing its database takes half a second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.course.bundle import Bundle
from grader.course.deadlines import Deadlines
from grader.course.settings import Course

if TYPE_CHECKING:
    from grader.gradebook.book import CourseGradebook

__all__ = ["GradebookOnDemand"]


class GradebookOnDemand:
    """A course's gradebook, opened once at most; a context manager, for one thread at a time.

    Args:
        course: the course.
        deadlines: until when each student may hand in; if not given, read when it is opened.
        bundles: assignments that were read already.
    """

    def __init__(
        self, course: Course, deadlines: Deadlines | None = None, bundles: Iterable[Bundle] = ()
    ) -> None:
        self.course, self._deadlines, self._bundles = course, deadlines, bundles
        self._book: CourseGradebook | None = None

    def __enter__(self) -> GradebookOnDemand:
        return self

    def __exit__(self, *error: object) -> None:
        if self._book is not None:
            self._book.close()

    @property
    def book(self) -> CourseGradebook:
        """The open gradebook.

        Raises:
            GradebookError: the database cannot be opened.
            UsageError: the extensions cannot be read.
        """
        if self._book is None:
            from grader.gradebook.book import CourseGradebook  # takes half a second to import

            self._book = CourseGradebook(self.course, self._deadlines, self._bundles)
        return self._book
