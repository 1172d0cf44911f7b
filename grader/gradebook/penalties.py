"""Late penalties, computed from all submissions of a student, since they share the late days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from itertools import groupby
from typing import Any

from sqlalchemy import select

from grader.course.clock import later
from grader.course.deadlines import Deadlines
from grader.course.settings import Assignment, Course
from grader.gradebook.late import HandIn, Lateness, lateness
from grader.gradebook.rows import as_stored, points
from grader.gradebook.tables import Assignment as AssignmentRow
from grader.gradebook.tables import Grade, SubmittedAssignment, SubmittedNotebook

__all__ = ["Penalties"]


class Penalties:
    """The late penalties of one gradebook.

    Args:
        course: the course, with its policy and due dates.
        deadlines: until when each student may hand in.
        database: the gradebook's session; the caller commits.
    """

    def __init__(self, course: Course, deadlines: Deadlines, database: Any) -> None:
        self._course, self._deadlines, self._database = course, deadlines, database

    def update(self, students: Collection[str] | None = None) -> dict[tuple[str, str], Lateness]:
        """Compute and keep the penalties of some students, or of all, in all assignments.

        Returns:
            How late each submission was, by assignment and student.
        """
        self._database.flush()
        policy, scores = self._course.late_policy, self._scores(students)
        found = {}
        for name, theirs in groupby(self._rows(students), lambda row: str(row[0].student_id)):
            mine = list(theirs)
            handins = [self._handin(*row, scores.get(row[1].id, 0.0)) for row in mine]
            for row, late in zip(mine, lateness(policy, handins), strict=True):
                row[1].late_submission_penalty = late.penalty or None
                found[row[2].id, name] = late
        return found

    def _rows(self, students: Collection[str] | None) -> list[tuple[Any, Any, Assignment]]:
        """Submissions with their notebook and assignment; their due dates follow course.yml."""
        rows = (
            select(SubmittedAssignment, SubmittedNotebook, AssignmentRow)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .order_by(SubmittedAssignment.student_id)
        )
        if students is not None:
            rows = rows.where(SubmittedAssignment.student_id.in_(students))
        known = {assignment.id: assignment for assignment in self._course.assignments}
        found = []
        for submission, notebook, row in self._database.execute(rows):
            if assignment := known.get(row.name):
                due = None if assignment.due is None else as_stored(assignment.due)
                if row.duedate != due:
                    row.duedate = due
                found.append((submission, notebook, assignment))
        return found

    def _scores(self, students: Collection[str] | None) -> dict[str, float]:
        """Points of every submitted notebook, by its id in the database."""
        rows = select(  # its columns only: as objects they would take five times as long
            Grade.notebook_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit
        )
        if students is not None:
            rows = (
                rows.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
                .join(
                    SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
                )
                .where(SubmittedAssignment.student_id.in_(students))
            )
        scores: dict[str, float] = {}
        for grade in self._database.execute(rows):
            scores[grade.notebook_id] = scores.get(grade.notebook_id, 0.0) + points(grade)
        return scores

    def _handin(
        self, submission: Any, notebook: Any, assignment: Assignment, score: float
    ) -> HandIn:
        """If an extension was granted by us and another through nbgrader, the later one counts."""
        zone = self._course.zone_of(assignment)
        due = self._deadlines.of(assignment, submission.student_id)
        if due is not None and assignment.due is not None and submission.extension is not None:
            due = max(due, later(assignment.due, submission.extension, zone))
        stamp = submission.timestamp
        submitted_at = None if stamp is None else stamp.replace(tzinfo=UTC)
        return HandIn(assignment.max_score, score, due, submitted_at, zone)
