"""Grades as they are now: the judge's scores, the scores that humans gave, the late penalty."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from grader.course.bundle import load_bundle
from grader.course.roster import load_staff
from grader.course.settings import Assignment, Course
from grader.errors import GraderError
from grader.gradebook.late import Lateness
from grader.gradebook.mark import Tick
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.records import fingerprint, kept_fingerprint, load_result
from grader.gradebook.ticks import Ticks
from grader.intake.submissions import Submission, find_submissions, with_content
from grader.locale.translations import gettext, in_language
from grader.results import Note, NoteKind, Status, SubmissionResult
from grader.system.files import write_whole

__all__ = ["Grade", "Standing", "grade_of", "grades", "refresh", "standings"]


@dataclass(frozen=True)
class Standing:
    """What the gradebook adds to a kept result.

    Args:
        by_hand: scores that a human gave or changed, by question.
        comments: what a human wrote to the student, by question.
        lateness: how late the submission was, and what that costs.
        rubrics: the lines of the rubric as a human ticked them, by question.
    """

    by_hand: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    lateness: Lateness = field(default_factory=Lateness)
    rubrics: dict[str, tuple[Tick, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Grade:
    """One submission's result with manual scores in it, and its lateness.

    Args:
        result: with the scores that humans gave.
        lateness: how late it was, and the points that it costs.
        comments: what a human wrote to the student, by question.
        rubrics: the lines of the rubric as a human ticked them, by question.
    """

    result: SubmissionResult
    lateness: Lateness = field(default_factory=Lateness)
    comments: dict[str, str] = field(default_factory=dict)
    rubrics: dict[str, tuple[Tick, ...]] = field(default_factory=dict)

    @property
    def final_score(self) -> float | None:
        """What is left after the late penalty; None when we failed to grade."""
        score = self.result.score
        return None if score is None else max(score - self.lateness.penalty, 0.0)


def grades(gradebook: GradebookOnDemand, assignment: Assignment) -> list[Grade]:
    """The grades of one assignment, in the order of the students' ids.

    Args:
        gradebook: opened only if there are results.
        assignment: which assignment.

    Raises:
        GradebookError: the gradebook refuses.
        UsageError: the extensions or the roster cannot be read.
    """
    return [
        grade_of(_kept(gradebook.course, assignment, student), standing)
        for student, standing in standings(gradebook, assignment).items()
    ]


def standings(
    gradebook: GradebookOnDemand,
    assignment: Assignment,
    students: Collection[str] | None = None,
) -> dict[str, Standing]:
    """What the gradebook adds to each kept result of an assignment, by student.

    Lateness follows from policy, deadlines and extensions as they are now. So it does from times of
    submission, unless students are named: to compare files with records takes too long for a page.

    Args:
        gradebook: opened only if there are results.
        assignment: which assignment.
        students: only these; None for all.

    Raises:
        GradebookError: the gradebook refuses.
        UsageError: the extensions or the roster cannot be read.
    """
    folder = gradebook.course.results_dir(assignment.id)
    staff = load_staff(gradebook.course)
    kept = {path.stem for path in folder.glob("*.json")} - staff.keys()
    graded = sorted(kept if students is None else kept.intersection(students))
    if not graded:
        return {}
    known = _from_gradebook(gradebook, assignment.id, None if students is None else graded)
    return {student: known.get(student, Standing()) for student in graded}


def grade_of(result: SubmissionResult, standing: Standing) -> Grade:
    """The grade of one kept result.

    Args:
        result: as the judge left it.
        standing: what the gradebook adds.
    """
    with_scores = result.with_manual_scores(standing.by_hand)
    return Grade(with_scores, standing.lateness, standing.comments, standing.rubrics)


def refresh(
    gradebook: GradebookOnDemand, assignment_id: str, submissions: Iterable[Submission]
) -> None:
    """Bring lateness in the gradebook up to date, without grading anything.

    It depends on the policy, deadlines, extensions, roster and times of submission.

    Args:
        gradebook: opened only if one of these has changed.
        assignment_id: which assignment.
        submissions: with the times at which they were handed in.

    Raises:
        GradebookError: the gradebook refuses.
        UsageError: the extensions or the roster cannot be read.
    """
    course = gradebook.course
    times = {submission.student: submission.submitted_at for submission in submissions}
    mark = course.lateness_mark(assignment_id)
    digest = _late_digest(course, times)
    if not mark.is_file() or mark.read_text(encoding="ascii").strip() != digest:
        gradebook.book.note_times(assignment_id, times)
        gradebook.book.lateness(assignment_id)
        write_whole(mark, digest + "\n")


def _late_digest(course: Course, times: dict[str, datetime | None]) -> str:
    dues = [(assignment.id, str(assignment.due)) for assignment in course.assignments]
    known = sorted((student, str(time)) for student, time in times.items())
    policy = f"{course.late_policy!r}{course.time_zone}"
    digest = hashlib.sha256(f"{policy}{dues}{known}".encode())
    for path in (course.roster_path, course.extensions_path):
        digest.update(b"\0" + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


def _from_gradebook(
    gradebook: GradebookOnDemand, assignment_id: str, students: Collection[str] | None
) -> dict[str, Standing]:
    """What the gradebook adds for those who have been graded, by student."""
    book = gradebook.book
    if students is None:
        book.note_times(assignment_id, _times_of_graded(gradebook.course, assignment_id))
    scores = book.manual_scores(assignment_id, students)
    comments = book.manual_comments(assignment_id, students)
    ticks = Ticks(gradebook.course, assignment_id)
    return {
        student: Standing(
            (given := scores.get(student, {})),
            comments.get(student, {}),
            late,
            ticks.by_question(student, given),
        )
        for student, late in book.lateness(assignment_id, students).items()
    }


def _times_of_graded(course: Course, assignment_id: str) -> dict[str, datetime | None]:
    """When the graded files were handed in: a newer, ungraded file must not lend its time."""
    try:
        bundles = [load_bundle(course, assignment_id, unsafe=unsafe) for unsafe in (False, True)]
    except GraderError:  # grades must be readable even if the assignment can no longer be graded
        return {}
    return {
        submission.student: submission.submitted_at
        for submission in map(with_content, find_submissions(course, assignment_id))
        if kept_fingerprint(course, assignment_id, submission.student)
        in {fingerprint(bundle, submission) for bundle in bundles}
    }


def _kept(course: Course, assignment: Assignment, student: str) -> SubmissionResult:
    if result := load_result(course, assignment.id, student):
        return result
    with in_language(course.language):
        text = gettext("Not graded: the stored result cannot be read. Grade this submission again.")
    return SubmissionResult(
        student=student,
        assignment=assignment.id,
        status=Status.NOT_GRADED,
        max_score=assignment.max_score,
        notes=(Note(NoteKind.NOT_GRADED, text),),
    )
