"""CSV tables of other programs: read with tolerance, written back as they were.

Spreadsheets and LMSs differ in separator, byte order mark and line ends. A table remembers its
own, so that a file that we fill in differs only in the cells that we filled in. A first line
`sep=;`, with which spreadsheets name the separator, is read but not written: no LMS knows it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError

__all__ = ["MARK", "Row", "Table", "csv_text", "read_table", "spreadsheet_safe"]

MAX_BYTES = 64 << 20
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
        text: the exact text of the row in the file; "" once a cell was changed.
    """

    cells: tuple[str, ...]
    line: int
    text: str = ""

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
        return replace(self, cells=tuple(padded), text="")


@dataclass(frozen=True)
class Table:
    """A header, rows, and how the file is written.

    Args:
        path: where it came from, for messages.
        header: names of the columns as they were read.
        rows: all other rows that are not empty.
        delimiter: comma, semicolon, tab or bar.
        line_end: of changed rows: CR LF if the file has one anywhere, else LF.
        encoding: the encoding for reading and for writing back.
        header_text: the exact text of the header in the file.
        mark: the byte order mark; "" if the file has none.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"
    header_text: str = ""
    mark: str = ""

    def column(self, *names: str) -> int | None:
        """Index of the first column with one of these names, in any case; None without one."""
        wanted = [_folded(name) for name in names]
        return next((i for i, name in enumerate(self.header) if _folded(name) in wanted), None)

    def to_bytes(self) -> bytes:
        """The whole file, with the separator, line ends and byte order mark that it had."""
        lines = [
            row.text or csv_text([row.cells], self.delimiter, self.line_end)
            for row in (Row(self.header, 1, self.header_text), *self.rows)
        ]
        return "".join([self.mark, *lines]).encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read a CSV file, whatever separates its columns.

    Raises:
        UsageError: the file is missing, too large or empty, is not CSV, or is neither UTF-8 nor
            UTF-16 with a byte order mark.
    """
    data = _bytes_of(path)
    encoding = _encoding(data)
    try:
        everything = data.decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text; save it as “CSV UTF-8”") from None
    preamble = PREAMBLE.match(everything)
    assert preamble is not None  # noqa: S101 — it also matches an empty text
    mark, separator = preamble.groups()
    text = everything[preamble.end() :]
    delimiter = separator or _delimiter(text)
    above = 1 if separator else 0
    source = _Recorded(text)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        read = [Row(tuple(cells), reader.line_num + above, source.taken()) for cells in reader]
        rows = [row for row in read if any(row.cells)]
    except csv.Error as error:
        line = reader.line_num + above
        raise UsageError(f"{path}: line {line}: {error}; save it as CSV again") from None
    if not rows:
        raise UsageError(f"{path}: empty; its first line must name the columns")
    line_end = "\r\n" if "\r\n" in text else "\n"
    head, rest = rows[0], tuple(rows[1:])
    return Table(path, head.cells, rest, delimiter, line_end, encoding, head.text, mark)


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
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; is it the right file?")
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: not found; is its name right?") from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); it must be a file that you may read"
        raise UsageError(f"{path}: {problem}") from None


def _encoding(data: bytes) -> str:
    """UTF-16 if a byte order mark says so, or else the zero beside the first letter; or UTF-8."""
    if data.startswith(codecs.BOM_UTF16_LE) or (data[:1] != b"\0" and data[1:2] == b"\0"):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE) or (data[:1] == b"\0" and data[1:2] != b"\0"):
        return "utf-16-be"
    return "utf-8"


def _delimiter(text: str) -> str:
    """The separator in the first line; those inside quoted names do not count."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(head.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
