"""Processes of our own that share the work: how many, how they start, and that they end with us.

A worker leaves Ctrl-C to the driver from its first moment on, and ends when the driver ends,
however that happens. It is spawned: of a process with threads, no copy is sound.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from grader.system.scratch import discard, remove_leftovers

__all__ = ["cores", "worker_processes"]


def cores() -> int:
    """Of this machine, as many as we may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def worker_processes(
    size: int, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> Iterator[Executor]:
    """Workers for a while; each starts when there is work for it.

    At the end they finish what they have begun. After an exception, Ctrl-C among them, they are
    killed: nobody waits for their results any more.

    Args:
        size: how many.
        initializer: what each calls first.
        initargs: what it is given.
    """
    context = _Spawning()
    executor = ProcessPoolExecutor(size, context, initializer, initargs)
    try:
        yield executor
    except BaseException:
        for worker in filter(_Worker.is_alive, context.workers):
            worker.kill()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        if any(worker.exitcode for worker in context.workers):
            remove_leftovers()  # killed, they could not


class _Worker(SpawnProcess):
    """A process that is deaf to Ctrl-C before it runs a line of Python."""

    def start(self) -> None:
        with _ctrl_c_blocked():
            super().start()

    def run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        threading.Thread(target=_end_with_driver, daemon=True).start()
        super().run()


class _Spawning(SpawnContext):
    """Starts such processes, and knows them."""

    def __init__(self) -> None:
        super().__init__()
        self.workers: list[_Worker] = []

    def Process(self, *args: Any, **named: Any) -> _Worker:  # type: ignore[override]
        self.workers.append(_Worker(*args, **named))
        return self.workers[-1]


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """What starts in here inherits the block; what is pressed meanwhile reaches us afterwards."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_driver() -> None:
    """A killed driver closes no queue: its workers would wait for work for ever."""
    driver = parent_process()
    assert driver is not None  # noqa: S101 — told to mypy; this is a worker
    driver.join()
    discard()
    os._exit(1)
