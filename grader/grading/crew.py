"""Who grades: processes of this machine, or a Dask cluster (`grader.grading.cluster`).

Nothing heavy is imported here, so that a command can have its processes warmed up before it reads
the course.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from grader.errors import GraderError
from grader.system.processes import start_fork_server, worker_processes

if TYPE_CHECKING:
    from grader.box.jail.nursery import Nursery
    from grader.course.bundle import Bundle

__all__ = ["Crew", "LocalCrew", "Workers"]

MODULES = (  # that workers share; numpy and pytest import the last three late
    "grader.grading.submission",
    "grader.grading.worker",
    "grader.box.jail.zygote",
    "numpy.ma",
    "numpy.random",
    "unittest",
)


@dataclass(frozen=True)
class Workers:
    """Workers that hold an assignment.

    Args:
        executor: runs a function of `grader.grading.worker` on one of them.
        bundle: the argument that stands for the assignment in this call.
    """

    executor: Executor
    bundle: Any


class Crew(Protocol):
    """Who grades: local processes or a cluster."""

    @property
    def size(self) -> int:
        """How many submissions are graded at the same time."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """The exceptions that a submission's future raises when its worker died."""

    def at_work(self, bundle: Bundle, size: int) -> AbstractContextManager[Workers]:
        """Workers that hold the assignment, until the context ends.

        Args:
            bundle: the assignment; each worker gets it once.
            size: how many workers at most.

        Raises:
            GraderError: the workers end while they start.
        """


class LocalCrew:
    """Processes of this machine.

    As a context manager, it keeps the nursery from which the boxes of its workers come: whoever
    needs workers several times then waits for it once, and may have it warmed up before. It may be
    used by several threads.

    Args:
        size: how many processes, at least one.
        niceness: how far they and their boxes let other processes of this machine go first.

    Attributes:
        deaths: the exceptions that a submission's future raises when its worker died.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, size: int, niceness: int = 0) -> None:
        self.size, self._niceness = size, niceness
        self._turn = threading.Lock()
        self._keeps = False
        self._kept: Nursery | None = None
        self._is_used = False

    def __enter__(self) -> LocalCrew:
        self._keeps = True
        return self

    def __exit__(self, *_: object) -> None:
        self._keeps = False
        if self._kept is not None:
            self._kept.close(is_used=self._is_used)
            self._kept = None

    def warm_up(self) -> None:
        """Start what all workers share, as soon as there is probably something to grade.

        It imports for longer than the command needs to read the course, so both happen at once.
        Only within the crew's context, which stops in the end what nobody needed after all.
        """
        if sys.platform == "linux":
            self._kept_nursery()
            start_fork_server(MODULES)

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        """Workers that hold the assignment; they end with the context.

        Args:
            bundle: the assignment.
            size: how many processes.

        Raises:
            GraderError: the workers end while they start.
        """
        from grader.grading.worker import become_worker  # imports what reads the course, too

        self._is_used = True
        with (
            self._orders() as orders,
            worker_processes(
                size, become_worker, (bundle, orders, self._niceness), MODULES
            ) as executor,
        ):
            _await_first(executor, size)
            yield Workers(executor, bundle.digest)

    @contextmanager
    def _orders(self) -> Iterator[socket.socket | None]:
        """Where all workers order their zygotes; the nursery starts while they do."""
        if sys.platform != "linux":
            yield None
        elif self._keeps:
            yield self._kept_nursery().orders
        else:
            with closing(_new_nursery(self._niceness)) as nursery:
                yield nursery.orders

    def _kept_nursery(self) -> Nursery:
        with self._turn:
            if self._kept is not None and self._kept.has_ended:  # somebody killed it
                self._kept.close()
                self._kept = None
            self._kept = self._kept or _new_nursery(self._niceness)
            return self._kept


def _new_nursery(niceness: int) -> Nursery:
    from grader.box.jail.nursery import Nursery  # imports what only Linux has

    return Nursery(niceness)


def _await_first(executor: Executor, size: int) -> None:
    """Start all workers and go on once one of them is ready.

    Raises:
        GraderError: one died before it had anything to grade.
    """
    try:
        started = [executor.submit(os.getpid) for _ in range(size)]
        finished, _ = wait(started, return_when=FIRST_COMPLETED)
        next(iter(finished)).result()
    except BrokenProcessPool:
        raise GraderError(
            "the worker processes end while they start; see above, or try with --workers 1"
        ) from None
