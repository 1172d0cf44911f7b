"""`grader check`: runs the visible checks in a student's own notebook.

The code belongs to the person who runs the command. On Linux it runs in the same box as in grading;
elsewhere a plain child process is enough.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.box.causes import UNDEFINED
from grader.box.client import CellOutcome
from grader.box.launch import launcher
from grader.box.session import CodeCell, Session
from grader.course.folder import is_helper
from grader.course.settings import Limits
from grader.errors import UsageError
from grader.grading.unfinished import is_untouched, unfinished
from grader.locale.translations import ENGLISH, gettext
from grader.notebook import (
    FAILED_CHECK,
    MAX_BYTES,
    Cell,
    Notebook,
    cell_name,
    error_line,
    error_text,
    grade_id,
    is_check,
    is_solution,
    loads,
    points,
    question_of,
)

__all__ = ["CheckedQuestion", "check_notebook", "language_of", "limits_of"]

# The folder of the notebook may be full of other files. Kinds that releases have come first.
MAX_LOOKED_AT, MAX_FILES, MAX_TOTAL_BYTES = 10_000, 500, 64 << 20
USUAL = (".py", ".npz", ".csv", ".txt", ".png")

NO_MODULE = re.compile(r"No module named '(\w+)'")
NO_FILE = re.compile(r"No such file or directory: '([^'/\\]+)'")
# Students import these in released cells, too; they come from no course.
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "seaborn", "sklearn", "torch", "tqdm")


@dataclass(frozen=True)
class CheckedQuestion:
    """How the visible check of one question went.

    Args:
        question: its name.
        points: what its hidden tests are worth.
        passed: whether the visible check ran to its end.
        message: why it did not.
    """

    question: str
    points: float
    passed: bool
    message: str = ""


def check_notebook(path: Path) -> list[CheckedQuestion]:
    """Execute a notebook beside its helper files and read its check cells.

    Raises:
        UsageError: the file is not a notebook, or has no check in it.
        BoxError: no child process could be started.
    """
    notebook = _read(path)
    checks = {i: cell for i, cell in enumerate(notebook["cells"]) if is_check(cell)}
    if not checks:
        raise UsageError(f"{path}: no checks found; take the notebook that your course released")
    cells = [
        CodeCell(number - 1, cell_name(cell, number), cell["source"])
        for number, cell in enumerate(notebook["cells"], 1)
        if cell["cell_type"] == "code"
    ]
    limits, box_launcher = limits_of(path) or Limits(), launcher(own_code=True)
    try:
        with Session(box_launcher, _helper_files(path.parent), cells, limits) as session:
            outcomes = session.execute_cells()
    finally:
        box_launcher.close()
    return list(_answers(notebook, checks, outcomes))


def language_of(path: Path) -> str:
    """The language of the course that released a notebook; English if it does not say.

    Raises:
        UsageError: the file is not a notebook.
    """
    language = _told(path, "language")
    return language if isinstance(language, str) else ENGLISH


def limits_of(path: Path) -> Limits | None:
    """The limits of the course that released a notebook; None if it does not say.

    Raises:
        UsageError: the file is not a notebook.
    """
    try:
        return Limits.model_validate(_told(path, "limits"))
    except ValidationError:
        return None


def _told(path: Path, key: str) -> Any:
    """What the release told in a notebook's metadata; a student's file may hold anything there."""
    mark = _read(path)["metadata"].get("grader")
    return mark.get(key) if isinstance(mark, dict) else None


def _answers(
    notebook: Notebook, checks: Mapping[int, Cell], outcomes: Mapping[int, CellOutcome]
) -> Iterator[CheckedQuestion]:
    """One for each check; if a cell that it builds on stopped, that is its message."""
    before = -1
    for index, cell in checks.items():
        question, message = question_of(cell) or "?", _message(notebook, outcomes[index])
        above = {i: notebook["cells"][i] for i in range(before + 1, index) if i in outcomes}
        own = {i: one for i, one in above.items() if question_of(one) == question}
        stopped = [i for i in own or above if not outcomes[i].ok]
        cause = _cause(notebook, outcomes, stopped[0] if stopped else index)
        if message and own and all(is_untouched(one["source"]) for one in own.values()):
            message = gettext("not started: the answer cell still raises NotImplementedError")
        elif message and cause != index:
            failed = notebook["cells"][cause]
            missing = _missing_file(outcomes[cause]) if _is_ours(failed) else ""
            message = missing or gettext(
                "cell {name}, above this check, fails: {reason}",
                name=cell_name(failed, cause + 1),
                reason=_message(notebook, outcomes[cause]),
            )
        yield CheckedQuestion(question, points(cell) or 0.0, outcomes[index].ok, message)
        before = index


def _cause(notebook: Notebook, outcomes: Mapping[int, CellOutcome], index: int) -> int:
    """The released cell that failed first and so left a cell without a name; or that cell."""
    error = outcomes[index].exception
    name = UNDEFINED.search(error["evalue"]) if error else None
    if name is None:
        return index
    for i in (i for i, outcome in outcomes.items() if i < index and not outcome.ok):
        cell = notebook["cells"][i]
        if _is_ours(cell) and re.search(rf"\b{re.escape(name[1])}\b", cell["source"]):
            return _cause(notebook, outcomes, i)
    return index


def _is_ours(cell: Cell) -> bool:
    """Whether a cell came with the release, and no student writes into it."""
    return bool(grade_id(cell)) and not is_solution(cell) and not is_check(cell)


def _missing_file(outcome: CellOutcome) -> str:
    """What to do if a released cell failed since a file is not there that was released with it."""
    error = outcome.exception or {"ename": "", "evalue": ""}
    module, path = NO_MODULE.match(error["evalue"]), NO_FILE.search(error["evalue"])
    if error["ename"] == "ModuleNotFoundError" and module and module[1] not in LIBRARIES:
        name = f"{module[1]}.py"
    elif error["ename"] == "FileNotFoundError" and path:
        name = path[1]
    else:
        return ""
    return gettext(
        "the helper file {name} is missing. It was released with this notebook: get it from where "
        "you got the notebook, and put it into the same folder",
        name=name,
    )


def _read(path: Path) -> Notebook:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; clear its outputs")
        return loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{path}: {error}; open it in Jupyter, save it, try again") from None


def _helper_files(folder: Path) -> dict[str, bytes]:
    """The files beside the notebook that may have been released with it, up to the limits."""
    looked_at = islice(folder.rglob("*"), MAX_LOOKED_AT)  # the folder itself, then those in it
    found = [p for p in looked_at if is_helper(p.relative_to(folder)) and _is_readable(p)]
    files: dict[str, bytes] = {}
    left = MAX_TOTAL_BYTES
    for path in sorted(found, key=_rank)[:MAX_FILES]:
        if (size := path.stat().st_size) <= left:
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
            left -= size
    return files


def _is_readable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


def _rank(path: Path) -> tuple[int, int, int]:
    kind = USUAL.index(path.suffix) if path.suffix in USUAL else len(USUAL)
    return len(path.parts), kind, path.stat().st_size


def _message(notebook: Notebook, outcome: CellOutcome) -> str:
    if outcome.died:
        return outcome.died
    error = outcome.exception
    if outcome.ok or error is None:
        return "" if outcome.ok else gettext("the check did not run")
    if error["ename"] == "NotImplementedError":
        return unfinished(error, [cell["source"] for cell in notebook["cells"]])
    is_sentence = error["ename"] == "AssertionError" and error_text(error)
    line = error_text(error) if is_sentence else error_line(error)
    return line.removeprefix(FAILED_CHECK)
