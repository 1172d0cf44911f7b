"""What every view of the desk works with, and what it knows of one student's work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property

from grader.course.roster import Person
from grader.course.settings import Assignment, Shown
from grader.desk.course_now import CourseFiles, CourseNow
from grader.desk.identity import person_of
from grader.desk.rates import Rates
from grader.desk.receipt import Receipt
from grader.desk.receipts import Receipts
from grader.desk.releasing import is_released
from grader.desk.shown import ShownResult, level_of, shown_of
from grader.desk.signing_in import who_has_link, who_has_session
from grader.desk.state import State
from grader.gradebook.by_hand import given_by_hand
from grader.gradebook.grades import Standing
from grader.gradebook.records import load_beside, load_result
from grader.intake.attempts import Attempt
from grader.results import SubmissionResult

__all__ = ["Desk", "Tried", "Work"]


@dataclass(frozen=True)
class Tried:
    """One attempt, whether it came by the desk or was collected.

    Args:
        number: 1 for the first.
        at: when it was handed in, or else collected.
        sha256: digest of its bytes.
        state: `waiting`, `running`, `done`, `failed`; `collected` if the desk did not receive it
            and it has no result yet.
        counts: whether it is the submission.
        receipt: of the desk; None if it was collected.
        result: as far as there is one.
    """

    number: int
    at: datetime
    sha256: str
    state: str
    counts: bool
    receipt: Receipt | None
    result: SubmissionResult | None


@dataclass(frozen=True)
class Work:
    """One student's work at one assignment.

    Args:
        now: the course.
        assignment: the assignment.
        student: the student.
        tried: the attempts, the first one first.
        is_released: whether a teacher shows the whole feedback to all before the deadline.
    """

    now: CourseNow
    assignment: Assignment
    student: Person
    tried: tuple[Tried, ...]
    is_released: bool = False

    @property
    def until(self) -> datetime | None:
        """The student's own deadline."""
        return self.now.until(self.assignment, self.student.id)

    @property
    def level(self) -> Shown:
        """How much of the feedback the student may read."""
        if self.is_held:
            return "none"
        if self.is_released:
            return "full"
        return level_of(self.assignment, self.until, datetime.now(UTC))

    @property
    def is_held(self) -> bool:
        """Whether a teacher holds the result back."""
        return (self.student.id, self.assignment.id) in self.now.held

    @property
    def zone(self) -> tzinfo:
        """The time zone in which people read times of this work."""
        return self.now.course.shown_zone(self.assignment)

    def shown(self, tried: Tried | None) -> ShownResult | None:
        """What the student may read of an attempt's result; None if there is none yet."""
        if tried is None or tried.result is None:
            return None
        if self.is_held:
            return ShownResult(None, tried.result.max_score, {})
        is_whole = tried.counts and self.level == "full"
        return shown_of(tried.result, self.level, self.by_hand if is_whole else Standing())

    def marked(self, tried: Tried) -> SubmissionResult | None:
        """An attempt's result with the points that people gave for it, as teachers see it."""
        if tried.result is None or not tried.counts:
            return tried.result
        return tried.result.with_manual_scores(self.by_hand.by_hand)

    @cached_property
    def by_hand(self) -> Standing:
        """What people gave for the attempt that counts."""
        return given_by_hand(self.now.course, self.assignment.id, self.student.id)

    @property
    def counting(self) -> Tried | None:
        """The attempt that counts; None before one is graded."""
        return next((tried for tried in self.tried if tried.counts), None)


@dataclass(frozen=True)
class Desk:
    """The desk of one course.

    Args:
        files: the course.
        state: the database.
        receipts: attempts and queue.
        warn: told in one line what goes wrong on our side.
        rates: how often somebody may try.
    """

    files: CourseFiles
    state: State
    receipts: Receipts
    warn: Callable[[str], None]
    rates: Rates = field(default_factory=Rates)

    def by_session(self, token: str) -> Person | None:
        """Who is signed in, student or teacher; None if nobody is."""
        return person_of(self.files.now(), who_has_session(self.state, token))

    def by_link(self, token: str) -> Person | None:
        """Whose personal link it is, a student's or a teacher's; None if it is nobody's."""
        return person_of(self.files.now(), who_has_link(self.state, token))

    def assignment(self, assignment_id: str) -> Assignment | None:
        """The assignment, if there is one of that id and it is released."""
        now = self.files.now()
        released = [a for a in now.course.assignments if a.id == assignment_id]
        is_there = released and now.course.release_dir(assignment_id).is_dir()
        return released[0] if is_there else None

    def assignments(self) -> list[Assignment]:
        """All assignments that are released, in the order of the course."""
        return [a for a in self.files.now().course.assignments if self.assignment(a.id)]

    def work(self, student: Person, assignment: Assignment) -> Work:
        """What the student has handed in for an assignment."""
        now = self.files.now()
        theirs = self.receipts.attempts(now, assignment.id, student.id)
        receipts = {r.number: r for r in self.receipts.of(student.id, assignment.id)}
        counting = theirs.installed
        kept = load_result(now.course, assignment.id, student.id) if counting else None
        tried = (
            _tried(attempt, receipts, attempt == counting, kept) for attempt in theirs.attempts
        )
        released = is_released(self.state, assignment.id)
        return Work(now, assignment, student, tuple(tried), released)


def _tried(
    attempt: Attempt,
    receipts: Mapping[int, Receipt],
    counts: bool,
    kept: SubmissionResult | None,
) -> Tried:
    receipt = receipts.get(attempt.number)
    result = load_beside(attempt.path)
    if counts and kept and (result is None or kept.fingerprint == result.fingerprint):
        result = kept
    state = receipt.state if receipt else "done" if result else "collected"
    return Tried(
        attempt.number,
        receipt.received_at if receipt else attempt.submitted_at or attempt.collected_at,
        attempt.digest,
        state,
        counts,
        receipt,
        result if state == "done" else None,
    )
