"""Commands, and the processes that they start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from grader.box.jail import family
from tests.kit.files import content

GRADER = (sys.executable, "-m", "grader")
TIMEOUT_S = 120


def run_grader(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `grader` with these arguments in `folder`."""
    return subprocess.run(
        [*GRADER, *words], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S
    )


def run_nbgrader(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader as an instructor does, from an environment that is not activated."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("nbgrader")), *words],
        cwd=folder,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )


def is_worker(pid: int) -> bool:
    """Whether it is a process that multiprocessing spawned."""
    return b"spawn_main" in _command(pid)


def open_boxes(pid: int) -> list[int]:
    """The outermost processes of the boxes that commands below this process have open.

    A nursery forks zygotes, and a zygote has a child while a box is open.
    """
    warm = {one for one in family.descendants(pid) if b"jail.zygote" in _command(one)}
    zygotes = {one for one in warm if any(one in family.children(other) for other in warm)}
    inner = {one for one in zygotes if any(one in family.children(other) for other in zygotes)}
    return [one for one in inner if not any(one in family.children(other) for other in inner)]


def _command(pid: int) -> bytes:
    return content(Path(f"/proc/{pid}/cmdline"))
