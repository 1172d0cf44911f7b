"""A control group for boxes: with it, the kernel bounds all processes of a box together.

The zygote makes one where it may. Version 2 needs a group around ours that we may write to and that
hands down the memory and pids controllers; version 1 needs a writable folder for each controller.
Where neither works, the watch of the zygote and the limits of each process remain. They are always
on, since they can say better what happened.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.box.jail import kernel

__all__ = ["ControlGroup", "die_first", "enter", "parents_v1", "parents_v2", "remove_leftovers"]

MIB = 1 << 20
ROOT = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
PREFIX = "grader-box-"
SLACK_MIB = 192  # for page cache and the scratch folder, and so that the watch acts first
LIMIT_FILES = ("memory.max", "memory.limit_in_bytes")
OOM_FILES = ("memory.events", "memory.oom_control")


@dataclass(frozen=True)
class ControlGroup:
    """The group of a zygote, in which its boxes are born.

    A process that changes its group waits some 20 ms for the whole machine; to be born in a group
    costs nothing. So the zygote enters once, and the group's limit is the size of the zygote plus
    the limit of the box.

    Args:
        version: version of the kernel's interface, 1 or 2.
        folders: one folder for each controller, or one for both.
    """

    version: int
    folders: tuple[Path, ...]

    def bound(self, own_bytes: int, memory_mib: int, processes: int) -> None:
        """Bound the next box.

        Args:
            own_bytes: memory of the zygote itself.
            memory_mib: memory that the box may use.
            processes: processes that the box may have, threads included.
        """
        total = own_bytes + (memory_mib + SLACK_MIB) * MIB
        # the zygote, and process 1 of the box's namespace
        limits = {
            **dict.fromkeys(LIMIT_FILES, total),
            "memory.swap.max": 0,
            "pids.max": processes + 2,
        }
        for folder in self.folders:
            for name, value in limits.items():
                if (folder / name).exists():  # else it belongs to the other version or controller
                    (folder / name).write_text(str(value))

    def oom_kills(self) -> int:
        """How many processes of the group the kernel has killed because memory ran out."""
        for folder in self.folders:
            for name in OOM_FILES:
                with suppress(OSError):
                    words = kernel.read_at_once(f"{folder}/{name}").split()
                    return int(dict(zip(words[::2], words[1::2], strict=True)).get(b"oom_kill", 0))
        return 0


def enter() -> ControlGroup | None:
    """Make a group for this process and enter it; None where that does not work.

    Groups that ended zygotes left behind are removed first.
    """
    for version, parents in ((2, parents_v2()), (1, parents_v1())):
        remove_leftovers(parents)
        group = ControlGroup(version, tuple(p / f"{PREFIX}{os.getpid()}" for p in parents))
        try:
            for folder in group.folders:
                folder.mkdir()
                (folder / "cgroup.procs").write_text("0")
            if any((f / name).exists() for f in group.folders for name in LIMIT_FILES):
                return group
        except OSError:  # we may not make one
            continue
    return None


def die_first() -> None:
    """Make the kernel kill this process, not its zygote, when their group runs out of memory."""
    kernel.write_at_once("/proc/self/oom_score_adj", b"1000")


def remove_leftovers(parents: tuple[Path, ...] | None = None) -> None:
    """Remove the groups of zygotes that have ended; a group's name holds the process id."""
    for parent in (*parents_v2(), *parents_v1()) if parents is None else parents:
        for folder in parent.glob(f"{PREFIX}*"):
            if not Path("/proc", folder.name.removeprefix(PREFIX)).exists():
                with suppress(OSError):
                    folder.rmdir()


def parents_v2() -> tuple[Path, ...]:
    """The folder in which to make our group; none if no group hands down both controllers.

    Only the root group may hand down controllers while processes are in it. So everywhere else, it
    is the group above ours that does.
    """
    for line in _own_groups():
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            owns = [mount / path.lstrip("/") for mount in (ROOT, ROOT / "unified")]
            for folder in (*owns, *(own.parent for own in owns if path != "/")):
                with suppress(OSError):
                    handed_down = (folder / "cgroup.subtree_control").read_text().split()
                    if {"memory", "pids"} <= set(handed_down):
                        return (folder,)
    return ()


def parents_v1() -> tuple[Path, ...]:
    """The folder of our group for each controller; none unless both are there."""
    found = {}
    for line in _own_groups():
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(","):
            found[name] = ROOT / name / path.lstrip("/")
    parents = [found[name] for name in ("memory", "pids") if name in found]
    return tuple(parents) if len(parents) == 2 else ()


def _own_groups() -> list[str]:
    try:
        return OWN_GROUPS.read_text().splitlines()
    except OSError:
        return []
