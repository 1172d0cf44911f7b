"""nbgrader's tables without its applications, imported in a third of the time.

`import nbgrader` loads a web server's extensions, the exchange and all converters of notebooks. Its
tables need none of them.
"""

# ruff: noqa: E402 — the code that keeps nbgrader light has to run before the import

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select, text

from grader.gradebook.release_cells import ReleaseCells
from grader.system.files import hide_from_others


def _enter_without_applications() -> None:
    """Make nbgrader's modules importable without running its `__init__`, unless it has run.

    Other modules of nbgrader need nothing from there but its version.
    """
    spec = importlib.util.find_spec("nbgrader")
    if spec is not None and "nbgrader" not in sys.modules:
        sys.modules["nbgrader"] = package = importlib.util.module_from_spec(spec)
        version = importlib.import_module("nbgrader._version").__version__
        vars(package)["__version__"] = version


# jsonschema, which nbformat imports, would spend a second on a grammar of internationalised
# addresses. No schema of a notebook needs it, and jsonschema works without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
_enter_without_applications()

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.dbutil import ALEMBIC_DIR

__all__ = [
    "Assignment",
    "Comment",
    "Grade",
    "GradeCell",
    "SolutionCell",
    "Student",
    "SubmittedAssignment",
    "SubmittedNotebook",
    "open_gradebook",
    "save_cells",
    "saved_cells",
]

BUSY_TIMEOUT_S = 30  # how long SQLite waits while formgrader writes
VERSION_TABLE = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"
COLUMNS = {
    GradeCell: ("max_score", "cell_type"),
    SolutionCell: (),
    SourceCell: ("cell_type", "locked", "source", "checksum"),
}


def open_gradebook(url: str, course_id: str) -> Any:
    """Open nbgrader's gradebook, and create its tables if they are missing.

    In a database without tables nbgrader runs `alembic` for a second to store the version of its
    tables. The version is stored here instead.

    Args:
        url: of the database.
        course_id: nbgrader's id of the course.
    """
    url = f"{url}?timeout={BUSY_TIMEOUT_S}" if url.startswith("sqlite:///") else url
    _make_version_table(url)
    book = Gradebook(url, course_id)
    with book.engine.begin() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM alembic_version").first() is None:
            from alembic.script import ScriptDirectory  # a new database is rare

            version = text("INSERT INTO alembic_version VALUES (:version)")
            head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
            connection.execute(version, {"version": head})
    return book


def _make_version_table(url: str) -> None:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        hide_from_others(Path(engine.url.database))
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql(VERSION_TABLE)
            connection.commit()
    finally:
        engine.dispose()


def saved_cells(book: Any, assignment_id: str) -> ReleaseCells | None:
    """The cells of an assignment in the gradebook; None if none have been saved.

    Args:
        book: nbgrader's open `Gradebook`.
        assignment_id: which assignment.
    """
    try:
        notebook = book.find_notebook(assignment_id, assignment_id)
    except MissingEntry:
        return None
    return ReleaseCells(
        kernelspec=json.loads(notebook.kernelspec or "{}"),
        grade={c.name: (c.max_score, c.cell_type) for c in notebook.grade_cells},
        solution={c.name: () for c in notebook.solution_cells},
        source={
            c.name: (c.cell_type, c.locked, c.source, c.checksum) for c in notebook.source_cells
        },
    )


def save_cells(book: Any, assignment_id: str, cells: ReleaseCells) -> None:
    """Write the rows that nbgrader's preprocessor SaveCells would write, without its converters.

    Cells may be added or removed only as long as nobody has handed in; the caller makes sure.

    Args:
        book: nbgrader's open `Gradebook`.
        assignment_id: which assignment.
        cells: those of the release.
    """
    notebook = _notebook(book, assignment_id, json.dumps(cells.kernelspec))
    for kind, wanted in (
        (GradeCell, cells.grade),
        (SolutionCell, cells.solution),
        (SourceCell, cells.source),
    ):
        known = {
            c.name: c for c in book.db.scalars(select(kind).filter_by(notebook_id=notebook.id))
        }
        for name, values in wanted.items():
            row = known.get(name) or kind(name=name, notebook_id=notebook.id)
            for column, value in zip(COLUMNS[kind], values, strict=True):
                setattr(row, column, value)
            book.db.add(row)
    book.db.commit()


def _notebook(book: Any, assignment_id: str, kernelspec: str) -> Any:
    try:
        notebook = book.find_notebook(assignment_id, assignment_id)
    except MissingEntry:
        return book.add_notebook(assignment_id, assignment_id, kernelspec=kernelspec)
    if notebook.submissions:
        return notebook
    book.remove_notebook(assignment_id, assignment_id)
    return book.add_notebook(assignment_id, assignment_id, kernelspec=kernelspec)
