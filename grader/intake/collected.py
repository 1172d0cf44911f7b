"""What `grader collect` tells: a line for each hand-in, and remarks on the whole download."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.roster import Roster
from grader.course.settings import Course
from grader.intake.archive import Archive
from grader.intake.attempts import StudentAttempts
from grader.intake.naming.handed import Handed, shown
from grader.intake.submissions import find_submissions

__all__ = ["Collected", "late", "left_out", "left_over", "missing", "times_of_nobody"]

PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
BY_ID = "put it into a folder named by its student's id, and that folder into one with all others"


@dataclass(frozen=True)
class Collected:
    """What happened to one hand-in, or a remark on the whole download.

    Args:
        student: student id, or the download's name for an unknown student; "" for a remark.
        text: what was done, or why nothing was done.
        ok: whether everything that was handed in was taken.
        outcome: "collected", "replaced", "updated" (the same work, of which more is known now),
            "unchanged" or "left out"; "" for a remark.
        is_late: whether the LMS marked it as late without a time of submission.
        is_after_deadline: whether the attempt that counts came after the student's own deadline.
    """

    student: str
    text: str
    ok: bool = True
    outcome: str = ""
    is_late: bool = False
    is_after_deadline: bool = False

    def __str__(self) -> str:
        return f"{shown(self.student)}: {self.text}" if self.student else self.text


def left_out(called: str, reason: str) -> Collected:
    """The line for what was not taken.

    Args:
        called: the student's id, or what the download calls somebody or a file.
        reason: why.
    """
    return Collected(called, f"left out: {reason}", ok=False, outcome="left out")


def left_over(archive: Archive, files: Sequence[Handed]) -> Iterator[Collected]:
    """Tell what was refused in a download, and which notebooks and zips are nobody's.

    Args:
        archive: the download.
        files: those in it whose names say whose they are.
    """
    for name, reason in sorted(archive.refused.items()):
        yield left_out(name, reason)
    named = {file.entry for file in files}
    for entry in archive.entries:
        if entry not in named and entry.lower().endswith(".ipynb"):
            yield left_out(entry, f"its name does not tell whose it is; {BY_ID}")
        elif entry not in named and entry.lower().endswith(PACKED):
            yield left_out(entry, "cannot be unpacked; unpack it into a folder of its name")


def late(lines: Sequence[Collected], kind: str) -> Iterator[Collected]:
    """Tell who was late.

    Args:
        lines: what happened to each hand-in.
        kind: the naming that the files follow.
    """
    if after := [line.student for line in lines if line.is_after_deadline]:
        yield Collected("", f"after the deadline: {', '.join(after)}")
    if marked := [line.student for line in lines if line.is_late]:
        yield Collected(
            "",
            f"marked late by {kind.title()}, but without a time, so counted as in time; "
            f"give their times with --times: {', '.join(marked)}",
        )


def times_of_nobody(told: Iterable[str], path: Path, known: Collection[str]) -> Iterator[Collected]:
    """Tell names in the file of times that belong to nobody, probably by a typing error.

    Args:
        told: the names.
        path: the file.
        known: ids of all who may have handed in.
    """
    if strangers := [shown(student) for student in told if student not in known]:
        yield Collected(
            "", f"{path}: nobody is called {', '.join(strangers)}; correct it", ok=False
        )


def missing(course: Course, assignment_id: str, roster: Roster) -> Iterator[Collected]:
    """Tell who in the roster has handed in nothing, now or before, nor has their group.

    Args:
        course: the course.
        assignment_id: which assignment.
        roster: who takes the course.
    """
    known = {submission.student for submission in find_submissions(course, assignment_id)}
    absent = [person.id for person in roster if person.id not in known]
    missing = [s for s in absent if StudentAttempts(course, assignment_id, s).is_empty]
    if missing:
        count = f"{len(missing)} of {len(roster.people)} in {course.roster}"
        yield Collected("", f"no submission of {count}: {', '.join(missing)}")
