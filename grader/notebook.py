"""Pure functions on notebooks as plain dicts: reading, writing, and the roles of cells.

A notebook here is nbformat 4.5 JSON with every cell's `source` joined to one string. Nothing is
trusted: a student's file may hold any JSON, so roles are read with type checks and reading repairs
what it can. nbformat itself is not imported, since that costs more than a second.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any, TypeAlias

from grader.locale.translations import Sentence, gettext

__all__ = [
    "ADDED",
    "FAILED_CHECK",
    "MAX_BYTES",
    "Cell",
    "Notebook",
    "cell_name",
    "clear_outputs",
    "dumps",
    "error_line",
    "error_text",
    "grade_id",
    "is_added",
    "is_check",
    "is_locked",
    "is_manual",
    "is_solution",
    "loads",
    "points",
    "question_of",
]

Cell: TypeAlias = dict[str, Any]
Notebook: TypeAlias = dict[str, Any]

MAX_BYTES = 16 << 20  # of a file that is opened as a student's notebook
CHECK_PREFIX = "test_"
ADDED: dict[str, Any] = {"grader": {"added": True}}  # metadata of a cell that a student added
FAILED_CHECK = "✗ "  # begins what a check of checking.py says when it fails
CELL_FILE = re.compile(r"<ipython-input-[^<>]*>, ")  # IPython's file name for a cell
CELL_TYPES = ("code", "markdown", "raw")
MAX_DIGITS = 300  # Python refuses to parse integers of more than 4300 digits


def loads(data: bytes | str) -> Notebook:
    r"""Read a notebook of format 3 or 4 and give every cell the shape of format 4.5.

    Cells that are not JSON objects are left out; sources, metadata and outputs of a wrong type
    become empty; lone surrogates become U+FFFD; line ends become `\n`.

    Raises:
        ValueError: not UTF-8, not JSON, nested too deeply, or not a notebook. Its `Sentence` says
            which, and reads well after a file name and a colon.
    """
    document = _parse(_decode(data))
    if not isinstance(document, dict):
        raise ValueError(Sentence("not a Jupyter notebook (it has no list of cells)"))
    cells = document.get("cells")
    if not isinstance(cells, list):
        cells = _cells_of_format_3(document)
    metadata = document.get("metadata")
    return {
        "cells": [_normalised(cell) for cell in cells if isinstance(cell, dict)],
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _decode(data: bytes | str) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, encoding)
    return _decode_as(data, "utf-8-sig")


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(Sentence("not a Jupyter notebook (it is not UTF-8 text)")) from None


def _parse(text: str) -> Any:
    if not text.strip():
        raise ValueError(Sentence("the file is empty"))
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        raise ValueError(
            Sentence("not a Jupyter notebook (its JSON is nested too deeply)")
        ) from None
    except ValueError as error:
        raise ValueError(_no_json(error)) from None


def _no_json(error: ValueError) -> Sentence:
    if not isinstance(error, json.JSONDecodeError):
        return Sentence(
            "not a Jupyter notebook (it is not valid JSON; perhaps it was cut off, or damaged by a "
            "merge)"
        )
    return Sentence(
        "not a Jupyter notebook (it is not valid JSON at line {line}; perhaps it was cut off, or "
        "damaged by a merge)",
        {"line": error.lineno},
    )


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float("inf")


def _cells_of_format_3(document: dict[str, Any]) -> list[Any]:
    """The cells of an old notebook, where worksheets hold the cells and code is in `input`."""
    worksheets = document.get("worksheets")
    if not isinstance(worksheets, list):
        raise ValueError(Sentence("not a Jupyter notebook (it has no list of cells)"))
    cells: list[Any] = []
    for sheet in worksheets:
        inner = sheet.get("cells") if isinstance(sheet, dict) else None
        cells += [_upgraded(cell) for cell in inner or () if isinstance(cell, dict)]
    return cells


def _upgraded(cell: Cell) -> Cell:
    if cell.get("cell_type") == "code":
        return {"cell_type": "code", "metadata": cell.get("metadata"), "source": cell.get("input")}
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        return {**cell, "cell_type": "markdown", "source": f"{marks} {_joined(cell.get('source'))}"}
    return cell


def _normalised(cell: Cell) -> Cell:
    kind = cell.get("cell_type")
    metadata = cell.get("metadata")
    result: Cell = {
        "cell_type": kind if kind in CELL_TYPES else "raw",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": _joined(cell.get("source")),
    }
    if isinstance(cell.get("id"), str):
        result["id"] = cell["id"]
    if isinstance(cell.get("attachments"), dict) and result["cell_type"] != "code":
        result["attachments"] = cell["attachments"]
    if result["cell_type"] == "code":
        outputs = cell.get("outputs")
        count = cell.get("execution_count")
        result["execution_count"] = count if isinstance(count, int) else None
        result["outputs"] = outputs if isinstance(outputs, list) else []
    return result


def _joined(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    return _encodable(source).replace("\r\n", "\n").replace("\r", "\n")


def _encodable(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced, so UTF-8 can hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def dumps(notebook: Notebook) -> str:
    """The notebook as Jupyter writes it: sorted keys, indent 1, texts as lists of lines."""
    cells = [_with_lines(cell) for cell in notebook["cells"]]
    text = json.dumps(
        {**notebook, "cells": cells},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
        separators=(",", ": "),
    )
    return _encodable(text) + "\n"


def _with_lines(cell: Cell) -> Cell:
    cell = {**cell, "source": cell["source"].splitlines(keepends=True)}
    if "outputs" in cell:
        cell["outputs"] = [_output_with_lines(output) for output in cell["outputs"]]
    return cell


def _output_with_lines(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    if isinstance(output.get("text"), str):
        return {**output, "text": output["text"].splitlines(keepends=True)}
    if isinstance(output.get("data"), dict):
        data = {
            mime: value.splitlines(keepends=True) if isinstance(value, str) else value
            for mime, value in output["data"].items()
        }
        return {**output, "data": data}
    return output


def _nbgrader(cell: Cell) -> dict[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def grade_id(cell: Cell) -> str | None:
    """The cell's name for nbgrader, or None when it has none."""
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) and name else None


