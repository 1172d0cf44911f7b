"""Every attempt that a student ever handed in, and which one counts.

`attempts/<assignment>/<student>/<number>/` holds a notebook as it was collected and, in
`attempt.json`, where it came from. The attempt that counts is copied to `submitted/`, where
nbgrader and we look for it. No notebook in `attempts/` is ever overwritten: a newer attempt gets
the next number.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from grader.course.ids import is_safe_student
from grader.course.settings import Course
from grader.intake.timestamp import (
    TIMESTAMP_FILE,
    UNKNOWN,
    Stamp,
    parse_timestamp,
    write_timestamp,
)
from grader.notebook import MAX_BYTES
from grader.system.files import write_whole

__all__ = ["Attempt", "StudentAttempts", "latest", "students_with_attempts"]

ATTEMPT_FILE = "attempt.json"


@dataclass(frozen=True)
class Attempt:
    """One notebook that was collected.

    Args:
        number: 1 for the first that was collected.
        path: the notebook.
        digest: SHA-256 of its content.
        collected_at: when it was collected.
        stamp: when it was handed in, as far as somebody told it.
        order: a number that is greater the later the LMS received it; 0 if unknown.
        origin: its path in the download.
        corrected: times that were told before and corrected since, as text; who tells one of them
            again, by an old download, does not undo the correction.
    """

    number: int
    path: Path
    digest: str
    collected_at: datetime
    stamp: Stamp = UNKNOWN
    order: int = 0
    origin: str = ""
    corrected: tuple[str, ...] = ()

    @property
    def submitted_at(self) -> datetime | None:
        """When it was handed in; None if unknown."""
        return self.stamp.moment


class StudentAttempts:
    """The attempts of one student at one assignment.

    Args:
        course: the course.
        assignment_id: the assignment.
        student: a student id that is safe as the name of a folder.
    """

    def __init__(self, course: Course, assignment_id: str, student: str) -> None:
        self._name, self._zone = f"{assignment_id}.ipynb", course.zone
        self._folder = course.attempts_dir / assignment_id / student
        self._submitted = course.submitted_dir / student / assignment_id
        self._is_taken_in = False
        self.attempts = sorted(self._read(), key=lambda attempt: attempt.number)

    def add(
        self,
        data: bytes,
        origin: str,
        submitted_at: datetime | None = None,
        order: int = 0,
        *,
        unread: str = "",
        corrects: bool = False,
    ) -> Attempt | None:
        """Keep a notebook, unless the same one was collected before.

        If the same notebook is there without a time of submission, its attempt gets this one. With
        another time it is another attempt, unless that time corrects the one that is there.

        Args:
            data: content of the notebook.
            origin: its path in the download.
            submitted_at: when it was handed in; None if unknown.
            order: a number that is greater the later the LMS received it; 0 if unknown.
            unread: the time of submission as it was told, if it cannot be read.
            corrects: whether another time of the same notebook replaces the one told before.

        Returns:
            The new attempt; None if there is none.
        """
        self.take_in_submitted()
        digest = hashlib.sha256(data).hexdigest()
        stamp = parse_timestamp(unread, self._zone) if unread else Stamp(submitted_at)
        known = [a for a in self.attempts if a.digest == digest]
        if any(stamp in (UNKNOWN, a.stamp) or stamp.text in a.corrected for a in known):
            self._note_newer(known[-1], origin, order)
            return None
        if unknown := next((a for a in known if a.stamp == UNKNOWN), None):
            self._write(replace(unknown, stamp=stamp, order=max(order, unknown.order)))
            return None
        if known and corrects:
            self._correct(digest, stamp)
            return None
        return self._keep(data, datetime.now(UTC), stamp, order, origin)

    def _note_newer(self, known: Attempt, origin: str, order: int) -> None:
        """The LMS got the same notebook once more: pages go back to the newer one."""
        if order > known.order:
            self._write(replace(known, order=order, origin=origin))

    def correct_time(self, data: bytes, moment: datetime) -> None:
        """Set when a notebook was handed in, whatever was told before.

        Args:
            data: content of a notebook that was added.
            moment: when it was handed in.
        """
        self._correct(hashlib.sha256(data).hexdigest(), Stamp(moment))

    def install(self, attempt: Attempt) -> bool:
        """Copy an attempt to `submitted/`, to be graded.

        Returns:
            Whether that changed the notebook or its time there.
        """
        data = attempt.path.read_bytes()
        notebook = self._submitted / self._name
        if (_content(notebook), self._stamp_in_submitted()) == (data, attempt.stamp):
            return False
        write_timestamp(self._submitted, attempt.submitted_at, attempt.stamp.unread)
        write_whole(notebook, data)
        return True

    @property
    def installed(self) -> Attempt | None:
        """The attempt that is in `submitted/`; None if none is, or something else."""
        data = _content(self._submitted / self._name)
        if data is None:
            return None
        digest, stamp = hashlib.sha256(data).hexdigest(), self._stamp_in_submitted()
        same = [a for a in self.attempts if a.digest == digest]
        return next((a for a in reversed(same) if a.stamp == stamp), None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was handed in yet, neither collected nor put into `submitted/`."""
        return not self.attempts and not os.path.lexists(self._submitted / self._name)

    def take_in_submitted(self) -> None:
        """Keep what somebody else put into `submitted/`, before it is replaced.

        This can be another notebook, or another time in its timestamp.txt, which corrects the time
        that was told before. It is done once, since later changes there are ours.
        """
        path = self._submitted / self._name
        data = None if self._submitted.is_symlink() else _content(path)
        if data is None or self._is_taken_in:
            return
        self._is_taken_in = True
        stamp = self._stamp_in_submitted()
        digest = hashlib.sha256(data).hexdigest()
        known = [a for a in self.attempts if a.digest == digest]
        if not known:
            there_since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            self._keep(data, there_since, stamp, 0, "found in submitted/")
        elif stamp != UNKNOWN and all(a.stamp != stamp for a in known):
            self._correct(digest, stamp)

    def _correct(self, digest: str, stamp: Stamp) -> None:
        """Set the time of all attempts that are this notebook: one alone would not decide."""
        for attempt in [a for a in self.attempts if a.digest == digest and a.stamp != stamp]:
            told = dict.fromkeys((*attempt.corrected, attempt.stamp.text))
            corrected = tuple(text for text in told if text not in ("", stamp.text))
            self._write(replace(attempt, stamp=stamp, corrected=corrected))

    def _stamp_in_submitted(self) -> Stamp:
        told = _content(self._submitted / TIMESTAMP_FILE)
        return UNKNOWN if told is None else parse_timestamp(told, self._zone)

    def _keep(
        self,
        data: bytes,
        collected_at: datetime,
        stamp: Stamp,
        order: int,
        origin: str,
    ) -> Attempt:
        number = self._claimed(max((a.number for a in self.attempts), default=0) + 1)
        path = self._folder / str(number) / self._name
        digest = hashlib.sha256(data).hexdigest()
        write_whole(path, data)
        attempt = Attempt(number, path, digest, collected_at, stamp, order, origin)
        self.attempts.append(attempt)
        return self._write(attempt)

    def _claimed(self, number: int) -> int:
        """The first number from this one on that nobody has; the desk and `collect` may meet."""
        while True:
            try:
                (self._folder / str(number)).mkdir(parents=True)
                return number
            except FileExistsError:
                number += 1

    def _write(self, written: Attempt) -> Attempt:
        """Write attempt.json; without this file the attempt would not count."""
        stamp = written.stamp
        record = {
            "sha256": written.digest,
            "collected_at": written.collected_at.isoformat(),
            "submitted_at": stamp.moment.isoformat() if stamp.moment else None,
            **({"unread_time": stamp.unread} if stamp.unread else {}),
            **({"corrected_times": written.corrected} if written.corrected else {}),
            "order": written.order,
            "origin": written.origin,
        }
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        write_whole(written.path.parent / ATTEMPT_FILE, text)
        self.attempts = [written if a.number == written.number else a for a in self.attempts]
        return written

    def _read(self) -> list[Attempt]:
        if not self._folder.is_dir():
            return []
        folders = [entry for entry in self._folder.iterdir() if entry.name.isdecimal()]
        found = (_attempt(folder, self._name, self._zone) for folder in folders)
        return [attempt for attempt in found if attempt]


