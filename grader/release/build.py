"""solutions/<id>/ → assignments/<id>/: what students get, byte for byte the same every time.

nbgrader's own generate_assignment makes the student notebook (stubs, locks, checksums). Everything
that depends on the machine or the time is then normalised, the helper files are copied, and the
gates of `grader.release.gates` are passed. Only then does the new release replace the old one.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.folder import (
    HIDDEN_TESTS,
    MESSAGES,
    MISTAKES,
    is_debris,
    is_helper,
    is_released,
)
from grader.course.settings import Assignment, Course
from grader.errors import BuildError
from grader.locale.translations import ENGLISH
from grader.notebook import Cell, Notebook, clear_outputs, dumps, grade_id, is_solution, loads
from grader.release.gates import RELEASE_GATES, SOURCE_GATES, Candidate, GateResult, Release
from grader.release.proof import Proof, keep_proof, prove
from grader.system.listener import NOBODY, Listener

__all__ = ["BuildReport", "build"]

CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KEPT_CELL_METADATA = ("deletable", "editable", "nbgrader", "tags")
GOES_ON = "raises-exception"  # a tag that JupyterLab and nbclient know
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class BuildReport:
    """A release that passed its gates.

    Args:
        assignment: assignment id.
        path: the released folder.
        gates: what each gate found, in the order in which they ran.
        proof: how many variants of each question were told apart.
        changed: whether the release differs from the one before.
    """

    assignment: str
    path: Path
    gates: tuple[GateResult, ...]
    proof: Proof
    changed: bool


def build(
    course: Course,
    assignment_id: str,
    *,
    check: bool = False,
    prove_again: bool = False,
    listener: Listener = NOBODY,
) -> BuildReport:
    """Make an assignment's release, or check that the committed one is what would be made.

    Args:
        course: the course.
        assignment_id: which assignment.
        check: compare only, and write nothing.
        prove_again: grade all variants, even if nothing has changed since the last time.
        listener: receives progress with each variant that is graded.

    Raises:
        UsageError: course.yml has no such assignment.
        BuildError: a gate failed, or with `check` the release is stale; one line per failure.
        JudgeError: a variant could not be graded.
    """
    candidate = _candidate(course, course.assignment(assignment_id))
    gates = _passed(candidate, [gate(candidate) for gate in SOURCE_GATES])
    target = course.release_dir(assignment_id)
    parent = None if check else target.parent  # the same file system, for the rename
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=f".{assignment_id}-") as scratch:
        release = _released(candidate, Path(scratch))
        stale = _first_difference(release.folder, target)
        if check and stale:
            state = "stale" if target.exists() else "not built yet"
            raise BuildError(f"{target / stale}: {state}; run `grader build {assignment_id}`")
        gates += _passed(candidate, [gate(release) for gate in RELEASE_GATES])
        proof = prove(release, listener, check=check, again=prove_again)
        if not check:
            keep_proof(release, proof)
            _put_in_place(release.folder, target, Path(scratch) / "old")
    return BuildReport(assignment_id, target, tuple(gates), proof, stale is not None)


def _passed(candidate: Candidate, results: list[GateResult]) -> list[GateResult]:
    """The results, if no gate has failures.

    Raises:
        BuildError: a gate has failures; the text lists those of all gates.
    """
    place = f"solutions/{candidate.assignment.id}"
    failures = [f"{place}: {failure}" for result in results for failure in result.failures]
    if failures:
        raise BuildError("\n".join(dict.fromkeys(failures)))  # two gates may say the same
    return results


def _candidate(course: Course, assignment: Assignment) -> Candidate:
    folder = course.solution_dir(assignment.id)
    notebook = folder / f"{assignment.id}.ipynb"
    try:
        source = loads(_text(notebook))
    except ValueError as error:
        raise BuildError(f"{notebook}: {error}; save it with Jupyter") from None
    tests, mistakes, messages = (folder / name for name in (HIDDEN_TESTS, MISTAKES, MESSAGES))
    return Candidate(
        course=course,
        assignment=assignment,
        source=source,
        hidden_tests=_text(tests),
        mistakes=_text(mistakes) if mistakes.exists() else "",
        messages=_text(messages) if messages.exists() else "",
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BuildError(f"{path}: not found; an assignment needs this file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}: cannot be read as UTF-8 text: {error}") from None


def _released(candidate: Candidate, scratch: Path) -> Release:
    """Make the release in `scratch/release`."""
    from grader.release.generate import generate_assignment  # takes seconds to import

    course, assignment_id = candidate.course, candidate.assignment.id
    generated = scratch / "generated"
    generate_assignment(course, assignment_id, generated)
    notebook = loads((generated / candidate.notebook_name).read_bytes())
    release = _normalised(notebook, candidate.source, _for_grader_check(course))
    folder = scratch / "release"
    for name, data in _helper_files(course.solution_dir(assignment_id), candidate.notebook_name):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    folder.mkdir(exist_ok=True)
    (folder / candidate.notebook_name).write_bytes(dumps(release).encode())
    return Release(**vars(candidate), notebook=release, folder=folder)


def _for_grader_check(course: Course) -> dict[str, Any]:
    """What `grader check` has to know of course.yml, which students do not have."""
    language = {"language": course.language} if course.language != ENGLISH else {}
    return {**language, "limits": course.limits.model_dump()}


def _normalised(notebook: Notebook, source: Notebook, told: dict[str, Any]) -> Notebook:
    """Only what a student needs, with cell ids that do not change from run to run."""
    known = {cell.get("id") for cell in source["cells"]}
    cells = []
    taken: set[str] = set()
    for number, cell in enumerate(clear_outputs(notebook)["cells"], 1):
        cell["id"] = next(name for name in _ids(cell, number, known) if name not in taken)
        taken.add(cell["id"])
        kept = {key: cell["metadata"][key] for key in KEPT_CELL_METADATA if key in cell["metadata"]}
        cells.append({**cell, "metadata": kept})
    metadata = {**NOTEBOOK_METADATA, "grader": told}
    return {"cells": _going_on(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _going_on(cells: list[Cell]) -> list[Cell]:
    """The cells, with a tag that lets Jupyter go on after an error when it runs all of them.

    An unfinished exercise must not hide what the checks of the next ones say. Above the first
    exercise is the set-up, without which nothing works; there Jupyter stops as usual.
    """
    first = next((place for place, cell in enumerate(cells) if is_solution(cell)), len(cells))
    for cell in cells[first:]:
        if cell["cell_type"] == "code":
            tags = [*cell["metadata"].get("tags", ()), GOES_ON]
            cell["metadata"] = {**cell["metadata"], "tags": list(dict.fromkeys(tags))}
    return cells


def _ids(cell: Cell, number: int, known: set[str | None]) -> Iterator[str]:
    """Names for a cell, best first: its own if the source has it, its grade id, its place."""
    own, grade = cell.get("id"), grade_id(cell)
    for name in (own if own in known else None, grade):
        if name and CELL_ID.fullmatch(name):
            yield name
    while True:
        yield f"cell-{number}"
        number += 1000


def _helper_files(folder: Path, notebook_name: str) -> Iterator[tuple[str, bytes]]:
    """Files beside the solution notebook that students get too, by name.

    Raises:
        BuildError: a link, or a second notebook, which could hold a solution.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name == Path(notebook_name) or not is_released(name):
            continue
        if path.is_symlink():
            raise BuildError(f"{path}: a link is not released; put the file itself there")
        if not is_helper(name):
            raise BuildError(f"{path}: a second notebook; remove it, each assignment has one")
        if path.is_file():
            yield name.as_posix(), path.read_bytes()


def _first_difference(fresh: Path, committed: Path) -> str | None:
    """Name of the first file that is missing, extra or different; None if there is none."""
    ours, theirs = _content(fresh), _content(committed)
    names = sorted(ours.keys() | theirs.keys())
    return next((name for name in names if ours.get(name) != theirs.get(name)), None)


def _content(folder: Path) -> dict[str, bytes]:
    names = {path.relative_to(folder): path for path in folder.rglob("*")}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in names.items()
        if path.is_file() and not is_debris(name)
    }


def _put_in_place(fresh: Path, target: Path, old: Path) -> None:
    """Put the new folder in the place of the old one, which comes back if that fails."""
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
