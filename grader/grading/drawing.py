"""Draws the figures of submissions whose scores are there: the second pass of `figures: later`.

Scores, checks and notes stay as the first pass left them. Only the notebook is replaced, in the
record and in nbgrader's folder; the record is written last, so a run that is killed in between
draws that submission again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.gradebook.autograded import write_graded
from grader.gradebook.parcel import Parcel
from grader.gradebook.records import fingerprint, kept_figures, load_result, replace_notebook
from grader.grading.crew import Crew
from grader.grading.pool import Work, done_by
from grader.grading.worker import draw_one
from grader.intake.submissions import Submission, find_submissions, with_content
from grader.results import Status, SubmissionResult
from grader.system.listener import NOBODY, Listener
from grader.system.stopping import stop_on_interrupt

__all__ = ["Drawn", "draw_figures", "keep_drawn"]

DRAWING = Work(draw_one, lambda _, failure: failure)


@dataclass
class Drawn:
    """How the drawing of figures went.

    Args:
        assignment: assignment id.
        students: whose figures were drawn.
        failed: why figures could not be drawn, by student.
        left: how many were still to draw when Ctrl-C ended the run early.
    """

    assignment: str
    students: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0

    @property
    def exit_code(self) -> int:
        """0 done, 1 some could not be drawn, 130 stopped."""
        return 130 if self.left else int(bool(self.failed))

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        return {"drawn": self.students, "failed": self.failed, "left": self.left}


def draw_figures(
    course: Course,
    assignment_id: str,
    *,
    students: Sequence[str] = (),
    crew: Crew,
    unsafe: bool = False,
    listener: Listener = NOBODY,
) -> Drawn:
    """Draw what is missing in notebooks that are graded.

    A submission that has changed since it was graded is passed over.

    Args:
        course: the course.
        assignment_id: which assignment.
        students: only these; everyone when empty.
        crew: who draws.
        unsafe: draw even where boxes cannot be closed off.
        listener: receives warnings, and progress with each submission.

    Raises:
        UsageError: the assignment is unknown or not built, or a named student handed in nothing.
        JudgeError: a file of the assignment cannot be read.
        GraderError: the workers end while they start.
    """
    bundle = load_bundle(course, assignment_id, unsafe=unsafe)
    submissions = find_submissions(course, assignment_id, students)
    waiting = {s.student: s for s in submissions if _waits(course, s)}
    drawn = Drawn(assignment_id)
    if not waiting:
        return drawn
    with (
        stop_on_interrupt(listener.warn) as stop,
        listener.progress(len(waiting), f"drawing figures of {assignment_id}") as advance,
    ):
        unchanged = _unchanged(course, bundle, waiting.values())
        for result in done_by(crew, bundle, unchanged, DRAWING, stop):
            keep_drawn(course, bundle, waiting[result.student], result, drawn)
            advance(None)
        drawn.left = _left(course, waiting, drawn, stop)
    return drawn


def _waits(course: Course, submission: Submission) -> bool:
    return kept_figures(course, submission.assignment, submission.student) in ("later", "skip")


def _unchanged(
    course: Course, bundle: Bundle, waiting: Iterable[Submission]
) -> Iterator[Submission]:
    """Submissions that are still as they were graded, with their content."""
    for submission in map(with_content, waiting):
        kept = load_result(course, submission.assignment, submission.student)
        if kept is not None and kept.fingerprint == fingerprint(bundle, submission):
            yield submission


def keep_drawn(
    course: Course, bundle: Bundle, submission: Submission, result: SubmissionResult, drawn: Drawn
) -> None:
    """Put a drawn notebook into the record that it belongs to, if that is still there.

    Args:
        course: the course.
        bundle: the assignment.
        submission: what was drawn.
        result: what a worker made of it.
        drawn: is told how it went.
    """
    if result.status is Status.NOT_GRADED:
        drawn.failed[result.student] = " ".join(result.note_texts)
        return
    kept = load_result(course, result.assignment, result.student)
    if kept is not None and kept.fingerprint == result.fingerprint:
        whole = replace(kept, notebook=result.notebook, figures="keep")
        write_graded(course, bundle, Parcel.of(bundle, whole), submission.submitted_at)
        replace_notebook(course, whole)
        drawn.students.append(result.student)


def _left(
    course: Course, waiting: dict[str, Submission], drawn: Drawn, stop: threading.Event
) -> int:
    if not stop.is_set():
        return 0
    return sum(_waits(course, s) for name, s in waiting.items() if name not in drawn.failed)
