"""`grader collect`: a download of submissions → submitted/; no file is trusted.

Only notebooks are taken, under names of our own; a zip is read member by member and never
extracted. The download's naming and the roster tell who handed a file in; nobody guesses. A file
whose student is unknown, or which cannot be read, is listed and left out. The time of submission
comes from the LMS or nbgrader. The times of the files do not count: the download set them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.groups import load_groups
from grader.course.renamed import load_renamings
from grader.course.roster import Roster, load_roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.archive import Archive, open_archive
from grader.intake.attempts import Attempt, StudentAttempts, latest
from grader.intake.choosing import Choice, named
from grader.intake.collected import Collected, late, left_out, left_over, missing, times_of_nobody
from grader.intake.labels import Labels, number_in
from grader.intake.naming.handed import Handed, shown
from grader.intake.naming.recognised import recognised
from grader.intake.owners import by_student, everyone
from grader.intake.reading import released
from grader.intake.shared import disagreements
from grader.intake.stamps import WITH_TIMES, stamp_of
from grader.intake.submissions import find_submissions
from grader.intake.teams import without_teams
from grader.intake.times import load_numbers, load_times
from grader.intake.timestamp import (
    REMEDY,
    TIMESTAMP_FILE,
)
from grader.intake.titles import without_titles

__all__ = ["collect", "take_over"]


def collect(
    course: Course,
    assignment_id: str,
    source: Path,
    naming: str | None = None,
    times: Path | None = None,
) -> Iterator[Collected]:
    """Take each student's notebooks over; yields one line for each hand-in, taken or not.

    Lines that somebody must act on come last, where they are seen.

    Args:
        course: the course.
        assignment_id: which assignment the notebooks are for.
        source: a folder or zip with a folder for each student, or a download of an LMS.
        naming: name of the naming that the files follow; None if it is to be recognised.
        times: a file with the time of each student's last hand-in in the download, which counts
            more than what the download or anybody else told; or Moodle's grading worksheet, which
            also tells whose Moodle's numbers are.

    Raises:
        UsageError: the source is neither a folder nor a zip, or no name in it follows a known
            naming; or the roster, the deadlines or the times cannot be read.
    """
    roster = load_roster(course)
    told = load_times(times, roster, course.zone_of_dates) if times else {}
    numbers = load_numbers(times, roster) if times else {}
    with open_archive(source) as archive:
        is_known = _known_by(roster)
        labels = _labels(course, roster)
        is_label = _has_number if labels is None else labels.is_label
        try:
            kind, files = recognised(
                archive.entries, assignment_id, naming, is_known or _is_nobody, is_label
            )
        except UsageError as error:
            raise UsageError(f"{source}: {error}") from None
        if not files:
            raise UsageError(_nothing(source, assignment_id, kind))
        groups = load_groups(course).at(assignment_id)
        files = without_teams(without_titles(files, is_known), roster, groups)
        files = [_with_id(file, numbers) for file in files]
        yield from take_over(course, assignment_id, archive, kind, files, told)
    if times is not None:
        now = load_renamings(course.root).now
        yield from times_of_nobody(told, times, everyone(roster, files, now))
    if roster is not None:
        yield from missing(course, assignment_id, roster)


def take_over(
    course: Course,
    assignment_id: str,
    archive: Archive,
    kind: str,
    files: Sequence[Handed],
    told: Mapping[str, datetime] = MappingProxyType({}),
) -> Iterator[Collected]:
    """Take over files of which it is known who handed them in; `collect` does it for a download.

    Args:
        course: the course.
        assignment_id: which assignment the notebooks are for.
        archive: what the files are read from.
        kind: the naming that the files follow.
        files: what their names say.
        told: times of submission by student that count more than others.

    Raises:
        UsageError: the roster or the deadlines cannot be read.
    """
    roster, deadlines = load_roster(course), load_deadlines(course)
    if roster is None and kind in ("canvas", "moodle"):
        number = f"each student's {kind.title()} number becomes the id"
        yield Collected("", f"no roster.csv: {number}; `grader roster` makes one")
    now = load_renamings(course.root).now
    known, unknown = by_student(files, roster, now, _labels(course, roster))
    choice = Choice(course, assignment_id, archive, kind, released(course, assignment_id))
    collector = _Collector(choice, deadlines, told)
    lines = []
    for student in sorted(known):
        for line in collector.take(student, known[student]):
            lines.append(line)
            if line.ok:
                yield line
    yield from (line for line in lines if not line.ok)
    yield from unknown
    yield from left_over(archive, files)
    yield from late(lines, kind)
    groups, handed_in = load_groups(course), find_submissions(course, assignment_id)
    remarks = (*deadlines.remarks, *groups.remarks, *disagreements(handed_in))
    yield from (Collected("", remark) for remark in remarks)


def _with_id(file: Handed, numbers: dict[str, str]) -> Handed:
    """The file under our id, if a grading worksheet tells whose Moodle's number is."""
    if file.column != "moodle_id" or file.key not in numbers:
        return file
    return replace(file, key=numbers[file.key], column="id")


