"""Whose the files of a download are: each student's by their id, and a line for everybody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from grader.course.roster import Roster
from grader.intake.collected import Collected, left_out
from grader.intake.identity import NoStudent, Unknown, has_number, identified
from grader.intake.labels import Labels
from grader.intake.naming.handed import Handed, shown

__all__ = ["by_student", "everyone"]


def by_student(
    files: Iterable[Handed],
    roster: Roster | None,
    now: Mapping[str, str],
    labels: Labels | None = None,
) -> tuple[dict[str, list[Handed]], list[Collected]]:
    """Files by student id, and a line for everybody else.

    Args:
        files: those of the download.
        roster: who takes the course.
        now: the id that a student has now, by each id that they had before.
        labels: the roster's way to read names that hold number and name.
    """
    known: dict[str, list[Handed]] = {}
    unknown: list[tuple[str, str]] = []
    staff: set[tuple[str, str]] = set()
    for file in files:
        try:
            student = identified(file, roster, labels)
            if roster is None or student not in roster.people:
                student = now.get(student, student)
            known.setdefault(student, []).append(file)
        except NoStudent as problem:
            staff.add((file.name or file.key, str(problem)))
        except Unknown as problem:
            unknown.append((file.name or file.key, str(problem)))
    if roster is not None:
        for student in list(known):
            known[student], strangers = _without_namesakes(student, known[student], roster)
            unknown += strangers
    return (
        {student: theirs for student, theirs in known.items() if theirs},
        [
            *(Collected(who, f"left out: {why}", outcome="left out") for who, why in sorted(staff)),
            *(left_out(called, reason) for called, reason in sorted(set(unknown))),
        ],
    )


def _without_namesakes(
    student: str, files: list[Handed], roster: Roster
) -> tuple[list[Handed], list[tuple[str, str]]]:
    """Two numbers of an LMS are two people, even if the roster has only one with their name."""
    if len({file.key for file in files}) == 1:
        return files, []
    reason = "several in this download have this name; write {} {} into the row of the right one"
    sure: list[Handed] = []
    strangers: list[tuple[str, str]] = []
    for file in files:
        if has_number(file, student, roster):
            sure.append(file)
        else:
            told = reason.format(file.column, shown(file.key))
            strangers.append((file.name or file.key, told))
    return sure, strangers


def everyone(
    roster: Roster | None, files: Iterable[Handed], now: Mapping[str, str]
) -> Collection[str]:
    """Ids of all who may have handed in: those of the roster, or else those of the download.

    Args:
        roster: who takes the course.
        files: those of the download.
        now: the id that a student has now, by each id that they had before.
    """
    return roster.people if roster else by_student(files, None, now)[0]
