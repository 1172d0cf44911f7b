"""`grader collect`: a download of submissions → submitted/; no file is trusted.

Only notebooks are taken, under names of our own; a zip is read member by member and never
extracted. The download's naming and the roster tell who handed a file in; nobody guesses. A file
whose student is unknown, or which cannot be read, is listed and left out. The time of submission
comes from the LMS or nbgrader. The times of the files do not count: the download set them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.groups import load_groups
from grader.course.renamed import load_renamings
from grader.course.roster import Roster, load_roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.archive import Archive, open_archive
from grader.intake.attempts import Attempt, StudentAttempts, latest
from grader.intake.identity import NoStudent, Unknown, has_number, identified
from grader.intake.labels import Labels, number_in
from grader.intake.naming.github import last_commit
from grader.intake.naming.handed import Handed, shown
from grader.intake.naming.recognised import recognised
from grader.intake.naming.sakai import in_iso, time_beside
from grader.intake.reading import answers_in, released
from grader.intake.shared import disagreements
from grader.intake.submissions import find_submissions
from grader.intake.teams import without_teams
from grader.intake.times import load_numbers, load_times
from grader.intake.timestamp import (
    REMEDY,
    TIMESTAMP_FILE,
    UNKNOWN,
    Stamp,
    parse_timestamp,
)
from grader.intake.titles import without_titles
from grader.notebook import Notebook

__all__ = ["Collected", "collect", "missing", "take_over"]

COPY_MARK = re.compile(r"( ?\(\d{1,3}\)|-\d{1,3})$")  # browsers and Canvas number further copies
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
BY_ID = "put it into a folder named by its student's id, and that folder into one with all others"
WITH_TIMES = ("nbgrader", "folder")  # elsewhere the student may have uploaded the timestamp.txt


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
        yield from _times_of_nobody(told, times, _everyone(roster, files, now))
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
    known, unknown = _by_student(files, roster, now, _labels(course, roster))
    release = released(course, assignment_id)
    collector = _Collector(course, assignment_id, deadlines, archive, kind, told, release)
    lines = []
    for student in sorted(known):
        for line in collector.take(student, known[student]):
            lines.append(line)
            if line.ok:
                yield line
    yield from (line for line in lines if not line.ok)
    yield from unknown
    yield from _left_over(archive, files)
    yield from _late(lines)
    yield from _late_without_time(lines, kind)
    groups, handed_in = load_groups(course), find_submissions(course, assignment_id)
    remarks = (*deadlines.remarks, *groups.remarks, *disagreements(handed_in))
    yield from (Collected("", remark) for remark in remarks)


def _everyone(
    roster: Roster | None, files: Iterable[Handed], now: Mapping[str, str]
) -> Collection[str]:
    """Ids of all who may have handed in: those of the roster, or else those of the download."""
    return roster.people if roster else _by_student(files, None, now)[0]


def _with_id(file: Handed, numbers: dict[str, str]) -> Handed:
    """The file under our id, if a grading worksheet tells whose Moodle's number is."""
    if file.column != "moodle_id" or file.key not in numbers:
        return file
    return replace(file, key=numbers[file.key], column="id")


def _known_by(roster: Roster | None) -> Callable[[str], bool] | None:
    """Whether somebody has a name; remembered, since paths of a download repeat their folders."""
    if roster is None:
        return None
    everyone = Roster(roster.everyone)
    return cache(lambda name: everyone.by_any(name) is not None)


def _is_nobody(name: str) -> bool:
    return False


def _labels(course: Course, roster: Roster | None) -> Labels | None:
    return Labels(roster, load_renamings(course.root).now) if roster else None


def _has_number(name: str) -> bool:
    """Whether a name holds a number and more, as labels do; a bare number is an id."""
    return number_in(name) not in ("", name)


