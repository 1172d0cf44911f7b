"""Whose file it is: names of the download are looked up in the roster, never guessed.

The LMS's number counts more than a name, unless the name is somebody else's. Programs that pack
zips may have damaged a name: they write `?` or `_` for letters that they do not know. Such a name
tells nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.ids import is_safe_student
from grader.course.roster import Person, Roster, name_key
from grader.intake.labels import Labels, number_in
from grader.intake.naming.handed import Handed, shown

__all__ = ["NoStudent", "Unknown", "has_number", "identified", "is_damaged"]

LOST = re.compile(r"[?_\ufffd]+")


class Unknown(Exception):
    """A file's student is unknown or not certain; the message says why."""


class NoStudent(Unknown):
    """A file is that of a teacher or an assistant; the message says whose."""


def identified(file: Handed, roster: Roster | None, labels: Labels | None = None) -> str:
    """Find the id of the student who handed a file in.

    Args:
        file: the file, as the download's naming describes it.
        roster: who takes the course. Without one, the download's name for the student is the id,
            if it can be one.
        labels: the roster's way to read names that hold number and name; None without a roster.

    Raises:
        Unknown: the roster has nobody of that name, or more than one, or another person of that
            number; or without a roster, the name cannot be an id; or the download is anonymous, or
            its name leaves it in doubt. It is a `NoStudent` if somebody who teaches has that name.
    """
    try:
        return _student(file, roster, labels)
    except Unknown:
        if roster is not None and (person := _teaches(file, roster)):
            told = f"{person.id} is {person.role} by the roster, so this is no student's work"
            raise NoStudent(told) from None
        raise


def _student(file: Handed, roster: Roster | None, labels: Labels | None) -> str:
    if file.doubt:
        raise Unknown(file.doubt)
    if file.column == "anonymous_id":  # a marker may grade this person, but not know who it is
        return file.key
    if file.key.startswith("anon_") and file.column == "canvas_id":
        raise Unknown("an anonymous download; turn anonymous grading off and download again")
    if file.column == "label":
        return _labelled(file.key, labels)
    if roster is None:
        if is_safe_student(file.key):
            return file.key
        raise Unknown("cannot be a student id; rename the folder, or write a roster.csv")
    people = roster.by_name(file.name) if file.name else []
    if file.column == "any" and len(several := roster.all_by_any(file.key)) > 1:
        ids = " and ".join(person.id for person in several)
        raise Unknown(f"{ids} have this name in different columns of the roster; correct it there")
    person = _by_key(file, roster, people) or _by_name(file, people)
    if person is None:
        raise Unknown(f"not in the roster; add {_wanted(file)} there and collect again")
    return person.id


def _teaches(file: Handed, roster: Roster) -> Person | None:
    """The teacher or assistant whose file it is; None if nobody of them, for certain."""
    staff = Roster(dict(roster.staff))
    try:
        return staff.people[_student(file, staff, Labels(staff))]
    except (Unknown, KeyError):
        return None


def _labelled(label: str, labels: Labels | None) -> str:
    if labels is None:
        if number := number_in(label):
            return number
        raise Unknown("holds no student number, or several; write a roster.csv")
    owner = labels.owner(label)
    if isinstance(owner, str):
        reason = owner or "holds neither a number nor a name of the roster"
        raise Unknown(f"{reason}; correct the roster, or rename it to begin with the id")
    return owner.id


def has_number(file: Handed, student: str, roster: Roster) -> bool:
    """Whether the download's name for the student is in the roster, or only the full name is."""
    if file.column == "label":
        return Labels(roster).has_number(file.key, student)
    return student in {
        person.id for column in (file.column, "id") if (person := _by(column, file.key, roster))
    }


def is_damaged(name: str) -> bool:
    """Whether letters of a name were lost on the way, so that it tells nothing by itself."""
    return LOST.search(name) is not None


def _by_key(file: Handed, roster: Roster, people: Sequence[Person]) -> Person | None:
    if file.column == "github":
        return _by_user_name(file.key, roster)
    person = _by(file.column, file.key, roster)
    if person is None:
        return None if file.column == "any" else _by_id(file, roster, people)
    if people and person not in people and not is_damaged(file.name):
        ids = " or ".join(other.id for other in people)
        raise Unknown(f"{_wanted(file)} is {person.id}, but the name is {ids}; correct the roster")
    return person


def _by(column: str, key: str, roster: Roster) -> Person | None:
    return roster.by_any(key) if column == "any" else roster.by(column, key)


def _by_id(file: Handed, roster: Roster, people: Sequence[Person]) -> Person | None:
    """Find the person whose id is the LMS's number, unless the name is somebody else's."""
    person = roster.by("id", file.key)
    if person is None or not file.name or not person.sortable_name or person in people:
        return person
    return person if is_damaged(file.name) and _may_be(file.name, person) else None


def _may_be(damaged: str, person: Person) -> bool:
    """Whether the letters that are left are those of the person's name."""
    left = ".*".join(re.escape(name_key(part)) for part in LOST.split(damaged))
    first, last = person.first_name, person.last_name
    return any(re.fullmatch(left, name_key(name)) for name in (first + last, last + first))


def _by_user_name(name: str, roster: Roster) -> Person | None:
    """Find a person by user name; by id only where the roster knows no user name of theirs."""
    if person := roster.by("github", name):
        return person
    person = roster.by("id", name)
    return None if person and person.github else person


def _by_name(file: Handed, people: Sequence[Person]) -> Person | None:
    """Find a person by full name, for those whose number is not in the roster."""
    if is_damaged(file.name):
        raise Unknown(
            f"its name was damaged by a program that packed the zip; add {_wanted(file)} to the "
            "roster and collect again"
        )
    if len(people) > 1:
        ids = ", ".join(person.id for person in people)
        raise Unknown(f"{ids} have this name; write {_wanted(file)} into the row of the right one")
    if people and file.column == "canvas_id" and people[0].canvas_id:
        return None  # the same name, but another number: somebody else
    return people[0] if people else None


def _wanted(file: Handed) -> str:
    """What to write into the roster, so that the file is recognised."""
    return f"{'id' if file.column == 'any' else file.column} {shown(file.key)}"
