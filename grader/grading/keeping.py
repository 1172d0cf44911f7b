"""Writes results to disk in a thread of its own, so that workers never wait.

The thread opens the gradebook, for which it imports a lot, once there is a first result: until then
cores have enough to do with the start of the workers. It keeps the results that have gathered in
one transaction. The record of a result is written last, so that after a crash in between the
submission is graded again.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from grader.gradebook.parcel import Parcel
from grader.gradebook.records import save_parcel
from grader.grading.run import Run
from grader.results import SubmissionResult

__all__ = ["Keeper"]

WAITING = 64  # results of about 200 KiB each; with more, the driver and the workers wait
BATCH = 50
LINGER_S = 0.5  # how long a transaction waits for more results, which share its cost


class Keeper:
    """Keeps results in a thread of its own; a context manager, which ends when all are kept.

    Args:
        run: what is graded, and the gradebook that results go into.
        times: when each student handed in, None if unknown.
        kept: called in that thread with each result that is on disk, without its notebook.

    Raises:
        GradebookError: the gradebook refuses; raised by `keep` and at the end.
    """

    def __init__(
        self,
        run: Run,
        times: Mapping[str, datetime | None],
        kept: Callable[[SubmissionResult], None],
    ) -> None:
        self._run, self._times, self._kept = run, times, kept
        self._queue: queue.Queue[Parcel | None] = queue.Queue(WAITING)
        self._has_work = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="keeper")

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def keep(self, parcel: Parcel) -> None:
        """Hand over one result; waits if too many are waiting already.

        Raises:
            GradebookError: an earlier result could not be kept.
        """
        self._put(parcel)
        if self._error is not None:
            raise self._error

    def _put(self, parcel: Parcel | None) -> None:
        while self._error is None:
            try:
                self._queue.put(parcel, timeout=1)
            except queue.Full:  # the thread may have failed; look again
                continue
            self._has_work.set()
            return

    def _work(self) -> None:
        try:
            self._has_work.wait()
            gradebook = self._run.gradebook.book
            bundle = self._run.bundle
            gradebook.register(bundle.release, bundle.assignment)
            while batch := self._gathered():
                gradebook.store_parcels((p, self._times[p.result.student]) for p in batch)
                self._save(batch)
        except BaseException as error:  # raised again in the driver's thread
            self._error = error

    def _gathered(self) -> list[Parcel]:
        """At least one result, and those that come soon; none at the end."""
        batch = [self._queue.get()]
        until = time.monotonic() + LINGER_S
        with contextlib.suppress(queue.Empty):
            while len(batch) < BATCH and batch[-1] is not None:
                batch.append(self._queue.get(timeout=max(until - time.monotonic(), 0)))
        if batch[-1] is None:
            self._queue.put(None)  # the next call has to find the end, too
        return [parcel for parcel in batch if parcel is not None]

    def _save(self, batch: Iterable[Parcel]) -> None:
        for parcel in batch:
            self._kept(save_parcel(self._run.course, parcel))
