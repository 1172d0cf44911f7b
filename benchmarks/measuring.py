"""What the benchmarks that compare share: the times of a command, ratios of pairs, and the load."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from grader.box.jail import family

__all__ = [
    "Load",
    "Signs",
    "Times",
    "after_start_up",
    "as_one_command",
    "busy_s",
    "column",
    "graded_by_us",
    "ratios",
    "spread",
    "timed",
    "workers_of",
]

START_POLL_S = 0.003
POLL_S = 0.02
MEMORY_POLL_S = 0.25  # to add up pages takes milliseconds
QUIET_S = 1.0
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = (3, 4)  # of the columns of /proc/stat: idle, and waiting for a disk
FORK_SERVER, SPAWNED = b"grader.system.fork_server", b"spawn_main"
GUEST = 8  # from here on, columns repeat what is in others

Times: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Signs:
    """How one sees from outside how far a command is.

    Args:
        in_work: whether the first submission is in work.
        kept: how many results are on disk.
    """

    in_work: Callable[[], bool]
    kept: Callable[[], int]


def timed(
    command: Sequence[str],
    root: Path,
    signs: Signs,
    environment: dict[str, str],
    *,
    may_fail: bool = False,
) -> Times:
    """Run a command, and measure it.

    Args:
        command: program and arguments.
        root: the folder to run it in.
        signs: how far it is.
        environment: its variables.
        may_fail: whether the benchmark goes on if the command fails.

    Returns:
        Seconds of the whole and until the first submission was in work; processor time of all its
        processes, of the whole and until then; processor time of the command's own process, in
        milliseconds for each result after the first ones, whose time includes what is imported;
        peak memory of all processes.
    """
    with (root / "log").open("w+") as log:
        used, start = _children_s(), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=_compiled_once(environment), stdout=log, stderr=log
        )
        start_up_s, began_s, first, own_s, peak, looked = 0.0, 0.0, (0, 0.0), 0.0, 0, start
        while process.poll() is None:
            own_s = _own_s(process.pid) or own_s
            if not start_up_s and signs.in_work():
                start_up_s, began_s = time.perf_counter() - start, _tree_s(process.pid)
            if start_up_s:
                first = first if first[0] else (signs.kept(), own_s)
            if time.perf_counter() - looked > MEMORY_POLL_S:
                tree = [process.pid, *family.descendants(process.pid)]
                peak, looked = max(peak, sum(map(family.private_bytes, tree))), time.perf_counter()
            _wait(process, POLL_S if start_up_s else START_POLL_S)
        seconds = time.perf_counter() - start
        log.seek(0)
        if process.returncode and not may_fail:
            sys.exit(f"{' '.join(command)} failed:\n{log.read()[-2000:]}")
    more = signs.kept() - first[0]
    return {
        "seconds": round(seconds, 3),
        "start_up_s": round(start_up_s, 3),
        "processor_s": round(_children_s() - used, 2),
        "start_up_processor_s": round(began_s, 2),
        "driver_ms": round(1000 * (own_s - first[1]) / more, 2) if more else 0.0,
        "peak_memory_mib": peak >> 20,
    }


def _compiled_once(environment: dict[str, str]) -> dict[str, str]:
    """The variables, but Python keeps what it has compiled, as it does for most users."""
    return {key: text for key, text in environment.items() if key != "PYTHONDONTWRITEBYTECODE"}


def graded_by_us(
    python: Path, root: Path, assignment_id: str, options: Sequence[str] = ()
) -> Times:
    """Time `grader autograde`; the first box shows that the first submission is in work.

    Args:
        python: an interpreter that has the kit.
        root: the course's folder; results of the same students may not be there yet.
        assignment_id: the assignment.
        options: of the command.
    """
    results = root / "results" / assignment_id
    before = _count(results.glob("*.json"))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        Path(scratch).chmod(0o711)  # boxes with uids of their own must get through
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        signs = Signs(
            lambda: any(Path(scratch).glob("grader-scratch-*/box-*")),
            lambda: _count(results.glob("*.json")) - before,
        )
        command = [str(python), "-m", "grader", "autograde", assignment_id, *options]
        return timed(command, root, signs, {**os.environ, "PATH": path, "TMPDIR": scratch})


def _count(paths: Iterable[Path]) -> int:
    return sum(1 for _ in paths)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _tree_s(pid: int) -> float:
    """Processor time of a process and all below it, those that have ended among them."""
    return sum(sum(_times_s(one)) for one in [pid, *family.descendants(pid)])


def _own_s(pid: int) -> float:
    """Processor time of a process without its children; 0 once it has ended."""
    return sum(_times_s(pid)[:2])


def _times_s(pid: int) -> list[float]:
    """Its own time, in two parts, and that of children for whom it has waited, in two parts."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [int(ticks) / TICKS for ticks in fields[11:15]]


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def column(times: Sequence[Times], name: str) -> list[float]:
    """One figure of several runs."""
    return [figures[name] for figures in times]


