"""Changes one row of a CSV file of the course, and leaves everything else in it as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.system.files import one_at_a_time, write_whole
from grader.system.table import Row, Table, read_table, spreadsheet_safe

__all__ = ["changing", "with_row", "without_row"]

ENDS = ("\n", "\r")


def with_row(table: Table, key: Mapping[str, str], values: Mapping[str, str]) -> Table:
    """The table with these values in the row that has this key, or in a new one at the end.

    Args:
        table: its columns are found by name; a missing one is added.
        key: what tells the row from others, by column.
        values: what to write, by column; "" empties a cell, and adds no column for it.
    """
    table = _with_columns(table, [*key, *(name for name, value in values.items() if value)])
    wanted = {name: spreadsheet_safe(value) for name, value in values.items()}
    rows = list(table.rows)
    place = next((i for i, row in enumerate(rows) if _has(table, row, key)), None)
    if place is None:
        if rows and not rows[-1].text.endswith(ENDS):
            rows[-1] = replace(rows[-1], text="")  # it is written anew, with an end of its own
        place = len(rows)
        rows.append(Row(("",) * len(table.header), place + 2))
        wanted |= key
    for name, value in wanted.items():
        column = table.column(name)
        if column is not None and rows[place].get(column) != value:
            rows[place] = rows[place].with_cell(column, value)
    is_cut = not table.header_text.endswith(ENDS)
    return replace(table, rows=tuple(rows), header_text="" if is_cut else table.header_text)


def without_row(table: Table, key: Mapping[str, str]) -> Table:
    """The table without the row that has this key."""
    return replace(table, rows=tuple(row for row in table.rows if not _has(table, row, key)))


@contextmanager
def changing(
    path: Path, columns: tuple[str, ...], check: Callable[[Table], object]
) -> Iterator[list[Table]]:
    """Read a file to change it; at the end of the block it is checked, and written whole.

    Args:
        path: the file; if it is missing, a table without rows stands for it.
        columns: of a new file.
        check: raises `UsageError` for a table that the kit could not read back.

    Yields:
        A list with the table, to be replaced by the changed one.

    Raises:
        UsageError: the file is wrong now, would be so afterwards, or cannot be written.
    """
    with one_at_a_time(path.with_name(f".{path.name}.lock")):
        held = [read_table(path) if path.exists() else Table(path, columns, ())]
        if held[0].workbook:
            raise UsageError(f"{path}: a workbook, whose rows are not changed here; save it as CSV")
        before = held[0]
        yield held
        if held[0] == before:
            return
        check(held[0])
        try:
            write_whole(path, held[0].to_bytes())
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def _has(table: Table, row: Row, key: Mapping[str, str]) -> bool:
    columns = {table.column(name): value for name, value in key.items()}
    return all(c is not None and row.get(c) == value for c, value in columns.items())


def _with_columns(table: Table, names: list[str]) -> Table:
    added = [name for name in names if table.column(name) is None]
    if not added:
        return table
    width = len(table.header)
    rows = tuple(row.with_cell(width + len(added) - 1, "") for row in table.rows)
    return replace(table, header=(*table.header, *added), rows=rows, header_text="")
