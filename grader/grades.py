"""Grades as they stand: what was judged, the scores that humans gave, and the late penalty."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.autograde import load_result
from grader.course import Assignment, Course
from grader.late import Lateness
from grader.results import Status, SubmissionResult

__all__ = ["Grade", "grades"]


@dataclass(frozen=True)
class Grade:
    """One submission's result with manual scores in it, and the points lost for lateness.

    Args:
        result: with the scores that humans gave.
        late_penalty: points lost.
        lateness: how late it was, and why that costs what it costs.
    """

    result: SubmissionResult
    late_penalty: float
    lateness: Lateness = field(default_factory=Lateness)

    @property
    def final_score(self) -> float | None:
        """What is left after the late penalty; None when we failed to grade."""
        score = self.result.score
        return None if score is None else max(score - self.late_penalty, 0.0)


def grades(course: Course, assignment: Assignment) -> list[Grade]:
    """The grades of one assignment, by student.

    Raises:
        GradebookError: the gradebook refuses to be read.
    """
    folder = course.result_path(assignment.id, "x").parent
    students = sorted(path.stem for path in folder.glob("*.json"))
    if not students:
        return []
    by_hand, late = _from_gradebook(course, assignment.id)
    return [
        Grade(
            _with_scores(_kept(course, assignment, student), by_hand.get(student, {})),
            late.get(student, Lateness()).penalty,
            late.get(student, Lateness()),
        )
        for student in students
    ]


def _from_gradebook(
    course: Course, assignment_id: str
) -> tuple[dict[str, dict[str, float]], dict[str, Lateness]]:
    """Scores by hand, by student and question, and how late each student was."""
    from grader.gradebook import CourseGradebook  # takes seconds to import

    with CourseGradebook(course) as gradebook:
        return gradebook.manual_scores(assignment_id), gradebook.lateness(assignment_id)


def _kept(course: Course, assignment: Assignment, student: str) -> SubmissionResult:
    result = load_result(course, assignment.id, student)
    return result or SubmissionResult(
        student=student,
        assignment=assignment.id,
        status=Status.NOT_GRADED,
        max_score=assignment.max_score,
        notes=("Not graded: the kept result cannot be read; grade this submission again.",),
    )


def _with_scores(result: SubmissionResult, by_hand: dict[str, float]) -> SubmissionResult:
    if result.status is Status.NOT_GRADED:  # a part of the score would pass for the whole
        return result
    for question, score in by_hand.items():
        result = result.with_manual_score(question, score)
    return result
