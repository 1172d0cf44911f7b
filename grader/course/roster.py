"""roster.csv: who takes the course, who teaches it, and what each system calls them.

Its first line names the columns. Only `id` is required; the others may be missing or empty.
Columns with other names are ignored. Who has the role of a teacher or an assistant is no student:
`Roster.people` has students only, `Roster.staff` has the others.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from grader.course.ids import USABLE_ID, is_safe_student
from grader.course.renamed import load_renamings
from grader.course.roles import (
    ASSISTANT,
    ROLES,
    STUDENT,
    TEACHER,
    known_role,
    sections_in,
    whole_names,
)
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.table import Row, Table, read_table

__all__ = [
    "COLUMNS",
    "CONTROL",
    "IDENTIFIERS",
    "LMS_ID",
    "MAX_NAME",
    "Person",
    "Roster",
    "load_people",
    "load_roster",
    "load_staff",
    "name_key",
    "places_of",
    "roster_of",
]

# A text with this first character is no formula in a spreadsheet and no option of a command.
LMS_ID = re.compile(
    r"[^\W=+@-][^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069,;]{0,199}"
)
# Besides control characters, those that end lines or turn the direction of what stands beside.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Kana, Chinese characters, Hangul
EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
MAX_NAME = 200  # characters


@dataclass(frozen=True)
class Person:
    """One student or teacher, with the name that each system has for them.

    Args:
        id: the name in folders, gradebook and exports.
        first_name: given name.
        last_name: family name.
        email: address, as in the LMS.
        section: group or section of the course, or several; of an assistant, those that they see.
        canvas_id: `ID` in Canvas, also in the names of a bulk download.
        sis_id: `SIS User ID` in Canvas, `ID number` in Moodle.
        sis_login: `SIS Login ID` in Canvas.
        moodle_id: number of the participant; Moodle gives another one for each assignment.
        moodle_username: `Username` in Moodle.
        github: user name on GitHub.
        role: one of `grader.course.roles.ROLES`; "" for a student.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    canvas_id: str = ""
    sis_id: str = ""
    sis_login: str = ""
    moodle_id: str = ""
    moodle_username: str = ""
    github: str = ""
    role: str = ""

    @property
    def is_teacher(self) -> bool:
        """Whether they see and change everything."""
        return self.role == TEACHER

    @property
    def is_student(self) -> bool:
        """Whether they take the course."""
        return self.role in ("", STUDENT)

    @property
    def full_name(self) -> str:
        """As people write it: `Given Family`, or `FamilyGiven` in a script of East Asia."""
        if EAST_ASIAN.match(self.last_name):
            return self.last_name + self.first_name
        return " ".join(name for name in (self.first_name, self.last_name) if name)

    @property
    def sortable_name(self) -> str:
        """`Family, Given`."""
        return ", ".join(name for name in (self.last_name, self.first_name) if name)

    @property
    def listed_name(self) -> str:
        """As a list of people has it, that may be sorted by it."""
        is_whole = EAST_ASIAN.match(self.last_name)
        return self.full_name if is_whole else self.sortable_name


COLUMNS = tuple(column.name for column in fields(Person))
NAMES = ("first_name", "last_name", "section", "role")
IDENTIFIERS = tuple(name for name in COLUMNS if name not in NAMES)
NUMBERS = ("canvas_id", "moodle_id")  # which the LMS gives


@dataclass(frozen=True)
class Roster:
    """The students of a course, and beside them who teaches it.

    Whatever walks through a roster, counts it or looks somebody up finds students only.

    Args:
        people: the students, by id.
        former: the id that a student has now, by each id that they had before. Old downloads name
            them so; it counts where nobody has that value today.
        staff: teachers and assistants, by id.
    """

    people: dict[str, Person] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, Person] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.people)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people.values())

    def get(self, student: str) -> Person:
        """The person with that id; if the roster has none, a `Person` with only the id."""
        return self.people.get(student) or Person(student)

    def by(self, column: str, value: str) -> Person | None:
        """The person with this value in this column; None if there is none.

        Args:
            column: an identifying column, one of `IDENTIFIERS`.
            value: the value, in any case and Unicode form, with or without blanks around it.
        """
        key = _folded(value.strip())
        if not key:
            return None
        return self._index.get((column, key)) or self._before.get((column, key))

    def by_any(self, value: str) -> Person | None:
        """The person with this id, or else with this value in another identifying column.

        Returns:
            None if nobody has the value, or if two people have it in different columns.
        """
        people = self.all_by_any(value)
        return people[0] if len(people) == 1 else None

    def all_by_any(self, value: str) -> list[Person]:
        """Everyone with this value in an identifying column; if it is an id, only that person."""
        key = _folded(value.strip())
        if found := self._index.get(("id", key)):
            return [found]
        for index in (self._index, self._before):
            people = {p.id: p for column in IDENTIFIERS if (p := index.get((column, key)))}
            if people:
                return list(people.values())
        return []

    def by_name(self, name: str) -> list[Person]:
        """Everyone with that full name; given and family name may come in either order.

        Args:
            name: in any Unicode form. If it has blanks, they count: “Ann Alee” is not “Anna Lee”.
        """
        words = _words(name)
        people = self._names.get("".join(words), [])
        return [p for p in people if len(words) < 2 or words in _full_names(p)]

    @property
    def everyone(self) -> dict[str, Person]:
        """Students, teachers and assistants, by id."""
        return {**self.people, **self.staff}

    def known_as(self, student: str) -> tuple[str, ...]:
        """The id of a student, and those that they had before."""
        return (student, *(old for old, now in self.former.items() if now == student))

    def sees(self, member: Person, student: str) -> bool:
        """Whether somebody of the staff may see a student's work: theirs are all or one's sections.

        Args:
            member: who wants to see it.
            student: the student's id.
        """
        if member.is_teacher:
            return student in self.people
        theirs = self.sections_of(self.get(student)).keys()
        return member.role == ASSISTANT and bool(theirs & self.sections_of(member).keys())

    def sections_of(self, person: Person) -> dict[str, str]:
        """The sections of a student, or those that an assistant sees.

        Returns:
            As they are written, by the form in which they are compared.
        """
        return sections_in(person.section, self._sections)

    @cached_property
    def _sections(self) -> frozenset[str]:
        return whole_names(person.section for person in self)

    @cached_property
    def _index(self) -> dict[tuple[str, str], Person]:
        return {
            (column, _folded(getattr(person, column))): person
            for person in self
            for column in IDENTIFIERS
            if getattr(person, column)
        }

    @cached_property
    def _before(self) -> dict[tuple[str, str], Person]:
        """Former ids, in each column that may have held one: the LMS has not given its numbers."""
        return {
            (column, _folded(old)): self.people[now]
            for old, now in self.former.items()
            if now in self.people
            for column in IDENTIFIERS
            if column not in NUMBERS
        }

    @cached_property
    def _names(self) -> dict[str, list[Person]]:
        names: dict[str, list[Person]] = {}
        for person in self:
            for key in {"".join(words) for words in _full_names(person)} - {""}:
                names.setdefault(key, []).append(person)
        return names


