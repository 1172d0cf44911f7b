"""The course as its files are now: a change of roster, dates or course.yml needs no new start."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.groups import Groups, load_groups
from grader.course.held import Held, held_path, load_held
from grader.course.roster import Person, Roster, load_people
from grader.course.settings import COURSE_FILE, Assignment, Course
from grader.errors import GraderError

__all__ = ["CourseFiles", "CourseNow", "file_mark"]


@dataclass(frozen=True)
class CourseNow:
    """What the files of the course say at one moment.

    Args:
        course: course.yml.
        roster: who takes the course, and who teaches it; nobody else is let in.
        deadlines: until when each of them may hand in.
        groups: who works together.
        held: results that a teacher holds back.
    """

    course: Course
    roster: Roster
    deadlines: Deadlines
    groups: Groups
    held: Held = field(default_factory=dict)

    def person(self, known_as: str | None) -> Person | None:
        """The student or teacher with this id, which may be a former one; None if nobody has it."""
        everyone, known_as = self.roster.everyone, known_as or ""
        now = self.roster.former.get(known_as, known_as)
        return everyone.get(known_as) or everyone.get(now)

    def until(self, assignment: Assignment, student: str) -> datetime | None:
        """When the student's work is due; None if it never is."""
        return self.deadlines.of(assignment, student)

    @property
    def grace(self) -> timedelta:
        """Lateness that costs nothing."""
        return timedelta(minutes=self.course.late_policy.grace_minutes)


class CourseFiles:
    """Reads the files again when one of them has changed.

    Args:
        root: the course folder.

    Raises:
        GraderError: a file is wrong now, at the start. Later, the last good state is kept.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._turn = root, threading.Lock()
        self.problem = ""
        self._now = _load(root)
        self._mark = self._marks()

    def now(self) -> CourseNow:
        """The course as it is now, or as it was before somebody broke one of its files."""
        with self._turn:
            mark = self._marks()
            if mark != self._mark:
                self._mark = mark
                try:
                    self._now, self.problem = _load(self._root), ""
                except GraderError as error:
                    self.problem = str(error)
            return self._now

    def _marks(self) -> list[tuple[int, int]]:
        course = self._now.course
        paths = (course.roster_path, course.extensions_path, course.groups_path, held_path(course))
        return [file_mark(path) for path in (self._root / COURSE_FILE, *paths)]


def _load(root: Path) -> CourseNow:
    course = Course.load(root)
    return CourseNow(
        course,
        load_people(course),
        load_deadlines(course),
        load_groups(course),
        load_held(course),
    )


def file_mark(path: Path) -> tuple[int, int]:
    """What changes when somebody writes a file: its time and its size."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
