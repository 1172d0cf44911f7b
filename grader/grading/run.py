"""What the steps of one grading run share: it is read and opened once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.course.bundle import Bundle
from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.settings import Course
from grader.gradebook.on_demand import GradebookOnDemand
from grader.grading.pool import Crew
from grader.system.listener import Listener

__all__ = ["Run", "started"]


@dataclass(frozen=True)
class Run:
    """One run of `grader autograde`.

    Args:
        course: the course.
        bundle: the assignment.
        deadlines: until when each student may hand in.
        gradebook: where results go.
        crew: who grades.
        listener: receives warnings and progress.
    """

    course: Course
    bundle: Bundle
    deadlines: Deadlines
    gradebook: GradebookOnDemand
    crew: Crew
    listener: Listener


@contextmanager
def started(course: Course, bundle: Bundle, crew: Crew, listener: Listener) -> Iterator[Run]:
    """Start a run; its gradebook is closed at the end.

    Args:
        course: the course.
        bundle: the assignment.
        crew: who grades.
        listener: receives warnings and progress.

    Raises:
        UsageError: the extensions cannot be read.
    """
    deadlines = load_deadlines(course)
    for remark in deadlines.remarks:
        listener.warn(remark)
    with GradebookOnDemand(course, deadlines, [bundle]) as gradebook:
        yield Run(course, bundle, deadlines, gradebook, crew, listener)
