"""What a freshly forked box does to itself before any student code runs."""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.course import Limits

__all__ = ["JailSpec", "enter", "environment"]


@dataclass(frozen=True)
class JailSpec:
    """Where a box may write, and how much it may use.

    Args:
        scratch: an empty folder that becomes its working directory.
        memory_mib: growth of the address space allowed to each of its processes.
        output_mib: what a cell may print, and the largest file.
        processes: processes and threads.
        cpu_s: processor time of each process.
    """

    scratch: str
    memory_mib: int
    output_mib: int
    processes: int
    cpu_s: int

    @classmethod
    def of(cls, scratch: Path, limits: Limits) -> JailSpec:
        """The spec that course.yml's limits ask for."""
        return cls(
            scratch=str(scratch),
            memory_mib=limits.memory_mib,
            output_mib=limits.output_mib,
            processes=limits.processes,
            cpu_s=int(limits.submission_timeout_s) + 1,
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data, for the zygote."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> JailSpec:
        """Back from plain data."""
        return cls(**data)


def environment(home: Path) -> dict[str, str]:
    """The whole environment of a box: nothing of the grader's own."""
    return {
        "HOME": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": str(home),
        "IPYTHONDIR": str(home),
        "OMP_NUM_THREADS": "1",  # a box has one core; threads would count as processes
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def enter(spec: JailSpec) -> None:
    """Confine the calling process to the spec; there is no way back."""
    os.setsid()
    os.chdir(spec.scratch)
    os.environ["HOME"] = spec.scratch
    mib = 1 << 20
    bounds = {
        resource.RLIMIT_AS: _address_space() + spec.memory_mib * mib,
        resource.RLIMIT_CPU: spec.cpu_s,
        resource.RLIMIT_FSIZE: spec.memory_mib * mib,
        resource.RLIMIT_NPROC: spec.processes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGPIPE else signal.SIG_IGN)


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
