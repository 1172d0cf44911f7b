"""A control group for boxes, where the zygote may make one: the kernel's own bound on a family.

Version 2 needs a group around ours that hands the memory and pids controllers down and that we may
write to, version 1 a writable folder of each. Without either, the watch of the zygote and the
limits of each process are all there is; they are kept in any case, since they tell what happened in
better words.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ControlGroup", "die_first", "enter", "parents_v1", "parents_v2", "remove_leftovers"]

MIB = 1 << 20
ROOT = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
PREFIX = "grader-box-"
SLACK_MIB = 192  # page cache, the scratch folder, and room for the watch to be first
LIMIT_FILES = ("memory.max", "memory.limit_in_bytes")
OOM_FILES = ("memory.events", "memory.oom_control")


@dataclass(frozen=True)
class ControlGroup:
    """The group of a zygote, which its boxes are born into.

    A process that changes its group waits for the whole machine, some 20 ms; being born into one
    costs nothing. So the zygote enters once, and each box is bounded by what is added to its size.

    Args:
        version: of the kernel's interface, 1 or 2.
        folders: one for each controller, or one for both.
    """

    version: int
    folders: tuple[Path, ...]

    def bound(self, own_bytes: int, memory_mib: int, processes: int) -> None:
        """Bound the next box.

        Args:
            own_bytes: memory of the zygote itself.
            memory_mib: for the box.
            processes: for the box, threads included.
        """
        total = own_bytes + (memory_mib + SLACK_MIB) * MIB
        # the zygote, the process that waits for the box, and the box's own process 1
        limits = {
            **dict.fromkeys(LIMIT_FILES, total),
            "memory.swap.max": 0,
            "pids.max": processes + 3,
        }
        for folder in self.folders:
            for name, value in limits.items():
                if (folder / name).exists():  # else it is of the other version or controller
                    (folder / name).write_text(str(value))

    def oom_kills(self) -> int:
        """How many processes of the group the kernel has killed for its memory."""
        for folder in self.folders:
            for name in OOM_FILES:
                with suppress(OSError):
                    words = (folder / name).read_text().split()
                    return int(dict(zip(words[::2], words[1::2], strict=True)).get("oom_kill", 0))
        return 0


def enter() -> ControlGroup | None:
    """Make a group for this process and enter it, where that works; removes leftovers of others."""
    for version, parents in ((2, parents_v2()), (1, parents_v1())):
        remove_leftovers(parents)
        group = ControlGroup(version, tuple(p / f"{PREFIX}{os.getpid()}" for p in parents))
        try:
            for folder in group.folders:
                folder.mkdir()
                (folder / "cgroup.procs").write_text("0")
            if any((f / name).exists() for f in group.folders for name in LIMIT_FILES):
                return group
        except OSError:  # not ours to make
            continue
    return None


def die_first() -> None:
    """Let the kernel choose the calling process when a group runs out of memory, not its zygote."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def remove_leftovers(parents: tuple[Path, ...] | None = None) -> None:
    """Remove the groups of zygotes that have ended; the name has their process id."""
    for parent in (*parents_v2(), *parents_v1()) if parents is None else parents:
        for folder in parent.glob(f"{PREFIX}*"):
            if not Path("/proc", folder.name.removeprefix(PREFIX)).exists():
                with suppress(OSError):
                    folder.rmdir()


def parents_v2() -> tuple[Path, ...]:
    """The group to make ours in, if it hands down both controllers.

    Only the root may do so while processes are in it; for all others it is the one above theirs.
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
    """Our own group of each controller, if both are there."""
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
