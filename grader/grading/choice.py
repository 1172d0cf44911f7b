"""Chooses which of a student's attempts is the submission: the latest, or the best.

For the best, every attempt is graded once, and its points are kept beside it. The attempt with the
most points after its late penalty counts; of equals, the first. Late days and points by hand have
no part in the choice, because they come after it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from grader.gradebook.late import HandIn, lateness
from grader.gradebook.records import fingerprint
from grader.grading.pool import grade_all
from grader.grading.run import Run
from grader.intake.attempts import Attempt, StudentAttempts, latest, students_with_attempts
from grader.intake.submissions import Submission, with_content
from grader.results import Status, SubmissionResult
from grader.system.files import write_whole
from grader.system.listener import Advance

__all__ = ["settle_attempts"]

RECORD = "result.json"


def settle_attempts(run: Run, students: Sequence[str], stop: threading.Event) -> None:
    """Put the attempt that counts into `submitted/`, by the rule that course.yml has now.

    Args:
        run: the grading run that needs it.
        students: only these; everyone when empty.
        stop: once set, no further attempt is graded, and the choice is left as it was.

    Raises:
        GraderError: the workers end while they start.
    """
    collected = dict(_collected(run, students))
    scores: Mapping[str, float] = {}
    if run.course.attempts == "best":
        several = {s: a for s, a in collected.items() if len(a.attempts) > 1}
        scores = _scores(run, several, stop)
        if stop.is_set():
            return
    for student, theirs in collected.items():
        if theirs.attempts:
            theirs.install(_chosen(run, student, theirs.attempts, scores))


def _collected(run: Run, students: Sequence[str]) -> Iterator[tuple[str, StudentAttempts]]:
    assignment_id = run.bundle.assignment.id
    for student in students_with_attempts(run.course, assignment_id):
        if not students or student in students:
            theirs = StudentAttempts(run.course, assignment_id, student)
            theirs.take_in_submitted()
            yield student, theirs


def _chosen(
    run: Run, student: str, attempts: Sequence[Attempt], scores: Mapping[str, float]
) -> Attempt:
    assignment, policy = run.bundle.assignment, run.course.late_policy
    deadline = run.deadlines.of(assignment, student)
    points = [scores.get(str(attempt.path)) for attempt in attempts]
    known = [score for score in points if score is not None]
    if run.course.attempts == "latest" or len(known) < len(attempts):
        if known:
            run.listener.warn(
                f"{student}: an attempt could not be graded; the latest counts until it can"
            )
        grace = timedelta(minutes=policy.grace_minutes)
        return latest(attempts, deadline + grace if deadline else None)
    zone = run.course.zone_of(assignment)
    without_late_days = policy.model_copy(update={"late_days": 0})
    handins = [
        HandIn(assignment.max_score, score, deadline, attempt.submitted_at, zone)
        for attempt, score in zip(attempts, known, strict=True)
    ]
    left = [h.score - lateness(without_late_days, [h])[0].penalty for h in handins]
    return max(zip(attempts, left, strict=True), key=lambda pair: (pair[1], -pair[0].number))[0]


@dataclass
class _Scores:
    """Points of attempts as they become known; attempts that are the same file are graded once.

    Args:
        by_path: points of each attempt, by the path of its notebook.
        waiting: attempts that are being graded, by fingerprint.
        results: results without notebooks, by fingerprint.
    """

    by_path: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, list[Submission]] = field(default_factory=dict)
    results: dict[str, SubmissionResult] = field(default_factory=dict)

    def keep(self, result: SubmissionResult) -> None:
        """Keep a result beside each attempt that has its fingerprint."""
        self.results[result.fingerprint] = replace(result, notebook=None)
        for submission in self.waiting.pop(result.fingerprint, []):
            self.by_path |= _keep(submission, result)


def _scores(
    run: Run, several: Mapping[str, StudentAttempts], stop: threading.Event
) -> Mapping[str, float]:
    """Points of every attempt, by path; those that were graded before are not graded again."""
    scores = _Scores()
    attempts = [
        (Submission(student, run.bundle.assignment.id, attempt.path), attempt)
        for student, theirs in several.items()
        for attempt in theirs.attempts
    ]
    what = f"grading attempts at {run.bundle.assignment.id}"
    with run.listener.progress(len(attempts), what) as advance:
        new = _ungraded(run, attempts, scores, advance)
        for result in grade_all(run.bundle, new, run.crew, stop):
            scores.keep(result)
            advance(result)
    return scores.by_path


def _ungraded(
    run: Run, attempts: list[tuple[Submission, Attempt]], scores: _Scores, advance: Advance
) -> Iterator[Submission]:
    """Attempts to grade, with their content; each file is read once, shortly before its turn."""
    for listed, attempt in attempts:
        submission = with_content(listed)
        mark = fingerprint(run.bundle, submission)
        if (points := _kept(attempt, mark)) is not None:
            scores.by_path[str(attempt.path)] = points
        elif mark in scores.results:
            scores.by_path |= _keep(listed, scores.results[mark])
        else:
            same = scores.waiting.setdefault(mark, [])
            same.append(listed)
            if len(same) == 1:
                yield submission
                continue
        advance(None)


def _keep(submission: Submission, result: SubmissionResult) -> dict[str, float]:
    if result.status is Status.NOT_GRADED or result.score is None:
        return {}
    record = replace(result, notebook=None)
    write_whole(submission.path.parent / RECORD, record.to_json())
    return {str(submission.path): result.score}


def _kept(attempt: Attempt, mark: str) -> float | None:
    """The points that are kept beside an attempt, if they are of this fingerprint."""
    try:
        text = (attempt.path.parent / RECORD).read_text(encoding="utf-8")
        kept = SubmissionResult.from_json(text)
    except (OSError, ValueError):
        return None
    return kept.score if kept.fingerprint == mark else None
