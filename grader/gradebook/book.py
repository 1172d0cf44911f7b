"""The course's gradebook, open: results go into nbgrader's database, grades come out of it.

Importing this module takes half a second, so commands import it only when they need it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from sqlalchemy import select

from grader.course.bundle import Bundle, load_bundle
from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.ids import is_safe_student
from grader.course.roster import load_roster
from grader.course.settings import Assignment, Course
from grader.errors import GradebookError
from grader.gradebook import marks, students
from grader.gradebook.autograded import write_graded
from grader.gradebook.late import Lateness
from grader.gradebook.mark import Mark, MarkedAnswer
from grader.gradebook.marking import Marking
from grader.gradebook.parcel import Parcel
from grader.gradebook.penalties import Penalties
from grader.gradebook.refusals import in_one_line, without_password
from grader.gradebook.release_cells import ReleaseCells
from grader.gradebook.rows import SubmissionRows, as_stored, set_time
from grader.gradebook.sharing import share_marks
from grader.gradebook.tables import Assignment as AssignmentRow
from grader.gradebook.tables import (
    Student,
    SubmittedAssignment,
    open_gradebook,
    save_cells,
    saved_cells,
)
from grader.notebook import Notebook
from grader.results import SubmissionResult
from grader.system.files import one_at_a_time

__all__ = ["CourseGradebook"]

LOCK = ".gradebook.lock"  # in the course folder
MAX_TEXT = 128  # characters of a name in nbgrader's table


class CourseGradebook:
    """The course's gradebook, open for one writer; a context manager.

    Args:
        course: the course; its gradebook is created if there is none.
        deadlines: until when each student may hand in; read here if not given.
        bundles: assignments that were read already; others are read with their first result.

    Raises:
        GradebookError: the database cannot be opened. All methods raise it when the database
            refuses.
        UsageError: the extensions cannot be read.
    """

    def __init__(
        self, course: Course, deadlines: Deadlines | None = None, bundles: Iterable[Bundle] = ()
    ) -> None:
        self._course = course
        self._bundles = {bundle.assignment.id: bundle for bundle in bundles}
        deadlines = load_deadlines(course) if deadlines is None else deadlines
        with self._alone(), in_one_line(course.gradebook_url):
            self._book = open_gradebook(course.gradebook_url, course.root.name)
        self._rows = SubmissionRows(course, self._book)
        self._penalties = Penalties(course, deadlines, self._book.db)

    def __enter__(self) -> CourseGradebook:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._book.close()

    @property
    def shown(self) -> str:
        """Its URL without a password, for messages."""
        return without_password(self._course.gradebook_url)

    def register(self, release: Notebook, assignment: Assignment) -> None:
        """Make the assignment known, with the cells that nbgrader's SaveCells would keep.

        Points, texts and the due date may change at any time. Cells may be added or removed only
        as long as nobody has handed in.

        Args:
            release: the student notebook.
            assignment: its part of course.yml.

        Raises:
            GradebookError: the cells changed while there are submissions.
        """
        with self._transaction():
            due = None if assignment.due is None else as_stored(assignment.due)
            self._book.update_or_create_assignment(assignment.id, duedate=due)
            old, new = saved_cells(self._book, assignment.id), ReleaseCells.of(release)
            if old == new:
                return
            if old is not None and self._book.assignment_submissions(assignment.id):
                self._refuse_other_cells(old, new, assignment.id)
            save_cells(self._book, assignment.id, new)
            self._rows.forget(assignment.id)

    def store(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        """Keep one result, as `store_all` does.

        Args:
            result: how the submission was graded.
            submitted_at: when it was handed in; None if unknown.
        """
        self.store_all([(result, submitted_at)])

    def store_all(self, batch: Iterable[tuple[SubmissionResult, datetime | None]]) -> None:
        """Keep results, as `store_parcels` does.

        Args:
            batch: results, each with the time of the submission (None if unknown).
        """
        self.store_parcels((Parcel.of(self._bundle(r.assignment), r), at) for r, at in batch)

    def store_parcels(self, batch: Iterable[tuple[Parcel, datetime | None]]) -> None:
        """Keep results in one transaction, and write their graded notebooks.

        Scores by hand stay. A result that is NOT_GRADED removes the earlier automatic score, which
        may belong to another submission. Students with an unsafe id get no rows. When this
        returns, everything is on disk.

        Args:
            batch: results, each with the time of the submission (None if unknown).

        Raises:
            GradebookError: the gradebook refuses; nothing is kept in it then.
            UsageError: the assignment of a result is unknown or not built.
            JudgeError: a file of that assignment cannot be read.
        """
        stored: set[str] = set()
        assignments: set[str] = set()
        with self._transaction(), self._book.db.no_autoflush:  # all rows go in together
            results = list(batch)
            self._rows.expect(parcel.result.student for parcel, _ in results)
            for parcel, submitted_at in results:
                result = parcel.result
                assignments.add(result.assignment)
                if not is_safe_student(result.student):
                    continue
                if result.student in stored:  # so that their new rows are found
                    self._rows.flush()
                bundle = self._bundle(result.assignment)
                write_graded(self._course, bundle, parcel, submitted_at)
                self._rows.fill_in(bundle, parcel, submitted_at)
                stored.add(result.student)
            self._rows.flush()
            share_marks(self._book.db, self._course, assignments)
            self._penalties.update(stored)

    def annotate(self, result: SubmissionResult, submitted_at: datetime | None) -> None:
        """Keep what nbgrader's own preprocessors do not: the time, and the reason of a rejection.

        Args:
            result: how the submission was graded.
            submitted_at: when it was handed in; None if unknown.
        """
        with self._transaction():
            self._rows.annotate(result, submitted_at)
            self._rows.flush()
            self._penalties.update({result.student})

    def note_times(self, assignment_id: str, times: Mapping[str, datetime | None]) -> None:
        """Set the times of submissions that are already in the gradebook.

        Args:
            assignment_id: which assignment.
            times: by student, when the submission was handed in; None if unknown.
        """
        rows = (
            select(SubmittedAssignment)
            .join(AssignmentRow, AssignmentRow.id == SubmittedAssignment.assignment_id)
            .where(AssignmentRow.name == assignment_id)
        )
        with self._transaction():
            for submission in self._book.db.scalars(rows):
                if submission.student_id in times:
                    set_time(submission, times[submission.student_id])

    def lateness(
        self, assignment_id: str, students: Collection[str] | None = None
    ) -> dict[str, Lateness]:
        """How late each submission of an assignment was and what it costs, by student.

        Penalties depend on scores given by hand, extensions, other assignments and the policy, so
        they are brought up to date first. So are the names that nbgrader takes from the roster, if
        no students are named.

        Args:
            assignment_id: which assignment.
            students: only these; None for all.

        Raises:
            UsageError: the roster cannot be read.
        """
        with self._transaction():
            share_marks(self._book.db, self._course, [a.id for a in self._course.assignments])
            found = self._penalties.update(students)
            if students is None:
                self._enrol()
        return {student: late for (name, student), late in found.items() if name == assignment_id}

    def manual_scores(
        self, assignment_id: str, students: Collection[str] | None = None
    ) -> dict[str, dict[str, float]]:
        """Scores that a human gave or changed: student → question → points with extra credit.

        Args:
            assignment_id: which assignment.
            students: only these; None for all.

        Raises:
            UsageError: the groups cannot be read.
        """
        with self._transaction():
            share_marks(self._book.db, self._course, [assignment_id])
            return marks.manual_scores(self._book.db, assignment_id, students)

    def manual_comments(
        self, assignment_id: str, students: Collection[str] | None = None
    ) -> dict[str, dict[str, str]]:
        """What a human wrote to the student: student → question → comment.

        Args:
            assignment_id: which assignment.
            students: only these; None for all.
        """
        with self._transaction():
            return marks.manual_comments(self._book.db, assignment_id, students)

    def written_answers(self, assignment_id: str, question: str) -> list[MarkedAnswer]:
        """The answers to a written question that a person grades, without their texts.

        Args:
            assignment_id: which assignment.
            question: which written question.

        Raises:
            UsageError: the groups cannot be read.
        """
        with self._transaction():
            share_marks(self._book.db, self._course, [assignment_id])
            return Marking(self._book.db, self._course, assignment_id, question).all()

    def written_answer(
        self, assignment_id: str, question: str, student: str
    ) -> MarkedAnswer | None:
        """One of these answers with its text; None if there is none.

        Args:
            assignment_id: which assignment.
            question: which written question.
            student: whose answer.

        Raises:
            UsageError: the groups cannot be read.
        """
        with self._transaction():
            share_marks(self._book.db, self._course, [assignment_id])
            return Marking(self._book.db, self._course, assignment_id, question).one(student)

    def give_mark(
        self, assignment_id: str, question: str, student: str, seen: str, mark: Mark
    ) -> bool:
        """Keep what a person gives for a written answer, as formgrader would.

        Args:
            assignment_id: which assignment.
            question: which written question.
            student: whose answer; the rest of a group gets the same.
            seen: `MarkedAnswer.seen` of what that person had on the screen.
            mark: the points and words.

        Returns:
            Whether it is kept; False if the mark or the answer has changed meanwhile.

        Raises:
            UsageError: the groups cannot be read.
        """
        with self._transaction():
            marking = Marking(self._book.db, self._course, assignment_id, question)
            having = marking.give(student, seen, mark)
            self._penalties.update(having)
            return bool(having)

    def stored_penalty(self, assignment_id: str, student: str) -> float:
        """Points lost for lateness as they are stored; nothing is computed or written.

        Args:
            assignment_id: which assignment.
            student: whose submission.
        """
        with self._transaction():
            return marks.stored_penalty(self._book.db, assignment_id, student)

    def students(self) -> set[str]:
        """The ids of everybody who is in it."""
        with self._transaction():
            return students.everyone(self._book.db)

    def has_work(self, student: str) -> bool:
        """Whether there are submissions of a student."""
        with self._transaction():
            return students.has_work(self._book.db, student)

    def rename(self, old: str, new: str) -> bool:
        """Give a student another id, with all submissions, points and comments.

        Args:
            old: the id that the student has.
            new: the id that the student gets; nobody with that id has submissions.

        Returns:
            Whether there was anything to rename.
        """
        with self._transaction():
            return students.rename(self._book.db, old, new)

    def _bundle(self, assignment_id: str) -> Bundle:
        if assignment_id not in self._bundles:
            self._bundles[assignment_id] = load_bundle(self._course, assignment_id)
        return self._bundles[assignment_id]

    def _enrol(self) -> None:
        """Copy names and addresses from the roster into nbgrader's table."""
        for person in load_roster(self._course) or ():
            row = self._book.db.get(Student, person.id)
            if row is None:
                row = Student(id=person.id)
                self._book.db.add(row)
            for name in ("first_name", "last_name", "email"):
                value = getattr(person, name)[:MAX_TEXT]
                if value and getattr(row, name) != value:
                    setattr(row, name, value)

    def _refuse_other_cells(self, old: ReleaseCells, new: ReleaseCells, assignment_id: str) -> None:
        if old.names() != new.names():
            added, removed = new.names() - old.names(), old.names() - new.names()
            raise GradebookError(
                f"{self.shown}: {assignment_id}: cells changed (added: {_listed(added)}; "
                f"removed: {_listed(removed)}) while there are submissions; restore them, or run "
                f"`nbgrader db assignment remove {assignment_id} --force`, which deletes its "
                "scores (also those given by hand), and grade again"
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Keep all changes or none; a refusal of the database becomes an error of one line."""
        with self._alone(), in_one_line(self._course.gradebook_url):
            try:
                yield
                self._book.db.commit()
            except BaseException:
                self._book.db.rollback()
                self._rows.forget_added()
                raise

    def _alone(self) -> AbstractContextManager[None]:
        """Wait for other runs: two that make the same tables or rows at once would both fail."""
        return one_at_a_time(self._course.root / LOCK)


def _listed(cells: set[tuple[str, str]]) -> str:
    return ", ".join(sorted({name for name, _ in cells})) or "none"
