"""Grades a stream of submissions on many workers, with a bounded number in flight.

A crew does the work (`grader.grading.crew`): processes of this machine, or a Dask cluster. The one
loop below uses both as a `concurrent.futures.Executor`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grader.course.bundle import Bundle
from grader.grading.crew import Crew, Workers
from grader.grading.worker import grade_one
from grader.intake.submissions import Submission, with_content
from grader.locale.translations import gettext, in_language
from grader.results import Note, NoteKind, Status, SubmissionResult

__all__ = ["Work", "done_by", "grade_all"]

IN_FLIGHT_PER_WORKER = 2  # one that runs and one that waits, so that no worker idles

Result = TypeVar("Result")


@dataclass(frozen=True)
class Work(Generic[Result]):
    """What is done with each submission.

    Args:
        do: what a worker does; a function of `grader.grading.worker`.
        after_failure: what the driver makes of a result that is NOT_GRADED, since the submission
            ended its worker.
    """

    do: Callable[[Any, Submission], Result]
    after_failure: Callable[[Bundle, SubmissionResult], Result]


SCORING = Work(grade_one, lambda _, failure: failure)


def grade_all(
    bundle: Bundle,
    submissions: Iterable[Submission],
    crew: Crew,
    stop: threading.Event | None = None,
) -> Iterator[SubmissionResult]:
    """Grade submissions, as `done_by` does.

    Args:
        bundle: the assignment.
        submissions: consumed lazily.
        crew: who grades.
        stop: once set, no further submission is started.

    Raises:
        GraderError: the workers end while they start.
    """
    return done_by(crew, bundle, submissions, SCORING, stop)


def done_by(
    crew: Crew,
    bundle: Bundle,
    submissions: Iterable[Submission],
    work: Work[Result],
    stop: threading.Event | None = None,
) -> Iterator[Result]:
    """Work on submissions; results come as they are ready.

    Submissions that were in flight when a worker died are tried once more, each alone. One that
    ends its worker again is NOT_GRADED; the others get their grade.

    Args:
        crew: who works.
        bundle: the assignment.
        submissions: consumed lazily, only as far as workers can take them.
        work: what is done with each submission.
        stop: once set, no further submission is started; results of those in flight still come.

    Raises:
        GraderError: the workers end while they start.
    """
    waiting = _Queue(submissions, stop or threading.Event())
    while not waiting.is_empty():
        victims = yield from _until_broken(bundle, waiting, crew, work)
        for victim in victims:
            yield _alone(bundle, victim, crew, work)


def _until_broken(
    bundle: Bundle, waiting: _Queue, crew: Crew, work: Work[Result]
) -> Generator[Result, None, list[Submission]]:
    """Yield results until all are there or a worker dies; return what was in flight then."""
    running: dict[Future[Result], Submission] = {}
    with crew.at_work(bundle, crew.size) as at_work:
        while running or not waiting.is_empty():
            while len(running) < crew.size * IN_FLIGHT_PER_WORKER and not waiting.is_empty():
                submission = waiting.take()
                running[_started(at_work, submission, crew.deaths, work)] = submission
            wait(running, return_when=FIRST_COMPLETED)
            done = [future for future in running if future.done()]
            graded = [future for future in done if not _died(future, crew.deaths)]
            for future in graded:
                del running[future]
                yield future.result()
            if len(graded) < len(done):
                return list(running.values())
    return []


def _died(future: Future[Any], deaths: tuple[type[BaseException], ...]) -> bool:
    try:
        future.result()
    except deaths:
        return True
    return False


def _started(
    workers: Workers,
    submission: Submission,
    deaths: tuple[type[BaseException], ...],
    work: Work[Result],
) -> Future[Result]:
    """Hand over one submission; if the workers have broken meanwhile, its future says so."""
    try:
        return workers.executor.submit(work.do, workers.bundle, with_content(submission))
    except deaths as error:
        broken: Future[Result] = Future()
        broken.set_exception(error)
        return broken


def _alone(bundle: Bundle, submission: Submission, crew: Crew, work: Work[Result]) -> Result:
    """Grade a submission that was in flight when a worker died, where it cannot harm others."""
    with crew.at_work(bundle, 1) as at_work:
        try:
            return _started(at_work, submission, crew.deaths, work).result()
        except crew.deaths:
            return work.after_failure(bundle, _given_up(bundle, submission))


class _Queue:
    """Submissions still to start, taken one by one, until `stop` is set."""

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
    with in_language(bundle.language):
        text = gettext("Not graded: the worker process died twice while grading this submission.")
    return SubmissionResult(
        student=submission.student,
        assignment=bundle.assignment.id,
        status=Status.NOT_GRADED,
        max_score=bundle.assignment.max_score,
        notes=(Note(NoteKind.NOT_GRADED, text),),
    )
