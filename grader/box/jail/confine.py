"""What a freshly forked box does to itself before any student code runs.

Tier 1 has a file tree, processes and a network of its own (namespaces), and on top of that
everything tier 2 has: only the interpreter and a scratch folder can be opened (Landlock), no
dangerous system call is answered (seccomp), a uid that owns nothing when we are root, and
bounds on memory, processes, files and time (rlimits). Tier 3 has the bounds alone.
"""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.box.jail import kernel, landlock, namespaces, seccomp
from grader.box.tiers import Tier

if TYPE_CHECKING:
    from grader.course.settings import (
        Limits,  # with all that reads course.yml, which a box never needs
    )

__all__ = ["JailSpec", "enter", "environment"]

SCRATCH_MIB = 64
OPEN_FILES = 256
FIRST_UID = 2_000_000  # above the ids of people and services; the box's pid is added
PR_SET_DUMPABLE = 4
MIB = 1 << 20


@dataclass(frozen=True)
class JailSpec:
    """Where a box may write, and how much it may use.

    Args:
        tier: how well it is closed off.
        scratch: an empty folder that becomes its working directory.
        memory_mib: growth of the address space allowed to each of its processes.
        output_mib: what a cell may print.
        processes: processes and threads.
        cpu_s: processor time of each process.
    """

    tier: Tier
    scratch: str
    memory_mib: int
    output_mib: int
    processes: int
    cpu_s: int

    @classmethod
    def of(cls, tier: Tier, scratch: Path, limits: Limits) -> JailSpec:
        """The spec that course.yml's limits ask for."""
        return cls(
            tier=tier,
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
        return cls(**{**data, "tier": Tier(data["tier"])})


def environment(home: Path) -> dict[str, str]:
    """The whole environment of a box: nothing of the grader's own."""
    return {
        "HOME": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": str(home),
        "IPYTHONDIR": str(home),
        "TMPDIR": str(home),
        "OMP_NUM_THREADS": "1",  # a box has one core; threads would count as processes
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def enter(spec: JailSpec) -> None:
    """Confine the calling process to the spec; there is no way back.

    Raises:
        OSError: the kernel refuses a step; the process must end then.
    """
    os.setsid()
    namespaces.die_with_parent()
    address_space = _address_space()
    is_root = os.getuid() == 0
    uid = FIRST_UID + os.getpid() if is_root else os.getuid()
    gid = uid if is_root else os.getgid()
    work = spec.scratch
    if spec.tier is Tier.NAMESPACES:
        work = namespaces.WORK
        namespaces.leave_namespaces()
        namespaces.become_a_child_of_init()
        namespaces.enter_private_tree(spec.scratch, uid, gid, SCRATCH_MIB)
    elif is_root:
        os.chown(work, uid, gid)
    os.chdir(work)
    os.environ.update(environment(Path(work)))
    tempfile.tempdir = None  # the zygote has asked for its own, which a box cannot enter
    _bound(spec, address_space)
    _drop_privileges(uid, gid)
    if spec.tier is not Tier.BOUNDS_ONLY:
        readable = namespaces.interpreter_folders()
        _prove_readable(readable)
        landlock.restrict(readable, [Path(work), *namespaces.DEVICES])
        seccomp.install(alone=spec.tier is Tier.NAMESPACES)


def _bound(spec: JailSpec, address_space: int) -> None:
    bounds = {
        resource.RLIMIT_AS: address_space + spec.memory_mib * MIB,
        resource.RLIMIT_CPU: spec.cpu_s,
        resource.RLIMIT_FSIZE: SCRATCH_MIB * MIB,
        resource.RLIMIT_NPROC: spec.processes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _drop_privileges(uid: int, gid: int) -> None:
    """To a uid that owns nothing if we are root, and without capabilities in any case.

    Bounds on processes do not bind root, so even tier 3 never runs as root.
    """
    if os.getuid() == 0:
        kernel.bound_capabilities()
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        namespaces.die_with_parent()
    kernel.drop_capabilities()
    kernel.prctl(PR_SET_DUMPABLE, 0)


def _prove_readable(paths: Iterable[Path]) -> None:
    """A module that is imported late must be found under the dropped uid too."""
    for path in paths:
        if not os.access(path, os.R_OK):
            raise OSError(f"{path} is not readable for the box's uid {os.getuid()}")


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
