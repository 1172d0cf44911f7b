"""Takes note of child processes that have ended, so that their time counts as this process's."""

from __future__ import annotations

import os
from contextlib import suppress

__all__ = ["reap", "reap_all"]


def reap() -> None:
    """Take note of the children that have ended already."""
    with suppress(ChildProcessError):  # there is none, or none any more
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def reap_all() -> None:
    """Wait until all children have ended."""
    with suppress(ChildProcessError):
        while True:
            os.wait()
