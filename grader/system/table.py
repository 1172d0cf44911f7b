"""Tables of other programs, CSV or workbooks: read with tolerance, written back as they were.

Spreadsheets and LMSs differ in separator, byte order mark and line ends. A table remembers its
own, so that a file that we fill in differs only in the cells that we filled in. A first line
`sep=;`, with which spreadsheets name the separator, is read but not written: no LMS knows it. What
a file is, its content tells, not its name: some systems write CSV and call it `.xls`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UsageError
from grader.system.encoding import encoding_of
from grader.system.workbook import filled_workbook, is_workbook, sheets

__all__ = ["MARK", "Row", "Table", "csv_text", "read_table", "read_tables", "spreadsheet_safe"]

MAX_BYTES = 64 << 20
EMPTY = "empty; its first line must name the columns"
MARK = "\ufeff"  # of byte order
SEPARATORS = ",;\t|"
PREAMBLE = re.compile(
    rf'({MARK}*)(?:"?sep=([{SEPARATORS}])"?[{SEPARATORS} ]*(?:\r\n?|\n|\Z))?', re.I
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Row:
    """One row of a file.

    Args:
        cells: the cells as they were read.
        line: the line of the file that the row ends on, from 1.
        text: the exact text of the row in a CSV file; "" once a cell was changed.
        changed: indexes of the cells that were changed.
    """

    cells: tuple[str, ...]
    line: int
    text: str = ""
    changed: frozenset[int] = frozenset()

    def get(self, column: int) -> str:
        """The cell without surrounding blanks; "" where the row is too short."""
        return self.cells[column].strip() if column < len(self.cells) else ""

    def with_cell(self, column: int, text: str) -> Row:
        """A copy with one cell replaced; a row that is too short is padded.

        Args:
            column: index of the cell, from 0.
            text: the new content.
        """
        padded = [*self.cells, *[""] * (column + 1 - len(self.cells))]
        padded[column] = text
        return replace(self, cells=tuple(padded), text="", changed=self.changed | {column})


@dataclass(frozen=True)
class Table:
    """A header, rows, and how the file is written.

    Args:
        path: where it came from, for messages.
        header: names of the columns as they were read.
        rows: all rows below the header that are not empty.
        delimiter: comma, semicolon, tab or bar.
        line_end: of changed rows: CR LF if the file has one anywhere, else LF.
        encoding: the encoding for reading and for writing back.
        header_text: the exact text of the header in the file.
        mark: the byte order mark; "" if the file has none.
        above: rows above the header, such as a title.
        sheet: the name of the sheet in a workbook.
        workbook: the content of the workbook; empty if the file is CSV.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"
    header_text: str = ""
    mark: str = ""
    above: tuple[Row, ...] = ()
    sheet: str = ""
    workbook: bytes = field(default=b"", repr=False)

    @property
    def suffix(self) -> str:
        """The ending of the name of a file with the content that `to_bytes` gives."""
        return ".xlsx" if self.workbook else ".csv"

    def column(self, *names: str) -> int | None:
        """Index of the first column with one of these names, in any case; None without one."""
        wanted = [_folded(name) for name in names]
        return next((i for i, name in enumerate(self.header) if _folded(name) in wanted), None)

    def only_columns(self, *names: str) -> dict[str, int | None]:
        """Index of each of these columns, as `column` finds it.

        Raises:
            UsageError: one of them is there twice, so that nobody knows which one counts.
        """
        heads = [_folded(name) for name in self.header]
        for name in names:
            if heads.count(_folded(name)) > 1:
                raise UsageError(f"{self.path}: line 1: two columns {name!r}; keep one")
        return {name: self.column(name) for name in names}

    def headed_by(self, index: int) -> Table:
        """The same table, whose header is one of its rows.

        Args:
            index: which of `rows`.
        """
        head = self.rows[index]
        above = (*self.above, Row(self.header, 1, self.header_text), *self.rows[:index])
        rest = self.rows[index + 1 :]
        return replace(self, header=head.cells, header_text=head.text, above=above, rows=rest)

    def to_bytes(self) -> bytes:
        """The whole file, with the separator, line ends and byte order mark that it had.

        Raises:
            UsageError: a cell of a workbook cannot be filled in.
        """
        if self.workbook:
            cells = {(row.line, i): row.cells[i] for row in self.rows for i in row.changed}
            return filled_workbook(self.path, self.workbook, self.sheet, cells)
        lines = [
            row.text or csv_text([row.cells], self.delimiter, self.line_end)
            for row in (*self.above, Row(self.header, 1, self.header_text), *self.rows)
        ]
        return "".join([self.mark, *lines]).encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read a CSV file, whatever separates its columns, or the first sheet of a workbook.

    Raises:
        UsageError: the file is missing, too large or empty, is neither CSV nor a workbook, or its
            text is neither UTF-8 nor UTF-16 nor GB18030.
    """
    return read_tables(path)[0]


def read_tables(path: Path) -> list[Table]:
    """Read a CSV file, or all visible sheets of a workbook that are not empty.

    Returns:
        At least one table.

    Raises:
        UsageError: as for `read_table`.
    """
    data = _bytes_of(path)
    if not is_workbook(data):
        return [_csv_table(path, data)]
    found = []
    for sheet in sheets(path, data):
        rows = [Row(cells, line) for line, cells in sheet.rows]
        head, rest = rows[0].cells, tuple(rows[1:])
        found.append(Table(path, head, rest, sheet=sheet.name, workbook=data))
    if not found:
        raise UsageError(f"{path}: {EMPTY}")
    return found


def _csv_table(path: Path, data: bytes) -> Table:
    if data.lstrip().startswith((b"<", MARK.encode() + b"<")):
        problem = "a web page, not a table; open it in a spreadsheet program, save it as .xlsx"
        raise UsageError(f"{path}: {problem}")
    encoding = encoding_of(data)
    if encoding is None:
        raise UsageError(f"{path}: not UTF-8 text; save it as “CSV UTF-8”")
    try:
        everything = data.decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(f"{path}: damaged {encoding} text; save it as “CSV UTF-8”") from None
    preamble = PREAMBLE.match(everything)
    assert preamble is not None  # noqa: S101 — it also matches an empty text
    mark, separator = preamble.groups()
    text = everything[preamble.end() :]
    delimiter = separator or _delimiter(text)
    rows = _csv_rows(path, text, delimiter, 1 if separator else 0)
    if not rows:
        raise UsageError(f"{path}: {EMPTY}")
    line_end = "\r\n" if "\r\n" in text else "\n"
    head, rest = rows[0], tuple(rows[1:])
    return Table(path, head.cells, rest, delimiter, line_end, encoding, head.text, mark)


def _csv_rows(path: Path, text: str, delimiter: str, above: int) -> list[Row]:
    """The rows that are not empty; `above` is the number of lines that stand before the text."""
    source = _Recorded(text)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        read = [Row(tuple(cells), reader.line_num + above, source.taken()) for cells in reader]
    except csv.Error as error:
        line = reader.line_num + above
        raise UsageError(f"{path}: line {line}: {error}; save it as CSV again") from None
    return [row for row in read if any(row.cells)]


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",", line_end: str = "\n") -> str:
    """Rows as CSV, with quotes only where they are needed.

    Args:
        rows: the cells of each row.
        delimiter: what separates the cells.
        line_end: what ends each row.
    """
    lines = []
    for row in rows:
        text = io.StringIO(newline="")
        # The writer quotes only the characters of its own line end, so it gets both of them.
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n") + line_end)
    return "".join(lines)


def spreadsheet_safe(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA_STARTS) else plain


class _Recorded:
    """Iterates over the lines of a text; `taken` returns those read since its last call."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._taken: list[str] = []

    def __iter__(self) -> _Recorded:
        return self

    def __next__(self) -> str:
        self._taken.append(next(self._lines))
        return self._taken[-1]

    def taken(self) -> str:
        text = "".join(self._taken)
        self._taken.clear()
        return text


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # of a pipe or device, nobody knows the size before
    except FileNotFoundError:
        raise UsageError(f"{path}: not found; is its name right?") from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); it must be a file that you may read"
        raise UsageError(f"{path}: {problem}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; is it the right file?")
    return data


def _delimiter(text: str) -> str:
    """The separator in the first line; those inside quoted names do not count."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(head.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
