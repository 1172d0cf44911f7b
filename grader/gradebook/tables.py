"""nbgrader's tables, without its applications: what a gradebook needs, in a third of the time.

`import nbgrader` loads a web server's extensions, the exchange and all converters of notebooks. Its
tables need none of them.
"""

# ruff: noqa: E402 — what keeps nbgrader light has to come before it is imported

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from typing import Any

from sqlalchemy import create_engine, select, text

from grader.gradebook.release_cells import ReleaseCells


def _enter_without_applications() -> None:
    """Make nbgrader's modules importable without running its `__init__`, unless it has run.

    Its version is all that other modules of nbgrader take from there.
    """
    spec = importlib.util.find_spec("nbgrader")
    if spec is not None and "nbgrader" not in sys.modules:
        sys.modules["nbgrader"] = package = importlib.util.module_from_spec(spec)
        version = importlib.import_module("nbgrader._version").__version__
        vars(package)["__version__"] = version


# Through nbformat, jsonschema would load a grammar of internationalised addresses for a second; no
# schema of a notebook asks for it, and jsonschema does without where it is not installed.
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
    """The gradebook of that URL, with the tables that nbgrader wants.

    Where nbgrader finds no table at all, it runs `alembic` for a second to learn its version, so
    that is noted here.
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
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql(VERSION_TABLE)
            connection.commit()
    finally:
        engine.dispose()


def saved_cells(book: Any, assignment_id: str) -> ReleaseCells | None:
    """The cells that the gradebook knows of an assignment; None before the first are saved."""
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
    """Leave the rows that nbgrader's preprocessor SaveCells would leave, without the converters.

    Cells come and go only as long as nobody has handed in; see to that before.
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