def cell_name(cell: Cell, number: int | None = None) -> str:
    """The name of a cell in messages: its grade id, or else its number or its id.

    Args:
        cell: any cell.
        number: its place in the notebook, from 1. Give it in messages for students, who see no
            cell ids; without it, the name is the cell's id.
    """
    if number is None:
        return grade_id(cell) or str(cell.get("id", "without a name"))
    return grade_id(cell) or gettext("number {number}", number=number)


def is_added(cell: Cell) -> bool:
    """Whether a student added this cell to our notebook."""
    mark = cell["metadata"].get("grader")
    return isinstance(mark, dict) and bool(mark.get("added"))


def is_solution(cell: Cell) -> bool:
    """Whether a student writes into this cell (code of a question, or a manual answer)."""
    return _nbgrader(cell).get("solution") is True


def is_check(cell: Cell) -> bool:
    """Whether this is the locked check cell `test_<question>` that carries a score."""
    return _nbgrader(cell).get("grade") is True and not is_solution(cell)


def is_manual(cell: Cell) -> bool:
    """Whether a student answers here and a human grades the answer."""
    return _nbgrader(cell).get("grade") is True and is_solution(cell)


def is_locked(cell: Cell) -> bool:
    """Whether a student must not change this cell: a check, or read-only by its metadata."""
    return not is_solution(cell) and (is_check(cell) or _nbgrader(cell).get("locked") is True)


def points(cell: Cell) -> float | None:
    """The points in the cell's metadata; None when there are none or they are not a number."""
    value = _nbgrader(cell).get("points")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def error_text(output: dict[str, Any]) -> str:
    """The message of an error output, without IPython's file name for the cell."""
    return CELL_FILE.sub("", str(output["evalue"]))


def error_line(output: dict[str, Any]) -> str:
    """The kind and the message of an error output; of a failed check, its sentence alone."""
    text = error_text(output)
    return text if text.startswith(FAILED_CHECK) else f"{output['ename']}: {text}"


def question_of(cell: Cell) -> str | None:
    """The question of a solution, check or manual cell; None for every other cell."""
    name = grade_id(cell)
    if name is None or not (is_solution(cell) or is_check(cell)):
        return None
    return name.removeprefix(CHECK_PREFIX) if is_check(cell) else name


def clear_outputs(notebook: Notebook) -> Notebook:
    """A copy of the notebook in which no cell has outputs or an execution count."""
    result = deepcopy(notebook)
    for cell in result["cells"]:
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return result
