"""Which naming a download follows."""

from __future__ import annotations

from collections.abc import Sequence

from grader.intake.naming import canvas, exchange, folders, github, moodle
from grader.intake.naming.handed import Handed, Naming

__all__ = ["NAMINGS", "recognised"]

# From the most specific naming to the most general one.
NAMINGS: dict[str, Naming] = {
    "moodle": moodle.named,
    "nbgrader": exchange.named,
    "github": github.named,
    "canvas": canvas.named,
    "folder": folders.named,
}


def recognised(
    entries: Sequence[str], assignment_id: str, forced: str | None = None
) -> tuple[str, list[Handed]]:
    """Find the naming that fits most notebooks.

    Args:
        entries: paths of all files of the download.
        assignment_id: which assignment is collected.
        forced: name of the naming, a key of `NAMINGS`; None if it is to be recognised.

    Returns:
        The naming's name, and the files that follow it.
    """
    if forced:
        return forced, NAMINGS[forced](entries, assignment_id)
    found = {name: naming(entries, assignment_id) for name, naming in NAMINGS.items()}
    special = {name: handed for name, handed in found.items() if name != "folder"}
    best = max(special, key=lambda name: _notebooks(special[name]))
    everything = sum(_is_notebook(entry) for entry in entries if ".git/" not in entry)
    if special[best] and 2 * _notebooks(special[best]) >= everything:
        return best, special[best]
    return "folder", found["folder"]


def _notebooks(handed: Sequence[Handed]) -> int:
    return sum(_is_notebook(one.entry) for one in handed)


def _is_notebook(entry: str) -> bool:
    return entry.lower().endswith(".ipynb")
