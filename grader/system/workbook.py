"""Workbooks of spreadsheet programs (`.xlsx`, and the old `.xls`): read, filled in, written.

openpyxl and python-calamine read whole files at once, and believe what a file says about itself: a
few bytes can claim a million merged cells. So both run in a process of their own
(`grader.system.workbook_process`), whose time and memory are bounded. What comes back is text.

No kept library writes `.xls`; such a workbook, when filled in, becomes an `.xlsx`.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.errors import UsageError

__all__ = ["Sheet", "filled_workbook", "is_workbook", "new_workbook", "sheets"]

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TIMEOUT_S = 60
MEMORY_BYTES = 1 << 30
REFUSED = 3  # exit code of the process if it tells why
COMMAND = [sys.executable, "-I", "-m", "grader.system.workbook_process"]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Args:
        name: the name on its tab.
        rows: the rows that are not empty, each with its number, from 1, and its cells as text.
    """

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def is_workbook(data: bytes) -> bool:
    """Whether a file is an `.xlsx` or an `.xls`, whatever it is called."""
    return data.startswith((ZIP, OLD))


def sheets(path: Path, data: bytes) -> list[Sheet]:
    """Read all visible sheets of a workbook in which something is written.

    Numbers are written without exponent, whole ones without point, and with the leading zeros that
    their format shows; dates as `2026-01-31`; formulas are their last value.

    Args:
        path: the file's name, for messages.
        data: its content.

    Raises:
        UsageError: it cannot be read, or is too large; or the extra `excel` is not installed.
    """
    found = json.loads(_done(path, {"do": "read"}, data))
    return [
        Sheet(name, tuple((line, tuple(cells)) for line, cells in rows)) for name, rows in found
    ]


def filled_workbook(
    path: Path, data: bytes, sheet: str, cells: Mapping[tuple[int, int], str]
) -> bytes:
    """A copy of a workbook as `.xlsx` with some cells replaced.

    Args:
        path: the file's name, for messages.
        data: its content.
        sheet: the name of the sheet to change.
        cells: new texts by row (from 1) and column (from 0); a number is written as a number, and
            nothing as a formula.

    Raises:
        UsageError: it cannot be read, or one of the cells holds a formula or is merged with
            another one.
    """
    changes = [[line, column + 1, text] for (line, column), text in cells.items()]
    return _done(path, {"do": "fill", "sheet": sheet, "cells": changes}, data)


def new_workbook(rows: Iterable[Sequence[str | float | None]], widths: Sequence[int]) -> bytes:
    """Make an `.xlsx` with one sheet; text is never taken for a formula.

    Args:
        rows: the cells; the first row is the head, and stays in sight.
        widths: width of each column, in characters.

    Raises:
        UsageError: the extra `excel` is not installed.
    """
    _need("openpyxl")
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            put(sheet.cell(line, column), value)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def put(cell: Any, value: str | float | None) -> None:
    """Write into a cell of openpyxl; text as text, though it begins with `=`."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value


def _done(path: Path, request: dict[str, Any], data: bytes) -> bytes:
    """What the process answers."""
    _need("python_calamine" if data.startswith(OLD) else "openpyxl")
    _need("openpyxl")
    try:
        done = subprocess.run(
            COMMAND,
            input=json.dumps(request).encode() + b"\n" + data,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            preexec_fn=_bounded if os.name == "posix" else None,
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{path}: takes more than {TIMEOUT_S} s to read; {REMEDY}") from None
    if done.returncode == 0:
        return done.stdout
    why = done.stderr.decode("utf-8", "replace") if done.returncode == REFUSED else DAMAGED
    raise UsageError(f"{path}: {why}")


REMEDY = "copy its rows into a new workbook and save that as .xlsx"
DAMAGED = f"cannot be read as a workbook; {REMEDY}"


def _bounded() -> None:
    import resource  # Windows has none

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT_S, TIMEOUT_S))


def _need(package: str) -> None:
    if find_spec(package) is None:
        remedy = "type: pip install 'chainrule[excel]', or save the file as CSV"
        raise UsageError(f"workbooks (.xlsx, .xls) need {package}; {remedy}")
