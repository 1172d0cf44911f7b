"""The process that opens a workbook, so that a hostile one hurts nobody: bounded from outside.

It reads one request, a line of JSON, and the workbook from its input, and writes rows as JSON or a
filled workbook to its output. Exit code 3 means that its errors say, in one line, why not.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import IO, Any

from grader.system.workbook import OLD, REFUSED, REMEDY, put

__all__ = ["main"]

MAX_UNPACKED = 64 << 20  # bytes
MAX_MEMBERS = 2000
MAX_ROWS = 50_000
MAX_CELLS = 1_000_000
MAX_LETTERS = 32 << 20
MAX_CELL = 32_767  # characters, as in Excel
PIECE_BYTES = 64 << 10
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
ZEROS = re.compile(r"0{2,}")
TOO_LARGE = f"larger than a list of students can be; {REMEDY}"


class Refused(Exception):
    """The workbook cannot be used; the message says why, and what to do."""


def main() -> int:
    """Answer one request; returns the exit code."""
    # openpyxl would import it for half of its own time, in case that a program writes arrays
    sys.modules["numpy"] = None  # type: ignore[assignment]
    request = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer = _filled(data, request) if request["do"] == "fill" else _read(data)
    except Refused as problem:
        sys.stderr.write(str(problem))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


def _read(data: bytes) -> bytes:
    found = _old_sheets(data) if data.startswith(OLD) else _sheets(data)
    budget = _Budget()
    named = [(name, list(budget.spent(rows))) for name, rows in found]
    return json.dumps([sheet for sheet in named if sheet[1]]).encode()


class _Budget:
    """How much of a workbook may still be read, all sheets together."""

    def __init__(self) -> None:
        self.rows, self.cells, self.letters = MAX_ROWS, MAX_CELLS, MAX_LETTERS

    def spent(self, rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not empty, with their numbers."""
        for line, row in enumerate(rows, 1):
            self.rows -= 1
            self.cells -= len(row)
            cells = [text[:MAX_CELL] for text in row]
            self.letters -= sum(map(len, cells))
            if min(self.rows, self.cells, self.letters) < 0:
                raise Refused(TOO_LARGE)
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells


def _sheets(data: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    from openpyxl import load_workbook

    book = load_workbook(_repacked(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what the file says of its size need not be true
            yield sheet.title, ([_shown(cell) for cell in row] for row in sheet.iter_rows())


def _shown(cell: Any) -> str:
    value = cell.value
    text = _text(value)
    zeros = ZEROS.fullmatch(str(cell.number_format or "").split(";")[0])
    if zeros and isinstance(value, int | float) and text.isdecimal():
        return text.zfill(len(zeros[0]))
    return text


def _text(value: object) -> str:
    """A value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value.replace(microsecond=0))
    return str(value)


def _old_sheets(data: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    for name, sheet in _old(data):
        yield (
            name,
            ([_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)),
        )


def _old(data: bytes) -> Iterator[tuple[str, Any]]:
    """The visible sheets of an `.xls`."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise Refused("locked by a password; save it without one") from None
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible:
            yield sheet.name, book.get_sheet_by_name(sheet.name)


def _repacked(data: bytes) -> io.BytesIO:
    """The same files, packed by us: openpyxl believes what a zip says about sizes.

    Raises:
        Refused: it holds too much, or XML that defines entities, which no spreadsheet needs.
    """
    whole = io.BytesIO()
    left = MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(whole, "w") as target:
        members = [member for member in source.infolist() if not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise Refused(TOO_LARGE)
        for member in members:
            with source.open(member) as file:
                content = _bounded(file, left)
            left -= len(content)
            if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
                raise Refused(f"its XML defines a document type; {REMEDY}")
            target.writestr(member.filename, content)
    whole.seek(0)
    return whole


def _bounded(file: IO[bytes], most: int) -> bytes:
    """All that comes out of a packed file, read in pieces, so that no more is ever unpacked."""
    content = bytearray()
    while piece := file.read(PIECE_BYTES):
        content += piece
        if len(content) > most:
            raise Refused(TOO_LARGE)
    return bytes(content)


def _filled(data: bytes, request: dict[str, Any]) -> bytes:
    from openpyxl import load_workbook

    book = _copied(data) if data.startswith(OLD) else load_workbook(_repacked(data))
    sheet = book[request["sheet"]]
    for line, column, text in request["cells"]:
        cell = sheet.cell(line, column)
        if type(cell).__name__ == "MergedCell":
            raise Refused(f"{cell.coordinate} is merged with another cell; part them, fill again")
        if cell.data_type == "f":
            raise Refused(f"{cell.coordinate} holds a formula; clear it, or name another column")
        put(cell, float(text) if NUMBER.fullmatch(text) else text)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _copied(data: bytes) -> Any:
    """A new workbook with the values and merged cells of an `.xls`."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    budget = _Budget()
    for name, source in _old(data):
        sheet = book.create_sheet(name)
        for line, row in enumerate(source.to_python(skip_empty_area=False), 1):
            list(budget.spent([[_text(value) for value in row]]))
            for column, value in enumerate(row, 1):
                if value != "":
                    put(sheet.cell(line, column), _kept(value))
        for (top, left), (bottom, right) in source.merged_cell_ranges or []:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    return book


def _kept(value: Any) -> Any:
    return value if isinstance(value, str | bool | int | float | date | time) else _text(value)


if __name__ == "__main__":
    sys.exit(main())