def after_start_up(times: Sequence[Times]) -> list[float]:
    """Seconds of each run from when its first submission was in work."""
    return [figures["seconds"] - figures["start_up_s"] for figures in times]


def as_one_command(times: Sequence[Times]) -> float:
    """Seconds that one command would take for what several did: it would start up only once."""
    return statistics.median(column(times, "start_up_s")) + sum(after_start_up(times))


def spread(values: Iterable[float]) -> dict[str, float]:
    """The median, the smallest and the largest of some values."""
    found = sorted(values)
    middle = statistics.median(found)
    return {
        "median": round(middle, 3),
        "smallest": round(found[0], 3),
        "largest": round(found[-1], 3),
    }


def ratios(above: Sequence[float], below: Sequence[float]) -> dict[str, float]:
    """The spread of the ratios of pairs, each of which was measured in one go.

    Args:
        above: the numerators.
        below: the denominators, in the same order.
    """
    return spread(a / b for a, b in zip(above, below, strict=True))


class Load:
    """The load of the machine: before a benchmark, for a second, and during it.

    `others_cores` is how many cores the processes of others kept busy; on an idle machine it is 0.
    """

    def __init__(self) -> None:
        self._before = {"loadavg": os.getloadavg()[0], "others_cores": _others_during(QUIET_S)}
        self._start = _moment()

    def report(self) -> dict[str, dict[str, float]]:
        """The load before, and from the beginning until now."""
        during = {"loadavg": os.getloadavg()[0], "others_cores": _others_since(self._start)}
        return {"before": self._before, "during": during}


def _others_during(seconds: float) -> float:
    start = _moment()
    time.sleep(seconds)
    return _others_since(start)


def _moment() -> tuple[float, float]:
    """The time, and the processor time that others have used until now."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ours = own.ru_utime + own.ru_stime + _children_s()
    return time.perf_counter(), busy_s(Path("/proc/stat").read_text()) - ours


def _others_since(start: tuple[float, float]) -> float:
    now = _moment()
    return round(max(now[1] - start[1], 0.0) / (now[0] - start[0]), 2)


def workers_of(pid: int) -> list[int]:
    """The workers below a command: forks of its fork server, or what Dask's workers spawned."""
    below = {child: _command(child) for child in family.descendants(pid)}
    servers = {child for child, command in below.items() if FORK_SERVER in command}
    forks = {child for parent in servers for child in family.children(parent)} & servers
    return [child for child, command in below.items() if child in forks or SPAWNED in command]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def busy_s(stat: str) -> float:
    """Seconds of all cores together that were not idle.

    Args:
        stat: the text of /proc/stat.
    """
    columns = [int(word) for word in stat.splitlines()[0].split()[1:][:GUEST]]
    return sum(ticks for place, ticks in enumerate(columns) if place not in IDLE) / TICKS
