"""Everything that grading one assignment needs, as plain data that can travel to a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grader import __version__, notebook
from grader.course.folder import HIDDEN_TESTS, MESSAGES, MISTAKES, SMALL_INPUTS, helper_files
from grader.course.renamed import load_renamings
from grader.course.settings import Assignment, Course, Limits
from grader.course.solution import reference_source, without_idle_imports
from grader.course.terms import without_terms
from grader.errors import JudgeError, UsageError

__all__ = [
    "Bundle",
    "kit_digest",
    "load_bundle",
]


@dataclass(frozen=True)
class Bundle:
    """One assignment, ready to grade.

    Args:
        assignment: its part of course.yml.
        release: the student notebook.
        files: helper files that students get too, by name relative to the notebook.
        hidden_tests: source of the hidden tests.
        mistakes: source of the catalogue of mistakes; empty if there is none.
        messages: text of messages.yml; empty if there is none.
        small_inputs: source of the small inputs for examples; empty if there are none.
        language: the language in which students read messages, as a code such as `en`.
        reference: definitions of the solution notebook, as source.
        limits: what a submission may use.
        figures: whether to `keep` a notebook's figures, to `skip` drawing them, or to draw them
            `later`.
        seed: the course seed.
        unsafe: whether boxes that are not closed off are accepted.
        digest: changes whenever a score could change.
        first_ids: the first id of each student who has another one now.
    """

    assignment: Assignment
    release: dict[str, Any]
    files: dict[str, bytes]
    hidden_tests: str
    mistakes: str
    messages: str
    small_inputs: str
    language: str
    reference: str
    limits: Limits
    figures: str
    seed: int
    unsafe: bool
    digest: str
    first_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def with_other_points(self) -> list[str]:
        """Questions to which course.yml gives other points than the release tells students."""
        told = {
            notebook.question_of(cell): cell["metadata"]["nbgrader"].get("points")
            for cell in self.release["cells"]
            if notebook.is_check(cell) or notebook.is_manual(cell)
        }
        questions = self.assignment.questions.items()
        return [name for name, q in questions if (told.get(name) or q.points) != q.points]

    def drawn_as(self, student: str) -> str:
        """The id that a student's hidden inputs are drawn from: the first one that they had."""
        return self.first_ids.get(student, student)


def load_bundle(
    course: Course, assignment_id: str, release_dir: Path | None = None, *, unsafe: bool = False
) -> Bundle:
    """Read an assignment's release and solution folders.

    Args:
        course: the course that the assignment belongs to.
        assignment_id: the assignment's id in course.yml.
        release_dir: the released folder, if it is not in its usual place.
        unsafe: grade even where boxes cannot be closed off.

    Raises:
        UsageError: the assignment is unknown, has not been built, or lacks a file.
        JudgeError: a file cannot be read, or the solution notebook is not plain Python.
    """
    assignment = course.assignment(assignment_id)
    release = release_dir or course.release_dir(assignment_id)
    solution = course.solution_dir(assignment_id)
    hidden_tests, catalogue = solution / HIDDEN_TESTS, solution / MISTAKES
    messages, small_inputs = solution / MESSAGES, solution / SMALL_INPUTS
    released = _notebook(
        release / f"{assignment_id}.ipynb", f"run `grader build {assignment_id}` first"
    )
    tests, mistakes = _text(hidden_tests), _text(catalogue) if catalogue.exists() else ""
    reference = reference_source(_notebook(solution / f"{assignment_id}.ipynb"))
    fields = {
        "assignment": assignment,
        "release": released,
        "files": helper_files(release),
        "hidden_tests": tests,
        "mistakes": mistakes,
        "messages": _text(messages) if messages.exists() else "",
        "small_inputs": _text(small_inputs) if small_inputs.exists() else "",
        "language": course.language,
        "reference": without_idle_imports(reference, tests, mistakes),
        "limits": course.limits,
        "figures": course.figures,
        "seed": course.seed,
        "unsafe": unsafe,
    }
    first_ids = load_renamings(course.root).first
    return Bundle(**fields, digest=_digest(fields), first_ids=first_ids)  # type: ignore[arg-type]  # typed above


def _read(path: Path, if_missing: str = "grading needs it") -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: not found; {if_missing}") from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); it must be a file that you may read"
        raise JudgeError(f"{path}: {problem}") from None


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise JudgeError(f"{path}: not UTF-8 text; save it as UTF-8") from None


def _notebook(path: Path, if_missing: str = "grading needs it") -> notebook.Notebook:
    try:
        return notebook.loads(_read(path, if_missing))
    except ValueError as error:
        raise JudgeError(f"{path}: {error}") from None


def _digest(fields: dict[str, Any]) -> str:
    digest = hashlib.sha256(f"{__version__}:{kit_digest()}".encode())
    # Titles, deadlines and rubrics change no score, nor does what the release says of them.
    rules = {
        name: {key: value for key, value in question if key != "rubric"}
        for name, question in fields["assignment"].questions.items()
    }
    graded = {**fields, "assignment": (fields["assignment"].id, rules)}
    graded["release"] = _without_terms(fields["release"])
    del graded["figures"]  # scores are the same with and without
    for name in sorted(graded):
        value = graded[name]
        if isinstance(value, dict):
            value = sorted(value.items())
        digest.update(f"\0{name}\0{value!r}".encode())
    return digest.hexdigest()


def _without_terms(release: notebook.Notebook) -> notebook.Notebook:
    cells = [
        cell if cell["cell_type"] == "code" else {**cell, "source": without_terms(cell["source"])}
        for cell in release["cells"]
    ]
    return {**release, "cells": cells}


@cache
def kit_digest() -> str:
    """SHA-256 of our own code and words, so that an upgraded or edited kit grades again."""
    digest = hashlib.sha256()
    kit = Path(__file__).parents[1]
    for path in sorted([*kit.rglob("*.py"), *kit.rglob("*.mo")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
