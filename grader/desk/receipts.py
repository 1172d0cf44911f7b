"""Receipts and the queue: what was acknowledged is on disk, and waits to be graded once."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update

from grader.course.settings import Assignment
from grader.desk.course_now import CourseNow
from grader.desk.limits import next_opening
from grader.desk.log import log
from grader.desk.receipt import (
    Place,
    Receipt,
    all_receipts,
    entered,
    receipt_of,
    values_of,
)
from grader.desk.state import State
from grader.desk.tables import ATTEMPTS, QUEUE
from grader.desk.watch import Watch
from grader.intake.attempts import Attempt, StudentAttempts
from grader.system.files import keep_on_disk, one_at_a_time

__all__ = ["NotYet", "Receipts"]

LOCK = ".desk-handing-in.lock"  # in the course folder
RANKED = ("running", "waiting", "failed")  # which state of a student is told first


class NotYet(Exception):
    """The student has to wait before the next attempt.

    Args:
        opens: when it opens.
    """

    def __init__(self, opens: datetime) -> None:
        super().__init__(opens)
        self.opens = opens


class Receipts:
    """Takes attempts in, hands them to the graders, and remembers how they ended.

    Attributes:
        watch: told of each attempt.
        closing: set once the desk takes nothing any more.
        is_shared: whether other servers use the same queue.

    Args:
        state: the desk.
        watch: told of each attempt.
        lease_s: how long an attempt that was taken is this server's, unless it renews that; None if
            no other server uses the queue.
    """

    def __init__(
        self, state: State, watch: Watch | None = None, lease_s: float | None = None
    ) -> None:
        self._state, self._turn = state, threading.Lock()
        self._server, self._lease_s = secrets.token_hex(8), lease_s
        self.is_shared = lease_s is not None
        self.watch, self.closing = watch or Watch(), threading.Event()
        self.watch.figures.watch_queue(self._look)
        self.news = threading.Condition()  # told when an attempt came in or its state changed
        self.also_told: list[Callable[[], None]] = []  # who cannot wait on a condition

    def hand_in(self, now: CourseNow, assignment: Assignment, student: str, data: bytes) -> Receipt:
        """Keep a notebook; when this returns, it is on disk and in the queue.

        Args:
            now: the course.
            assignment: what it is handed in for.
            student: the student's id.
            data: the notebook, at most `grader.notebook.MAX_BYTES` long.

        Raises:
            NotYet: the student has to wait.
        """
        with self._turn, self._alone(now):
            received_at = datetime.now(UTC)
            opens = self.opens(now, assignment, student, received_at)
            if opens > received_at:
                raise NotYet(opens)
            attempt = _kept(now, assignment.id, student, data, received_at)
            receipt = self._enter(now, assignment.id, student, attempt, received_at)
        self.watch.handed_in(receipt, len(data))
        self.tell()
        return receipt

    def opens(self, now: CourseNow, assignment: Assignment, student: str, at: datetime) -> datetime:
        """When the student may hand in next; a time that is over if they may at once."""
        query = select(ATTEMPTS.c.received_at).where(
            ATTEMPTS.c.student == student, ATTEMPTS.c.assignment == assignment.id
        )
        with self._state.reading() as connection:
            times = [time for time in connection.scalars(query) if time]
        return next_opening(assignment, now.course.zone_of(assignment), times, at)

    def of(self, student: str, assignment_id: str) -> list[Receipt]:
        """The student's receipts for an assignment, the first one first."""
        return self._found(
            all_receipts()
            .where(ATTEMPTS.c.student == student, ATTEMPTS.c.assignment == assignment_id)
            .order_by(ATTEMPTS.c.number)
        )

    def attempts(self, now: CourseNow, assignment_id: str, student: str) -> StudentAttempts:
        """All attempts of a student, also one that somebody put into `submitted/` by hand.

        Args:
            now: the course.
            assignment_id: the assignment.
            student: student id.
        """
        theirs = StudentAttempts(now.course, assignment_id, student)
        if not theirs.attempts and not theirs.is_empty:
            with self._turn, self._alone(now):
                theirs = StudentAttempts(now.course, assignment_id, student)
                if not theirs.attempts:
                    theirs.take_in_submitted()
        return theirs

    def counts(self, assignment_id: str) -> dict[str, int]:
        """How many attempts at an assignment each student has handed in at the desk."""
        query = (
            select(ATTEMPTS.c.student, func.count())
            .where(ATTEMPTS.c.assignment == assignment_id)
            .group_by(ATTEMPTS.c.student)
        )
        with self._state.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def states(self, assignment_id: str) -> dict[str, str]:
        """The state of each student's work that is not simply done, by student.

        Args:
            assignment_id: the assignment.

        Returns:
            `running`, `waiting` or `failed`, in this order if a student has several.
        """
        open_or_failed = or_(QUEUE.c.id.is_not(None), ATTEMPTS.c.outcome == "failed")
        query = all_receipts().where(ATTEMPTS.c.assignment == assignment_id, open_or_failed)
        states: dict[str, str] = {}
        for receipt in self._found(query):
            state = min(receipt.state, states.get(receipt.student, "failed"), key=RANKED.index)
            states[receipt.student] = state
        return states

    def ahead_of(self, receipt: Receipt) -> int:
        """How many attempts wait or run that came before this one."""
        with self._state.reading() as connection:
            query = select(func.count()).select_from(QUEUE).where(QUEUE.c.id < receipt.id)
            return connection.scalar(query) or 0

    def places(self) -> dict[int, Place]:
        """The whole queue, by the id of the receipt."""
        query = select(QUEUE.c.id, QUEUE.c.is_running).order_by(QUEUE.c.id)
        with self._state.reading() as connection:
            rows = connection.execute(query).all()
        return {row.id: Place(ahead, bool(row.is_running)) for ahead, row in enumerate(rows)}

    def length(self) -> int:
        """How many attempts wait or run."""
        with self._state.reading() as connection:
            return connection.scalar(select(func.count()).select_from(QUEUE)) or 0

    def _look(self) -> tuple[int, int, float]:
        """How many attempts wait, how many run, and how old the oldest of them is, in seconds."""
        query = select(func.count(), func.sum(QUEUE.c.is_running), func.min(ATTEMPTS.c.received_at))
        with self._state.reading() as connection:
            length, running, oldest = connection.execute(
                query.join_from(QUEUE, ATTEMPTS, ATTEMPTS.c.id == QUEUE.c.id)
            ).one()
        age_s = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        return length - (running or 0), running or 0, age_s

    def take(self) -> Receipt | None:
        """The next attempt to grade, which is running from now on; None if none waits.

        One that another server took waits again when that server does not renew its lease.
        """
        now = datetime.now(UTC)
        query = (
            all_receipts()
            .where(or_(QUEUE.c.is_running == 0, QUEUE.c.until < now))
            .order_by(QUEUE.c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=QUEUE)
        )
        with self._state.writing() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            connection.execute(
                update(QUEUE).where(QUEUE.c.id == row.id).values(is_running=1, **self._lease(now))
            )
        receipt = receipt_of(row)
        self.watch.taken(receipt)
        return receipt

    def end(self, receipts: Collection[Receipt], outcome: str) -> None:
        """Take attempts out of the queue.

        Args:
            receipts: those that were graded, and kept.
            outcome: `done`, or `failed` if we could not grade them.
        """
        ids = [receipt.id for receipt in receipts]
        with self._state.writing() as connection:
            connection.execute(delete(QUEUE).where(QUEUE.c.id.in_(ids)))
            connection.execute(
                update(ATTEMPTS).where(ATTEMPTS.c.id.in_(ids)).values(outcome=outcome)
            )
        for receipt in receipts:
            self.watch.ended(receipt, outcome)
        self.tell()

    def again(self, now: CourseNow, assignment: str, student: str, number: int, who: str) -> bool:
        """Put an attempt into the queue once more, also one that was collected.

        Args:
            now: the course.
            assignment: assignment id.
            student: student id.
            number: of the attempt.
            who: the teacher who wants it.

        Returns:
            Whether it is in the queue by this call: False if it was there already, or if there is
            no such attempt.
        """
        attempts = self.attempts(now, assignment, student).attempts
        attempt = next((a for a in attempts if a.number == number), None)
        if attempt is None:
            return False
        with self._state.writing() as connection:
            place = entered(connection, now, assignment, student, attempt)
            if connection.scalar(select(QUEUE.c.id).where(QUEUE.c.id == place)) is not None:
                return False
            row = ATTEMPTS.c.id == place
            before = connection.scalar(select(ATTEMPTS.c.outcome).where(row))
            connection.execute(update(ATTEMPTS).where(row).values(outcome=None))
            connection.execute(insert(QUEUE).values(id=place, is_running=0, is_again=1))
            log(
                connection,
                who,
                "grade again",
                assignment=assignment,
                student=student,
                before=f"attempt {number}: {before or 'collected'}",
                after=f"attempt {number}: waiting",
            )
        self.tell()
        return True

    def renew(self) -> None:
        """Say that this server is there, and goes on with what it has taken."""
        mine = update(QUEUE).where(QUEUE.c.is_running == 1, QUEUE.c.server == self._server)
        with self._state.writing() as connection:
            connection.execute(mine.values(self._lease(datetime.now(UTC))))

    def recover(self, *, alone: bool = True) -> int:
        """Put back into the queue what failed, and what a killed server left running.

        Args:
            alone: whether no other server runs; else theirs stays until its lease is over.

        Returns:
            How many attempts wait now.
        """
        failed = select(ATTEMPTS.c.id).where(ATTEMPTS.c.outcome == "failed").with_for_update()
        with self._state.writing() as connection:
            if alone:
                connection.execute(update(QUEUE).values(is_running=0))
            ids = connection.scalars(failed).all()
            if ids:
                connection.execute(insert(QUEUE), [{"id": one, "is_running": 0} for one in ids])
            connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id.in_(ids)).values(outcome=None))
        return self.length()

    def tell(self) -> None:
        """Wake everybody who waits for news."""
        with self.news:
            self.news.notify_all()
        for tell in list(self.also_told):
            tell()

    def _alone(self, now: CourseNow) -> AbstractContextManager[None]:
        """Limits are looked at and attempts entered one after the other, over all servers."""
        return one_at_a_time(now.course.root / LOCK) if self.is_shared else nullcontext()

    def _lease(self, now: datetime) -> dict[str, Any]:
        if self._lease_s is None:
            return {}
        return {"server": self._server, "until": now + timedelta(seconds=self._lease_s)}

    def _enter(
        self, now: CourseNow, assignment: str, student: str, attempt: Attempt, at: datetime
    ) -> Receipt:
        values = values_of(now, assignment, student, attempt, at)
        with self._state.writing() as connection:
            row = connection.execute(insert(ATTEMPTS).values(values).returning(ATTEMPTS.c.id))
            new = row.scalar_one()
            connection.execute(insert(QUEUE).values(id=new, is_running=0))
        return Receipt(new, **values)

    def _found(self, query: Select[Any]) -> list[Receipt]:
        with self._state.reading() as connection:
            return [receipt_of(row) for row in connection.execute(query)]


def _kept(
    now: CourseNow, assignment: str, student: str, data: bytes, received_at: datetime
) -> Attempt:
    theirs = StudentAttempts(now.course, assignment, student)
    attempt = theirs.add(data, "handed in at the desk", received_at)
    if attempt is None:  # it was collected before, without a time; now it has one
        digest = sha256(data).hexdigest()
        attempt = next(a for a in theirs.attempts if a.digest == digest and a.submitted_at)
    for path in sorted(attempt.path.parent.iterdir()):
        keep_on_disk(path, now.course.root)
    return attempt
