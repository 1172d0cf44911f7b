"""renamed.csv: ids that students had before, so that old names and old inputs still find them.

`grader rename` writes it, one row `old,new` for each renaming, in their order. Hidden inputs of a
student are drawn from the first of their ids, so a renaming changes no points.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.course.ids import USABLE_ID, is_safe_student
from grader.errors import UsageError
from grader.system.files import write_whole
from grader.system.table import Row, Table, read_table

__all__ = ["RENAMED_FILE", "Renamings", "load_renamings", "with_cells"]

RENAMED_FILE = "renamed.csv"


@dataclass(frozen=True)
class Renamings:
    """All renamings of a course.

    Args:
        table: the rows of the file.
        now: the id that a student has now, by each id that they had before.
        first: the first id of each student who has another one now.
    """

    table: Table
    now: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)

    def save_with(self, old: str, new: str) -> None:
        """Add one renaming to the file, unless it is the last one there."""
        pairs = [row.cells[:2] for row in self.table.rows[-1:]]
        if (old, new) not in pairs:
            row = Row((old, new), 0)
            write_whole(
                self.table.path, replace(self.table, rows=(*self.table.rows, row)).to_bytes()
            )


def load_renamings(root: Path) -> Renamings:
    """Read the renamings of the course in this folder.

    Raises:
        UsageError: the file cannot be read, or a row is wrong.
    """
    path = root / RENAMED_FILE
    if not os.path.lexists(path):
        return Renamings(Table(path, ("old", "new"), ()))
    table = read_table(path)
    places = table.column("old"), table.column("new")
    if places != (0, 1):
        raise UsageError(f"{path}: line 1: must be old,new; take the file from a backup")
    now: dict[str, str] = {}
    first: dict[str, str] = {}
    for row in table.rows:
        old, new = row.get(0), row.get(1)
        if not (is_safe_student(old) and is_safe_student(new)):
            raise UsageError(f"{path}: line {row.line}: {USABLE_ID}")
        now = {before: new if after == old else after for before, after in now.items()}
        now[old] = new
        now.pop(new, None)
        first[new] = first.pop(old, old)
    return Renamings(table, now, first)


def with_cells(table: Table, column: str, old: str, new: str) -> Table:
    """A table in which a column says `new` for `old`; all other text stays as it is.

    Args:
        table: any table.
        column: name of the column; a table without it stays as it is.
        old: the content to replace.
        new: what to write.
    """
    place = table.column(column)
    if place is None:
        return table
    rows = [r.with_cell(place, new) if r.get(place) == old else r for r in table.rows]
    return replace(table, rows=tuple(rows))
