"""Many submissions on many processes, streamed, with a bounded number in flight."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from grader.autograde import grade_submission
from grader.bundle import Bundle
from grader.intake import Submission
from grader.results import Status, SubmissionResult
from grader.scratch import discard

__all__ = ["grade_all"]

IN_FLIGHT_PER_WORKER = 2  # one that runs and one that waits, so that no worker idles


def grade_all(
    bundle: Bundle,
    submissions: Iterable[Submission],
    workers: int,
    stop: threading.Event | None = None,
) -> Iterator[SubmissionResult]:
    """Grade submissions on local processes; results come as they are ready.

    Submissions that were in flight when a worker died are tried once more, each by itself; one
    that ends its worker again is NOT_GRADED, and its neighbours are not.

    Args:
        bundle: the assignment.
        submissions: consumed lazily, only as far as workers can take them.
        workers: number of processes, at least one.
        stop: once set, no further submission is started; those running still come.
    """
    waiting = _Queue(submissions, stop or threading.Event())
    while not waiting.is_empty():
        victims = yield from _until_broken(bundle, waiting, workers)
        for victim in victims:
            yield _alone(bundle, victim)


def _until_broken(
    bundle: Bundle, waiting: _Queue, workers: int
) -> Generator[SubmissionResult, None, list[Submission]]:
    """Results of one pool; returns what was in flight when a worker died, if one did."""
    running: dict[Future[SubmissionResult], Submission] = {}
    with _pool(workers) as executor:
        while running or not waiting.is_empty():
            while len(running) < workers * IN_FLIGHT_PER_WORKER and not waiting.is_empty():
                submission = waiting.take()
                running[_started(executor, bundle, submission)] = submission
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                submission = running.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    return [submission, *running.values()]
    return []


def _started(
    executor: ProcessPoolExecutor, bundle: Bundle, submission: Submission
) -> Future[SubmissionResult]:
    """Hand over one submission; a pool that broke since its last result is told like any other."""
    try:
        return executor.submit(grade_submission, bundle, submission)
    except BrokenProcessPool as error:
        broken: Future[SubmissionResult] = Future()
        broken.set_exception(error)
        return broken


def _alone(bundle: Bundle, submission: Submission) -> SubmissionResult:
    """Grade one that was in flight when a worker died, where it can harm no other."""
    with _pool(1) as executor:
        try:
            return executor.submit(grade_submission, bundle, submission).result()
        except BrokenProcessPool:
            return _given_up(bundle, submission)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, context, initializer=_become_worker)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


class _Queue:
    """Submissions still to start, taken one by one, until somebody says stop."""

    def __init__(self, submissions: Iterable[Submission], stop: threading.Event) -> None:
        self._rest = iter(submissions)
        self._stop = stop
        self._next = next(self._rest, None)

    def is_empty(self) -> bool:
        return self._next is None or self._stop.is_set()

    def take(self) -> Submission:
        taken = self._next
        assert taken is not None  # noqa: S101 — callers ask is_empty first
        self._next = next(self._rest, None)
        return taken


def _given_up(bundle: Bundle, submission: Submission) -> SubmissionResult:
    return SubmissionResult(
        student=submission.student,
        assignment=bundle.assignment.id,
        status=Status.NOT_GRADED,
        max_score=bundle.assignment.max_score,
        notes=("Not graded: the worker process died twice while grading this submission.",),
    )


def _become_worker() -> None:
    """Leave Ctrl-C to the driver, which lets running submissions finish; end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    """A killed driver closes no queue: its workers would wait for work for ever."""
    driver = multiprocessing.parent_process()
    assert driver is not None  # noqa: S101 — told to mypy; this is a pool's worker
    driver.join()
    discard()
    os._exit(1)
