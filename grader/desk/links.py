"""Personal links: made, written to a file for the teacher, and taken back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from grader.course.roster import Person, Roster, load_people
from grader.course.settings import Course
from grader.desk.state import State
from grader.desk.tables import LINKS, SESSIONS
from grader.desk.tokens import digest_of, new_token
from grader.errors import UsageError
from grader.system.files import write_whole
from grader.system.table import csv_text, spreadsheet_safe

__all__ = ["Link", "check_list", "former_ids", "invite", "is_open", "revoke", "write_links"]

HEADER = ("id", "name", "email", "link", "until")


@dataclass(frozen=True)
class Link:
    """A personal link, as it is given to a student; the token is kept nowhere else.

    Args:
        person: whose it is.
        address: what the student opens.
        until: when it ends; None if it does not.
    """

    person: Person
    address: str
    until: datetime | None


def is_open(now: datetime) -> ColumnElement[bool]:
    """The condition that a link works at a moment."""
    return and_(LINKS.c.revoked_at.is_(None), or_(LINKS.c.until.is_(None), LINKS.c.until > now))


def invite(
    course: Course,
    state: State,
    students: Sequence[str],
    until: datetime | None,
    *,
    can_have: Callable[[Person], bool] = lambda person: True,
    deliver: Callable[[list[Link]], None] = lambda links: None,
) -> list[Link]:
    """Make personal links.

    Args:
        course: the course.
        state: the desk.
        students: who gets a new link, which replaces the old one; when empty, everyone in the
            roster who has none, teachers and assistants, too.
        until: when the links end; None if they do not.
        can_have: who can get one; the others keep what they have.
        deliver: writes the links down. If it fails, none was made, and the old ones work.

    Raises:
        UsageError: there is no roster, a student is not in it, the links would end at once, or
            the course does without links.
    """
    if not course.desk.personal_links:
        raise UsageError("course.yml: personal_links is false, so links would open nothing")
    now, roster = datetime.now(UTC), _roster(course)
    if until is not None and until <= now:
        raise UsageError(f"--until {until:%Y-%m-%d %H:%M %z}: that is over; name a later time")
    people = _people(roster, students)
    with state.writing() as connection:
        if not students:
            query = select(LINKS.c.student).where(is_open(now))
            have = {roster.former.get(name, name) for name in connection.scalars(query)}
            people = [person for person in people if person.id not in have]
        people = [person for person in people if can_have(person)]
        if students and people:
            _revoke(connection, _with_former(roster, [person.id for person in people]), now)
        links = [_new(course, connection, person, until, now) for person in people]
        deliver(links)
        return links


def revoke(course: Course, state: State, students: Sequence[str]) -> list[str]:
    """Take links back; whoever signed in by one of them is signed out.

    Args:
        course: the course.
        state: the desk.
        students: whose; when empty, everyone's, also of those who left the roster.

    Returns:
        The ids of those whose links worked until now, sorted.
    """
    roster = load_people(course)
    with state.writing() as connection:
        owners = _revoke(connection, _with_former(roster, students), datetime.now(UTC))
    return sorted({roster.former.get(owner, owner) for owner in owners})


def former_ids(course: Course, people: Collection[str]) -> list[str]:
    """The ids that people had before and nobody has now; a list may still have links under them.

    Args:
        course: the course.
        people: the ids that they have.
    """
    roster = load_people(course)
    before = {name for person in people for name in roster.known_as(person)}
    return sorted(before - set(people) - roster.everyone.keys())


def check_list(path: Path) -> None:
    """Look at the file for the links before any is made: a link that is not kept helps nobody.

    Raises:
        UsageError: it is no list of links, or its folder is missing.
    """
    _rows(path)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no such folder; make it, or name another --output")


def write_links(path: Path, links: Iterable[Link], gone: Iterable[str] = ()) -> None:
    """Add links to a file for a mail merge; the rows of other students stay.

    Args:
        path: a CSV file, which only this account may read.
        links: new ones.
        gone: ids whose rows are removed.

    Raises:
        UsageError: the file is there, but is no list of links, or cannot be written.
    """
    rows = _rows(path)
    for student in gone:
        rows.pop(student, None)
    for link in links:
        person = link.person
        until = link.until.isoformat(timespec="minutes") if link.until else ""
        cells = (person.id, person.full_name, person.email, link.address, until)
        rows[person.id] = [spreadsheet_safe(cell) for cell in cells]
    try:
        write_whole(path, csv_text([HEADER, *(rows[student] for student in sorted(rows))]))
        path.chmod(0o600)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def _rows(path: Path) -> dict[str, list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error):
        header, rows = [], []
    if tuple(header) != HEADER or any(len(row) != len(HEADER) for row in rows):
        raise UsageError(f"{path}: is no list of links; name another file with --output")
    return {row[0]: row for row in rows}


def _roster(course: Course) -> Roster:
    roster = load_people(course)
    if roster.everyone:
        return roster
    raise UsageError(
        f"{course.roster_path}: not found; only who is in the roster gets a link; "
        "see `grader roster --help`"
    )


def _people(roster: Roster, students: Sequence[str]) -> list[Person]:
    everyone = roster.everyone
    for student in students:
        if student not in everyone:
            raise UsageError(f"{repr(student)[:80]} is not in the roster; check the id")
    return [everyone[student] for student in dict.fromkeys(students)] or list(everyone.values())


def _with_former(roster: Roster, students: Sequence[str]) -> list[str]:
    """These ids, and those that the same students had before."""
    return [*students, *(old for old, now in roster.former.items() if now in students)]


def _new(
    course: Course, connection: Connection, person: Person, until: datetime | None, now: datetime
) -> Link:
    token = new_token()
    connection.execute(
        insert(LINKS).values(digest=digest_of(token), student=person.id, made_at=now, until=until)
    )
    return Link(person, f"{course.desk.address}/in/{token}", until)


def _revoke(connection: Connection, students: Sequence[str], now: datetime) -> set[str]:
    chosen = LINKS.c.student.in_(students) if students else LINKS.c.id.is_not(None)
    ids, owners = [], set()
    for row in connection.execute(select(LINKS).where(chosen, LINKS.c.revoked_at.is_(None))):
        ids.append(row.id)
        owners.add(row.student)
    for some in (ids[start : start + 500] for start in range(0, len(ids), 500)):
        connection.execute(delete(SESSIONS).where(SESSIONS.c.link.in_(some)))
        connection.execute(update(LINKS).where(LINKS.c.id.in_(some)).values(revoked_at=now))
    return owners
