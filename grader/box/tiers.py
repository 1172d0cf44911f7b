"""How well a box can be closed off, and the words of `grader doctor` for it."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Tier"]


class Tier(IntEnum):
    """How well a box is closed off: 1 is best, and other people's code needs 1 or 2."""

    NAMESPACES = 1
    LANDLOCK = 2
    BOUNDS_ONLY = 3

    @property
    def protection(self) -> str:
        """What protects us from a box of this tier, in one line."""
        return {
            Tier.NAMESPACES: "own file tree, processes and network (namespaces), Landlock, "
            "seccomp, an unprivileged uid, bounds on memory, processes and time",
            Tier.LANDLOCK: "only the interpreter and a scratch folder can be opened (Landlock), "
            "seccomp, bounds on memory, processes and time",
            Tier.BOUNDS_ONLY: "bounds on memory, processes and time only; files and network open",
        }[self]