def _known_by(roster: Roster | None) -> Callable[[str], bool] | None:
    """Whether somebody has a name; remembered, since paths of a download repeat their folders."""
    if roster is None:
        return None
    people = Roster(roster.everyone)
    return cache(lambda name: people.by_any(name) is not None)


def _is_nobody(name: str) -> bool:
    return False


def _labels(course: Course, roster: Roster | None) -> Labels | None:
    return Labels(roster, load_renamings(course.root).now) if roster else None


def _has_number(name: str) -> bool:
    """Whether a name holds a number and more, as labels do; a bare number is an id."""
    return number_in(name) not in ("", name)


@dataclass(frozen=True)
class _Collector:
    """Takes hand-ins over, one student after the other."""

    choice: Choice
    deadlines: Deadlines
    times: Mapping[str, datetime]

    def take(self, student: str, files: Sequence[Handed]) -> Iterator[Collected]:
        """Keep each attempt, and copy the one that counts to `submitted/`."""
        choice, archive = self.choice, self.choice.archive
        theirs = StudentAttempts(choice.course, choice.assignment_id, student)
        was_empty = theirs.is_empty
        new: list[Attempt] = []
        problems = []
        chosen: Handed | None = None
        attempts: dict[str, list[Handed]] = {}
        for file in files:
            attempts.setdefault(file.attempt, []).append(file)
        for name in sorted(attempts):
            found = choice.notebook(attempts[name])
            data = found if isinstance(found, str) else archive.read(found.entry)
            if isinstance(found, str) or isinstance(data, str):
                problems.append(left_out(student, str(data)))
                continue
            chosen, beside = found, [f for f in choice.notebooks(attempts[name]) if f is not found]
            work, stamp = data, stamp_of(found, archive, choice.kind, choice.course.zone)
            added = theirs.add(
                data,
                found.entry,
                stamp.moment,
                0 if found.time else found.order,  # a time tells more
                unread=stamp.unread,
                corrects=not found.time and choice.kind in WITH_TIMES,
            )
            new += [added] if added else []
        if chosen and student in self.times:
            theirs.correct_time(work, self.times[student])
        if chosen:
            yield self._settle(theirs, student, new, was_empty, chosen, beside)
            yield from self._doubtful_times(theirs, student)
        yield from problems

    def _settle(
        self,
        theirs: StudentAttempts,
        student: str,
        new: Sequence[Attempt],
        was_empty: bool,
        last: Handed,
        beside: Sequence[Handed],
    ) -> Collected:
        """Copy the attempt that counts; `beside` are the files of the last hand-in not taken."""
        deadline = self._deadline(student)
        counts = latest(theirs.attempts, deadline)
        if not theirs.install(counts):
            outcome = "unchanged"
        elif was_empty:
            outcome = "collected"
        else:
            outcome = "replaced" if new else "updated"
        text = f"{outcome} ({shown(last.entry)})"
        if beside:
            place = "the latest" if all(last.order > f.order for f in beside) else "one"
            text += f"; {place} of several notebooks; not taken: {named(beside)}"
        if len(theirs.attempts) > 1 and (new or outcome == "updated"):
            text += f"; attempt {counts.number} of {len(theirs.attempts)} counts"
        if outcome == "updated" and counts.submitted_at:
            text += f"; handed in {counts.submitted_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        is_late = last.is_late and not any(a.submitted_at for a in theirs.attempts)
        came = None if counts.stamp.is_ahead else counts.submitted_at
        is_after = bool(deadline and came and came > deadline)
        return Collected(student, text, True, outcome, is_late, is_after)

    def _doubtful_times(self, theirs: StudentAttempts, student: str) -> Iterator[Collected]:
        """Times that cannot be read, each of which may decide what counts, or lie in the future."""
        place = f"submitted/{student}/{self.choice.assignment_id}/{TIMESTAMP_FILE}"
        remedy = f"{REMEDY} in {place}, or give it with --times"
        for attempt in theirs.attempts:
            stamp = attempt.stamp
            if stamp.unread or stamp.is_ahead:
                text = f"{stamp} ({shown(attempt.origin)}); {remedy}"
                yield Collected(student, text, ok=not stamp.unread)

    def _deadline(self, student: str) -> datetime | None:
        course = self.choice.course
        due = self.deadlines.of(course.assignment(self.choice.assignment_id), student)
        return due + timedelta(minutes=course.late_policy.grace_minutes) if due else None


def _nothing(source: Path, assignment_id: str, kind: str) -> str:
    if kind == "folder":
        return (
            f"{source}: no notebook in it; each student needs a folder named by the id, with the "
            f"notebook in it: <student>/{assignment_id}.ipynb"
        )
    return f"{source}: no file in it is named as {kind} names files; leave out --from"
