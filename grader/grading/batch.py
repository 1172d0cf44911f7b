"""Grades what is new or changed in a class, and keeps the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from grader.course.bundle import load_bundle
from grader.course.settings import Assignment, Course
from grader.errors import UsageError
from grader.gradebook.grades import refresh
from grader.gradebook.parcel import Parcel
from grader.gradebook.records import fingerprint, kept_fingerprint, load_result
from grader.grading.choice import settle_attempts
from grader.grading.crew import Crew
from grader.grading.keeping import Keeper
from grader.grading.pool import Work, done_by
from grader.grading.run import Run, started
from grader.grading.worker import grade_to_keep
from grader.intake.shared import disagreements
from grader.intake.submissions import Submission, find_submissions, with_content
from grader.results import NoteKind, Status, SubmissionResult
from grader.system.listener import NOBODY, Advance, Listener
from grader.system.scratch import remove_leftovers
from grader.system.stopping import stop_on_interrupt

__all__ = ["Summary", "autograde", "grade_changed"]

KEEPING = Work(grade_to_keep, Parcel.of)


@dataclass
class Summary:
    """How a run of the command went.

    Args:
        assignment: what was graded.
        unchanged: submissions that were not graded again.
        results: those that were, in the order in which they came, without notebooks.
        stopped: what was left when Ctrl-C ended the run early, in words; "" if it did not.
        by_hand: points that humans gave, by student and question; empty if no answer in `results`
            waits for a human.
        unread_times: whose time of submission cannot be read, so that their lateness is not known.
    """

    assignment: Assignment
    unchanged: int = 0
    results: list[SubmissionResult] = field(default_factory=list)
    stopped: str = ""
    by_hand: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unread_times: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 something was not graded or a time cannot be read, 130 stopped."""
        if self.stopped:
            return 130
        is_ungraded = any(result.status is Status.NOT_GRADED for result in self.results)
        return int(is_ungraded or bool(self.unread_times))

    def as_data(self) -> dict[str, Any]:
        """How it went, as plain data: counts, and how each submission ended."""
        counts = Counter(str(result.status).lower() for result in self.results)
        return {
            **{name: counts[name] for name in ("graded", "rejected", "not_graded")},
            "repaired": sum(bool(r.incidents) and r.status is Status.GRADED for r in self.results),
            "unchanged": self.unchanged,
            "stopped": bool(self.stopped),
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
    first: Collection[str] = (),
    listener: Listener = NOBODY,
) -> Summary:
    """Grade an assignment's submissions.

    Args:
        course: the course.
        assignment_id: which assignment.
        students: only these; everyone when empty.
        crew: who grades.
        force: grade unchanged submissions too.
        unsafe: grade even where boxes cannot be closed off.
        first: students who are graded before all others, since they take longest.
        listener: receives warnings, and progress with each submission.

    Raises:
        UsageError: nothing has been handed in (by a student who was named), the assignment is
            unknown or not built, or the extensions or the roster cannot be read.
        JudgeError: a file of the assignment cannot be read.
        GradebookError: the gradebook refuses.
        GraderError: the workers end while they start.
    """
    remove_leftovers()  # a killed run may have left some, even if this run has nothing to grade
    bundle = load_bundle(course, assignment_id, unsafe=unsafe)
    with started(course, bundle, crew, listener) as run:
        summary = grade_changed(run, students, force=force, first=first)
        if any(question.waits for result in summary.results for question in result.questions):
            summary.by_hand = run.gradebook.book.manual_scores(assignment_id)
    return summary


