"""Grading a class: what is new or changed, with progress, into gradebook and records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.cli.terminal import progress, warn
from grader.cli.views import show_summary
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.errors import UsageError
from grader.gradebook.grades import refresh
from grader.gradebook.records import fingerprint, kept_fingerprint
from grader.grading.choice import settle_attempts
from grader.grading.keeping import Keeper
from grader.grading.pool import Crew, grade_all
from grader.intake.submissions import Submission, find_submissions
from grader.results import Status, SubmissionResult
from grader.system.scratch import remove_leftovers
from grader.system.stopping import stop_on_interrupt

__all__ = ["Summary", "autograde"]


@dataclass
class Summary:
    """How a run of the command went.

    Args:
        unchanged: submissions that were not graded again.
        results: those that were, in the order in which they came, without notebooks.
        stopped: whether Ctrl-C ended it early.
    """

    unchanged: int = 0
    results: list[SubmissionResult] = field(default_factory=list)
    stopped: bool = False

    @property
    def exit_code(self) -> int:
        """0 done, 1 something was not graded, 130 stopped."""
        if self.stopped:
            return 130
        return int(any(result.status is Status.NOT_GRADED for result in self.results))

    def as_data(self) -> dict[str, Any]:
        """How it went, as plain data: counts, and how each submission ended."""
        counts = Counter(str(result.status).lower() for result in self.results)
        return {
            **{name: counts[name] for name in ("graded", "rejected", "not_graded")},
            "repaired": sum(bool(r.notes) and r.status is Status.GRADED for r in self.results),
            "unchanged": self.unchanged,
            "stopped": self.stopped,
            "submissions": [
                {
                    "student": result.student,
                    "status": str(result.status),
                    "score": result.score,
                    "max_score": result.max_score,
                    "previous_score": result.previous_score,
                    "notes": result.note_texts,
                }
                for result in self.results
            ],
        }


def autograde(
    course: Course,
    assignment_id: str,
    *,
    students: Sequence[str] = (),
    crew: Crew,
    force: bool = False,
    unsafe: bool = False,
) -> Summary:
    """Grade an assignment's submissions and print how it went.

    Args:
        course: the course.
        assignment_id: which assignment.
        students: only these; everyone when empty.
        crew: who grades.
        force: grade unchanged submissions too.
        unsafe: grade even where boxes cannot be closed off.

    Raises:
        UsageError: nothing has been handed in, or the assignment is unknown or not built.
    """
    remove_leftovers()  # of a run that was killed when it had nothing left to do
    bundle = load_bundle(course, assignment_id, unsafe=unsafe)
    with stop_on_interrupt() as stop:
        settle_attempts(course, bundle, students, crew, stop)
    if stop.is_set():
        warn("stopped before all attempts were graded; run the same command again to go on")
        return Summary(stopped=True)
    submissions = find_submissions(course, assignment_id, students)
    if not submissions:
        raise UsageError(
            f"{course.submitted_dir}: nobody has handed in {assignment_id}; "
            f"run `grader collect {assignment_id} SOURCE` first"
        )
    todo = [s for s in submissions if force or _has_changed(course, bundle, s)]
    summary = Summary(unchanged=len(submissions) - len(todo))
    if todo:
        _grade(course, bundle, todo, crew, summary)
    if not (students or summary.stopped):  # the time of what still waits is not its old score's
        refresh(course, assignment_id, submissions)
    by_hand = _given_by_hand(course, assignment_id, summary.results)
    show_summary(bundle.assignment, summary.results, summary.unchanged, by_hand)
    if summary.stopped:
        left = len(todo) - len(summary.results)
        warn(f"stopped with {left} still to grade; run the same command again to go on")
    return summary


def _has_changed(course: Course, bundle: Bundle, submission: Submission) -> bool:
    kept = kept_fingerprint(course, bundle.assignment.id, submission.student)
    return kept != fingerprint(bundle, submission)


def _grade(
    course: Course, bundle: Bundle, todo: list[Submission], crew: Crew, summary: Summary
) -> None:
    times = {submission.student: submission.submitted_at for submission in todo}
    with stop_on_interrupt() as stop, progress(len(todo), bundle.assignment.id) as advance:

        def kept(result: SubmissionResult) -> None:
            summary.results.append(result)
            advance(result)

        with Keeper(course, bundle, times, kept) as keeper:
            for result in grade_all(bundle, todo, crew, stop):
                keeper.keep(result)
        summary.stopped = stop.is_set() and len(summary.results) < len(todo)


def _given_by_hand(
    course: Course, assignment_id: str, results: Sequence[SubmissionResult]
) -> dict[str, dict[str, float]]:
    """Points that need no human any more, by student and question."""
    if not any(question.waits for result in results for question in result.questions):
        return {}
    from grader.gradebook.book import CourseGradebook  # takes seconds to import

    with CourseGradebook(course) as gradebook:
        return gradebook.manual_scores(assignment_id)
