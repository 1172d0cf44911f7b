"""nbgrader's own converter: an instructor's notebook becomes a student's."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import grader.gradebook.tables  # noqa: F401  # isort: skip — keeps what follows light

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from grader.course.folder import NOT_RELEASED
from grader.course.settings import Course
from grader.course.terms import write_terms
from grader.errors import BuildError
from grader.notebook import cell_name

__all__ = [
    "generate_assignment",
]


def generate_assignment(course: Course, assignment_id: str, into: Path) -> None:
    """Run nbgrader's `generate_assignment` on `solutions/<id>/`, with the terms of all questions.

    It works on a copy with a temporary database, so that the course's folders and its gradebook do
    not change.

    Args:
        course: the course.
        assignment_id: which assignment; other notebooks in its folder are not released.
        into: folder that receives the student notebook and the files beside it.

    Raises:
        BuildError: nbgrader refuses a cell, or there is no notebook.
    """
    source = course.solution_dir(assignment_id)
    notebook = source / f"{assignment_id}.ipynb"
    if not notebook.is_file():
        raise BuildError(f"{notebook}: not found; an assignment is a notebook in solutions/")
    with tempfile.TemporaryDirectory(prefix="grader-build-") as folder:
        root = Path(folder).resolve()
        ignored = shutil.ignore_patterns(*NOT_RELEASED)
        shutil.copytree(source, root / "source" / assignment_id, ignore=ignored)
        _convert(root, course, assignment_id, notebook)
        shutil.copytree(root / "release" / assignment_id, into, dirs_exist_ok=True)


def _convert(root: Path, course: Course, assignment_id: str, notebook: Path) -> None:
    directory = CourseDirectory(
        root=str(root),
        assignment_id=assignment_id,
        notebook_id=assignment_id,
        db_url=_scratch_database(root / "scratch.db"),
    )
    converter = _Generator(coursedir=directory, log=_quiet())
    try:
        _write_terms(root / "source" / assignment_id / notebook.name, course, assignment_id)
        converter.start()
    except Exception as error:  # nbgrader raises nearly everything for a wrong notebook
        raise BuildError(f"{notebook}: {_explained(converter.failure or error)}") from error


def _write_terms(path: Path, course: Course, assignment_id: str) -> None:
    """Change the copy, so that the checksums are those of what students get."""
    notebook = nbformat.read(path, as_version=4)
    write_terms(notebook.cells, course, course.assignment(assignment_id))
    nbformat.write(notebook, path)


def _scratch_database(path: Path) -> str:
    """URL of an empty database that nbgrader takes for a used one, so that it runs no `alembic`."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")  # a commit waits for the disk once
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    database.close()
    return f"sqlite:///{path}"


class _Generator(GenerateAssignment):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's converter, which also keeps the error that it would only log."""

    failure: Exception | None = None

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.failure = error
            raise


def _quiet() -> logging.Logger:
    logger = logging.getLogger("grader.nbgrader")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _explained(error: BaseException) -> str:
    """The first cause of an error in one line, with the cell it happened in if there is one."""
    while error.__context__ is not None:
        error = error.__context__
    text = str(getattr(error, "message", error)).strip() or type(error).__name__
    cell = _cell_of(error.__traceback__)
    place = "" if cell is None else f"cell {cell_name(cell)!r}: "
    return place + text.splitlines()[0].rstrip(".;: ")


def _cell_of(trace: TracebackType | None) -> dict[str, Any] | None:
    """The value of the variable `cell` in the innermost function that had one."""
    found = None
    while trace is not None:
        cell = trace.tb_frame.f_locals.get("cell")
        found = cell if isinstance(cell, dict) else found
        trace = trace.tb_next
    return found
