"""Points and comments by hand: given to one member of a group, they hold for the others too.

What we copy to another member is remembered in `results/<assignment>.shared`. So a changed mark is
copied again, and a member whom a person gave other points keeps these.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from grader.course.groups import Group, load_groups
from grader.course.settings import Course
from grader.gradebook.tables import Assignment as AssignmentRow
from grader.gradebook.tables import Comment, Grade, SubmittedAssignment, SubmittedNotebook
from grader.system.files import write_whole

__all__ = ["owner_of", "share_marks"]

FIELDS: dict[Any, tuple[str, ...]] = {
    Grade: ("manual_score", "extra_credit"),
    Comment: ("manual_comment",),
}
Copies = dict[str, list[Any]]  # what was copied, by student and cell


def share_marks(database: Any, course: Course, assignment_ids: Iterable[str]) -> None:
    """Copy marks within each group.

    Args:
        database: the gradebook's session; the caller commits.
        course: the course.
        assignment_ids: which assignments.

    Raises:
        UsageError: the groups cannot be read.
    """
    groups = load_groups(course)
    for assignment_id in assignment_ids:
        if theirs := groups.at(assignment_id):
            _share(database, course, assignment_id, theirs)


def owner_of(
    course: Course, assignment_id: str, kind: Any, rows: Mapping[str, Any], student: str
) -> str:
    """To whom of a group a mark was given; changed there, it changes for those who have a copy.

    Args:
        course: the course.
        assignment_id: which assignment.
        kind: `Grade` or `Comment`.
        rows: the rows of one cell, by member.
        student: a member.

    Returns:
        The student, unless their mark is a copy.
    """
    names, before = FIELDS[kind], _kept_copies(course, assignment_id)
    mark = [getattr(rows[student], name) for name in names]
    for member in (student, *rows):
        row = rows[member]
        theirs = [getattr(row, name) for name in names]
        if theirs == mark != before.get(f"{member}/{row.cell_id}/{names[0]}"):
            return member
    return student


def _share(database: Any, course: Course, assignment_id: str, groups: Iterable[Group]) -> None:
    before = _kept_copies(course, assignment_id)
    copies: Copies = {}
    for kind, names in FIELDS.items():
        rows = _rows(database, kind, assignment_id)
        for group in groups:
            cells = {cell for member in group.members for cell in rows.get(member, ())}
            for cell in cells:
                theirs = {m: rows[m][cell] for m in group.members if cell in rows.get(m, ())}
                copies |= _copied(theirs, names, cell, before)
    if copies != before:
        write_whole(course.shared_marks_path(assignment_id), json.dumps(copies) + "\n")


def _copied(theirs: Mapping[str, Any], names: tuple[str, ...], cell: str, before: Copies) -> Copies:
    """Copy one mark to the members who have none of their own; returns what was copied."""
    keys = {member: f"{member}/{cell}/{names[0]}" for member in theirs}
    marks = {member: [getattr(row, name) for name in names] for member, row in theirs.items()}
    own = [m for m, mark in marks.items() if any(mark) or 0.0 in mark]
    own = [member for member in own if marks[member] != before.get(keys[member])]
    given = marks[own[0]] if own else [None] * len(names)
    for member in theirs.keys() - set(own):
        if marks[member] != given:
            _write(theirs[member], names, given, theirs[own[0]] if own else None)
    return {keys[member]: given for member in theirs if own and member not in own}


def _write(row: Any, names: tuple[str, ...], given: list[Any], source: Any) -> None:
    for name, value in zip(names, given, strict=True):
        setattr(row, name, value)
    if isinstance(row, Grade):
        waits = row.auto_score is None if source is None else source.needs_manual_grade
        row.needs_manual_grade = waits


def _rows(database: Any, kind: Any, assignment_id: str) -> dict[str, dict[str, Any]]:
    """Grades or comments, by student and id of the cell."""
    rows = (
        select(SubmittedAssignment.student_id, kind)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
        .where(AssignmentRow.name == assignment_id)
    )
    found: dict[str, dict[str, Any]] = {}
    for student, row in database.execute(rows):
        found.setdefault(student, {})[row.cell_id] = row
    return found


def _kept_copies(course: Course, assignment_id: str) -> Copies:
    path = course.shared_marks_path(assignment_id)
    try:
        return dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}
