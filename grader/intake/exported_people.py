"""Who is in an export of Canvas or Moodle, or in a class list of somebody else.

Columns are found by their names (`grader.course.headings`), and in Moodle's files also by what
stands in them, in whatever language they are. Rows of teachers, of Canvas's test student and of its
maxima are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.enrolment import SURE, Listed
from grader.course.headings import FULL_NAME, ROLE, headings
from grader.course.names import split_name
from grader.course.roster import CONTROL, LMS_ID, MAX_NAME, Person, name_key
from grader.errors import UsageError
from grader.system.table import Row, Table, read_tables

__all__ = ["people_in"]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PARTICIPANT = re.compile(r"(?P<word>[^\d]{2,30}?)\s?[0-9]{1,20}")
WHO = {FULL_NAME, "first_name", "last_name", "id", *SURE}
MAX_ABOVE = 30  # rows above the head
CANVAS_POINTS = "points possible"
TEST_STUDENT = {"studenttest", "teststudent"}
STAFF = re.compile(
    r"teach|instructor|\bta\b|manager|design|observ|assist|tutor|trainer|lehrend|dozent|enseignant|"
    r"profes|tuteur|gestionnaire|教师|老师|助教|管理|讲师|访客|guest|gast|invité|invitado",
    re.IGNORECASE,
)
NOT_STAFF = re.compile(r"student|étudiant|estudiante|学生|studier|participant|teilnehmer", re.I)


def people_in(path: Path, system: str) -> tuple[list[Listed], list[str]]:
    """Read the people of an export.

    Args:
        path: the file.
        system: “canvas”, “moodle” or “csv”.

    Returns:
        Everyone who takes the course, and remarks on rows that were left out.

    Raises:
        UsageError: the file cannot be read, or no column in it tells who somebody is.
    """
    table, places = _with_head(read_tables(path), system)
    listed, left_out = [], []
    for row in table.rows:
        if CANVAS_POINTS in row.get(0).casefold():
            continue
        one = Listed(_person(row, places, path), f"line {row.line}")
        if reason := _reason(row, places, one.person):
            left_out += [f"{one}: left out: {reason}"] if reason != "empty" else []
        else:
            listed.append(one)
    return _with_numbers(listed), left_out


def _with_head(tables: Sequence[Table], system: str) -> tuple[Table, dict[str, int]]:
    """The first sheet with columns that tell who somebody is, and where these are.

    Its first row names them, or a row below a title; there one name might be that of a student.
    """
    for table in tables:
        if (places := _places(table, system)).keys() & WHO:
            return table, places
        for index, row in enumerate(table.rows[:MAX_ABOVE]):
            known = headings(row.cells, system).keys()
            if known & WHO and len(known) > 1:
                table = table.headed_by(index)
                return table, _places(table, system)
    shown = ", ".join(repr(name)[:40] for name in tables[0].header[:8])
    raise UsageError(
        f"{tables[0].path}: line 1: no column with names, student numbers or addresses among "
        f"{shown}; name the columns id, first_name, last_name, email, sis_id"
    )


def _places(table: Table, system: str) -> dict[str, int]:
    places = headings(table.header, system)
    if system != "moodle":
        return places
    free = [i for i in range(len(table.header)) if i not in places.values()]
    number = next((i for i in free if _all_participants(table.rows, i)), None)
    if number is not None:
        places["moodle_id"] = number
        places.setdefault(FULL_NAME, number + 1)  # Moodle writes the name there
    if "email" not in places:
        found = next((i for i in free if _are_addresses(table.rows, i)), None)
        places |= {"email": found} if found is not None else {}
    is_named = places.keys() & {FULL_NAME, "first_name", "last_name"}
    if not is_named and "email" in places and places["email"] >= 2:
        places |= {"first_name": 0, "last_name": 1}  # so do Moodle's gradebook and participants
    return places


def _all_participants(rows: Sequence[Row], column: int) -> bool:
    """Whether every cell is a word of one kind and a number, such as “Participant 7001”."""
    found = [PARTICIPANT.fullmatch(row.get(column)) for row in rows]
    return bool(found) and all(found) and len({m["word"] for m in found if m}) == 1


def _are_addresses(rows: Sequence[Row], column: int) -> bool:
    filled = [row.get(column) for row in rows if row.get(column)]
    return bool(filled) and all(EMAIL.fullmatch(text) for text in filled)


def _person(row: Row, places: dict[str, int], path: Path) -> Person:
    told = {name: _cleaned(row.get(place)) for name, place in places.items()}
    told.pop(ROLE, "")
    full = told.pop(FULL_NAME, "")
    if full and not (told.get("first_name") and told.get("last_name")):
        told["first_name"], told["last_name"] = split_name(full)
    if "moodle_id" in told:
        told["moodle_id"] = re.sub(r"^\D+", "", told["moodle_id"])
    told |= {c: told[c].removeprefix("#") for c in SURE if c in told}  # so Brightspace marks texts
    for column, value in told.items():
        is_id = column not in ("id", "first_name", "last_name", "section")
        if len(value) > MAX_NAME or (is_id and value and not LMS_ID.fullmatch(value)):
            shown = repr(value)[:60]
            problem = "cannot stand in a roster; correct it, or empty the cell"
            raise UsageError(f"{path}: line {row.line}: {column} {shown}: {problem}")
    return Person(**{"id": "", **told})


def _cleaned(text: str) -> str:
    """A cell as it stands in the roster: composed, on one line, without signs for formulas."""
    text = unicodedata.normalize("NFC", CONTROL.sub(" ", text))
    text = " ".join(text.split())
    return re.sub(r"^='(.*)'$|^=\"(.*)\"$", lambda m: m[1] or m[2] or "", text)


def _reason(row: Row, places: dict[str, int], person: Person) -> str:
    """Why a row is no student's; "" if it is one's."""
    if not person.full_name and not any(getattr(person, column) for column in ("id", *SURE)):
        return "empty"
    if name_key(person.sortable_name) in TEST_STUDENT and not person.email:
        return "Canvas's test student"
    role = row.get(places[ROLE]) if ROLE in places else ""
    if STAFF.search(role) and not NOT_STAFF.search(role):
        return "no student, by the role"
    return ""


def _with_numbers(listed: list[Listed]) -> list[Listed]:
    """Keep Moodle's numbers of participants only where two have one name: they change each time."""
    counts = Counter(name_key(one.person.full_name) for one in listed)
    return [
        one
        if counts[name_key(one.person.full_name)] > 1
        else replace(one, person=replace(one.person, moodle_id=""))
        for one in listed
    ]
