"""Writes roster.csv: rows are added, changed, renamed or taken out, and all else stays as it was.

Columns and rows that nobody asked to change keep their text to the letter, also columns that the
instructor added. What would be written is read first as `load_roster` reads it, so a roster that
cannot be read is never written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.roster import COLUMNS, Person, Roster, places_of, roster_of
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.files import write_whole
from grader.system.table import MARK, Row, Table, read_table, spreadsheet_safe

__all__ = ["RosterFile", "open_roster"]

ALWAYS = ("id", "first_name", "last_name", "email", "section")  # columns of a new file
ENDS = ("\n", "\r")


@dataclass(frozen=True)
class RosterFile:
    """The roster as a file, which each method returns anew with its change.

    Args:
        table: the rows of the file; only a header, and no `header_text`, for a file to be made.
    """

    table: Table

    @property
    def roster(self) -> Roster:
        """Who is in it.

        Raises:
            UsageError: a row is wrong. The message names the file, the line and the remedy.
        """
        return roster_of(self.table)

    def with_people(self, people: Iterable[Person]) -> RosterFile:
        """Write each person into the row with their id, or else into a new row at the end.

        Args:
            people: with all that is known of them; columns that a person has no value for become
                empty in their row. A name gets an apostrophe if a spreadsheet would compute it.
        """
        by_id = {person.id: _safe(person) for person in people}
        table = _with_columns(self.table, by_id.values())
        places = places_of(table)
        place = places["id"]
        rows = [
            _with(row, by_id.pop(row.get(place)), places) if row.get(place) in by_id else row
            for row in table.rows
        ]
        line, blank = rows[-1].line if rows else 1, ("",) * len(table.header)
        added = [
            _with(Row(blank, line + count), person, places)
            for count, person in enumerate(by_id.values(), start=1)
        ]
        table = replace(table, rows=tuple(rows))
        return RosterFile(_followed_by(table, added) if added else table)

    def without(self, students: Collection[str]) -> RosterFile:
        """Take the rows of these ids out."""
        place = places_of(self.table)["id"]
        rows = tuple(row for row in self.table.rows if row.get(place) not in students)
        return RosterFile(replace(self.table, rows=rows))

    def renamed(self, old: str, new: str) -> RosterFile:
        """Give another id to the person with the id `old`, who must be there.

        Raises:
            UsageError: nobody has that id.
        """
        place = places_of(self.table)["id"]
        if all(row.get(place) != old for row in self.table.rows):
            raise UsageError(f"{self.table.path}: nobody has the id {repr(old)[:70]}")
        rows = [r.with_cell(place, new) if r.get(place) == old else r for r in self.table.rows]
        return RosterFile(replace(self.table, rows=tuple(rows)))

    def save(self, path: Path | None = None) -> None:
        """Write the whole file, or nothing.

        Args:
            path: where to; None for the file that it came from.

        Raises:
            UsageError: it would be no roster, or it cannot be written.
        """
        path = path or self.table.path
        roster_of(replace(self.table, path=path))
        try:
            write_whole(path, self.table.to_bytes())
        except OSError as error:
            remedy = "it must be a file that you may write"
            raise UsageError(f"{path}: cannot be written ({error.strerror}); {remedy}") from None


def open_roster(course: Course) -> RosterFile:
    """The course's roster, to be changed; if there is none yet, one without any rows.

    Raises:
        UsageError: it cannot be read, or a row is wrong.
    """
    path = course.roster_path
    if not path.exists():
        # With a mark of byte order, a spreadsheet shows letters beyond ASCII as they are.
        return RosterFile(Table(path, ALWAYS, (), mark=MARK))
    file = RosterFile(read_table(path))
    if file.table.workbook:
        remedy = "save it as CSV, and name that file at `roster` in course.yml"
        raise UsageError(f"{path}: a workbook, whose rows are read but not changed; {remedy}")
    roster_of(file.table)
    return file


def _safe(person: Person) -> Person:
    names = ("first_name", "last_name", "section")
    return replace(person, **{name: spreadsheet_safe(getattr(person, name)) for name in names})


def _with_columns(table: Table, people: Iterable[Person]) -> Table:
    """The table with a column for everything that somebody has a value for."""
    there = places_of(table)
    wanted = {name for person in people for name in COLUMNS if getattr(person, name)}
    added = [name for name in COLUMNS if name in wanted and name not in there]
    if not added:
        return table
    width = len(table.header)
    rows = tuple(row.with_cell(width + len(added) - 1, "") for row in table.rows)
    return replace(table, header=(*table.header, *added), rows=rows, header_text="")


def _with(row: Row, person: Person, places: dict[str, int]) -> Row:
    for name, place in places.items():
        value = getattr(person, name)
        if row.get(place) != value:
            row = row.with_cell(place, value)
    return row


def _followed_by(table: Table, added: Sequence[Row]) -> Table:
    """The table with more rows; the line before them may have had no end."""
    if not table.rows:
        head = table.header_text
        return replace(table, rows=tuple(added), header_text=head if head.endswith(ENDS) else "")
    *rows, last = table.rows
    last = last if last.text.endswith(ENDS) else replace(last, text="")
    return replace(table, rows=(*rows, last, *added))
