"""Which of a student's attempts is graded as the submission: the latest, or the best.

`best` grades every attempt once, keeps its points beside it, and takes the one of which most is
left after its late penalty; of equals, the first. Late days and points by hand are not part of
the choice: both come after it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from grader.cli.terminal import progress, warn
from grader.course.bundle import Bundle
from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.gradebook.late import HandIn, lateness
from grader.gradebook.records import fingerprint
from grader.grading.pool import Crew, grade_all
from grader.intake.attempts import Attempt, Shelf, latest
from grader.intake.submissions import Submission
from grader.results import Status, SubmissionResult
from grader.system.files import write_whole

__all__ = ["settle_attempts"]

RECORD = "result.json"


def settle_attempts(
    course: Course,
    bundle: Bundle,
    students: Sequence[str],
    crew: Crew,
    stop: threading.Event,
) -> None:
    """Put the attempt that counts into `submitted/`, by course.yml as it is now.

    Args:
        course: the course.
        bundle: the assignment.
        students: only these; everyone when empty.
        crew: who grades attempts.
        stop: once set, no further attempt is graded, and the choice is left as it was.
    """
    shelves = dict(_shelves(course, bundle.assignment.id, students))
    deadlines = load_deadlines(course)
    scores = {}
    if course.attempts == "best":
        several = {s: shelf for s, shelf in shelves.items() if len(shelf.attempts) > 1}
        scores = _scores(bundle, several, crew, stop)
        if stop.is_set():
            return
    for student, shelf in shelves.items():
        if shelf.attempts:
            shelf.install(_chosen(course, bundle, deadlines, student, shelf.attempts, scores))


def _shelves(
    course: Course, assignment_id: str, students: Sequence[str]
) -> Iterator[tuple[str, Shelf]]:
    folder = course.attempts_dir / assignment_id
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        if is_safe_student(name) and (not students or name in students):
            shelf = Shelf(course, assignment_id, name)
            shelf.take_in_submitted()
            yield name, shelf


def _chosen(
    course: Course,
    bundle: Bundle,
    deadlines: Deadlines,
    student: str,
    attempts: Sequence[Attempt],
    scores: dict[str, float],
) -> Attempt:
    deadline = deadlines.of(bundle.assignment, student)
    policy = course.late_policy.model_copy(update={"late_days": 0})
    points = [scores.get(str(attempt.path)) for attempt in attempts]
    known = [score for score in points if score is not None]
    if course.attempts == "latest" or len(known) < len(attempts):
        if known:
            warn(f"{student}: an attempt could not be graded; the latest counts until it can")
        grace = timedelta(minutes=course.late_policy.grace_minutes)
        return latest(attempts, deadline + grace if deadline else None)
    maximum = bundle.assignment.max_score
    handins = [
        HandIn(maximum, score, deadline, attempt.submitted_at)
        for attempt, score in zip(attempts, known, strict=True)
    ]
    left = [h.score - lateness(policy, [h])[0].penalty for h in handins]
    return max(zip(attempts, left, strict=True), key=lambda pair: (pair[1], -pair[0].number))[0]


def _scores(
    bundle: Bundle, shelves: dict[str, Shelf], crew: Crew, stop: threading.Event
) -> dict[str, float]:
    """Points of every attempt, by path; those that were graded before are not graded again."""
    scores: dict[str, float] = {}
    todo: dict[str, list[Submission]] = {}
    for student, shelf in shelves.items():
        for attempt in shelf.attempts:
            submission = Submission(student, bundle.assignment.id, attempt.path)
            mark = fingerprint(bundle, submission)
            kept = _kept(attempt)
            if kept and kept.fingerprint == mark and kept.score is not None:
                scores[str(attempt.path)] = kept.score
            else:
                todo.setdefault(mark, []).append(submission)
    if not todo:
        return scores
    with progress(len(todo), f"attempts at {bundle.assignment.id}") as advance:
        firsts = [same[0] for same in todo.values()]
        for result in grade_all(bundle, firsts, crew, stop):
            for submission in todo.get(result.fingerprint, []):
                scores |= _keep(submission, result)
            advance(result)
    return scores


def _keep(submission: Submission, result: SubmissionResult) -> dict[str, float]:
    if result.status is Status.NOT_GRADED or result.score is None:
        return {}
    record = replace(result, notebook=None)
    write_whole(submission.path.parent / RECORD, record.to_json())
    return {str(submission.path): result.score}


def _kept(attempt: Attempt) -> SubmissionResult | None:
    try:
        text = (attempt.path.parent / RECORD).read_text(encoding="utf-8")
        return SubmissionResult.from_json(text)
    except (OSError, ValueError, KeyError, TypeError):
        return None
