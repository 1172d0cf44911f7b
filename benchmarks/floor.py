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
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from grader.box.inside.shell import BoxShell, OutputLog, warm_up
from grader.course.bundle import Bundle
from grader.intake.submissions import Submission, read_submission

__all__ = ["run_floor"]


def run_floor(bundle: Bundle, submissions: list[Submission], cores: int) -> float:
    """Time the bare cells of all submissions, in one warm process per core.

    Args:
        bundle: the assignment.
        submissions: the class.
        cores: number of processes.

    Returns:
        Seconds, without the start of the processes.
    """
    tasks = [
        [cell["source"] for cell in intake.notebook["cells"] if cell["cell_type"] == "code"]
        for intake in (read_submission(s, bundle.release) for s in submissions)
        if intake.notebook is not None
    ]
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in a box; more threads would slow each other down
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, _warm, (bundle.files,)) as pool:
        list(pool.map(_execute, tasks[: 2 * cores]))  # every process is warm from here on
        start = time.perf_counter()
        list(pool.map(_execute, tasks))
        return time.perf_counter() - start


_shell: list[BoxShell] = []


def _warm(files: dict[str, bytes]) -> None:
    folder = tempfile.mkdtemp(prefix="throughput-floor-")
    for name, data in files.items():
        (Path(folder) / name).write_bytes(data)
    os.chdir(folder)
    sys.path.insert(0, folder)
    _shell.append(warm_up())
    _shell[0].log_to(OutputLog(8 << 20))


def _execute(sources: list[str]) -> None:
    _shell[0].reset()
    for source in sources:
        _shell[0].execute(source)
