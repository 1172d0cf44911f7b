"""Many submissions on many processes, streamed, with a bounded number in flight."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from grader.autograde import grade_submission
from grader.bundle import Bundle
from grader.intake import Submission
from grader.results import Status, SubmissionResult

__all__ = ["grade_all"]

IN_FLIGHT_PER_WORKER = 2  # one that runs and one that waits, so that no worker idles
MAX_ATTEMPTS = 2


def grade_all(
    bundle: Bundle,
    submissions: Iterable[Submission],
    workers: int,
    stop: threading.Event | None = None,
) -> Iterator[SubmissionResult]:
    """Grade submissions on local processes; results come as they are ready.

    A submission that was in flight when a worker died is tried once more, in a fresh pool;
    after that it is NOT_GRADED.

    Args:
        bundle: the assignment.
        submissions: consumed lazily, only as far as workers can take them.
        workers: number of processes, at least one.
        stop: once set, no further submission is started; those running still come.
    """
    waiting = _Queue(submissions, stop or threading.Event())
    while not waiting.is_empty():
        yield from _grade_until_broken(bundle, waiting, workers)


class _Queue:
    """Submissions still to grade: those to retry first, then fresh ones."""

    def __init__(self, submissions: Iterable[Submission], stop: threading.Event) -> None:
        self._fresh = iter(submissions)
        self._stop = stop
        self._retries: deque[Submission] = deque()
        self._attempts: Counter[Submission] = Counter()
        self._fill()

    def is_empty(self) -> bool:
        return self._next is None or self._stop.is_set()

    def take(self) -> Submission:
        taken = self._next
        assert taken is not None  # noqa: S101 — callers ask is_empty first
        self._attempts[taken] += 1
        self._fill()
        return taken

    def is_worth_retrying(self, submission: Submission) -> bool:
        return self._attempts[submission] < MAX_ATTEMPTS

    def put_back(self, submission: Submission) -> None:
        self._retries.append(submission)
        if self._next is None:
            self._fill()

    def done(self, submission: Submission) -> None:
        del self._attempts[submission]

    def _fill(self) -> None:
        self._next = self._retries.popleft() if self._retries else next(self._fresh, None)


def _grade_until_broken(
    bundle: Bundle, waiting: _Queue, workers: int
) -> Iterator[SubmissionResult]:
    running: dict[Future[SubmissionResult], Submission] = {}
    executor = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_ignore_interrupts
    )
    try:
        while running or not waiting.is_empty():
            while len(running) < workers * IN_FLIGHT_PER_WORKER and not waiting.is_empty():
                submission = waiting.take()
                running[executor.submit(grade_submission, bundle, submission)] = submission
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                submission = running.pop(future)
                yield future.result()
                waiting.done(submission)
    except BrokenProcessPool:
        yield from _after_a_crash(bundle, waiting, [submission, *running.values()])
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _after_a_crash(
    bundle: Bundle, waiting: _Queue, victims: Iterable[Submission]
) -> Iterator[SubmissionResult]:
    for submission in victims:
        if waiting.is_worth_retrying(submission):
            waiting.put_back(submission)
        else:
            yield _given_up(bundle, submission)


def _given_up(bundle: Bundle, submission: Submission) -> SubmissionResult:
    return SubmissionResult(
        student=submission.student,
        assignment=bundle.assignment.id,
        status=Status.NOT_GRADED,
        max_score=bundle.assignment.max_score,
        notes=("Not graded: the worker process died twice while grading this submission.",),
    )


def _ignore_interrupts() -> None:
    """Ctrl-C belongs to the driver, which lets running submissions finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
