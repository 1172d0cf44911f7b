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
    """Cells as they came, the line of the file that they end on, and its very text.

    The text is "" once a cell was changed.
    """

    cells: tuple[str, ...]
    line: int
    text: str = ""

    def get(self, column: int) -> str:
        """The cell without surrounding blanks; "" where the row is too short."""
        return self.cells[column].strip() if column < len(self.cells) else ""

    def with_cell(self, column: int, text: str) -> Row:
        """A copy with one cell replaced, padded if it was too short."""
        padded = [*self.cells, *[""] * (column + 1 - len(self.cells))]
        padded[column] = text
        return replace(self, cells=tuple(padded), text="")


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
        header_text: the first line as it came.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"
    header_text: str = ""

    def column(self, *names: str) -> int | None:
        """Index of the first column of one of these names, whatever its case."""
        wanted = [_folded(name) for name in names]
        return next((i for i, name in enumerate(self.header) if _folded(name) in wanted), None)

    def to_bytes(self) -> bytes:
        """The whole file, with separator, line ends and byte order mark as they came."""
        lines = [
            row.text or csv_text([row.cells], self.delimiter, self.line_end)
            for row in (Row(self.header, 1, self.header_text), *self.rows)
        ]
        return "".join(lines).encode(self.encoding)


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
    source = _Recorded(text)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        read = [Row(tuple(cells), reader.line_num, source.taken()) for cells in reader]
        rows = [row for row in read if any(row.cells)]
    except csv.Error as error:
        raise UsageError(f"{path}: line {reader.line_num}: {error}; save it as CSV again") from None
    if not rows:
        raise UsageError(f"{path}: empty; its first line must name the columns")
    line_end = "\r\n" if "\r\n" in text else "\n"
    head, rest = rows[0], tuple(rows[1:])
    return Table(path, head.cells, rest, delimiter, line_end, encoding, head.text)


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


class _Recorded:
    """The lines of a text, and those that were taken since somebody last asked."""

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
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; is it the right file?")
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: not found; is its name right?") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _delimiter(text: str) -> str:
    """What separates the names in the first line; names in quotes may hold any of them."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(head.split('"')[::2])
    return max(",;\t", key=bare.count)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
