"""What a freshly forked box does to itself before any student code runs.

In tier 3, memory, processes, files and time are bounded (rlimits), and if we are root, the box gets
a uid that owns nothing. Tier 2 adds two things: a box can open only the interpreter and a scratch
folder (Landlock), and dangerous system calls are refused (seccomp). Tier 1 adds a file tree,
processes and a network of its own (namespaces).
"""

from __future__ import annotations

import os
import resource
import selectors
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.box.bounds import SCRATCH_MIB
from grader.box.jail import cgroup, family, kernel, landlock, namespaces, seccomp
from grader.box.tiers import Tier

if TYPE_CHECKING:  # a box never needs the modules that read course.yml
    from grader.course.settings import Limits

__all__ = ["JailSpec", "enter", "environment", "fork"]

OPEN_FILES = 256
PENDING_SIGNALS = 256  # each takes memory of the kernel, and each timer is one
ROOM_FOR_OTHERS = 100  # processes and threads that may start beside a box
FIRST_UID = 2_000_000  # above the ids of people and services; the box's pid is added
PR_SET_DUMPABLE = 4
MIB = 1 << 20


@dataclass(frozen=True)
class JailSpec:
    """Where a box may write, and how much it may use.

    Args:
        tier: how well it is closed off.
        scratch: an empty folder that becomes its working directory.
        memory_mib: how much the address space of each of its processes may grow.
        output_mib: how much a cell may print.
        processes: how many processes and threads it may have.
        cpu_s: processor time that each process may use.
    """

    tier: Tier
    scratch: str
    memory_mib: int
    output_mib: int
    processes: int
    cpu_s: int

    @classmethod
    def of(cls, tier: Tier, scratch: Path, limits: Limits) -> JailSpec:
        """The spec for the limits of a course.

        Args:
            tier: how well the box is closed off.
            scratch: an empty folder for the box.
            limits: what a submission may use, by course.yml.
        """
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
    """All environment variables of a box; it gets none of the grader's."""
    return {
        **_folders(str(home)),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # else sets of strings have another order in each run
        "OMP_NUM_THREADS": "1",  # a box has one core; threads would count as processes
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def _folders(home: str) -> dict[str, str]:
    """The variables that differ from box to box; a box has the others from its zygote."""
    return dict.fromkeys(("HOME", "MPLCONFIGDIR", "IPYTHONDIR", "TMPDIR"), home)


def fork(spec: JailSpec) -> int:
    """Fork, in tier 1 into new namespaces; returns 0 in the child, which calls `enter` at once.

    Raises:
        OSError: the kernel refuses.
    """
    return namespaces.fork_into_new() if spec.tier is Tier.NAMESPACES else os.fork()


def enter(spec: JailSpec, uid: int, gid: int, dies_first: bool) -> None:
    """Confine the calling process to the spec; there is no way back.

    Args:
        spec: the bounds.
        uid: user id of the zygote.
        gid: group id of the zygote.
        dies_first: whether a group holds it together with its zygote, which must live on when the
            group runs out of memory.

    Raises:
        OSError: the kernel refuses a step; then the process must end.
    """
    if spec.tier is Tier.NAMESPACES:
        namespaces.become_a_child_of_init()
        namespaces.keep_ids(uid, gid)
    os.setsid()
    namespaces.die_with_parent()
    if dies_first:
        cgroup.die_first()
    address_space = _address_space()
    is_root = uid == 0
    if is_root:
        uid = gid = FIRST_UID + namespaces.outer_pid()
    work = spec.scratch
    if spec.tier is Tier.NAMESPACES:
        work = namespaces.WORK
        namespaces.enter_private_tree(spec.scratch, uid, gid, SCRATCH_MIB)
    elif is_root:
        os.chown(work, uid, gid)
    os.chdir(work)
    os.environ.update(_folders(work))
    tempfile.tempdir = None  # here it is still the zygote's folder, which a box cannot enter
    # epoll, the default, takes memory of the kernel and is refused; asyncio works without it
    selectors.DefaultSelector = selectors.PollSelector  # type: ignore[misc, assignment]
    is_shared = spec.tier is not Tier.NAMESPACES and not is_root
    _bound(spec, address_space, spec.processes + (_others() if is_shared else 0))
    _drop_privileges(uid, gid)
    if spec.tier is not Tier.BOUNDS_ONLY:
        readable = namespaces.interpreter_folders()
        _prove_readable(readable)
        landlock.restrict(readable, [Path(work), *namespaces.DEVICES])
        seccomp.install(alone=spec.tier is Tier.NAMESPACES)


def _others() -> int:
    """Room for what this account runs beside the box: the limit counts all of its processes.

    The zygote's watch bounds the box alone; this only slows a bomb until the watch ends it.
    """
    return sum(map(family.threads, family.owned_by(os.getuid()))) + ROOM_FOR_OTHERS


def _bound(spec: JailSpec, address_space: int, processes: int) -> None:
    bounds = {
        resource.RLIMIT_AS: address_space + spec.memory_mib * MIB,
        resource.RLIMIT_CPU: spec.cpu_s,
        resource.RLIMIT_FSIZE: SCRATCH_MIB * MIB,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 1,  # unlike 0, this also stops programs that receive dumps
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,  # an account that makes music may have more
        resource.RLIMIT_SIGPENDING: PENDING_SIGNALS,
    }
    for kind, bound in bounds.items():
        most = resource.getrlimit(kind)[1]
        bound = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(kind, (bound, bound))


def _drop_privileges(uid: int, gid: int) -> None:
    """Give up all capabilities and, if we are root, change to a uid that owns nothing.

    Limits on processes do not bind root, so even tier 3 never runs as root.
    """
    was_root = os.getuid() == 0
    if was_root:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        namespaces.die_with_parent()
    kernel.drop_capabilities()
    # only root may count what an undumpable process has open; seccomp keeps the limit on dumps
    kernel.prctl(PR_SET_DUMPABLE, int(not was_root))


def _prove_readable(paths: Iterable[Path]) -> None:
    """Make sure that the new uid can still import modules."""
    for path in paths:
        if not os.access(path, os.R_OK):
            raise OSError(f"{path} is not readable for the box's uid {os.getuid()}")


def _address_space() -> int:
    return int(kernel.read_at_once("/proc/self/statm").split()[0]) * resource.getpagesize()
