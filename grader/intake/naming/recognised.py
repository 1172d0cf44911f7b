"""Which naming a download follows.

Students choose the names of their own files, and whole folders of them. So only what stands at the
outermost level counts, where the system gave the names: there, each file or folder with a notebook
has one vote. If there is no notebook at all, each one has a vote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from grader.errors import UsageError
from grader.intake.naming import (
    brightspace,
    canvas,
    exchange,
    folders,
    github,
    labelled,
    moodle,
    msteams,
    sakai,
)
from grader.intake.naming.handed import Handed, Naming, is_notebook, shared_depth, telling

__all__ = ["ALIASES", "NAMINGS", "recognised"]

# From the most specific naming to the most general one.
NAMINGS: dict[str, Naming] = {
    "moodle": moodle.named,
    "brightspace": brightspace.named,
    "sakai": sakai.named,
    "teams": msteams.named,
    "nbgrader": exchange.named,
    "github": github.named,
    "canvas": canvas.named,
    "folder": folders.named,
}
ALIASES = {"blackboard": "nbgrader"}  # which reads Blackboard's names, too


def recognised(
    entries: Sequence[str],
    assignment_id: str,
    forced: str | None = None,
    is_student: Callable[[str], bool] = lambda name: False,
    is_label: Callable[[str], bool] = lambda name: False,
) -> tuple[str, list[Handed]]:
    """Find the naming that fits most of what stands at the outermost level.

    Args:
        entries: paths of all files of the download.
        assignment_id: which assignment is collected.
        forced: name of the naming, a key of `NAMINGS` or of `ALIASES`; None if it is to be
            recognised.
        is_student: whether the roster has somebody of that name. What is in a folder of that name
            was named by that student.
        is_label: whether a name holds the number or the name of a student.

    Returns:
        The naming's name, and the files that follow it.

    Raises:
        UsageError: two namings fit equally well.
    """
    forced = ALIASES.get(forced, forced) if forced else None
    in_folders = folders.named(entries, assignment_id, is_student)
    labels = labelled.named(entries, assignment_id, is_label)
    if forced in ("folder", "label"):
        return forced, in_folders if forced == "folder" else labels
    found = {
        name: _not_inside(naming(entries, assignment_id), is_student)
        for name, naming in NAMINGS.items()
        if name != "folder" and forced in (name, None)
    }
    if forced:
        least = min((file.level for file in found[forced]), default=0)
        return forced, [file for file in found[forced] if file.level == least]
    depth, voters = shared_depth(entries), frozenset(telling(entries))
    found = {name: _outermost(files, entries, depth) for name, files in found.items()}
    best = _best(found, voters, depth)
    votes, most = _votes(found[best], voters, depth), len(_places(voters, depth))
    if votes and (2 * votes > most or not in_folders):
        return best, found[best]
    known = {file.key for file in in_folders if is_student(file.key)}
    if len({file.key for file in labels if is_label(file.key)}) > len(known):
        return "label", labels
    return "folder", in_folders


def _not_inside(files: Iterable[Handed], is_student: Callable[[str], bool]) -> list[Handed]:
    """Leave out what a student named: all that is in a folder with a student's name."""
    return [f for f in files if not any(map(is_student, PurePosixPath(f.entry).parts[: f.level]))]


def _outermost(files: list[Handed], entries: Sequence[str], depth: int) -> list[Handed]:
    """Leave out names that stand deeper, unless every notebook has one and each folder its own.

    The downloads of several sections, a folder for each, may be collected at once; but if the same
    name is in many folders, it is that of the file which all students got.
    """
    followed = {file.entry for file in files}
    are_all = all(entry in followed for entry in entries if is_notebook(entry))
    places = {(PurePosixPath(file.entry).parts[: depth + 1], file.key) for file in files}
    if are_all and len(places) == len({key for _, key in places}):
        return files
    return [file for file in files if file.level <= depth]


def _best(found: dict[str, list[Handed]], voters: frozenset[str], depth: int) -> str:
    """The naming with most votes; of several, the one whose names stand further out."""

    def rank(name: str) -> tuple[int, int]:
        files = found[name]
        return _votes(files, voters, depth), -min((f.level for f in files), default=0)

    first, second, *_ = sorted(found, key=rank, reverse=True)
    if rank(first) == rank(second) and rank(first)[0]:
        raise UsageError(
            f"its names may be those of {first} or of {second}; say which, such as --from {first}"
        )
    return first


def _votes(files: Iterable[Handed], voters: frozenset[str], depth: int) -> int:
    return len(_places((file.entry for file in files if file.entry in voters), depth))


def _places(entries: Iterable[str], depth: int) -> set[tuple[str, ...]]:
    return {PurePosixPath(entry).parts[: depth + 1] for entry in entries}
