"""How well a box is closed off; what `grader doctor` says about it."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Tier"]


class Tier(IntEnum):
    """1 is best; grading other people's code asks for 1 or 2."""

    NAMESPACES = 1
    LANDLOCK = 2
    BOUNDS_ONLY = 3

    @property
    def protection(self) -> str:
        """What a box of this tier is protected by, in one line."""
        return {
            Tier.NAMESPACES: "own file tree, processes and network (namespaces), Landlock, "
            "seccomp, an unprivileged uid, bounds on memory, processes and time",
            Tier.LANDLOCK: "only the interpreter and a scratch folder can be opened (Landlock), "
            "seccomp, bounds on memory, processes and time",
            Tier.BOUNDS_ONLY: "bounds on memory, processes and time only; files and network open",
        }[self]
