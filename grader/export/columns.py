"""Final scores as a gradebook takes them: a column for each assignment, a number each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.deadlines import Deadlines
from grader.course.roster import Roster
from grader.course.settings import Assignment, Course
from grader.gradebook.grades import Grade, grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.results import Status

__all__ = ["Column", "listed", "load_columns", "number", "parsed", "remarks"]

MAX_LISTED = 12


@dataclass(frozen=True)
class Column:
    """One assignment's grades.

    Args:
        assignment: as course.yml has it.
        grades: by student, of everyone who was graded or whom we failed to grade.
        ungraded: who has handed in since the last `grader autograde`.
    """

    assignment: Assignment
    grades: dict[str, Grade]
    ungraded: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What the LMS calls the assignment."""
        return self.assignment.lms_name or self.assignment.title

    def only(self, students: Collection[str]) -> Column:
        """The grades of some of them."""
        chosen = {student: grade for student, grade in self.grades.items() if student in students}
        return replace(self, grades=chosen, ungraded=self.ungraded.intersection(students))

    @property
    def scores(self) -> dict[str, float]:
        """What is left after the late penalty, of everyone whom we could grade."""
        final = {student: grade.final_score for student, grade in self.grades.items()}
        return {student: score for student, score in final.items() if score is not None}


def load_columns(
    course: Course, assignment_ids: Sequence[str] = (), deadlines: Deadlines | None = None
) -> list[Column]:
    """The grades of the named assignments, or of all.

    Args:
        course: the course.
        assignment_ids: which assignments; all when empty.
        deadlines: until when each student may hand in; read here if not given.

    Raises:
        UsageError: course.yml has no such assignment.
        GradebookError: the gradebook refuses to be read.
    """
    chosen = course.chosen(tuple(assignment_ids))
    with GradebookOnDemand(course, deadlines) as gradebook:
        return [_column(gradebook, assignment) for assignment in chosen]


def _column(gradebook: GradebookOnDemand, assignment: Assignment) -> Column:
    found = {grade.result.student: grade for grade in grades(gradebook, assignment)}
    folders = gradebook.course.submitted_dir.glob(f"*/{assignment.id}")
    collected = frozenset(folder.parent.name for folder in folders)
    return Column(assignment, found, collected - found.keys())


def number(score: float) -> str:
    """A score to two decimals, with a point, which every LMS understands."""
    return f"{round(score, 2):.10g}"


def parsed(text: str) -> float | None:
    """A number as an LMS writes it, with point or comma; None if it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def remarks(columns: Iterable[Column], roster: Roster | None) -> Iterator[str]:
    """What somebody who publishes these grades should know."""
    for column in columns:
        name = column.assignment.id
        results = {student: grade.result for student, grade in column.grades.items()}
        failed = [s for s, result in results.items() if result.status is Status.NOT_GRADED]
        if failed:
            yield f"{name}: not graded, so without a score: {listed(failed)}"
        if column.ungraded:
            waits = listed(sorted(column.ungraded))
            yield f"{name}: collected, but not graded yet; run `grader autograde {name}`: {waits}"
        waiting = [
            student
            for student, result in results.items()
            if result.status is not Status.NOT_GRADED
            and any(question.score is None for question in result.questions)
        ]
        if waiting:
            yield (
                f"{name}: still waiting for points by hand, their scores are without them: "
                f"{listed(waiting)}"
            )
        if roster is not None:
            missing = [p.id for p in roster if p.id not in {*results, *column.ungraded}]
            if missing:
                yield f"{name}: no submission: {listed(missing)}"
            unknown = [student for student in results if student not in roster.people]
            if unknown:
                yield f"{name}: not in the roster: {listed(unknown)}"


def listed(names: Sequence[str]) -> str:
    """The first few of many names."""
    shown = ", ".join(names[:MAX_LISTED])
    more = len(names) - MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
