"""Who takes the course by a new list, joined to the roster that is there.

A student keeps the id that they have. Somebody is found by what an LMS calls them; by name only if
one person has that name, here and there, and nothing else speaks against it. Whoever cannot be told
apart is named, and then nothing is joined at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from grader.course.ids import is_safe_student
from grader.course.roster import IDENTIFIERS, Person, Roster, name_key

__all__ = ["ID_COLUMNS", "SURE", "Enrolment", "Listed", "enrolled"]

# Moodle counts participants anew for each assignment, so their numbers find nobody.
SURE = tuple(name for name in IDENTIFIERS if name not in ("id", "moodle_id"))
ID_COLUMNS = ("sis_id", "sis_login", "moodle_username", "email", "canvas_id", "github")
NAMES = ("first_name", "last_name")


@dataclass(frozen=True)
class Listed:
    """One person of a new list.

    Args:
        person: what the list knows of them; `id` is "" unless the list has our ids.
        place: where that is, such as “line 7”, for messages.
    """

    person: Person
    place: str

    def __str__(self) -> str:
        return f"{self.place} ({self.person.full_name or _known_as(self.person)})"


@dataclass(frozen=True)
class Enrolment:
    """A roster joined with a new list.

    Args:
        new: who was added, with their ids.
        changed: who changed: as they were, and as they are.
        unchanged: ids of those of whom the list says nothing new.
        gone: who is in the roster, but not in the list.
        staff: teachers and assistants who are in the list; they stay what they are.
        doubts: who cannot be told apart, and the remedy; then nothing should be written.
    """

    new: tuple[Person, ...] = ()
    changed: tuple[tuple[Person, Person], ...] = ()
    unchanged: tuple[str, ...] = ()
    gone: tuple[Person, ...] = ()
    staff: tuple[Person, ...] = ()
    doubts: tuple[str, ...] = ()


def enrolled(
    roster: Roster,
    listed: Iterable[Listed],
    id_column: str = "",
    known_ids: Collection[str] = (),
) -> Enrolment:
    """Join a list to the roster.

    Args:
        roster: the roster that is there; it may be empty.
        listed: the new list.
        id_column: where new students get their id from, one of `ID_COLUMNS`; "" for the column that
            the ids of the roster come from, or else the first that fits.
        known_ids: ids that have work in this course. Whom a system calls by one of them, but who is
            not in the roster, gets that id.
    """
    join = _Join(roster)
    for one in _once_each(listed, join.doubts):
        join.add(one)
    join.find_by_name()
    new = _with_ids(join, id_column, known_ids)
    pairs = [
        (roster.people[student], _updated(roster.people[student], one.person))
        for student, one in join.found.items()
    ]
    return Enrolment(
        tuple(new),
        tuple((before, after) for before, after in pairs if before != after),
        tuple(before.id for before, after in pairs if before == after),
        tuple(person for person in roster if person.id not in join.found),
        tuple(join.staff),
        tuple(join.doubts),
    )


@dataclass
class _Join:
    """The state of one joining."""

    roster: Roster
    found: dict[str, Listed] = field(default_factory=dict)
    left: list[Listed] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)

    def add(self, one: Listed) -> None:
        """Find somebody by what systems call them; keep them for later if nobody is found."""
        people, staff = _sharing(one.person, self.roster), _sharing(one.person, self.teachers)
        if len(people) + len(staff) > 1:
            ids = " and ".join(person.id for person in (*people, *staff))
            self.doubts.append(f"{one}: what it says fits {ids}; correct their rows in the roster")
        elif people:
            self._take(people[0], one)
        elif staff:
            self.staff += staff
        else:
            self.left.append(one)

    @cached_property
    def teachers(self) -> Roster:
        """Who is no student, to be found in the same way."""
        return Roster(dict(self.roster.staff))

    def _take(self, person: Person, one: Listed) -> None:
        against = _against(person, one.person)
        if against and not _may_be_one(person, one.person):
            self.doubts.append(
                f"{one}: may be {person.id} ({person.full_name}), but name and {against[0]} "
                f"differ; correct the row of {person.id} in the roster"
            )
        elif person.id in self.found:
            self.doubts.append(
                f"{one}: is {person.id}, as is {self.found[person.id]}; keep one of the two lines, "
                "or correct the roster"
            )
        else:
            self.found[person.id] = one

    def find_by_name(self) -> None:
        """Find those who are left by their names; who is not found is new."""
        rest, self.left = self.left, []
        keys = [_name(one.person) for one in rest]
        for one, key in zip(rest, keys, strict=True):
            people = [p for p in _namesakes(one.person, self.roster) if p.id not in self.found]
            staff = [p for p in _namesakes(one.person, self.teachers) if p not in self.staff]
            if staff and not _against(staff[0], one.person):
                self.doubts.append(_doubtful(one, [*people, *staff]))
            elif not people:
                self.left.append(one)
            elif len(people) > 1 or keys.count(key) > 1 or _against(people[0], one.person):
                self.doubts.append(_doubtful(one, people))
            else:
                self.found[people[0].id] = one
        names = [_name(one.person) for one in self.left]
        bare = [
            o
            for o, n in zip(self.left, names, strict=True)
            if names.count(n) > 1 and not any(getattr(o.person, c) for c in ("id", *SURE))
        ]
        for one in bare:
            self.left.remove(one)
            self.doubts.append(
                f"{one}: several have this name, and nothing tells them apart; "
                "add their student numbers or addresses to the list"
            )


def _doubtful(one: Listed, people: Sequence[Person]) -> str:
    ids = " or ".join(person.id for person in people)
    column = next((c for c in SURE if getattr(one.person, c)), "")
    if not column:
        return f"{one}: may be {ids}; add their student numbers or addresses to the list"
    value = getattr(one.person, column)
    text = f"{one}: may be {ids}; if so, write {column} {value} into that row of the roster"
    return f"{text}, or else a row of their own"


def _once_each(listed: Iterable[Listed], doubts: list[str]) -> list[Listed]:
    """Join lines about one person, who may be in two sections."""
    kept: list[Listed] = []
    by_mark: dict[tuple[str, str], int] = {}
    for one in listed:
        marks = [(c, key) for c in ("id", *SURE) if (key := _folded(getattr(one.person, c)))]
        places = {by_mark[mark] for mark in marks if mark in by_mark}
        place = min(places, default=len(kept))
        if place == len(kept):
            kept.append(one)
        elif (
            len(places) > 1
            or _against(kept[place].person, one.person)
            or not _may_be_one(kept[place].person, one.person)
        ):
            shared = next(mark[0] for mark in marks if mark in by_mark)
            doubts.append(f"{one}: has the same {shared} as {kept[place]}; correct the list")
            continue
        else:
            kept[place] = replace(kept[place], person=_both(kept[place].person, one.person))
        by_mark |= dict.fromkeys(marks, place)
    return kept


def _both(first: Person, second: Person) -> Person:
    sections = dict.fromkeys(s for s in (first.section, second.section) if s)
    values = {c.name: getattr(first, c.name) or getattr(second, c.name) for c in fields(Person)}
    return Person(**values | {"section": " and ".join(sections)})


def _sharing(person: Person, roster: Roster) -> list[Person]:
    """Everyone whom one of the systems calls the same."""
    found = {}
    for column in ("id", *SURE):
        value = getattr(person, column)
        if not value:
            continue
        if other := roster.by(column, value):
            found[other.id] = other
        elif column == "email" and (of_login := _of_login(value, person, roster)):
            found[of_login.id] = of_login
        elif (other := roster.by("id", value)) and not getattr(other, column):
            found |= {other.id: other} if _may_be_one(other, person) else {}
    return list(found.values())


def _of_login(email: str, person: Person, roster: Roster) -> Person | None:
    """The person of that name, whose address is not known, but whose login it begins with."""
    login = email.partition("@")[0]
    others = [roster.by(column, login) for column in ("id", "sis_login", "moodle_username")]
    fits = [o for o in others if o and not o.email and _name(o) and _may_be_one(o, person)]
    return fits[0] if fits else None


def _against(one: Person, other: Person) -> list[str]:
    """What both have, but not the same."""
    return [
        c
        for c in SURE
        if getattr(one, c)
        and getattr(other, c)
        and _folded(getattr(one, c)) != _folded(getattr(other, c))
    ]


def _may_be_one(one: Person, other: Person) -> bool:
    """Whether the names are the same, or one of the two has none."""
    if not _name(one) or not _name(other):
        return True
    return bool(_namesakes(other, Roster({one.id: one})))


def _namesakes(person: Person, roster: Roster) -> list[Person]:
    return roster.by_name(person.full_name) or roster.by_name(person.sortable_name)


def _name(person: Person) -> str:
    """A form of the name in which its order plays no part."""
    return "".join(sorted(name_key(person.full_name)))


def _updated(person: Person, told: Person) -> Person:
    """The person with what the list says; what differs in Unicode or case only is the same."""
    changes = {}
    for column in (*SURE, "section", "moodle_id"):
        value = getattr(told, column)
        if value and _folded(value) != _folded(getattr(person, column)):
            changes[column] = value
    if told.full_name and not (_name(person) and _may_be_one(person, told)):
        changes |= {column: getattr(told, column) for column in NAMES}
    return replace(person, **changes)


def _with_ids(join: _Join, id_column: str, known_ids: Collection[str]) -> list[Person]:
    """Those who are new, each with an id that nobody has."""
    columns = _id_columns(join, id_column)
    taken = {_folded(student) for student in join.roster.everyone}
    new = []
    for one in join.left:
        values = [getattr(one.person, column) for column in SURE]
        working = [value for value in values if value in known_ids]
        made = [one.person.id, *working, *_ids(one.person, columns)]
        chosen = next((v for v in made if is_safe_student(v) and _folded(v) not in taken), None)
        if chosen is None:
            told = "the list has no student number, login or address of theirs that can be an id"
            join.doubts.append(
                f"{one}: {told}; add a column with ids to it, or a row to the roster"
            )
        else:
            taken.add(_folded(chosen))
            new.append(replace(one.person, id=chosen))
    return new


def _id_columns(join: _Join, id_column: str) -> list[str]:
    """Where ids come from: first the column that was named, or that the roster has them from."""
    people = list(join.roster)
    like = [
        c
        for c in ID_COLUMNS
        if people and 2 * sum(p.id in _ids(p, [c]) for p in people) > len(people)
    ]
    counts = {c: sum(bool(getattr(one.person, c)) for one in join.left) for c in ID_COLUMNS}
    by_count = sorted(ID_COLUMNS, key=lambda c: 2 * counts[c] <= len(join.left))
    return list(dict.fromkeys([*([id_column] if id_column else []), *like, *by_count]))


def _ids(person: Person, columns: Iterable[str]) -> list[str]:
    """The ids that these columns can give; an address gives its first part, or all of it."""
    ids = []
    for column in columns:
        value = unicodedata.normalize("NFKC", getattr(person, column))
        ids += [value.partition("@")[0], value] if column == "email" else [value]
    return ids


def _known_as(person: Person) -> str:
    return next((v for c in ("id", *SURE) if (v := getattr(person, c))), "nobody")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