def students_with_attempts(course: Course, assignment_id: str) -> list[str]:
    """List the students who have an attempt, sorted.

    Args:
        course: the course.
        assignment_id: the assignment.
    """
    folder = course.attempts_dir / assignment_id
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if is_safe_student(name)]


def latest(attempts: Sequence[Attempt], deadline: datetime | None) -> Attempt:
    """Choose the latest attempt that was in time; if none was, the latest of all.

    An attempt without a time of submission counts as in time. Attempts are ordered by the LMS's own
    numbers if all have one; else by time of submission, or of collection where that is unknown.

    Args:
        attempts: at least one.
        deadline: until when work is in time, grace included; None if there is no deadline.
    """
    in_time = [
        a for a in attempts if not deadline or not a.submitted_at or a.submitted_at <= deadline
    ]
    if all(attempt.order for attempt in attempts):
        return max(in_time or attempts, key=lambda a: (a.order, a.number))
    return max(in_time or attempts, key=lambda a: (a.submitted_at or a.collected_at, a.number))


def _attempt(folder: Path, name: str, zone: tzinfo) -> Attempt | None:
    try:
        record = json.loads((folder / ATTEMPT_FILE).read_text(encoding="utf-8"))
        return Attempt(
            int(folder.name),
            folder / name,
            record["sha256"],
            datetime.fromisoformat(record["collected_at"]),
            _stamp(record, zone),
            record["order"],
            record["origin"],
            tuple(record.get("corrected_times", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # half written by a run that was stopped


def _stamp(record: dict[str, Any], zone: tzinfo) -> Stamp:
    """The time in an attempt.json; what could not be read may be by now, in another time zone."""
    if record["submitted_at"]:
        return Stamp(datetime.fromisoformat(record["submitted_at"]))
    unread = record.get("unread_time")
    return parse_timestamp(unread, zone) if unread else UNKNOWN


def _content(path: Path) -> bytes | None:
    """Content of an ordinary file of bounded size; None for anything else."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None
