"""Everything that grading one assignment needs, as plain data that can travel to a worker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from grader import __version__, notebook
from grader.course import Assignment, Course, Limits
from grader.errors import UsageError
from grader.judge.reference import definitions

__all__ = ["HIDDEN_FILES", "Bundle", "load_bundle"]

HIDDEN_FILES = ("hidden_tests.py", "mistakes.py")


@dataclass(frozen=True)
class Bundle:
    """One assignment, ready to grade.

    Args:
        assignment: its part of course.yml.
        release: the student notebook.
        files: helper files that students get too, by name relative to the notebook.
        hidden_tests: source of the hidden tests.
        mistakes: source of the catalogue of mistakes; empty if there is none.
        reference: definitions of the solution notebook.
        limits: what a submission may use.
        seed: the course seed.
        unsafe: whether boxes that are not closed off will do.
        digest: changes whenever a score could change.
    """

    assignment: Assignment
    release: dict[str, Any]
    files: dict[str, bytes]
    hidden_tests: str
    mistakes: str
    reference: str
    limits: Limits
    seed: int
    unsafe: bool
    digest: str


def load_bundle(
    course: Course, assignment_id: str, release_dir: Path | None = None, *, unsafe: bool = False
) -> Bundle:
    """Read an assignment's release and solution folders.

    Args:
        course: the course.
        assignment_id: which assignment.
        release_dir: the released folder, if it is not where course.yml puts it.
        unsafe: grade even where boxes cannot be closed off.

    Raises:
        UsageError: the assignment is unknown or has not been built.
        JudgeError: the solution notebook is not plain Python.
    """
    assignment = course.assignment(assignment_id)
    release = release_dir or course.release_dir(assignment_id)
    solution = course.solution_dir(assignment_id)
    texts = {
        path.name: _read(path, assignment_id)
        for path in (release / f"{assignment_id}.ipynb", solution / HIDDEN_FILES[0])
    }
    catalogue = solution / HIDDEN_FILES[1]
    source = notebook.loads(_read(solution / f"{assignment_id}.ipynb", assignment_id))
    fields = {
        "assignment": assignment,
        "release": notebook.loads(texts[f"{assignment_id}.ipynb"]),
        "files": _helper_files(release),
        "hidden_tests": texts[HIDDEN_FILES[0]].decode("utf-8"),
        "mistakes": catalogue.read_text("utf-8") if catalogue.is_file() else "",
        "reference": definitions(source),
        "limits": course.limits,
        "seed": course.seed,
        "unsafe": unsafe,
    }
    return Bundle(**fields, digest=_digest(fields))  # type: ignore[arg-type]  # typed above


def _read(path: Path, assignment_id: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: not found; run `grader build {assignment_id}` first") from None


def _helper_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".ipynb", ".pyc")
    }


def _digest(fields: dict[str, Any]) -> str:
    digest = hashlib.sha256(f"{__version__}:{_kit_digest()}".encode())
    for name in sorted(fields):
        value = fields[name]
        if isinstance(value, dict):
            value = sorted(value.items())
        digest.update(f"\0{name}\0{value!r}".encode())
    return digest.hexdigest()


@cache
def _kit_digest() -> str:
    """Of our own code, so that an upgraded or edited kit grades again."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
