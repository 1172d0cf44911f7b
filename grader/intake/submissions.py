"""Submissions in: what is in submitted/, and one file → a repaired notebook or a rejection.

A submission may be hostile. Links are not followed, only a regular file of bounded size is opened,
and only the notebook is taken: helper files and data come from the release. A defect of a
submission is data, never an exception.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from grader.course.groups import load_groups
from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.roster import load_staff
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.opening import Refused, is_safe_file_name, read_bounded
from grader.intake.reading import answers_in, parsed, released
from grader.intake.rebuild import Intake, rebuild
from grader.intake.shared import Shared, with_groups
from grader.intake.timestamp import (
    REMEDY,
    TIMESTAMP_FILE,
    UNKNOWN,
    Stamp,
    parse_timestamp,
)
from grader.locale.translations import N_, N_plural, Sentence, gettext
from grader.notebook import MAX_BYTES, Notebook
from grader.results import Note, NoteKind

__all__ = [
    "Intake",
    "Submission",
    "find_submissions",
    "own_submission",
    "read_submission",
    "with_content",
]

MAX_STAMP_BYTES = 1000
MAX_LOOKED_AT = 20  # notebooks of one student


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in, not yet parsed.

    Args:
        student: the name of the student's folder, or an alias if that name cannot be an id.
        assignment: assignment id.
        path: the notebook, or the place where it is missing.
        submitted_at: when it was handed in; None if unknown.
        refusal: why it will not be opened; None if it will.
        content: the file's bytes; None before the file was read, or if it is refused.
        digest: SHA-256 of the file's name and bytes, or of the refusal; "" before it was read.
        stamp: the time in its timestamp.txt, also one that does not count.
        passed_over: names of the notebooks beside it, which are not graded.
        shared: whose work it is if a group hands in together; None if the student works alone.
    """

    student: str
    assignment: str
    path: Path
    submitted_at: datetime | None = None
    refusal: Sentence | None = None
    content: bytes | None = None
    digest: str = ""
    stamp: Stamp = UNKNOWN
    passed_over: tuple[str, ...] = ()
    shared: Shared | None = None

    @property
    def handed_in_by(self) -> str:
        """The id of who handed it in: the student, or another member of the group."""
        return self.shared.by if self.shared else self.student

    @property
    def drawn_for(self) -> str:
        """What random inputs depend on: the student's id, or the name of the group.

        No id has a slash, so a group never gets the inputs of a student.
        """
        return f"group/{self.shared.group}" if self.shared else self.student

    @property
    def doubt_about_time(self) -> str:
        """What is wrong with its time and how to correct it, for the terminal; "" if nothing is."""
        if not (self.stamp.unread or self.stamp.is_ahead):
            return ""
        lateness = "; its lateness is not known" if self.stamp.is_in_doubt else ""
        place = self.path.with_name(TIMESTAMP_FILE)
        return f"{self.handed_in_by}: {self.stamp}{lateness}; {REMEDY} in {place}"


def find_submissions(
    course: Course, assignment_id: str, students: Sequence[str] = ()
) -> list[Submission]:
    """List the submissions in `submitted/<student>/<assignment>/`, sorted by student.

    Links and unsafe names are listed, too. Reading them ends in a rejection that can be seen. Each
    member of a group is listed with the hand-in that counts for the group. What a teacher or an
    assistant has there is no submission.

    Args:
        course: the course.
        assignment_id: the assignment.
        students: only these; all when empty.

    Raises:
        UsageError: one of `students` has handed in nothing for this assignment; or the groups or
            the roster cannot be read.
    """
    staff = load_staff(course)
    wanted = set(load_groups(course).with_members(assignment_id, students)) if students else None
    own = [s for s in _submissions(course, assignment_id, wanted) if s.student not in staff]
    shared = with_groups(course, assignment_id, own, with_content)
    found = {s.student: s for s in shared if s.student not in staff}
    for student in students:
        if student not in found:
            place = course.submitted_dir / student / assignment_id
            raise UsageError(f"{place}: no such submission; check the name after --student")
    return [found[student] for student in sorted(set(students) or found)]