def grade_changed(
    run: Run,
    students: Sequence[str] = (),
    *,
    force: bool = False,
    first: Collection[str] = (),
) -> Summary:
    """Grade an assignment's submissions in a run that has started, as `autograde` does.

    Args:
        run: course, assignment, gradebook and crew.
        students: only these; everyone when empty.
        force: grade unchanged submissions too.
        first: students who are graded before all others, since they take longest.

    Returns:
        How it went, without points by hand.
    """
    course, assignment_id, listener = run.course, run.bundle.assignment.id, run.listener
    summary = Summary(run.bundle.assignment)
    if changed := ", ".join(run.bundle.with_other_points):
        listener.warn(
            f"{assignment_id}: course.yml gives other points than the release for {changed}; "
            f"run `grader build {assignment_id}`, then grade again"
        )
    with stop_on_interrupt(listener.warn) as stop:
        settle_attempts(run, run.groups.with_members(assignment_id, students), stop)
    if stop.is_set():
        summary.stopped = "stopped before all attempts were graded"
        return summary
    submissions = find_submissions(course, assignment_id, students)
    if not submissions:
        raise UsageError(
            f"{course.submitted_dir}: nobody has handed in {assignment_id}; "
            f"run `grader collect {assignment_id} SOURCE` first"
        )
    for told in (*disagreements(submissions), *_left_behind(run, submissions, students)):
        listener.warn(told)
    in_turn = sorted(submissions, key=lambda submission: submission.student not in first)
    _grade(run, in_turn, summary, force=force)
    summary.unread_times = _doubtful_times(run, submissions)
    # An ungraded file must not lend its time to the old score.
    if not (students or summary.stopped):
        refresh(run.gradebook, assignment_id, submissions)
    return summary


def _left_behind(
    run: Run, submissions: Iterable[Submission], students: Sequence[str]
) -> Iterator[str]:
    """Who has the score of a group's work, but no longer the work."""
    if students or not run.course.groups_path.exists():
        return
    assignment_id, known = run.bundle.assignment.id, {s.student for s in submissions}
    for path in sorted(run.course.results_dir(assignment_id).glob("*.json")):
        if path.stem not in known:
            result = load_result(run.course, assignment_id, path.stem)
            if result and any(note.kind is NoteKind.SHARED for note in result.notes):
                yield (
                    f"{path.stem}: has the score of a group's work, but is in no group that "
                    "handed in, and has handed in nothing; to take the score back, remove "
                    f"{path}"
                )


def _grade(run: Run, submissions: list[Submission], summary: Summary, *, force: bool) -> None:
    """Grade what has changed; each file is read once, shortly before its turn."""
    times = {submission.student: submission.submitted_at for submission in submissions}
    works = _works(submissions)
    what = f"grading {run.bundle.assignment.id}"
    with (
        stop_on_interrupt(run.listener.warn) as stop,
        run.listener.progress(len(submissions), what) as advance,
    ):
        changed = _changed(run, works, summary, advance, force=force)
        first = next(changed, None)
        if first is None:
            return
        with Keeper(run, times, _noted_in(summary, advance)) as keeper:
            all_of_them = chain([first], changed)
            for parcel in done_by(run.crew, run.bundle, all_of_them, KEEPING, stop):
                for submission in works[parcel.result.student]:
                    keeper.keep(parcel.for_student(submission.student))
        left = len(submissions) - summary.unchanged - len(summary.results)
        if stop.is_set() and left:
            summary.stopped = f"stopped with {left} still to grade"


def _works(submissions: Iterable[Submission]) -> dict[str, list[Submission]]:
    """Everybody's submission under the first student who has it: a group's work is graded once."""
    by_draw: dict[str, list[Submission]] = {}
    for submission in submissions:
        by_draw.setdefault(submission.drawn_for, []).append(submission)
    return {theirs[0].student: theirs for theirs in by_draw.values()}


def _doubtful_times(run: Run, submissions: list[Submission]) -> list[str]:
    """Tell of times that cannot be read or lie in the future; returns whose cannot be read."""
    doubts = (submission.doubt_about_time for submission in submissions)
    for doubt in dict.fromkeys(filter(None, doubts)):
        run.listener.warn(doubt)
    return [submission.student for submission in submissions if submission.stamp.unread]


def _noted_in(summary: Summary, advance: Advance) -> Callable[[SubmissionResult], None]:
    def note(result: SubmissionResult) -> None:
        summary.results.append(result)
        advance(result)

    return note


def _changed(
    run: Run,
    works: Mapping[str, list[Submission]],
    summary: Summary,
    advance: Advance,
    *,
    force: bool,
) -> Iterator[Submission]:
    """Submissions to grade, with their content; the others are counted as unchanged.

    If the record of one member of a group is not up to date, all members get the new one.
    """
    for theirs in works.values():
        submission = with_content(theirs[0])
        mark = fingerprint(run.bundle, submission)
        kept = [kept_fingerprint(run.course, s.assignment, s.student) for s in theirs]
        if force or any(one != mark for one in kept):
            yield submission
        else:
            for _ in theirs:
                summary.unchanged += 1
                advance(None)
