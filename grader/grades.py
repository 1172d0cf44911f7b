"""Grades as they stand: what was judged, the scores that humans gave, and the late penalty."""

from __future__ import annotations

from dataclasses import dataclass

from grader.autograde import load_result
from grader.course import Assignment, Course
from grader.results import Status, SubmissionResult

__all__ = ["Grade", "grades"]


@dataclass(frozen=True)
class Grade:
    """One submission's result with manual scores in it, and the points lost for lateness."""

    result: SubmissionResult
    late_penalty: float


def grades(course: Course, assignment: Assignment) -> list[Grade]:
    """The grades of one assignment, by student.

    Raises:
        GradebookError: the gradebook refuses to be read.
    """
    folder = course.result_path(assignment.id, "x").parent
    students = sorted(path.stem for path in folder.glob("*.json"))
    if not students:
        return []
    by_hand, penalties = _from_gradebook(course, assignment.id)
    return [
        Grade(
            _with_scores(_kept(course, assignment, student), by_hand.get(student, {})),
            penalties.get(student, 0.0),
        )
        for student in students
    ]


def _from_gradebook(
    course: Course, assignment_id: str
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Scores by hand, by student and question, and late penalties by student."""
    from grader.gradebook import CourseGradebook  # takes seconds to import

    with CourseGradebook(course) as gradebook:
        return gradebook.manual_scores(assignment_id), gradebook.late_penalties(assignment_id)


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
