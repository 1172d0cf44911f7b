"""Whose file it is: names of the download are looked up in the roster, never guessed."""

from __future__ import annotations

from grader.course.ids import is_safe_student
from grader.course.roster import Person, Roster
from grader.intake.naming.handed import Handed, shown

__all__ = ["Unknown", "identified"]


class Unknown(Exception):
    """A file's student is unknown or not certain; the message says why."""


def identified(file: Handed, roster: Roster | None) -> str:
    """Find the id of the student who handed a file in.

    Args:
        file: the file, as the download's naming describes it.
        roster: who takes the course. Without one, the download's name for the student is the id,
            if it can be one.

    Raises:
        Unknown: the roster has nobody of that name, or more than one; or without a roster, the name
            cannot be an id; or the download is anonymous.
    """
    if file.key.startswith("anon_") and file.column == "canvas_id":
        raise Unknown("an anonymous download; turn anonymous grading off and download again")
    if roster is None:
        if is_safe_student(file.key):
            return file.key
        raise Unknown("cannot be a student id; rename the folder, or write a roster.csv")
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
    """Find the person whose id is the LMS's number, unless the name is somebody else's."""
    person = roster.by("id", file.key)
    if person and file.name and person.sortable_name and person not in roster.by_name(file.name):
        return None
    return person


def _by_user_name(clone: str, roster: Roster) -> Person | None:
    """Try every end of the clone's name: assignments and user names may both hold hyphens."""
    words = clone.split("-")
    for start in range(len(words)):
        name = "-".join(words[start:])
        if person := roster.by("github", name) or roster.by("id", name):
            return person
    return None


def _by_name(file: Handed, roster: Roster) -> Person | None:
    """Find a person by full name, for those whose number is not in the roster."""
    people = roster.by_name(file.name) if file.name else []
    if len(people) > 1:
        ids = ", ".join(person.id for person in people)
        raise Unknown(f"{ids} have this name; write {_wanted(file)} into the row of the right one")
    if people and getattr(people[0], file.column) and file.column == "canvas_id":
        return None  # the same name, but another number: somebody else
    return people[0] if people else None


def _wanted(file: Handed) -> str:
    """What to write into the roster, so that the file is recognised."""
    return f"{'id' if file.column == 'any' else file.column} {shown(file.key)}"
