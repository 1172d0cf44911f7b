"""`grader roster`: joins an export with the roster of the course, and says what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from grader.course.enrolment import Enrolment, Listed, enrolled
from grader.course.renamed import load_renamings
from grader.course.roster import Person
from grader.course.roster_file import RosterFile, open_roster
from grader.course.settings import Course
from grader.intake.exported_people import people_in
from grader.intake.naming.handed import shown

__all__ = ["Enrolled", "enrol", "joined"]


@dataclass(frozen=True)
class Enrolled:
    """What happens to one student, or a remark on the file.

    Args:
        student: the id; "" for a remark.
        text: what is said of them.
        outcome: "new", "changed", "unchanged", "not in the file", "dropped" or "in doubt"; "" for a
            remark.
    """

    student: str
    text: str
    outcome: str = ""

    def __str__(self) -> str:
        return f"{self.student}: {self.text}" if self.student else self.text

    def as_row(self) -> dict[str, Any]:
        """The values by name."""
        return asdict(self)


def enrol(
    course: Course, system: str, path: Path, id_column: str = "", *, drop: bool = False
) -> tuple[list[Enrolled], RosterFile | None]:
    """Join an export with the roster; nothing is written.

    Args:
        course: the course.
        system: “canvas”, “moodle” or “csv”.
        path: the export.
        id_column: where the ids of new students come from, as for `enrolled`.
        drop: whether to take out of the roster who is not in the export.

    Returns:
        What changes, student by student, and the roster to be saved; None if somebody is in doubt.

    Raises:
        UsageError: the export or the roster cannot be read.
    """
    listed, remarks = people_in(path, system)
    return joined(course, listed, remarks, id_column, drop=drop)


def joined(
    course: Course,
    listed: Sequence[Listed],
    remarks: Sequence[str] = (),
    id_column: str = "",
    *,
    drop: bool = False,
) -> tuple[list[Enrolled], RosterFile | None]:
    """Join people with the roster, as `enrol` does; nothing is written.

    Args:
        course: the course.
        listed: who takes it.
        remarks: what is to be said beside.
        id_column: where the ids of new students come from, as for `enrolled`.
        drop: whether to take out of the roster who is not listed.

    Raises:
        UsageError: the roster cannot be read.
    """
    file = open_roster(course)
    working = {folder.name for folder in course.submitted_dir.glob("*") if folder.is_dir()}
    roster = replace(file.roster, former=load_renamings(course.root).now)
    found = enrolled(roster, listed, id_column, working)
    lines = [*(Enrolled("", remark) for remark in map(_plain, remarks)), *_lines(found, drop)]
    if found.doubts:
        lines += [Enrolled("", _plain(doubt), "in doubt") for doubt in found.doubts]
        lines.append(Enrolled("", f"{course.roster}: nothing was written"))
        return lines, None
    file = file.with_people([*(after for _, after in found.changed), *found.new])
    return lines, file.without({p.id for p in found.gone}) if drop else file


def _lines(found: Enrolment, drop: bool) -> list[Enrolled]:
    lines = [Enrolled(p.id, f"new ({shown(p.full_name)})", "new") for p in found.new]
    lines += [Enrolled(a.id, _plain(_changes(b, a)), "changed") for b, a in found.changed]
    lines += [Enrolled(student, "unchanged", "unchanged") for student in found.unchanged]
    lines += [Enrolled(p.id, f"stays {p.role} of the course") for p in found.staff]
    text = (
        "not in the file; taken out of the roster, the work stays"
        if drop
        else ("not in the file; stays in the roster (--drop takes out who is not in the file)")
    )
    outcome = "dropped" if drop else "not in the file"
    return lines + [Enrolled(person.id, text, outcome) for person in found.gone]


def _changes(before: Person, after: Person) -> str:
    pairs = [(c.name, getattr(before, c.name), getattr(after, c.name)) for c in fields(Person)]
    said = [f"{name} {old or '(none)'} → {new}" for name, old, new in pairs if old != new]
    return f"changed ({', '.join(said)})"


def _plain(text: str) -> str:
    """A text safe for a terminal: without signs that could command it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:500])
