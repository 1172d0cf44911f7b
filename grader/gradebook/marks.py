"""Reads what humans wrote into the gradebook, and the stored penalties; changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select

from grader.gradebook.rows import points
from grader.gradebook.tables import Assignment as AssignmentRow
from grader.gradebook.tables import (
    Comment,
    Grade,
    GradeCell,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from grader.notebook import CHECK_PREFIX

__all__ = ["manual_comments", "manual_scores", "stored_penalty"]


def manual_scores(
    database: Any, assignment_id: str, students: Collection[str] | None = None
) -> dict[str, dict[str, float]]:
    """Scores that a human gave or changed: student → question → points with extra credit.

    Args:
        database: the gradebook's session.
        assignment_id: which assignment.
        students: only these; None for all.
    """
    scores: dict[str, dict[str, float]] = {}
    for student, cell, grade in _marks(database, Grade, GradeCell, assignment_id, students):
        if grade.manual_score is not None or grade.extra_credit is not None:
            scores.setdefault(student, {})[cell.removeprefix(CHECK_PREFIX)] = points(grade)
    return scores


def manual_comments(
    database: Any, assignment_id: str, students: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """What a human wrote to the student: student → question → comment.

    Args:
        database: the gradebook's session.
        assignment_id: which assignment.
        students: only these; None for all.
    """
    comments: dict[str, dict[str, str]] = {}
    for student, cell, comment in _marks(database, Comment, SolutionCell, assignment_id, students):
        if words := (comment.manual_comment or "").strip():
            comments.setdefault(student, {})[cell] = words
    return comments


def stored_penalty(database: Any, assignment_id: str, student: str) -> float:
    """Points that one submission lost for lateness, as they are stored.

    Args:
        database: the gradebook's session.
        assignment_id: which assignment.
        student: whose submission.
    """
    row = (
        select(SubmittedNotebook.late_submission_penalty)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
        .where(AssignmentRow.name == assignment_id, SubmittedAssignment.student_id == student)
    )
    return float(database.scalar(row) or 0.0)


def _marks(
    database: Any, kind: Any, cell: Any, assignment_id: str, students: Collection[str] | None
) -> Iterator[tuple[str, str, Any]]:
    """Grades or comments of an assignment, with student and cell name."""
    rows = (
        select(SubmittedAssignment.student_id, cell.name, kind)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
        .join(cell, cell.id == kind.cell_id)
        .where(AssignmentRow.name == assignment_id)
    )
    if students is not None:
        rows = rows.where(SubmittedAssignment.student_id.in_(students))
    for row in database.execute(rows):
        yield tuple(row)
