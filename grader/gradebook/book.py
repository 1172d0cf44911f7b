"""Results into nbgrader's gradebook, as rows that `nbgrader autograde` would have left.

Importing it takes half a second, so commands do that only when they need it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.course.bundle import Bundle, load_bundle
from grader.course.deadlines import load_deadlines
from grader.course.ids import is_safe_student
from grader.course.roster import load_roster
from grader.course.settings import Assignment, Course
from grader.errors import GradebookError
from grader.gradebook.autograded import write_graded
from grader.gradebook.late import HandIn, Lateness, lateness
from grader.gradebook.records import load_result
from grader.gradebook.release_cells import ReleaseCells
from grader.gradebook.rows import Assignment as AssignmentRow
from grader.gradebook.rows import (
    Comment,
    Grade,
    GradeCell,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    opened,
    save_cells,
    saved_cells,
)
from grader.notebook import CHECK_PREFIX, Notebook, grade_id, is_solution
from grader.results import Status, SubmissionResult

__all__ = ["CourseGradebook"]

MAX_TEXT = 128  # characters of a name in nbgrader's table
NO_RESPONSE = "No response."  # nbgrader's own words for an untouched answer
# What the database, its driver and nbgrader (ValueError) raise.
REFUSALS = (SQLAlchemyError, ValueError, ImportError, OSError)


@dataclass(frozen=True)
class _Source:
    """The rows of an assignment that those of submissions refer to, read once.

    Args:
        assignment_id: of the assignment, in the database.
        notebook_id: of its notebook.
        cells: id by name of the cells that are graded, and of those that are commented on.
    """

    assignment_id: str
    notebook_id: str
    cells: Mapping[Any, Mapping[str, str]]


class CourseGradebook:
    """The course's gradebook, open for one writer; a context manager.

    Args:
        course: the course; its gradebook is created if there is none.

    Raises:
        GradebookError: the database cannot be opened; so do all methods when it refuses.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._bundles: dict[str, Bundle] = {}
        self._sources: dict[str, _Source] = {}
        self._deadlines = load_deadlines(course)
        with self._one_line_errors():
            self._book = opened(course.gradebook_url, course.root.name)

    def __enter__(self) -> CourseGradebook:
        return self

    def __exit__(self, *error: object) -> None:
        self._book.close()

    @property
    def shown(self) -> str:
        """Its URL as anybody may read it."""
        return _without_password(self._course.gradebook_url)

    def register(self, release: Notebook, assignment: Assignment) -> None:
        """Make the assignment known, with the cells that nbgrader's SaveCells would keep.

        Points, texts and the due date may change at any time; the set of cells only as long as
        nobody has handed in.

        Raises:
            GradebookError: the cells changed while there are submissions.
        """
        with self._one_line_errors():
            due = None if assignment.due is None else _as_stored(assignment.due)
            self._book.update_or_create_assignment(assignment.id, duedate=due)
            old, new = saved_cells(self._book, assignment.id), ReleaseCells.of(release)
            if old == new:
                return
            if old is not None and self._book.assignment_submissions(assignment.id):
                self._refuse_other_cells(old, new, assignment.id)
            save_cells(self._book, assignment.id, new)
            self._sources.pop(assignment.id, None)

    def store(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        """Keep one result; `store_all` says how."""
        self.store_all([(result, submitted_at)])

    def store_all(self, batch: Iterable[tuple[SubmissionResult, datetime | None]]) -> None:
        """Keep results in one transaction, and write their graded notebooks.

        Scores by hand stay. A result that is NOT_GRADED takes the earlier automatic score away,
        since it may be of another submission. Students with an unsafe id get no rows. Once this
        returns, everything is on disk.

        Args:
            batch: results, each with the time of the submission (None if unknown).
        """
        students: set[str] = set()
        with self._one_line_errors(), self._book.db.no_autoflush:  # all rows go in together
            for result, submitted_at in batch:
                if not is_safe_student(result.student):
                    continue
                if result.student in students:  # whose rows have to be found
                    self._book.db.flush()
                bundle = self._bundle(result.assignment)
                write_graded(self._course, bundle, result, submitted_at)
                self._keep(result, submitted_at)
                students.add(result.student)
            self._penalise(students)
            self._book.db.commit()

    def annotate(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        """Keep only what nbgrader's own preprocessors do not: time and reason of a rejection."""
        with self._one_line_errors():
            submission, notebook = self._submission(result)
            _set_time(submission, submitted_at)
            if result.status is Status.REJECTED:
                self._comment(notebook, result)
            self._penalise({result.student})
            self._book.db.commit()

    def manual_scores(self, assignment_id: str) -> dict[str, dict[str, float]]:
        """Scores that a human gave or changed: student → question → points with extra credit."""
        scores: dict[str, dict[str, float]] = {}
        for student, cell, grade in self._marks(Grade, GradeCell, assignment_id):
            if grade.manual_score is not None or grade.extra_credit is not None:
                question = cell.removeprefix(CHECK_PREFIX)
                scores.setdefault(student, {})[question] = _points(grade)
        return scores

    def manual_comments(self, assignment_id: str) -> dict[str, dict[str, str]]:
        """What a human wrote to the student: student → question → comment."""
        comments: dict[str, dict[str, str]] = {}
        for student, cell, comment in self._marks(Comment, SolutionCell, assignment_id):
            if words := (comment.manual_comment or "").strip():
                comments.setdefault(student, {})[cell] = words
        return comments

    def lateness(self, assignment_id: str) -> dict[str, Lateness]:
        """How late each submission of an assignment was and what it costs, by student.

        Penalties depend on scores given by hand, extensions, other assignments and the policy, so
        they are brought up to date first; names as the roster has them, too.
        """
        with self._one_line_errors():
            found = self._penalise()
            self._enrol()
            self._book.db.commit()
        return {student: late for (name, student), late in found.items() if name == assignment_id}

    def note_times(self, assignment_id: str, times: Mapping[str, datetime | None]) -> None:
        """Keep when submissions came that are already known; the others are left to `store`."""
        rows = (
            select(SubmittedAssignment)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .where(AssignmentRow.name == assignment_id)
        )
        with self._one_line_errors():
            for submission in self._book.db.scalars(rows):
                if submission.student_id in times:
                    _set_time(submission, times[submission.student_id])
            self._book.db.commit()

    def late_penalty(self, assignment_id: str, student: str) -> float:
        """Points lost as they are stored; nothing is computed or written."""
        row = (
            select(SubmittedNotebook.late_submission_penalty)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .where(AssignmentRow.name == assignment_id, SubmittedAssignment.student_id == student)
        )
        with self._one_line_errors():
            return float(self._book.db.scalar(row) or 0.0)

    def _bundle(self, assignment_id: str) -> Bundle:
        if assignment_id not in self._bundles:
            self._bundles[assignment_id] = load_bundle(self._course, assignment_id)
        return self._bundles[assignment_id]

    def _keep(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        submission, notebook = self._submission(result)
        _set_time(submission, submitted_at)
        self._score(notebook, result)
        self._comment(notebook, result)

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

    def _submission(self, result: SubmissionResult) -> tuple[Any, Any]:
        """The submission's two rows, made if they are not there."""
        database, source = self._book.db, self._source(result.assignment)
        if database.get(Student, result.student) is None:
            database.add(Student(id=result.student))
        submission = self._row(
            SubmittedAssignment, assignment_id=source.assignment_id, student_id=result.student
        )
        notebook = self._row(
            SubmittedNotebook, assignment_id=submission.id, notebook_id=source.notebook_id
        )
        return submission, notebook

    def _row(self, kind: Any, **key: str) -> Any:
        """The row with this key, made if it is not there."""
        row = self._book.db.scalars(select(kind).filter_by(**key)).one_or_none()
        if row is None:
            row = kind(id=uuid4().hex, **key)  # as nbgrader would, but before it is stored
            self._book.db.add(row)
        return row

    def _score(self, notebook: Any, result: SubmissionResult) -> None:
        """Fill in the grades by the rules of nbgrader's SaveAutoGrades.

        But where a human gave points to the very same answer, nobody has to look again.
        """
        scores: dict[str, float | None] = {}
        if result.status is not Status.NOT_GRADED:
            scores = {q.question: q.score for q in result.questions}
        grades = self._rows(Grade, notebook, result.assignment)
        is_marked = any(grade.manual_score is not None for grade in grades.values())
        same = self._same_answers(result) if is_marked else frozenset()
        for name, grade in grades.items():
            question = name.removeprefix(CHECK_PREFIX)
            grade.auto_score = scores.get(question)
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            elif question not in same:
                grade.needs_manual_grade = True

    def _same_answers(self, result: SubmissionResult) -> frozenset[str]:
        """Questions whose answer is what it was when the student was last graded."""
        before = load_result(self._course, result.assignment, result.student)
        if before is None or before.notebook is None or result.notebook is None:
            return frozenset()
        old, new = _sources(before.notebook), _sources(result.notebook)
        return frozenset(name for name in new if old.get(name) == new[name])

    def _comment(self, notebook: Any, result: SubmissionResult) -> None:
        release = _sources(self._bundle(result.assignment).release)
        submitted = _sources(result.notebook) if result.notebook else {}
        for name, comment in self._rows(Comment, notebook, result.assignment).items():
            if result.status is Status.REJECTED:
                comment.auto_comment = "\n".join(result.note_texts)
            else:
                untouched = name in submitted and submitted[name] == release.get(name)
                comment.auto_comment = NO_RESPONSE if untouched else None

    def _rows(self, kind: Any, notebook: Any, assignment_id: str) -> dict[str, Any]:
        """Grades or comments of a submitted notebook, by cell, made where there are none."""
        database, is_new = self._book.db, notebook in self._book.db.new
        rows = () if is_new else database.scalars(select(kind).filter_by(notebook_id=notebook.id))
        by_cell = {row.cell_id: row for row in rows}
        found = {}
        for name, cell_id in self._source(assignment_id).cells[kind].items():
            row = by_cell.get(cell_id)
            if row is None:
                row = kind(cell_id=cell_id, notebook_id=notebook.id)
                database.add(row)
            found[name] = row
        return found

    def _penalise(self, students: Collection[str] | None = None) -> dict[tuple[str, str], Lateness]:
        """Compute and keep the penalties of some students, or of all, in all assignments."""
        self._book.db.flush()
        scores = self._scores(students)
        found = {}
        for name, theirs in groupby(self._late_rows(students), lambda row: str(row[0].student_id)):
            mine = list(theirs)
            handins = [self._handin(*row, scores.get(row[1].id, 0.0)) for row in mine]
            for row, late in zip(mine, lateness(self._course.late_policy, handins), strict=True):
                row[1].late_submission_penalty = late.penalty or None
                found[row[2].id, name] = late
        return found

    def _late_rows(self, students: Collection[str] | None) -> list[tuple[Any, Any, Assignment]]:
        """Submissions with their notebook and assignment, due as course.yml has it now."""
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
        for submission, notebook, row in self._book.db.execute(rows):
            if assignment := known.get(row.name):
                due = None if assignment.due is None else _as_stored(assignment.due)
                if row.duedate != due:
                    row.duedate = due
                found.append((submission, notebook, assignment))
        return found

    def _scores(self, students: Collection[str] | None) -> dict[str, float]:
        """Points of every submitted notebook, by its id in the database."""
        rows = select(Grade)
        if students is not None:
            rows = (
                rows.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
                .join(
                    SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
                )
                .where(SubmittedAssignment.student_id.in_(students))
            )
        scores: dict[str, float] = {}
        for grade in self._book.db.scalars(rows):
            scores[grade.notebook_id] = scores.get(grade.notebook_id, 0.0) + _points(grade)
        return scores

    def _handin(
        self, submission: Any, notebook: Any, assignment: Assignment, score: float
    ) -> HandIn:
        """Due at the later of our extension and one that was granted through nbgrader."""
        due = self._deadlines.of(assignment, submission.student_id)
        if due is not None and assignment.due is not None and submission.extension is not None:
            due = max(due, assignment.due + submission.extension)
        stamp = submission.timestamp
        submitted_at = None if stamp is None else stamp.replace(tzinfo=UTC)
        return HandIn(assignment.max_score, score, due, submitted_at)

    def _enrol(self) -> None:
        """Make nbgrader know the names and addresses of everyone in the roster."""
        for person in load_roster(self._course) or ():
            row = self._book.db.get(Student, person.id)
            if row is None:
                row = Student(id=person.id)
                self._book.db.add(row)
            for name in ("first_name", "last_name", "email"):
                value = getattr(person, name)[:MAX_TEXT]
                if value and getattr(row, name) != value:
                    setattr(row, name, value)

    def _marks(self, kind: Any, cell: Any, assignment_id: str) -> list[tuple[str, str, Any]]:
        """Every grade or comment of an assignment, with student and cell name."""
        rows = (
            select(SubmittedAssignment.student_id, cell.name, kind)
            .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .join(cell, cell.id == kind.cell_id)
            .where(AssignmentRow.name == assignment_id)
        )
        with self._one_line_errors():
            return [tuple(row) for row in self._book.db.execute(rows)]

    def _refuse_other_cells(self, old: ReleaseCells, new: ReleaseCells, assignment_id: str) -> None:
        if old.names() != new.names():
            added, removed = new.names() - old.names(), old.names() - new.names()
            raise GradebookError(
                f"{self.shown}: {assignment_id}: cells changed (added: {_listed(added)}; "
                f"removed: {_listed(removed)}) while there are submissions; restore them, or run "
                f"`nbgrader db assignment remove {assignment_id} --force`, which deletes its "
                "scores, those given by hand too, and grade again"
            )

    @contextmanager
    def _one_line_errors(self) -> Iterator[None]:
        """Turn what the database says into one line; nothing half done stays."""
        try:
            yield
        except BaseException as error:
            if hasattr(self, "_book"):
                self._book.db.rollback()
            if not isinstance(error, REFUSALS):
                raise
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise GradebookError(f"{self.shown}: {reason}{_remedy(reason)}") from error


def _remedy(reason: str) -> str:
    hints = {
        "locked": "; another program writes to it, close that or try again",
        "not a database": "; name another file under `gradebook` in course.yml",
        "unable to open": "; does its folder exist, and may you write there?",
        "readonly": "; may you write to the file and its folder?",
        "no such column": "; back it up, then run `nbgrader db upgrade`",
        "No module named 'psycopg": "; install it with: pip install 'chainrule[postgresql]'",
        "No module named": "; install the driver that the URL needs",
        "No such": "; grade the assignment first",
    }
    return next((hint for text, hint in hints.items() if text in reason), "")


def _without_password(url: str) -> str:
    """As it is where there is none; else with stars for it, or without it."""
    try:
        whole = make_url(url)
    except SQLAlchemyError:
        return "gradebook"
    open_part = whole.difference_update_query(["password", "sslpassword"])
    is_open = whole == open_part and whole.password is None
    return url if is_open else open_part.render_as_string(hide_password=True)


def _as_stored(moment: datetime) -> datetime:
    """UTC without a zone, as nbgrader keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _set_time(submission: Any, submitted_at: datetime | None) -> None:
    """Also where it is unknown: nbgrader itself reads timestamp.txt through links."""
    submission.timestamp = None if submitted_at is None else _as_stored(submitted_at)


def _points(grade: Any) -> float:
    """nbgrader's `Grade.score`, for rows that may not be flushed yet."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if points is None else float(points + (grade.extra_credit or 0.0))


def _sources(notebook: Notebook) -> dict[str, str]:
    cells = notebook["cells"]
    return {grade_id(cell) or "": cell["source"] for cell in cells if is_solution(cell)}


def _listed(cells: set[tuple[str, str]]) -> str:
    return ", ".join(sorted({name for name, _ in cells})) or "none"
