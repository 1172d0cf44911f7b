"""Marks of written answers, read from nbgrader's tables and written into them.

A mark is written only if the marker has seen all that it replaces. So two markers, or a marker and
a student who hands in anew, never overwrite each other without knowing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from grader import notebook
from grader.course.groups import load_groups
from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.gradebook.mark import Mark, MarkedAnswer
from grader.gradebook.rows import points
from grader.gradebook.sharing import owner_of, share_marks
from grader.gradebook.tables import Assignment as AssignmentRow
from grader.gradebook.tables import (
    Comment,
    Grade,
    GradeCell,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from grader.gradebook.ticks import Ticks
from grader.notebook import Cell, grade_id, is_manual

__all__ = ["Marking"]


class Marking:
    """The answers to one written question.

    Args:
        database: the gradebook's session; the caller commits.
        course: the course.
        assignment_id: which assignment.
        question: which written question.
    """

    def __init__(self, database: Any, course: Course, assignment_id: str, question: str) -> None:
        self._database, self._course = database, course
        self._assignment, self._question = assignment_id, question

    def all(self) -> list[MarkedAnswer]:
        """The answers that a person grades, or has graded, by the ids of the students.

        Answers that were left untouched are not among them: they have 0 points already.
        """
        ticks = Ticks(self._course, self._assignment)
        return [
            self._answer(ticks, student, *row)
            for student, row in sorted(self._rows().items())
            if is_safe_student(student) and self._path(student).is_file()
        ]

    def one(self, student: str) -> MarkedAnswer | None:
        """One of these answers, with its text; None if there is none.

        Args:
            student: whose answer.
        """
        row, cell = self._rows().get(student), self._cell(student)
        if row is None or cell is None:
            return None
        return self._answer(Ticks(self._course, self._assignment), student, *row, cell)

    def give(self, student: str, seen: str, mark: Mark) -> list[str]:
        """Write a mark, unless something has changed since the marker looked.

        In a group, all members get it to whom the mark before was given or copied.

        Args:
            student: whose answer.
            seen: `MarkedAnswer.seen` of what the marker had on the screen.
            mark: the new mark, with points.

        Returns:
            Who has it; nobody if something has changed.

        Raises:
            UsageError: the groups cannot be read.
        """
        self._hold()
        now = self.one(student)
        if now is None or now.seen != seen:
            return []
        rows = self._rows()
        theirs = {name: rows[name] for name in self._members(student) if name in rows}
        grade, _ = theirs[self._owner(Grade, student, theirs)]
        _, comment = theirs[self._owner(Comment, student, theirs)]
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = mark.score, None, False
        comment.manual_comment = mark.comment or None
        share_marks(self._database, self._course, [self._assignment])
        self._database.flush()
        having = [name for name, row in theirs.items() if _mark(*row) == _mark(*theirs[student])]
        for name in having:
            theirs[name][0].needs_manual_grade = False
        ticks = Ticks(self._course, self._assignment)
        ticks.keep(having, self._question, points(theirs[student][0]), mark.ticks)
        return having

    def _hold(self) -> None:
        """Let nobody else write until this transaction ends, and only then read.

        Formgrader does not know our lock. A change that changes nothing makes the database wait
        for formgrader, and formgrader for us.
        """
        ids = self._query().with_only_columns(Grade.id).subquery()
        self._database.execute(
            update(Grade)
            .where(Grade.id.in_(select(ids.c.id)))
            .values(needs_manual_grade=Grade.needs_manual_grade),
            execution_options={"synchronize_session": False},
        )

    def _members(self, student: str) -> tuple[str, ...]:
        group = load_groups(self._course).of(self._assignment, student)
        return group.members if group else (student,)

    def _owner(self, kind: Any, student: str, rows: Mapping[str, tuple[Any, Any]]) -> str:
        place = 0 if kind is Grade else 1
        chosen = {name: row[place] for name, row in rows.items()}
        return owner_of(self._course, self._assignment, kind, chosen, student)

    def _answer(
        self, ticks: Ticks, student: str, grade: Any, comment: Any, cell: Cell | None = None
    ) -> MarkedAnswer:
        score, words = _mark(grade, comment)
        lines = () if score is None else ticks.of(student, self._question, score)
        waits = bool(grade.needs_manual_grade) or score is None
        return MarkedAnswer(student, Mark(score, words, lines), waits, cell)

    def _rows(self) -> dict[str, tuple[Any, Any]]:
        """Grade and comment of each answer, by student, as the database has them now."""
        found = self._database.execute(self._query(), execution_options={"populate_existing": True})
        return {student: (grade, comment) for student, grade, comment in found}

    def _query(self) -> Any:
        """Student, grade and comment of each answer that the judge gave no points, or a person."""
        own = aliased(SolutionCell, flat=True)  # it shares a table with GradeCell
        return (
            select(SubmittedAssignment.student_id, Grade, Comment)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .join(Comment, Comment.notebook_id == SubmittedNotebook.id)
            .join(own, own.id == Comment.cell_id)
            .where(AssignmentRow.name == self._assignment)
            .where(GradeCell.name == self._question, own.name == self._question)
            .where(Grade.auto_score.is_(None) | Grade.manual_score.is_not(None))
        )

    def _cell(self, student: str) -> Cell | None:
        """The answer in the notebook that nbgrader shows, which is there if it was graded."""
        try:
            graded = notebook.loads(self._path(student).read_bytes())
        except (OSError, ValueError):
            return None
        answers = (cell for cell in graded["cells"] if is_manual(cell))
        return next((cell for cell in answers if grade_id(cell) == self._question), None)

    def _path(self, student: str) -> Path:
        name = self._assignment
        return self._course.autograded_dir / student / name / f"{name}.ipynb"


def _mark(grade: Any, comment: Any) -> tuple[float | None, str]:
    score = None if grade.manual_score is None else points(grade)
    return score, (comment.manual_comment or "").strip()
