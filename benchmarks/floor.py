"""The floor: the same cells without a box and a judge, in one warm process per core.

This is a module of its own because IPython replaces `__main__` in the processes that run cells; a
function that they get from there would not be found.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from grader.box.inside.shell import BoxShell, OutputLog, warm_up
from grader.course.bundle import Bundle
from grader.intake.submissions import Submission, read_submission

__all__ = ["Floor", "floor"]

Floor: TypeAlias = Callable[[list[Submission]], float]


@contextmanager
def floor(
    bundle: Bundle, warming: list[Submission], cores: int, processor: bool = False
) -> Iterator[Floor]:
    """Keep warm processes, one per core, as long as the block lasts.

    Args:
        bundle: the assignment.
        warming: some submissions, whose cells are executed once to warm the processes.
        cores: number of processes.
        processor: measure processor time, and not the time on the wall.

    Yields:
        A function that executes the bare cells of submissions, and returns the seconds.
    """
    threads = os.environ.get("OPENBLAS_NUM_THREADS")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in a box; more threads would slow each other down
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, _warm, (bundle.files,)) as pool:

        def seconds(submissions: list[Submission]) -> float:
            tasks = _sources(bundle, submissions)
            start = time.perf_counter()
            used = sum(pool.map(_execute, tasks))
            return used if processor else time.perf_counter() - start

        seconds(warming * cores)
        _restore(threads)
        yield seconds


def _restore(threads: str | None) -> None:
    del os.environ["OPENBLAS_NUM_THREADS"]
    if threads is not None:
        os.environ["OPENBLAS_NUM_THREADS"] = threads


def _sources(bundle: Bundle, submissions: list[Submission]) -> list[list[str]]:
    return [
        [cell["source"] for cell in intake.notebook["cells"] if cell["cell_type"] == "code"]
        for intake in (read_submission(s, bundle.release) for s in submissions)
        if intake.notebook is not None
    ]


_shell: list[BoxShell] = []


def _warm(files: dict[str, bytes]) -> None:
    folder = tempfile.mkdtemp(prefix="throughput-floor-")
    for name, data in files.items():
        (Path(folder) / name).write_bytes(data)
    os.chdir(folder)
    sys.path.insert(0, folder)
    _shell.append(warm_up())
    _shell[0].log_to(OutputLog(8 << 20))


def _execute(sources: list[str]) -> float:
    """Execute cells; return the processor time that they took."""
    start = time.process_time()
    _shell[0].reset()
    for source in sources:
        _shell[0].execute(source)
    return time.process_time() - start
