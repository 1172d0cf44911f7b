"""The rows of submissions in nbgrader's tables: found or added, filled in by nbgrader's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.gradebook.parcel import Parcel, answers
from grader.gradebook.records import load_result
from grader.gradebook.tables import (
    Comment,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from grader.notebook import CHECK_PREFIX
from grader.results import Status, SubmissionResult

__all__ = ["SubmissionRows", "as_stored", "points", "set_time"]

NO_RESPONSE = "No response."  # nbgrader's own words for an untouched answer


@dataclass(frozen=True)
class _Source:
    """Database ids that the rows of an assignment's submissions refer to, read once.

    Args:
        assignment_id: id of the assignment's row.
        notebook_id: id of its notebook's row.
        cells: id by name of the cells with a grade (key `Grade`) and with a comment (`Comment`).
    """

    assignment_id: str
    notebook_id: str
    cells: Mapping[Any, Mapping[str, str]]


def _new_id() -> str:
    """An id as nbgrader would make it."""
    return uuid4().hex


@dataclass
class _NewGrade:
    """What will be a row of `Grade`; as an object of SQLAlchemy it would cost ten times as much."""

    cell_id: str
    notebook_id: str
    id: str = field(default_factory=_new_id)
    auto_score: float | None = None
    manual_score: float | None = None
    needs_manual_grade: bool = True


@dataclass
class _NewComment:
    """What will be a row of `Comment`."""

    cell_id: str
    notebook_id: str
    id: str = field(default_factory=_new_id)
    auto_comment: str | None = None


_NEW: Mapping[Any, Any] = {Grade: _NewGrade, Comment: _NewComment}


class SubmissionRows:
    """The rows of one gradebook's submissions.

    Args:
        course: the course, whose records tell which answers are new.
        book: nbgrader's open `Gradebook`.
    """

    def __init__(self, course: Course, book: Any) -> None:
        self._course, self._book = course, book
        self._sources: dict[str, _Source] = {}
        self._students: dict[str, Any] = {}  # those whom `expect` has looked up; None if new
        self._added: dict[Any, list[Any]] = {kind: [] for kind in _NEW}
        self._released: dict[str, Mapping[str, str]] = {}  # what stands in answers, by bundle

    def forget(self, assignment_id: str) -> None:
        """Forget what was read of an assignment, because its cells have changed."""
        self._sources.pop(assignment_id, None)

    def expect(self, students: Iterable[str]) -> None:
        """Look up in one go the students whose submissions are filled in next.

        Args:
            students: their ids.
        """
        names = set(students)
        rows = self._book.db.scalars(select(Student).where(Student.id.in_(names)))
        self._students = {**dict.fromkeys(names), **{row.id: row for row in rows}}

    def flush(self) -> None:
        """Store the rows that were added; until then, nobody finds them."""
        self._book.db.flush()
        for kind, rows in self._added.items():
            if rows:
                self._book.db.execute(insert(kind), [vars(row) for row in rows])
                rows.clear()

    def forget_added(self) -> None:
        """Forget the rows that were added and not stored, because the transaction has failed."""
        for rows in self._added.values():
            rows.clear()

    def fill_in(self, bundle: Bundle, parcel: Parcel, submitted_at: datetime | None) -> None:
        """Write time, grades and comments of one submission, as nbgrader would.

        Args:
            bundle: the assignment.
            parcel: how the submission was graded.
            submitted_at: when it was handed in; None if unknown.
        """
        result = parcel.result
        submission, notebook = self._submission(result)
        set_time(submission, submitted_at)
        self._grade(notebook, parcel)
        if result.status is Status.REJECTED:
            self._give_reason(notebook, result)
        else:
            self._note_untouched(notebook, parcel, self._answers_in(bundle))

    def annotate(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        """Write what nbgrader's own preprocessors do not: the time, and why it was rejected.

        Args:
            result: how the submission was graded.
            submitted_at: when it was handed in; None if unknown.
        """
        submission, notebook = self._submission(result)
        set_time(submission, submitted_at)
        if result.status is Status.REJECTED:
            self._give_reason(notebook, result)

    def _submission(self, result: SubmissionResult) -> tuple[Any, Any]:
        """The submission's two rows, added if they are missing."""
        database, source = self._book.db, self._source(result.assignment)
        if result.student in self._students:
            student = self._students.pop(result.student)
        else:
            student = database.get(Student, result.student)
        if student is None:
            student = Student(id=result.student)
            database.add(student)
        submission = self._row(
            SubmittedAssignment,
            student,
            assignment_id=source.assignment_id,
            student_id=result.student,
        )
        notebook = self._row(
            SubmittedNotebook,
            submission,
            assignment_id=submission.id,
            notebook_id=source.notebook_id,
        )
        return submission, notebook

    def _source(self, assignment_id: str) -> _Source:
        if assignment_id not in self._sources:
            notebook = self._book.find_notebook(assignment_id, assignment_id)
            cells = {
                kind: {row.name: row.id for row in rows}
                for kind, rows in (
                    (Grade, notebook.grade_cells),
                    (Comment, notebook.solution_cells),
                )
            }
            self._sources[assignment_id] = _Source(notebook.assignment_id, notebook.id, cells)
        return self._sources[assignment_id]

    def _row(self, kind: Any, parent: Any, **key: str) -> Any:
        """The row with this key, added if it is missing; a row that is new has no children yet."""
        database, row = self._book.db, None
        if parent not in database.new:
            row = database.scalars(select(kind).filter_by(**key)).one_or_none()
        if row is None:
            row = kind(id=_new_id(), **key)  # as nbgrader would, but before it is stored
            database.add(row)
        return row

    def _grade(self, notebook: Any, parcel: Parcel) -> None:
        """Fill in the grades by the rules of nbgrader's SaveAutoGrades.

        With one difference: if a human gave points to the very same answer, nobody has to look
        again.
        """
        result = parcel.result
        scores: dict[str, float | None] = {}
        if result.status is not Status.NOT_GRADED:
            scores = {q.question: q.score for q in result.questions}
        grades = self._of_cells(Grade, notebook, result.assignment)
        is_marked = any(grade.manual_score is not None for grade in grades.values())
        same = self._same_answers(parcel) if is_marked else frozenset()
        for name, grade in grades.items():
            question = name.removeprefix(CHECK_PREFIX)
            grade.auto_score = scores.get(question)
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            elif question not in same:
                grade.needs_manual_grade = True

    def _same_answers(self, parcel: Parcel) -> frozenset[str]:
        """Questions whose answer has not changed since the student was last graded."""
        before = load_result(self._course, parcel.result.assignment, parcel.result.student)
        if before is None or before.notebook is None or parcel.answers is None:
            return frozenset()
        old, new = answers(before.notebook), parcel.answers
        return frozenset(name for name in new if old.get(name) == new[name])

    def _give_reason(self, notebook: Any, result: SubmissionResult) -> None:
        for comment in self._of_cells(Comment, notebook, result.assignment).values():
            comment.auto_comment = "\n".join(result.note_texts)

    def _answers_in(self, bundle: Bundle) -> Mapping[str, str]:
        """What the release has where students write."""
        if bundle.digest not in self._released:
            self._released[bundle.digest] = answers(bundle.release)
        return self._released[bundle.digest]

    def _note_untouched(self, notebook: Any, parcel: Parcel, released: Mapping[str, str]) -> None:
        submitted = parcel.answers or {}
        for name, comment in self._of_cells(Comment, notebook, parcel.result.assignment).items():
            is_untouched = name in submitted and submitted[name] == released.get(name)
            comment.auto_comment = NO_RESPONSE if is_untouched else None

    def _of_cells(self, kind: Any, notebook: Any, assignment_id: str) -> dict[str, Any]:
        """Grades or comments of a submitted notebook, by cell; missing ones are added.

        Those that are added are stored by `flush`.
        """
        database, is_new = self._book.db, notebook in self._book.db.new
        rows = () if is_new else database.scalars(select(kind).filter_by(notebook_id=notebook.id))
        by_cell = {row.cell_id: row for row in rows}
        found = {}
        for name, cell_id in self._source(assignment_id).cells[kind].items():
            row = by_cell.get(cell_id)
            if row is None:
                row = _NEW[kind](cell_id, notebook.id)
                self._added[kind].append(row)
            found[name] = row
        return found


def as_stored(moment: datetime) -> datetime:
    """The moment in UTC without a zone, as nbgrader keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def set_time(submission: Any, submitted_at: datetime | None) -> None:
    """Set when a submission was handed in.

    Args:
        submission: its row.
        submitted_at: when; None if unknown, which replaces a time that nbgrader may have guessed.
    """
    submission.timestamp = None if submitted_at is None else as_stored(submitted_at)


def points(grade: Any) -> float:
    """nbgrader's `Grade.score`, for rows that may not be flushed yet."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else float(given + (grade.extra_credit or 0.0))
