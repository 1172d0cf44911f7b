"""Final scores as a gradebook takes them: one column for each assignment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.deadlines import Deadlines
from grader.course.held import held_at, load_held
from grader.course.roster import Roster, load_staff
from grader.course.settings import Assignment, Course
from grader.gradebook.grades import Grade, grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.intake.submissions import find_submissions
from grader.results import Status, SubmissionResult

__all__ = ["Column", "listed", "load_columns", "number", "parsed", "remarks"]

MAX_LISTED = 12


@dataclass(frozen=True)
class Column:
    """One assignment's grades.

    Args:
        assignment: the assignment.
        grades: by student; includes submissions that we failed to grade.
        ungraded: students whose submission was collected, but has no grade yet.
        undated: students whose time of submission was told, but cannot be read or lies in the
            future.
        zeros: students who handed nothing in and get a zero for it.
        blanks: students whose cell is to be empty, instead of left as it is.
        held: students whose result a teacher holds back, so that it has no score here.
    """

    assignment: Assignment
    grades: dict[str, Grade]
    ungraded: frozenset[str] = frozenset()
    undated: frozenset[str] = frozenset()
    zeros: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What the LMS calls the assignment."""
        return self.assignment.lms_name or self.assignment.title

    def only(self, students: Collection[str]) -> Column:
        """The same column with the grades of these students only."""
        chosen = {student: grade for student, grade in self.grades.items() if student in students}
        ungraded, undated = (s.intersection(students) for s in (self.ungraded, self.undated))
        return replace(self, grades=chosen, ungraded=ungraded, undated=undated)

    @property
    def scores(self) -> dict[str, float]:
        """Scores after the late penalty; none of who was not graded or is held back; and zeros."""
        given = {s: grade for s, grade in self.grades.items() if s not in self.held}
        final = {student: grade.final_score for student, grade in given.items()}
        graded = {student: score for student, score in final.items() if score is not None}
        return graded | dict.fromkeys(sorted(self.zeros), 0.0)

    @property
    def cells(self) -> dict[str, float | None]:
        """What is written for each student; None for an empty cell."""
        return dict.fromkeys(sorted(self.blanks)) | self.scores


def load_columns(
    course: Course, assignment_ids: Sequence[str] = (), deadlines: Deadlines | None = None
) -> list[Column]:
    """Load the grades of the named assignments, or of all.

    Args:
        course: the course.
        assignment_ids: which assignments; all when empty.
        deadlines: until when each student may hand in; read here if not given.

    Raises:
        UsageError: course.yml has no such assignment.
        GradebookError: the gradebook cannot be read.
    """
    chosen = course.chosen(tuple(assignment_ids))
    with GradebookOnDemand(course, deadlines) as gradebook:
        return [_column(gradebook, assignment) for assignment in chosen]


def _column(gradebook: GradebookOnDemand, assignment: Assignment) -> Column:
    found = {grade.result.student: grade for grade in grades(gradebook, assignment)}
    folders = gradebook.course.submitted_dir.glob(f"*/{assignment.id}")
    submissions = find_submissions(gradebook.course, assignment.id)
    sharing = {submission.student for submission in submissions if submission.shared}
    staff = load_staff(gradebook.course).keys()
    collected = frozenset({folder.parent.name for folder in folders} - staff) | sharing
    undated = frozenset(s.student for s in submissions if s.stamp.is_in_doubt)
    held = held_at(load_held(gradebook.course), assignment.id) & found.keys()
    return Column(assignment, found, collected - found.keys(), undated, held=held)


def number(score: float) -> str:
    """A score with at most two decimals, after a point, which every LMS understands."""
    return f"{round(score, 2):.10g}"


def parsed(text: str) -> float | None:
    """Read a number with point or comma, as LMSs write it; None if it is not a number."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def remarks(columns: Iterable[Column], roster: Roster | None) -> Iterator[str]:
    """List what a person should know before publishing these grades.

    Args:
        columns: the grades.
        roster: who takes the course; without one, missing and unknown students are not named.
    """
    for column in columns:
        name = column.assignment.id
        results = {student: grade.result for student, grade in column.grades.items()}
        failed = [s for s, result in results.items() if result.status is Status.NOT_GRADED]
        if failed:
            yield f"{name}: not graded, so without a score: {listed(failed)}"
        if column.held:
            told = "held back by a teacher, so without a score"
            yield f"{name}: {told}: {listed(sorted(column.held))}"
        if column.ungraded:
            names = listed(sorted(column.ungraded))
            yield f"{name}: collected, but not graded yet; run `grader autograde {name}`: {names}"
        if column.undated:
            names = listed(sorted(column.undated))
            yield f"{name}: time of submission not known, so without a late penalty: {names}"
        if before := [s for s, r in results.items() if _had_other_points(r, column.assignment)]:
            told = f"graded before points changed; run `grader autograde {name}`"
            yield f"{name}: {told}: {listed(before)}"
        above = [
            f"{student} ({question.question} {number(question.score)} of {number(spec.points)})"
            for student, result in results.items()
            for question in result.questions
            if (spec := column.assignment.questions.get(question.question)) is not None
            and question.score is not None
            and question.score > spec.points
        ]
        if above:
            yield f"{name}: more points than the question has, given by hand: {listed(above)}"
        waiting = [
            student
            for student, result in results.items()
            if result.status is not Status.NOT_GRADED
            and any(question.score is None for question in result.questions)
        ]
        if waiting:
            yield (
                f"{name}: still waiting for points by hand, which their scores do not include: "
                f"{listed(waiting)}"
            )
        if roster is not None:
            missing = [p.id for p in roster if p.id not in {*results, *column.ungraded}]
            if missing:
                yield f"{name}: no submission: {listed(missing)}"
            unknown = [student for student in results if student not in roster.people]
            if unknown:
                yield f"{name}: not in the roster: {listed(unknown)}"


def _had_other_points(result: SubmissionResult, assignment: Assignment) -> bool:
    """Whether a question was worth something else when it was graded."""
    now = {name: spec.points for name, spec in assignment.questions.items()}
    return any(now.get(q.question, q.max_score) != q.max_score for q in result.questions)


def listed(names: Sequence[str]) -> str:
    """The names as text; of more than `MAX_LISTED`, the first ones and how many are left."""
    shown = ", ".join(names[:MAX_LISTED])
    more = len(names) - MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
