"""What the steps of one grading run share: it is read and opened once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.course.bundle import Bundle
from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.groups import Groups, load_groups
from grader.course.settings import Course
from grader.gradebook.on_demand import GradebookOnDemand
from grader.grading.crew import Crew
from grader.system.listener import Listener

__all__ = ["Run", "started"]


@dataclass(frozen=True)
class Run:
    """One run of `grader autograde`.

    Args:
        course: the course.
        bundle: the assignment.
        deadlines: until when each student may hand in.
        groups: who works together.
        gradebook: where results go.
        crew: who grades.
        listener: receives warnings and progress.
    """

    course: Course
    bundle: Bundle
    deadlines: Deadlines
    groups: Groups
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
        UsageError: the extensions or the groups cannot be read.
    """
    deadlines, groups = load_deadlines(course), load_groups(course)
    for remark in (*deadlines.remarks, *groups.remarks):
        listener.warn(remark)
    with GradebookOnDemand(course, deadlines, [bundle]) as gradebook:
        yield Run(course, bundle, deadlines, groups, gradebook, crew, listener)