def own_submission(course: Course, assignment_id: str, student: str) -> Submission:
    """What is in one student's folder of `submitted/`, with its time.

    Args:
        course: the course.
        assignment_id: the assignment.
        student: a student id.
    """
    submission = _with_work(course, student, assignment_id)
    stamp = _stamp(submission, course.zone)
    return replace(submission, submitted_at=stamp.submitted_at, stamp=stamp)


def _submissions(
    course: Course, assignment_id: str, wanted: Container[str] | None
) -> Iterator[Submission]:
    """What those who are wanted, or all, have there; names that cannot be ids are always told."""
    root = course.submitted_dir
    if not root.is_dir():
        return
    for entry in os.scandir(root):
        folder = root / entry.name / assignment_id
        if not os.path.lexists(folder):
            continue
        if is_safe_student(entry.name):
            if wanted is not None and entry.name not in wanted:
                continue
            yield own_submission(course, assignment_id, entry.name)
        else:
            path = folder / f"{assignment_id}.ipynb"
            shown = {"folder": ascii(entry.name)[:90], "rule": Sentence(USABLE_ID)}
            refusal = Sentence(
                "The name of the folder {folder} cannot be a student id. {rule}", shown
            )
            yield Submission(_alias(entry.name), assignment_id, path, refusal=refusal)


def _alias(name: str) -> str:
    """A safe name instead of an unsafe one, for files and rows of the gradebook."""
    return f"unusable-{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}"


def _with_work(course: Course, student: str, assignment_id: str) -> Submission:
    """The notebook in a student's folder; of several, the one that `_chosen` names."""
    folder = course.submitted_dir / student / assignment_id
    submission = Submission(student, assignment_id, folder / f"{assignment_id}.ipynb")
    names = _notebooks(folder)
    name = names[0] if len(names) == 1 else _chosen(course, submission, names)
    others = tuple(other for other in names if other != name)
    return replace(submission, path=folder / name, passed_over=others)


def _chosen(course: Course, submission: Submission, names: Sequence[str]) -> str:
    """The name of the assignment's notebook, unless it has no answers and another one has."""
    expected = submission.path.name
    release = released(course, submission.assignment) if len(names) > 1 else None
    if release is None:
        return expected
    answers = {name: _answers(submission, name, release) for name in names[:MAX_LOOKED_AT]}
    worked = [name for name, count in answers.items() if count]
    if expected not in names:
        return worked[0] if len(worked) == 1 else expected
    if answers.get(expected) or not worked:
        return expected
    return max(worked, key=lambda name: (answers[name], name))


def _answers(submission: Submission, name: str, release: Notebook) -> int:
    try:
        return answers_in(_read(submission, name, MAX_BYTES), release)
    except Refused:
        return 0


def _notebooks(folder: Path) -> list[str]:
    if folder.is_symlink():
        return []
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except OSError:
        return []
    return sorted(n for n in names if n.lower().endswith(".ipynb") and not n.startswith("."))


def with_content(submission: Submission) -> Submission:
    """Read the submission's file: its bytes, or the reason for refusing it, and the digest.

    A submission that has a digest is not read again. Afterwards it can be graded on another
    machine, where its path means nothing.
    """
    if submission.digest:
        return submission
    try:
        data = _content(submission)
    except Refused as refusal:
        digest = _digest(submission, refusal.reason.in_english.encode())
        return replace(submission, refusal=refusal.reason, digest=digest)
    return replace(submission, content=data, digest=_digest(submission, data))


def _digest(submission: Submission, data: bytes) -> str:
    name = os.fsencode(submission.path.name)
    beside = os.fsencode("".join(f"{other}\n" for other in submission.passed_over))
    return hashlib.sha256(len(name).to_bytes(4, "big") + name + beside + data).hexdigest()


