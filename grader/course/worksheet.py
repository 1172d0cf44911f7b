"""Moodle's grading worksheet, in whatever language it was downloaded.

Its columns are known by what stands in them and by their order, which is the same in all languages
(`assignfeedback_offline` and `assign_grading_table` in https://github.com/moodle/moodle): number of
the participant, name and identity fields, status; grade, maximum, whether the grade can be changed,
when the work was changed; texts; when the grade was changed; comments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.headings import headings, titled
from grader.course.roster import Roster
from grader.system.table import Row, Table

__all__ = ["NONE", "WHO", "Worksheet", "number_of", "worksheet_of"]

PARTICIPANT = re.compile(r"(?P<word>[^\d]{2,40}?)\s?(?P<number>[0-9]{1,20})")
CHANGEABLE = (
    "Grade can be changed",
    "允许更改成绩",
    "可以更改成绩",
    "Bewertung kann geändert werden",
    "La note peut être modifiée",
    "La calificación puede ser cambiada",
)
NONE = ("", "-")
WHO = ("email", "sis_id", "moodle_username")


@dataclass(frozen=True)
class Worksheet:
    """Where the columns of a worksheet are.

    Args:
        number: index of the participant's number.
        identity: index of each column that says who it is, by the roster's name of it.
        grade: index of the grade.
        maximum: index of the greatest grade.
        changeable: index of the column that says whether the grade can be changed.
        submitted: index of the time when the work was changed; None if the worksheet has none.
    """

    number: int
    identity: dict[str, int]
    grade: int
    maximum: int
    changeable: int
    submitted: int | None

    def student(self, row: Row, roster: Roster) -> str | None:
        """The id of the student whom a row's address, ID number or username names, if it is one."""
        told = {c: row.get(place) for c, place in self.identity.items() if c in WHO}
        found = {p.id for column, value in told.items() if (p := roster.by(column, value))}
        found = found or {p.id for value in told.values() if value and (p := roster.by_any(value))}
        return found.pop() if len(found) == 1 else None


def worksheet_of(table: Table) -> Worksheet | None:
    """Find the columns of a grading worksheet; None if the table is none."""
    number = next((i for i in range(len(table.header)) if _are_participants(table.rows, i)), None)
    if number is None:
        return None
    changeable = titled(table.header, CHANGEABLE)
    if changeable is None:
        places = range(number + 3, len(table.header))
        changeable = next((i for i in places if _is_yes_or_no(table.rows, i)), None)
    if changeable is None or changeable < number + 3:
        return None
    after = changeable + 1
    submitted = after if after < len(table.header) and _are_times(table.rows, after) else None
    identity = headings(table.header, "moodle")
    addresses = (i for i in range(number + 1, changeable) if _are_addresses(table.rows, i))
    if "email" not in identity and (place := next(addresses, None)) is not None:
        identity["email"] = place
    return Worksheet(number, identity, changeable - 2, changeable - 1, changeable, submitted)


def number_of(cell: str) -> str:
    """The number of the participant in a cell such as “Teilnehmer/in1234567”; "" without one."""
    found = PARTICIPANT.fullmatch(cell)
    return found["number"] if found else ""


def _are_participants(rows: Sequence[Row], column: int) -> bool:
    """Whether every cell is the same word and a number of its own."""
    found = [PARTICIPANT.fullmatch(row.get(column)) for row in rows]
    numbers = {match["number"] for match in found if match}
    words = {match["word"] for match in found if match}
    return bool(rows) and len(numbers) == len(rows) and len(words) == 1


def _are_addresses(rows: Sequence[Row], column: int) -> bool:
    cells = [row.get(column) for row in rows if row.get(column)]
    return bool(cells) and all(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell) for cell in cells)


def _is_yes_or_no(rows: Sequence[Row], column: int) -> bool:
    """Whether it holds two short words at most, stands behind a maximum and before times."""
    words = {row.get(column) for row in rows}
    maxima = {row.get(column - 1) for row in rows}
    are_words = len(words) <= 2 and all(re.fullmatch(r"[^\W\d_]{1,8}", word) for word in words)
    are_maxima = all(re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", text) for text in maxima)
    return are_words and are_maxima and _are_times(rows, column + 1)


def _are_times(rows: Sequence[Row], column: int) -> bool:
    """Whether each cell has a year and a time of day, or nothing."""
    cells = [row.get(column) for row in rows]
    return all(c in NONE or re.search(r"\d{4}.*\d[:.h]\d\d|\d[:.h]\d\d.*\d{4}", c) for c in cells)
