"""CSV tables that other programs wrote: read with tolerance, given back as they were.

Spreadsheets and LMSs differ in separator, byte order mark and line ends; a table remembers its
own, so that a file which is filled in and imported again differs only in the cells filled in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError

__all__ = ["Row", "Table", "csv_text", "read_table", "spreadsheet_safe"]

MAX_BYTES = 64 << 20
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Row:
    """Cells as they came, and the line of the file that they end on."""

    cells: tuple[str, ...]
    line: int

    def get(self, column: int) -> str:
        """The cell without surrounding blanks; "" where the row is too short."""
        return self.cells[column].strip() if column < len(self.cells) else ""

    def with_cell(self, column: int, text: str) -> Row:
        """A copy with one cell replaced, padded if it was too short."""
        padded = [*self.cells, *[""] * (column + 1 - len(self.cells))]
        padded[column] = text
        return replace(self, cells=tuple(padded))


@dataclass(frozen=True)
class Table:
    """A header, rows, and how the file is written.

    Args:
        path: where it came from, for messages.
        header: names of the columns, as they came.
        rows: all other lines that are not empty.
        delimiter: comma, semicolon or tabulator.
        line_end: what its first line ends with.
        encoding: what it was read as; writing it out uses the same.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"

    def column(self, *names: str) -> int | None:
        """Index of the first column of one of these names, whatever its case."""
        wanted = [_folded(name) for name in names]
        return next((i for i, name in enumerate(self.header) if _folded(name) in wanted), None)

    def to_bytes(self) -> bytes:
        """The whole file, with separator, line ends and byte order mark as they came."""
        rows = [self.header, *(row.cells for row in self.rows)]
        return csv_text(rows, self.delimiter, self.line_end).encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read a CSV file, whatever separates its columns.

    Raises:
        UsageError: it is not there, no UTF-8 (or UTF-16 with a mark), too large, or has no header.
    """
    data = _bytes_of(path)
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text; save it as “CSV UTF-8”") from None
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [Row(tuple(cells), reader.line_num) for cells in reader if any(cells)]
    except csv.Error as error:
        raise UsageError(f"{path}: line {reader.line_num}: {error}; save it as CSV again") from None
    if not rows:
        raise UsageError(f"{path}: empty; its first line must name the columns")
    line_end = "\r\n" if "\r\n" in text else "\n"
    return Table(path, rows[0].cells, tuple(rows[1:]), delimiter, line_end, encoding)


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",", line_end: str = "\n") -> str:
    """Rows as CSV, with quotes only where they are needed."""
    lines = []
    for row in rows:
        text = io.StringIO(newline="")
        # The writer quotes only the line ends that it writes itself; so it gets both.
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n") + line_end)
    return "".join(lines)


def spreadsheet_safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe comes before it if need be."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA_STARTS) else plain


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; is it the right file?")
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: not found") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _delimiter(text: str) -> str:
    """What separates the names in the first line; names in quotes may hold any of them."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(head.split('"')[::2])
    return max(",;\t", key=bare.count)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