def read_submission(submission: Submission, release: Notebook) -> Intake:
    """Read one submission and rebuild it from the release.

    Args:
        submission: one that `find_submissions` listed, or any other notebook.
        release: the assignment's released notebook.

    Returns:
        The repaired notebook with notes, or a rejection with its reason. Nothing that a student
        can put into a folder makes it raise.
    """
    try:
        submitted = _read_notebook(submission)
    except Refused as refusal:
        return Intake(None, (), str(refusal))
    intake = rebuild(submitted, release)
    expected = f"{submission.assignment}.ipynb"
    if submission.path.name != expected and intake.rejection is None:
        text = gettext(
            "Your notebook is named {name}; it was graded as {expected}.",
            name=submission.path.name,
            expected=expected,
        )
        intake = replace(intake, notes=(Note(NoteKind.RENAMED, text), *intake.notes))
    if submission.passed_over and intake.rejection is None:
        text = gettext(
            "You handed in several notebooks. {name} was graded. Not graded: {others}.",
            name=submission.path.name,
            others=", ".join(map(_shown, submission.passed_over)),
        )
        intake = replace(intake, notes=(Note(NoteKind.PASSED_OVER, text), *intake.notes))
    return intake


def _shown(name: str) -> str:
    return name if is_safe_file_name(name) else ascii(name)[:90]


def _content(submission: Submission) -> bytes:
    if submission.refusal:
        raise Refused(submission.refusal)
    if submission.content is not None:
        return submission.content
    return _read(submission, submission.path.name, MAX_BYTES)


def _read_notebook(submission: Submission) -> Notebook:
    expected = f"{submission.assignment}.ipynb"
    if submission.refusal:
        raise Refused(submission.refusal)
    if not is_safe_student(submission.student):
        rule = Sentence(USABLE_ID)
        raise Refused(Sentence("The student id cannot be used. {rule}", {"rule": rule}))
    if not is_safe_file_name(submission.path.name):
        text = N_("The file name cannot be used. Name the file {expected}.")
        raise Refused(Sentence(text, {"expected": expected}))
    data = _content(submission)
    try:
        return parsed(data)
    except ValueError as error:
        raise Refused(error.args[0]) from None


def _read(submission: Submission, name: str, limit: int) -> bytes:
    """The content of a regular file in the submission's folder.

    Raises:
        Refused: it is missing, not an ordinary file, or larger than `limit` bytes.
    """
    try:
        return read_bounded(submission.path.parent, name, _guarded(submission), limit)
    except FileNotFoundError:
        raise Refused(_why_absent(submission)) from None


def _why_absent(submission: Submission) -> Sentence:
    values: dict[str, Any] = {"expected": f"{submission.assignment}.ipynb"}
    count = len(_notebooks(submission.path.parent))
    if count > 1:
        one, many = N_plural(
            "There is {count} notebook, but it is not named {expected}.",
            "There are {count} notebooks, but none is named {expected}. Hand in only one.",
        )
        return Sentence(one, {"count": count, **values}, many)
    return Sentence("The notebook {expected} is missing.", values)


def _guarded(submission: Submission) -> int:
    """How many folders above the notebook a student may have made, so that they may be links."""
    folder = submission.path.parent
    names = (folder.name, folder.parent.name)
    return 2 if names == (submission.assignment, submission.handed_in_by) else 0


def _stamp(submission: Submission, zone: tzinfo) -> Stamp:
    """The time in nbgrader's timestamp.txt, if there is one.

    The notebook's own file time is not used: copying or cloning after the deadline changes it.
    """
    folder = submission.path.parent
    is_refused = folder.is_symlink() or folder.parent.is_symlink()  # with all that is in it
    if is_refused or not os.path.lexists(folder / TIMESTAMP_FILE):
        return UNKNOWN
    try:
        return parse_timestamp(_read(submission, TIMESTAMP_FILE, MAX_STAMP_BYTES), zone)
    except Refused as refusal:
        return Stamp(unread=TIMESTAMP_FILE, problem=refusal.reason.in_english)
