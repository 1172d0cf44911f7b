"""Worker processes: how many there are, how they start, and how they end.

From its first moment on, a worker leaves Ctrl-C to the driver, the process that started it. It
ends when the driver ends, however that happens. There are as many as cores, so a worker computes in
one thread: more would only wait for each other, and threads of a linear algebra library wait by
spinning.

On Linux workers are forks of one process, the fork server, which has imported what they need: to
fork the driver itself, which has threads, would be unsafe. It starts with the first worker or
before, and ends with the driver. Elsewhere each worker is spawned.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from typing import Any

from grader.system.scratch import discard, remove_leftovers

if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext as Context
    from multiprocessing.context import ForkServerProcess as Process

    from grader.system.fork_server import ForkServer
else:
    from multiprocessing.context import SpawnContext as Context
    from multiprocessing.context import SpawnProcess as Process

__all__ = ["cores", "start_fork_server", "worker_processes"]

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)  # read by numpy's libraries


def cores() -> int:
    """The number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def worker_processes(
    size: int,
    initializer: Callable[..., None] | None = None,
    initargs: tuple[Any, ...] = (),
    modules: Sequence[str] = (),
) -> Iterator[Executor]:
    """Keep workers while the `with` block lasts; each starts when there is work for it.

    At the end of the block, the workers finish what they have begun. After an exception, such as
    Ctrl-C, they are killed, since nobody waits for their results any more.

    Args:
        size: the number of workers.
        initializer: a function that each worker calls first.
        initargs: the arguments of that function.
        modules: names of what all workers import; the fork server does it for them if it has not
            started yet.
    """
    context = _Starting(modules)
    executor = ProcessPoolExecutor(size, context, initializer, initargs)
    try:
        yield executor
    except BaseException:
        for worker in filter(_Worker.is_alive, context.workers):
            worker.kill()
        _stop_handing_out(executor)
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        if any(worker.exitcode for worker in context.workers):
            remove_leftovers()  # a killed worker could not do it


def start_fork_server(modules: Sequence[str]) -> None:
    """Start it before there is a worker, so that it imports while the driver goes on; on Linux.

    Args:
        modules: names of what all workers import.
    """
    if sys.platform == "linux":
        with _ctrl_c_blocked(), _one_thread():
            _fork_server(modules)


def _stop_handing_out(executor: ProcessPoolExecutor) -> None:
    """End the thread that writes work into a full pipe which nobody reads any more.

    Later versions of Python do this themselves; without it, 3.11.2 waits for ever.
    """
    queue: Any = executor._call_queue  # type: ignore[attr-defined]
    if queue is not None:
        queue._reader.close()


class _Worker(Process):
    """A process that ignores Ctrl-C even before it runs a line of Python.

    Raises:
        BrokenProcessPool: it cannot be started.
    """

    modules: Sequence[str] = ()

    def start(self) -> None:
        with _ctrl_c_blocked(), _one_thread():
            self._variables = dict(os.environ)
            super().start()

    if sys.platform == "linux":

        @staticmethod
        def _Popen(process: Any) -> Any:
            try:
                return _fork_server(process.modules).started(process)
            except (EOFError, OSError) as error:
                raise BrokenProcessPool(f"no worker starts: {error}") from None

    def run(self) -> None:
        os.environ.clear()  # the fork server may have been started with others
        os.environ.update(self._variables)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        threading.Thread(target=_end_with_driver, daemon=True).start()
        super().run()


class _Starting(Context):
    """Starts workers and keeps a list of them."""

    def __init__(self, modules: Sequence[str]) -> None:
        super().__init__()
        self._modules = tuple(modules)
        self.workers: list[_Worker] = []

    def Process(self, *args: Any, **named: Any) -> _Worker:  # type: ignore[override]
        worker = _Worker(*args, **named)
        worker.modules = self._modules
        self.workers.append(worker)
        return worker


_turn = threading.Lock()
_fork_servers: list[ForkServer] = []


def _fork_server(modules: Sequence[str]) -> ForkServer:
    """The driver's own, which is started now if there is none, or none any more."""
    with _turn:
        if not _fork_servers or _fork_servers[-1].has_ended:
            _fork_servers.append(ForkServer(modules))
            Finalize(None, _fork_servers[-1].close, exitpriority=-2)  # after all who use workers
        return _fork_servers[-1]


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Hold Ctrl-C back: a process started meanwhile inherits that, and we get it afterwards."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that are started meanwhile compute in one thread, unless the user set more."""
    ours = {name: "1" for name in THREADS if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]


def _end_with_driver() -> None:
    """End with the driver: a killed driver closes no queue, so we would wait for work forever."""
    driver = parent_process()
    assert driver is not None  # noqa: S101 — told to mypy; this is a worker
    driver.join()
    discard()
    os._exit(1)
