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
from grader.gradebook.records import fingerprint, load_beside, save_beside
from grader.grading.pool import grade_all
from grader.grading.run import Run
from grader.intake.attempts import Attempt, StudentAttempts, latest, students_with_attempts
from grader.intake.shared import Shared, keep_best, kept_best
from grader.intake.submissions import Submission, with_content
from grader.results import Status, SubmissionResult
from grader.system.listener import Advance

__all__ = ["settle_attempts"]


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
        scores = _scores(run, _with_a_choice(run, collected), stop)
        if stop.is_set():
            return
        _settle_groups(run, collected, scores)
    for student, theirs in collected.items():
        if theirs.attempts:
            theirs.install(_chosen(run, student, theirs.attempts, scores))


def _with_a_choice(
    run: Run, collected: Mapping[str, StudentAttempts]
) -> dict[str, StudentAttempts]:
    """Those who have several attempts, alone or together with their group."""
    return {
        student: theirs
        for student, theirs in collected.items()
        if sum(len(other.attempts) for other in _together(run, student, collected).values()) > 1
    }


def _together(
    run: Run, student: str, collected: Mapping[str, StudentAttempts]
) -> dict[str, StudentAttempts]:
    members = run.groups.with_members(run.bundle.assignment.id, [student])
    return {member: collected[member] for member in members if member in collected}


def _settle_groups(
    run: Run, collected: Mapping[str, StudentAttempts], scores: Mapping[str, float]
) -> None:
    """Keep whose attempt is the best of each group; of equal points, the first that came in."""
    assignment_id = run.bundle.assignment.id
    best = kept_best(run.course, assignment_id)
    for group in run.groups.at(assignment_id):
        theirs = {m: collected[m].attempts for m in group.members if m in collected}
        found = {m: _best(run, m, attempts, scores) for m, attempts in theirs.items()}
        ranked = [
            (-points, attempt.submitted_at or attempt.collected_at, member)
            for member, (points, attempt) in ((m, b) for m, b in found.items() if b)
        ]
        if ranked and len(ranked) == len(theirs):
            best[group.name] = min(ranked)[2]
    keep_best(run.course, assignment_id, best)


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
    if best := _best(run, student, attempts, scores):
        return best[1]
    if any(str(attempt.path) in scores for attempt in attempts):
        run.listener.warn(
            f"{student}: an attempt could not be graded; the latest counts until it can"
        )
    deadline = run.deadlines.of(run.bundle.assignment, student)
    grace = timedelta(minutes=run.course.late_policy.grace_minutes)
    return latest(attempts, deadline + grace if deadline else None)


def _best(
    run: Run, student: str, attempts: Sequence[Attempt], scores: Mapping[str, float]
) -> tuple[float, Attempt] | None:
    """The student's best attempt and its points after the penalty; None if one is not graded."""
    points = [scores.get(str(attempt.path)) for attempt in attempts]
    known = [score for score in points if score is not None]
    if not known or len(known) < len(attempts):
        return None
    assignment = run.bundle.assignment
    deadline, zone = run.deadlines.of(assignment, student), run.course.zone_of(assignment)
    handins = [
        HandIn(assignment.max_score, score, deadline, attempt.submitted_at, zone)
        for attempt, score in zip(attempts, known, strict=True)
    ]
    policy = run.course.late_policy.model_copy(update={"late_days": 0})
    left = [h.score - lateness(policy, [h])[0].penalty for h in handins]
    return max(zip(left, attempts, strict=True), key=lambda pair: (pair[0], -pair[1].number))


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
        (_as_submission(run, student, attempt), attempt)
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


def _as_submission(run: Run, student: str, attempt: Attempt) -> Submission:
    """The attempt, with the random inputs of the student or of the student's group."""
    assignment_id = run.bundle.assignment.id
    group = run.groups.of(assignment_id, student)
    shared = Shared(group.name, student) if group else None
    return Submission(student, assignment_id, attempt.path, shared=shared)


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
    save_beside(submission.path, result)
    return {str(submission.path): result.score}


def _kept(attempt: Attempt, mark: str) -> float | None:
    """The points that are kept beside an attempt, if they are of this fingerprint."""
    kept = load_beside(attempt.path)
    return kept.score if kept and kept.fingerprint == mark else None