def name_key(name: str) -> str:
    """A form of a name for comparisons, without case, blanks, signs and variants of letters.

    Marks that combine with letters stay: without its vowel signs, a name of many a script is that
    of somebody else.
    """
    return "".join(letter for letter in _folded(name) if unicodedata.category(letter)[0] in "LMN")


def _folded(text: str) -> str:
    """One form for what Unicode writes in several ways: composed, in small letters of one width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _words(name: str) -> list[str]:
    return [key for word in re.split(r"[\s-]+", name) if (key := name_key(word))]


def _full_names(person: Person) -> tuple[list[str], list[str]]:
    first, last = _words(person.first_name), _words(person.last_name)
    return first + last, last + first


def load_roster(course: Course) -> Roster | None:
    """Read the roster that course.yml names; None if it names none and there is no roster.csv.

    A roster of a new course, with a header but no students, is none either: it does not say that
    nobody takes the course.

    Raises:
        UsageError: it cannot be read, or a row is wrong. The message names the file, the line
            and the remedy.
    """
    return load_people(course) or None


def load_people(course: Course) -> Roster:
    """Read the roster, also one that has teachers only, or nobody at all.

    Raises:
        UsageError: it cannot be read, or a row is wrong.
    """
    path = course.roster_path
    if not os.path.lexists(path) and "roster" not in course.model_fields_set:
        return Roster()
    return replace(roster_of(read_table(path)), former=load_renamings(course.root).now)


def load_staff(course: Course) -> Mapping[str, Person]:
    """Who teaches the course, by id; what they hand in is no student's work.

    Raises:
        UsageError: the roster cannot be read, or a row is wrong.
    """
    return load_people(course).staff


def roster_of(table: Table) -> Roster:
    """The roster that a table holds.

    Raises:
        UsageError: a row is wrong. The message names the file, the line and the remedy.
    """
    places = places_of(table)
    people: dict[str, Person] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        person = _person(table, row, places)
        _refuse_duplicate(table, row, person, seen)
        people[person.id] = person
    students = {person.id: person for person in people.values() if person.is_student}
    return Roster(students, staff={k: p for k, p in people.items() if k not in students})


def places_of(table: Table) -> dict[str, int]:
    """The index of each column that we know, by its name.

    Raises:
        UsageError: there is no column `id`, or a column is there twice.
    """
    names = ["_".join(name.strip().casefold().split()) for name in table.header]
    for name in COLUMNS:
        if names.count(name) > 1:
            raise UsageError(f"{table.path}: line 1: two columns {name!r}; keep one")
    if "id" not in names:
        raise UsageError(f"{table.path}: line 1: no column 'id'; name the columns in line 1")
    return {name: names.index(name) for name in COLUMNS if name in names}


def _person(table: Table, row: Row, places: dict[str, int]) -> Person:
    values = {name: row.get(place) for name, place in places.items()}
    for name, value in values.items():
        if problem := _problem(name, value):
            shown = repr(value)[:60]
            raise UsageError(f"{table.path}: line {row.line}: {name} {shown}: {problem}")
    return Person(**values | {"role": known_role(values.get("role", "")) or ""})


def _problem(column: str, value: str) -> str:
    """What is wrong with a cell; "" if nothing is."""
    if column == "id":
        return "" if is_safe_student(value) else USABLE_ID
    if column == "role":
        told = f"must be {', '.join(ROLES[:-1])} or {ROLES[-1]}; empty stands for student"
        return told if known_role(value) is None else ""
    if column in NAMES:
        is_plain = len(value) <= MAX_NAME and not CONTROL.search(value)
        return "" if is_plain else f"must be plain text of at most {MAX_NAME} characters"
    if not value or LMS_ID.fullmatch(value):
        return ""
    return "must begin with a letter, a digit or _; correct it or leave it empty"


def _refuse_duplicate(
    table: Table, row: Row, person: Person, seen: dict[tuple[str, str], int]
) -> None:
    for column in IDENTIFIERS:
        key = (column, _folded(getattr(person, column)))
        if key[1] and key in seen:
            raise UsageError(
                f"{table.path}: line {row.line}: {column} {getattr(person, column)!r} is also in "
                f"line {seen[key]}; each person needs one row and their own {column}"
            )
        seen[key] = row.line
