"""The list of this machine's fonts, kept from one nursery to the next.

matplotlib reads every font to make it: 0.06 s for 70 fonts, seconds for thousands. It looks for a
list in the home of the nursery, which is new each time. The nursery copies the list there and back
before any box is forked, so no student's code can have touched it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.system.files import write_whole

__all__ = ["borrow", "give_back", "kept_in"]

LISTS = "fontlist-*.json"  # the name has the version of matplotlib
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/etc/fonts"))


def kept_in() -> Path:
    """This user's folder for what can be made again."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 — Path's raises without a home
    return Path(caches) / "chainrule"


def borrow(kept: Path, home: Path) -> None:
    """Copy the lists to where matplotlib looks, but none that is older than a change of fonts.

    Args:
        kept: the folder of `kept_in`.
        home: the folder that MPLCONFIGDIR names.
    """
    changed = max(_changes(), default=0.0)
    with suppress(OSError):
        for path in kept.glob(LISTS):
            if path.stat().st_mtime > changed:
                shutil.copy2(path, home)  # with its time, so that it is not given back as new


def give_back(kept: Path, home: Path) -> None:
    """Keep a list that matplotlib had to make; if the folder cannot be written to, it is made anew.

    Args:
        kept: the folder of `kept_in`.
        home: the folder that MPLCONFIGDIR names.
    """
    with suppress(OSError):
        for path in home.glob(LISTS):
            ours = kept / path.name
            if not ours.exists() or ours.stat().st_mtime < path.stat().st_mtime:
                write_whole(ours, path.read_bytes())


def _changes() -> Iterator[float]:
    """When something was put into each folder of fonts, or taken from it."""
    for top in FOLDERS:
        for folder, _, _ in os.walk(top):
            with suppress(OSError):
                yield Path(folder).stat().st_ctime  # an installer may set back the other time
