"""Kept results: one JSON record for each submission, and the fingerprint of what it depends on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.gradebook.parcel import Parcel
from grader.intake.submissions import Submission, with_content
from grader.results import Status, SubmissionResult
from grader.system.files import write_whole

__all__ = [
    "fingerprint",
    "kept_figures",
    "kept_fingerprint",
    "load_beside",
    "load_result",
    "outdate",
    "replace_notebook",
    "save_beside",
    "save_parcel",
    "save_result",
]

BESIDE = "result.json"  # the result of an attempt
OLD = b"0" * 64  # the fingerprint of nothing
# How a record begins.
BEGINNING = re.compile(rb'\{\s*"fingerprint": "([0-9a-f]{64})",\s*"figures": "([a-z]+)"')


def fingerprint(bundle: Bundle, submission: Submission) -> str:
    """Digest of everything that a result depends on: bundle, student or group, submitted file.

    It is the same for all members of a group, so that their one hand-in is graded once.

    Args:
        bundle: the assignment.
        submission: without its content, its file is read.
    """
    drawn_for = bundle.drawn_as(submission.drawn_for)
    parts = f"{bundle.digest}:{drawn_for}:{with_content(submission).digest}"
    if submission.shared:
        parts += f":{submission.shared.by}:{submission.shared.others}"
    return hashlib.sha256(os.fsencode(parts)).hexdigest()


def save_result(course: Course, result: SubmissionResult) -> SubmissionResult:
    """Keep the record under `results/`, whole or not at all.

    Args:
        course: the course.
        result: what to keep; it replaces the student's earlier record.

    Returns:
        The result as it was kept: with the scores of the record that it replaces.
    """
    path = course.result_path(result.assignment, result.student)
    kept = replace(result, previous_scores=_scores_before(path))
    write_whole(path, kept.to_json())
    return kept


def save_parcel(course: Course, parcel: Parcel) -> SubmissionResult:
    """Keep the record of a result whose notebook is encoded already, as `save_result` does.

    Args:
        course: the course.
        parcel: what to keep.

    Returns:
        The result as it was kept, without its notebook.
    """
    path = course.result_path(parcel.result.assignment, parcel.result.student)
    kept = replace(parcel.result, previous_scores=_scores_before(path))
    write_whole(path, kept.to_json(parcel.notebook))
    return kept


def replace_notebook(course: Course, result: SubmissionResult) -> None:
    """Keep a record that differs from the kept one in its notebook only; nothing was graded.

    Args:
        course: the course.
        result: the kept record with another notebook.
    """
    write_whole(course.result_path(result.assignment, result.student), result.to_json())


def _scores_before(path: Path) -> dict[str, float]:
    """The scores of a kept record, by question, also if another version of the kit wrote it.

    If that grading failed, the scores from before it are used.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["status"] == Status.NOT_GRADED:
            return dict(data["previous_scores"])
        scores = {question["question"]: question["score"] for question in data["questions"]}
        return {name: float(score) for name, score in scores.items() if score is not None}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def save_beside(path: Path, result: SubmissionResult) -> None:
    """Keep the result of an attempt beside its notebook; it may never become the grade.

    Args:
        path: the attempt's notebook.
        result: its own notebook is left out.
    """
    write_whole(path.with_name(BESIDE), replace(result, notebook=None).to_json())


def load_beside(path: Path) -> SubmissionResult | None:
    """The result that is kept beside an attempt's notebook; None if none of ours is there."""
    try:
        return SubmissionResult.from_json(path.with_name(BESIDE).read_bytes())
    except (OSError, ValueError):
        return None


def kept_fingerprint(course: Course, assignment_id: str, student: str) -> str:
    """The fingerprint of the kept record, without reading the rest of it; "" if there is none.

    Args:
        course: the course.
        assignment_id: which assignment.
        student: whose record.
    """
    return _beginning(course, assignment_id, student)[0]


def kept_figures(course: Course, assignment_id: str, student: str) -> str:
    """What the kept record has of the figures, without reading the rest; "" if there is none.

    Args:
        course: the course.
        assignment_id: which assignment.
        student: whose record.
    """
    return _beginning(course, assignment_id, student)[1]


def _beginning(course: Course, assignment_id: str, student: str) -> tuple[str, str]:
    try:
        with course.result_path(assignment_id, student).open("rb") as file:
            found = BEGINNING.match(file.read(200))
    except OSError:
        return "", ""
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def outdate(course: Course, assignment_id: str, student: str, fingerprint: str) -> None:
    """Have the kept record taken for an old one, so that the same work is kept anew.

    Args:
        course: the course.
        assignment_id: which assignment.
        student: whose record.
        fingerprint: nothing is done to a record with another one.
    """
    if kept_fingerprint(course, assignment_id, student) == fingerprint:
        path = course.result_path(assignment_id, student)
        write_whole(path, path.read_bytes().replace(fingerprint.encode(), OLD, 1))


def load_result(course: Course, assignment_id: str, student: str) -> SubmissionResult | None:
    """The kept record, or None if there is none or another version of the kit wrote it.

    Args:
        course: the course.
        assignment_id: which assignment.
        student: whose record.
    """
    path = course.result_path(assignment_id, student)
    try:
        return SubmissionResult.from_json(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
