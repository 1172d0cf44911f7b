"""Whose file it is: the download's naming against the roster, without guessing."""

from __future__ import annotations

from grader.course.ids import is_safe_student
from grader.course.roster import Person, Roster
from grader.intake.naming.handed import Handed, shown

__all__ = ["Unknown", "identified"]


class Unknown(Exception):
    """Nobody, or nobody for certain; why, as the end of a sentence."""


def identified(file: Handed, roster: Roster | None) -> str:
    """The student id.

    Without a roster, what the download calls the student is the id, if it can be one.

    Raises:
        Unknown: the roster has nobody, or more than one, of that name.
    """
    if file.key.startswith("anon_") and file.column == "canvas_id":
        raise Unknown("an anonymous download; turn anonymous grading off and download again")
    if roster is None:
        if is_safe_student(file.key):
            return file.key
        raise Unknown("no usable student id; name the folder by it, or write a roster.csv")
    person = _by_key(file, roster) or _by_name(file, roster)
    if person is None:
        raise Unknown(f"not in the roster; add {_wanted(file)} there and collect again")
    return person.id


def _by_key(file: Handed, roster: Roster) -> Person | None:
    if file.column == "any":
        return roster.by_any(file.key)
    if file.column == "github":
        return _by_user_name(file.key, roster)
    return roster.by(file.column, file.key) or _by_id(file, roster)


def _by_id(file: Handed, roster: Roster) -> Person | None:
    """By an id that is the LMS's number, unless the name is somebody else's."""
    person = roster.by("id", file.key)
    if person and file.name and person.sortable_name and person not in roster.by_name(file.name):
        return None
    return person


def _by_user_name(clone: str, roster: Roster) -> Person | None:
    """By the end of a clone's name: both assignments and user names may hold hyphens."""
    words = clone.split("-")
    for start in range(len(words)):
        name = "-".join(words[start:])
        if person := roster.by("github", name) or roster.by("id", name):
            return person
    return None


def _by_name(file: Handed, roster: Roster) -> Person | None:
    """By full name, for those whose number is not in the roster."""
    people = roster.by_name(file.name) if file.name else []
    if len(people) > 1:
        ids = ", ".join(person.id for person in people)
        raise Unknown(f"{ids} have this name; write {_wanted(file)} to the right one")
    if people and getattr(people[0], file.column) and file.column == "canvas_id":
        return None  # of that name, but with another number
    return people[0] if people else None


def _wanted(file: Handed) -> str:
    """What the roster would have to hold."""
    return f"{'id' if file.column == 'any' else file.column} {shown(file.key)}"
