"""held.csv: results that a teacher holds back until they have looked at them.

Its columns are `student`, `assignment` and `reason`, which students never see. The desk writes it.
What is in it has no score in exports, and no page of it is given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.roster import CONTROL
from grader.course.rows_file import changing, with_row, without_row
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.table import Table, read_table

__all__ = ["NAME", "Held", "held_at", "held_path", "hold", "load_held"]

NAME = "held.csv"
MAX_REASON = 200  # characters
COLUMNS = ("student", "assignment", "reason")
Held = Mapping[tuple[str, str], str]  # by student and assignment: why


def load_held(course: Course) -> Held:
    """What is held back, and why; nothing if there is no such file.

    Raises:
        UsageError: it cannot be read, or a row is wrong.
    """
    path = held_path(course)
    return _held_in(read_table(path)) if path.exists() else {}


def held_at(held: Held, assignment_id: str) -> frozenset[str]:
    """The students whose result at an assignment is held back."""
    return frozenset(student for student, assignment in held if assignment == assignment_id)


def held_path(course: Course) -> Path:
    """The file."""
    return course.root / NAME


def hold(
    course: Course, student: str, assignment_id: str, reason: str | None
) -> tuple[str | None, str | None]:
    """Hold a result back, or let it go.

    Args:
        course: the course.
        student: whose.
        assignment_id: at which assignment.
        reason: why, in a few words or none; None lets it go.

    Returns:
        The reason before and the reason now, as they are kept; None if it is not held back.

    Raises:
        UsageError: the file is wrong, or cannot be written.
    """
    key = {"student": student, "assignment": assignment_id}
    kept = None if reason is None else " ".join(CONTROL.sub(" ", reason).split())[:MAX_REASON]
    with changing(held_path(course), COLUMNS, _held_in) as tables:
        before = _held_in(tables[0]).get((student, assignment_id))
        if kept is None:
            tables[0] = without_row(tables[0], key)
        else:
            tables[0] = with_row(tables[0], key, {"reason": kept})
    return before, kept


def _held_in(table: Table) -> dict[tuple[str, str], str]:
    places = table.only_columns(*COLUMNS)
    for name in COLUMNS[:2]:
        if places[name] is None:
            raise UsageError(f"{table.path}: line 1: no column {name!r}; name the columns there")
    found = {}
    for row in table.rows:
        cells = [row.get(place) if place is not None else "" for place in places.values()]
        student, assignment, reason = cells
        if not is_safe_student(student):
            told = f"student {repr(student)[:60]}: {USABLE_ID}"
            raise UsageError(f"{table.path}: line {row.line}: {told}")
        found[student, assignment] = reason
    return found
