"""Workers that stay warm from one attempt to the next, and a crew that knows results already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.course.bundle import Bundle
from grader.errors import GraderError
from grader.gradebook.parcel import Parcel
from grader.gradebook.records import fingerprint
from grader.grading.batch import KEEPING
from grader.grading.crew import Crew, Workers
from grader.grading.pool import done_by
from grader.grading.worker import draw_one, grade_scores_first, grade_to_keep
from grader.intake.submissions import Submission, with_content
from grader.results import SubmissionResult

__all__ = ["KnownCrew", "WarmWorkers"]

Result = TypeVar("Result")
STARTS = 3  # how often workers are started for one attempt, if they end while they start
MOST_WARM = 3  # assignments whose workers are kept; each worker holds a process of NumPy


@dataclass
class _Warm:
    """The workers of one assignment, and how many threads wait for one of them."""

    workers: Workers
    closing: ExitStack
    users: int = 0
    is_forgotten: bool = False


class WarmWorkers:
    """Grades attempts on workers that stay; used by as many threads as there are workers.

    Args:
        crew: who grades.
    """

    def __init__(self, crew: Crew) -> None:
        self._crew, self._turn = crew, threading.Lock()
        self._warm: dict[str, _Warm] = {}

    def grade(self, bundle: Bundle, submission: Submission, *, scores_first: bool) -> Parcel:
        """Grade one attempt.

        If its worker dies, it is graded once more where it can harm no other.

        Args:
            bundle: the assignment.
            submission: the attempt.
            scores_first: whether to leave figures for later.

        Raises:
            GraderError: the workers end while they start.
        """
        do = grade_scores_first if scores_first else grade_to_keep
        left = STARTS
        while True:
            left -= 1
            try:
                return self._graded(do, bundle, submission)
            except GraderError:  # somebody may have killed a worker that was starting
                if not left:
                    raise

    def _graded(
        self, do: Callable[[Any, Submission], Parcel], bundle: Bundle, submission: Submission
    ) -> Parcel:
        try:
            return self._done(do, bundle, submission)
        except self._crew.deaths:
            return next(done_by(_Single(self._crew), bundle, [submission], KEEPING))

    def draw(self, bundle: Bundle, submission: Submission) -> SubmissionResult | None:
        """Draw the figures of one attempt; None if that ends its worker.

        Args:
            bundle: the assignment.
            submission: the attempt.

        Raises:
            GraderError: the workers end while they start.
        """
        try:
            return self._done(draw_one, bundle, submission)
        except self._crew.deaths:
            return None

    def _done(
        self, do: Callable[[Any, Submission], Result], bundle: Bundle, submission: Submission
    ) -> Result:
        read = with_content(submission)
        while True:
            warm = self._of(bundle)
            try:
                if future := self._started_on(warm, do, read):
                    return future.result()
            except self._crew.deaths:
                self._forget(bundle, warm)
                raise
            finally:
                with self._turn:
                    warm.users -= 1

    def _started_on(
        self, warm: _Warm, do: Callable[[Any, Submission], Result], submission: Submission
    ) -> Future[Result] | None:
        """None if another thread has closed these workers meanwhile, because one of them died."""
        try:
            return warm.workers.executor.submit(do, warm.workers.bundle, submission)
        except RuntimeError:
            with self._turn:
                if warm.is_forgotten:
                    return None
            raise

    def warm_up(self, bundle: Bundle) -> None:
        """Start the workers of an assignment before anybody waits for them.

        Raises:
            GraderError: the workers end while they start.
        """
        warm = self._of(bundle)
        with self._turn:
            warm.users -= 1

    def close(self) -> None:
        """End all workers, after what they have begun."""
        with self._turn:
            for warm in self._warm.values():
                warm.closing.close()
            self._warm.clear()

    def _of(self, bundle: Bundle) -> _Warm:
        with self._turn:
            warm = self._warm.pop(bundle.digest, None) or self._started(bundle)
            self._warm[bundle.digest] = warm  # the last one used is the last to be given up
            warm.users += 1
            return warm

    def _started(self, bundle: Bundle) -> _Warm:
        idle = [digest for digest, warm in self._warm.items() if not warm.users]
        if len(self._warm) >= MOST_WARM and idle:
            self._warm.pop(idle[0]).closing.close()
        closing = ExitStack()
        return _Warm(closing.enter_context(self._crew.at_work(bundle, self._crew.size)), closing)

    def _forget(self, bundle: Bundle, broken: _Warm) -> None:
        with self._turn:
            if self._warm.get(bundle.digest) is broken:
                del self._warm[bundle.digest]
                broken.is_forgotten = True
                broken.closing.close()


@dataclass(frozen=True)
class _Single:
    """The same crew, one worker of it at a time."""

    crew: Crew
    size: int = 1

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        return self.crew.deaths

    def at_work(self, bundle: Bundle, size: int) -> AbstractContextManager[Workers]:
        return self.crew.at_work(bundle, 1)


class KnownCrew:
    """A crew for `autograde` that has graded before what it is asked for.

    What it does not know, such as the work of a group that another member handed in, is graded by
    a worker that starts for it.

    Args:
        crew: who grades the rest.
        known: results by fingerprint.
    """

    size = 1

    def __init__(self, crew: Crew, known: Mapping[str, Parcel]) -> None:
        self._crew, self._known = crew, known
        self.deaths = crew.deaths

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        """Workers that start when they are needed.

        Args:
            bundle: the assignment.
            size: how many at most.
        """
        with ExitStack() as closing:
            yield Workers(_Known(self._crew, bundle, self._known, closing), bundle)


class _Known(Executor):
    """Answers from what is known; else it starts one worker."""

    def __init__(
        self,
        crew: Crew,
        bundle: Bundle,
        known: Mapping[str, Parcel],
        closing: ExitStack,
    ) -> None:
        self._crew, self._bundle, self._known, self._closing = crew, bundle, known, closing
        self._workers: Workers | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        submission: Submission = args[1]
        if parcel := self._known.get(fingerprint(self._bundle, submission)):
            theirs, answer = parcel.for_student(submission.student), Future[Any]()
            answer.set_result(theirs if fn is grade_to_keep else theirs.result)
            return answer
        if self._workers is None:
            self._workers = self._closing.enter_context(self._crew.at_work(self._bundle, 1))
        return self._workers.executor.submit(fn, self._workers.bundle, submission)