def _by_student(
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
            *(_left_out(called, reason) for called, reason in sorted(set(unknown))),
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


@dataclass(frozen=True)
class _Collector:
    """Takes hand-ins over, one student after the other."""

    course: Course
    assignment_id: str
    deadlines: Deadlines
    archive: Archive
    kind: str
    times: Mapping[str, datetime]
    release: Notebook | None

    def take(self, student: str, files: Sequence[Handed]) -> Iterator[Collected]:
        """Keep each attempt, and copy the one that counts to `submitted/`."""
        theirs = StudentAttempts(self.course, self.assignment_id, student)
        was_empty = theirs.is_empty
        new: list[Attempt] = []
        problems = []
        chosen: Handed | None = None
        attempts: dict[str, list[Handed]] = {}
        for file in files:
            attempts.setdefault(file.attempt, []).append(file)
        for name in sorted(attempts):
            found = self._notebook(attempts[name])
            data = found if isinstance(found, str) else self.archive.read(found.entry)
            if isinstance(found, str) or isinstance(data, str):
                problems.append(_left_out(student, str(data)))
                continue
            chosen, beside = found, [f for f in self._notebooks(attempts[name]) if f is not found]
            work, stamp = data, self._stamp(found)
            added = theirs.add(
                data,
                found.entry,
                stamp.moment,
                0 if found.time else found.order,  # a time tells more
                unread=stamp.unread,
                corrects=not found.time and self.kind in WITH_TIMES,
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
            text += f"; {place} of several notebooks; not taken: {_named(beside)}"
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
        place = f"submitted/{student}/{self.assignment_id}/{TIMESTAMP_FILE}"
        remedy = f"{REMEDY} in {place}, or give it with --times"
        for attempt in theirs.attempts:
            stamp = attempt.stamp
            if stamp.unread or stamp.is_ahead:
                text = f"{stamp} ({shown(attempt.origin)}); {remedy}"
                yield Collected(student, text, ok=not stamp.unread)

    def _notebooks(self, files: Sequence[Handed]) -> list[Handed]:
        """The notebooks that may be of this assignment, by their names."""
        wanted = self.assignment_id
        notebooks = [f for f in files if f.own.suffix.lower() == ".ipynb"]
        notebooks = [f for f in notebooks if wanted in f.own.parts[:-1]] or notebooks
        others = {a.id for a in self.course.assignments} - {wanted}
        return [f for f in notebooks if not others.intersection(_names(f.own))]

    def _notebook(self, files: Sequence[Handed]) -> Handed | str:
        """The file that is the submission, or why there is none."""
        wanted, notebooks = self.assignment_id, self._notebooks(files)
        notebooks = self._with_answers(notebooks) or notebooks
        exact = [f for f in notebooks if f.own.stem == wanted]
        alike = [f for f in notebooks if COPY_MARK.sub("", f.own.stem) == wanted]
        if self.kind == "canvas":  # Canvas numbers attachments, so the greatest number is the last
            exact = []
        candidates = exact or alike or notebooks
        if len(candidates) > 1 and candidates is not notebooks and all(f.order for f in candidates):
            return max(candidates, key=lambda f: f.order)
        if len(candidates) == 1:
            return candidates[0]
        names = _named((candidates or files)[:3])
        if candidates:
            return f"{len(candidates)} notebooks, and not just one named {wanted}.ipynb ({names})"
        return f"no notebook in it is of this assignment ({names})"

    def _with_answers(self, notebooks: Sequence[Handed]) -> list[Handed]:
        """Of several notebooks, those that are not just as they were released."""
        if self.release is None or len(notebooks) < 2:
            return []
        return [file for file in notebooks if self._has_answers(file, self.release)]

    def _has_answers(self, file: Handed, release: Notebook) -> bool:
        data = self.archive.read(file.entry)
        return isinstance(data, bytes) and bool(answers_in(data, release))

    def _stamp(self, file: Handed) -> Stamp:
        """When a file was handed in, as the download tells it."""
        if file.time:
            return parse_timestamp(file.time, self.course.zone)
        if self.kind in WITH_TIMES:
            return self._told(str(PurePosixPath(file.entry).with_name(TIMESTAMP_FILE)))
        if self.kind == "sakai":
            return self._told(time_beside(file), in_iso)
        if self.kind == "github" and self.archive.root is not None:
            depth = len(PurePosixPath(file.entry).parts) - len(file.own.parts)
            clone = self.archive.root.joinpath(*PurePosixPath(file.entry).parts[:depth])
            return Stamp(last_commit(clone, file.own))
        return UNKNOWN

    def _told(self, beside: str, read: Callable[[bytes], bytes | str] = bytes) -> Stamp:
        """The time in a file of the download, if it has that file."""
        if beside not in self.archive.entries:
            return UNKNOWN
        data = self.archive.read(beside)
        if isinstance(data, str):
            return Stamp(unread=TIMESTAMP_FILE, problem=data)
        return parse_timestamp(read(data), self.course.zone)

    def _deadline(self, student: str) -> datetime | None:
        due = self.deadlines.of(self.course.assignment(self.assignment_id), student)
        return due + timedelta(minutes=self.course.late_policy.grace_minutes) if due else None


def _left_out(called: str, reason: str) -> Collected:
    return Collected(called, f"left out: {reason}", ok=False, outcome="left out")


def _named(files: Iterable[Handed]) -> str:
    """The files' names, as the student chose them."""
    return ", ".join(shown(str(file.own)) for file in files)


def _names(own: PurePosixPath) -> set[str]:
    """The folders of a path, and the file's name without its ending and copy mark."""
    return {*own.parts[:-1], COPY_MARK.sub("", own.stem)}


def _left_over(archive: Archive, files: Sequence[Handed]) -> Iterator[Collected]:
    for name, reason in sorted(archive.refused.items()):
        yield _left_out(name, reason)
    named = {file.entry for file in files}
    for entry in archive.entries:
        if entry not in named and entry.lower().endswith(".ipynb"):
            yield _left_out(entry, f"its name does not tell whose it is; {BY_ID}")
        elif entry not in named and entry.lower().endswith(PACKED):
            yield _left_out(entry, "cannot be unpacked; unpack it into a folder of its name")


def _late(lines: Iterable[Collected]) -> Iterator[Collected]:
    if late := [line.student for line in lines if line.is_after_deadline]:
        yield Collected("", f"after the deadline: {', '.join(late)}")


def _late_without_time(lines: Iterable[Collected], kind: str) -> Iterator[Collected]:
    if late := [line.student for line in lines if line.is_late]:
        yield Collected(
            "",
            f"marked late by {kind.title()}, but without a time, so counted as in time; "
            f"give their times with --times: {', '.join(late)}",
        )


def _times_of_nobody(
    told: Iterable[str], path: Path, known: Collection[str]
) -> Iterator[Collected]:
    """Names in the file of times that belong to nobody, probably because of a typing error."""
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


def _nothing(source: Path, assignment_id: str, kind: str) -> str:
    if kind == "folder":
        return (
            f"{source}: no notebook in it; each student needs a folder named by the id, with the "
            f"notebook in it: <student>/{assignment_id}.ipynb"
        )
    return f"{source}: no file in it is named as {kind} names files; leave out --from"
