"""What a teacher sees of a class at once.

A class has hundreds of records, and its page is asked for every few seconds. So a file is read once
and again when it has changed; a view costs a look at each file's time and one at the queue.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from grader.course.roster import Person
from grader.course.settings import Assignment, Course
from grader.desk.access import Scope
from grader.desk.receipts import Receipts
from grader.errors import GraderError
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import load_result
from grader.intake.attempts import StudentAttempts
from grader.intake.submissions import own_submission
from grader.intake.timestamp import TIMESTAMP_FILE, UNKNOWN, Stamp
from grader.results import SubmissionResult

__all__ = ["ClassNow", "Standing"]

REST = 20  # points by hand are read again after this many times as long as that took

Mark = tuple[tuple[int, int] | None, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """How one student stands at one assignment.

    Args:
        student: the student.
        sections: of the roster, as they are written.
        attempts: how many there are.
        handed_at: when they last handed in; None if unknown, or if they have not.
        until: the student's own deadline.
        is_late: whether what counts came after it.
        state: `waiting`, `running`, `failed`, `done`, `handed in` without a result, or "".
        result: of what counts, with points by hand, without its notebook.
        stamp: the time of what counts, as it was told.
        is_held: whether a teacher holds the result back.
        has_extension: whether the deadline is later than that of the others.
    """

    student: Person
    sections: Mapping[str, str]
    attempts: int
    handed_at: datetime | None
    until: datetime | None
    is_late: bool
    state: str
    result: SubmissionResult | None
    stamp: Stamp
    is_held: bool
    has_extension: bool


@dataclass(frozen=True)
class _Handed:
    """What is in the folders of a student: the number of attempts, and the time of what counts."""

    attempts: int = 0
    stamp: Stamp = UNKNOWN
    at: datetime | None = None
    is_there: bool = False


@dataclass
class _Kept(Generic[T]):
    """Values with the marks of the files that they came from."""

    values: dict[tuple[str, str], tuple[Mark, T]] = field(default_factory=dict)

    def get(self, key: tuple[str, str], mark: Mark, read: Callable[[], T]) -> T:
        kept = self.values.get(key)
        if kept is None or kept[0] != mark:
            kept = self.values[key] = (mark, read())
        return kept[1]


@dataclass
class _ByHand:
    """Points by hand of one assignment, and when they have to be read again."""

    points: dict[str, dict[str, float]] = field(default_factory=dict)
    mark: Mark = ()
    not_before: float = 0.0


class ClassNow:
    """The class, read from the course folder and the queue; for all threads of a desk.

    Args:
        receipts: the queue.
    """

    def __init__(self, receipts: Receipts) -> None:
        self._receipts, self._turn = receipts, threading.Lock()
        self._results: _Kept[SubmissionResult | None] = _Kept()
        self._handed: _Kept[_Handed] = _Kept()
        self._by_hand: dict[str, _ByHand] = {}

    def standings(
        self, scope: Scope, assignment: Assignment, students: Sequence[Person]
    ) -> list[Standing]:
        """How students stand at an assignment, in the same order.

        Args:
            scope: the course, and who looks.
            assignment: the assignment.
            students: some of `scope.students`.
        """
        course = scope.now.course
        with self._turn:
            received = self._receipts.states(assignment.id)
            counts = self._receipts.counts(assignment.id)
            results = {s.id: self._result(course, assignment, s.id) for s in students}
            handed = {s.id: self._handed_in(course, assignment, s.id, counts) for s in students}
            by_hand = self._points(course, assignment)
        return [
            _standing(
                scope,
                assignment,
                student,
                _of_group(scope, assignment, student, handed),
                received.get(student.id),
                _with_points(results[student.id], by_hand.get(student.id, {})),
            )
            for student in students
        ]

    def _result(
        self, course: Course, assignment: Assignment, student: str
    ) -> SubmissionResult | None:
        def read() -> SubmissionResult | None:
            result = load_result(course, assignment.id, student)
            return replace(result, notebook=None) if result else None

        mark = _mark(f"{course.results_dir(assignment.id)}/{student}.json")
        return self._results.get((assignment.id, student), mark, read)

    def _handed_in(
        self, course: Course, assignment: Assignment, student: str, counts: Mapping[str, int]
    ) -> _Handed:
        folder = f"{course.submitted_dir}/{student}/{assignment.id}"
        attempts = f"{course.attempts_dir}/{assignment.id}/{student}"
        files = _mark(folder, f"{folder}/{TIMESTAMP_FILE}", attempts)
        # An attempt is whole a moment after its folder is there; the receipt comes later still.
        mark = (*files, (counts.get(student, 0), 0))
        read = _handed if any(files) else _nothing
        return self._handed.get(
            (assignment.id, student), mark, lambda: read(course, assignment.id, student)
        )

    def _points(self, course: Course, assignment: Assignment) -> Mapping[str, Mapping[str, float]]:
        """Points by hand. While a class is graded, the gradebook changes every moment."""
        known = self._by_hand.setdefault(assignment.id, _ByHand())
        path = course.gradebook_url.removeprefix("sqlite:///")
        mark = _mark(path, f"{path}-wal")
        begun = time.monotonic()
        if known.not_before > begun or (mark == known.mark and any(mark)):
            return known.points
        if any(mark) or not course.gradebook_url.startswith("sqlite"):
            # If it cannot be read now, those who look after it are told; the class is shown.
            with suppress(GraderError), GradebookOnDemand(course) as gradebook:
                known.points = gradebook.book.manual_scores(assignment.id)
        known.mark = mark
        known.not_before = begun + REST * (time.monotonic() - begun)
        return known.points


def _handed(course: Course, assignment_id: str, student: str) -> _Handed:
    theirs = StudentAttempts(course, assignment_id, student)
    times = [a.submitted_at or a.collected_at for a in theirs.attempts]
    found = own_submission(course, assignment_id, student)
    is_there = found.path.exists()
    last = max(times, default=found.submitted_at)
    return _Handed(max(len(times), int(is_there)), found.stamp, last, is_there)


def _nothing(course: Course, assignment_id: str, student: str) -> _Handed:
    return _Handed()


def _of_group(
    scope: Scope, assignment: Assignment, student: Person, handed: Mapping[str, _Handed]
) -> _Handed:
    """What the student handed in, or else the latest of their group's."""
    own = handed[student.id]
    group = None if own.is_there else scope.now.groups.of(assignment.id, student.id)
    others = [handed[m] for m in group.members if m in handed] if group else []
    there = [other for other in others if other.is_there and other.at]
    return max(there, key=lambda other: str(other.at), default=own)


def _standing(
    scope: Scope,
    assignment: Assignment,
    student: Person,
    handed: _Handed,
    state: str | None,
    result: SubmissionResult | None,
) -> Standing:
    now = scope.now
    until, counts = now.until(assignment, student.id), handed.stamp.submitted_at
    has_work = result is not None or handed.is_there or handed.attempts > 0
    return Standing(
        student,
        now.roster.sections_of(student),
        handed.attempts,
        handed.at,
        until,
        bool(until and counts and counts > until + now.grace),
        state or ("done" if result else "handed in" if has_work else ""),
        result,
        handed.stamp,
        (student.id, assignment.id) in now.held,
        bool(until and assignment.due and until > assignment.due),
    )


def _with_points(
    result: SubmissionResult | None, by_hand: Mapping[str, float]
) -> SubmissionResult | None:
    return result.with_manual_scores(by_hand) if result and by_hand else result


def _mark(*paths: str) -> Mark:
    """What changes when somebody writes one of these files, or into one of these folders."""
    return tuple(_file_mark(path) for path in paths)


def _file_mark(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 — a view asks for thousands; a Path takes longer
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
