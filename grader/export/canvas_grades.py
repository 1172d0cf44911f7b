"""Scores into Canvas itself: first what would change, and only then the change.

Between the two, somebody may grade in Canvas. So each score is read once more just before it is
written, and is left alone if it is no longer what was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from grader.course.deadlines import load_deadlines
from grader.course.roster import load_roster
from grader.course.settings import Course
from grader.errors import LmsError, UsageError
from grader.export.columns import Column, listed, load_columns, number, remarks
from grader.export.missing import with_missing
from grader.gradebook.grades import Grade
from grader.intake.canvas_people import People, people_of, refuse_stranger
from grader.intake.from_canvas import submissions_of
from grader.lms.canvas import Canvas, Submission, Task
from grader.lms.giving import give_score
from grader.system.listener import NOBODY, Listener

__all__ = ["Change", "Plan", "plan_grades", "write_grades"]

NOWHERE = "not in this course in Canvas, or it is not certain who; see the roster"


@dataclass(frozen=True)
class Change:
    """One student's score, there and here.

    Args:
        student: our id.
        score: ours, as it would be written.
        there: the submission in Canvas; None if it was not found.
        reason: why it must stay as it is; "" if it may be written.
        no_lateness: whether Canvas's own late policy shall take nothing from it.
    """

    student: str
    score: str
    there: Submission | None
    reason: str = ""
    no_lateness: bool = False

    @property
    def before(self) -> str:
        """The score in Canvas; "" without one."""
        return _score(self.there) if self.there else ""

    @property
    def is_needed(self) -> bool:
        """Whether something would change."""
        return not self.reason and (self.before != self.score or self.waives)

    @property
    def waives(self) -> bool:
        """Whether the state of lateness in Canvas would change."""
        return self.no_lateness and self.there is not None and self.there.late_status != "none"


@dataclass(frozen=True)
class Plan:
    """What would be written into Canvas.

    Args:
        task: the assignment there.
        changes: one for each student who has a score here.
        remarks: what a person should know before.
    """

    task: Task
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]


def plan_grades(
    course: Course,
    assignment_id: str,
    canvas: Canvas,
    *,
    no_lateness: bool = False,
    zeros: bool = False,
) -> Plan:
    """Compare our scores with those in Canvas; nothing is written.

    Args:
        course: the course.
        assignment_id: which assignment of the course it is.
        canvas: which assignment it is in Canvas.
        no_lateness: whether Canvas's late policy shall take nothing from what came late.
        zeros: whether those who handed nothing in until their deadline get 0 points.

    Raises:
        UsageError: Canvas takes no scores for this assignment, or a file of the course is wrong.
        LmsError: Canvas refuses, or cannot be reached.
        GradebookError: the gradebook cannot be read.
    """
    task = canvas.task()
    if reason := _closed(task):
        raise UsageError(f"{canvas.place} in Canvas: {reason}")
    roster, deadlines = load_roster(course), load_deadlines(course)
    columns, told = load_columns(course, [assignment_id], deadlines), list(deadlines.remarks)
    if zeros:
        now = datetime.now(UTC)
        columns, said = with_missing(columns, course, roster, deadlines, "zero", now)
        told += said
    (column,) = columns
    scores = {**column.scores, **dict.fromkeys(column.zeros, 0.0)}
    people = people_of(canvas, roster)
    found = people.by_student(submissions_of(canvas, task))
    changes = [
        _change(course, column, student, score, found.get(student), task, canvas)
        for student, score in sorted(scores.items())
    ]
    if task.group_set and task.one_grade:
        changes = _agreed(changes, people, canvas.groups(task.group_set))
    late = _late(changes) if canvas.takes_points_for_lateness() else []
    changes = [replace(c, no_lateness=no_lateness and c in late) for c in changes]
    told = [*remarks([column], roster), *told, *_remarks(task, column)]
    if late and not no_lateness:
        told += _twice(late, column.grades)
    return Plan(task, tuple(changes), tuple(told))


def write_grades(plan: Plan, canvas: Canvas, listener: Listener = NOBODY) -> Iterator[Change]:
    """Write what the plan says, one score after the other.

    Args:
        plan: what was shown.
        canvas: the same assignment.
        listener: sees the progress.

    Yields:
        Each change as it went: with a reason if it was not written.

    Raises:
        LmsError: Canvas cannot be reached; what was written stays, and a new plan has the rest.
    """
    needed = [change for change in plan.changes if change.is_needed]
    with listener.progress(len(needed), "writing scores") as advance:
        for change in needed:
            yield replace(change, reason=_written(plan.task, change, canvas))
            advance(change)


def _written(task: Task, change: Change, canvas: Canvas) -> str:
    """Write one score; why it was not written, or "" if it was."""
    assert change.there is not None  # noqa: S101 — else it has a reason
    try:
        now = canvas.submission(change.there)
        if now.excused:
            return "excused in Canvas since it was shown"
        if _score(now) == change.score and not change.waives:
            return ""  # by the group's grade, or by a run that was stopped
        if _score(now) not in (change.before, change.score):
            return f"changed in Canvas since it was shown, to {_score(now) or 'no score'}"
        done = give_score(canvas, task, now, change.score, no_lateness=change.no_lateness)
    except LmsError as error:
        if not error.status:
            raise
        return str(error)
    return "" if _score(done) == change.score else f"Canvas made {_score(done) or 'nothing'} of it"


def _change(
    course: Course,
    column: Column,
    student: str,
    score: float,
    there: Submission | None,
    task: Task,
    canvas: Canvas,
) -> Change:
    if there is None:
        return Change(student, number(score), None, NOWHERE)
    reason = ""
    try:
        refuse_stranger(course, column.assignment.id, student, canvas, there)
    except UsageError as error:
        reason = str(error)
    if there.excused:
        reason = "excused in Canvas"
    elif task.grading == "pass_fail" and score not in (0.0, task.points):
        reason = "complete or incomplete: Canvas takes all points or none"
    return Change(student, number(score), there, reason)


def _agreed(
    changes: Iterable[Change], people: People, groups: Mapping[str, list[int]]
) -> list[Change]:
    """Refuse members of a group who have different scores here, where Canvas gives one to all."""
    group_of = {member: name for name, members in groups.items() for member in members}
    changes = list(changes)
    scores: dict[str, set[str]] = {}
    for change in changes:
        if change.there and (name := group_of.get(change.there.user)):
            scores.setdefault(name, set()).add(change.score)
    several = {name for name, found in scores.items() if len(found) > 1}
    reason = "Canvas gives the group one grade, but its members' scores differ here"
    return [
        replace(c, reason=c.reason or reason)
        if c.there and group_of.get(c.there.user) in several
        else c
        for c in changes
    ]


def _closed(task: Task) -> str:
    """Why Canvas takes no scores for an assignment; "" if it does."""
    if task.grading == "not_graded":
        return "not graded there; change how it is graded"
    if task.is_moderated:
        return "moderated, and the moderator has not published final grades; do that first"
    return "its grading period is closed" if task.is_closed else ""


def _remarks(task: Task, column: Column) -> Iterator[str]:
    name, most = column.assignment.id, column.assignment.max_score
    if task.points not in (None, most):
        yield (
            f"{name}: {number(task.points or 0)} points in Canvas, but {number(most)} here; "
            "scores are written as they are"
        )
    if task.is_hidden:
        yield f"{name}: students see no score before you post it in Canvas"


def _late(changes: Iterable[Change]) -> list[Change]:
    """Those from whose score Canvas's late policy would take points."""
    free = ("none", "extended", "missing")
    return [c for c in changes if c.there and c.there.is_late and c.there.late_status not in free]


def _twice(late: Iterable[Change], grades: Mapping[str, Grade]) -> Iterator[str]:
    remedy = "; add --no-canvas-lateness, so that Canvas takes none"
    twice = [c.student for c in late if c.student in grades and grades[c.student].lateness.penalty]
    once = [c.student for c in late if c.student not in twice]
    if twice:
        yield f"late: Canvas would take points once more from {listed(twice)}{remedy}"
    if once:
        yield f"late: Canvas would take points by its own policy from {listed(once)}{remedy}"


def _score(submission: Submission) -> str:
    return "" if submission.score is None else number(submission.score)
