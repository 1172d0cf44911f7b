"""One submission's life in boxes: execute its cells, call its functions, survive its deaths.

When a cell or a call ends the box, a fresh one is opened, the cells are executed again
without those that killed one before, and a function that killed one is not called again. So
``os._exit`` in `backward` costs `backward` and nothing else.

What ended a box need not be what ran in that moment: another cell may have left a timer, a thread
or a child. So a few suspects are tried once more alone, with the cells that they need and no other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.box.client import (
    Box,
    BoxDied,
    BoxTimedOut,
    CallFailure,
    CallRequest,
    CallSuccess,
    CellOutcome,
)
from grader.box.launch import Launcher
from grader.box.needs import needed_cells
from grader.course.settings import Limits
from grader.results import Note, NoteKind

__all__ = ["CodeCell", "Session"]

MAX_BOXES = 12
MAX_TRIES_ALONE = 4  # each costs a box and, if it fails, the time of a call
SHARE_FOR_CELLS = 0.6  # of the submission's time; the rest is kept for the checks
OUT_OF_TIME = "the submission had used up its time before this"


@dataclass(frozen=True)
class CodeCell:
    """A code cell to execute.

    Args:
        index: its place in the notebook.
        label: its name in messages.
        source: its code.
        is_answer: whether later questions may need what it defines; such a cell may use the
            time that is kept for the checks.
    """

    index: int
    label: str
    source: str
    is_answer: bool = True


class Session:
    """Executes a notebook's code cells and then calls its functions, in as few boxes as needed.

    Args:
        launcher: opens the boxes.
        files: helper files of the release.
        cells: the code cells, in order.
        limits: course.yml's limits.
        figures: `keep` them, or `skip` drawing them.
    """

    def __init__(
        self,
        launcher: Launcher,
        files: Mapping[str, bytes],
        cells: Sequence[CodeCell],
        limits: Limits,
        figures: str = "keep",
    ) -> None:
        self._launcher, self._files, self._cells, self._limits = launcher, files, cells, limits
        self._figures = figures
        self._start = time.monotonic()
        self._box: Box | None = None
        self._boxes_opened = 0
        self._output_bytes = 0
        self._cell_timeout_s = limits.cell_timeout_s
        self._outcomes: dict[int, CellOutcome] = {}
        self._deadly_cells: dict[str, str] = {}
        self._deadly_functions: dict[str, str] = {}
        self._only: frozenset[int] | None = None  # cells that boxes execute; None for all
        self._tries_alone = 0
        self._revived: frozenset[int] = frozenset()  # cells executed in spite of a death
        self._suspects: frozenset[int] = frozenset()
        self._needs: dict[str, frozenset[int]] = {}
        self._cleared: list[str] = []
        self._too_late: dict[str, None] = {}  # what was not run, in its order

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_box()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What ended a box or was not run at all."""
        return tuple(Note(NoteKind.STOPPED, text) for text in self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self._deadly_cells:
            (first, reason), *others = self._deadly_cells.items()
            rest = f" and, for the like reason, {', '.join(n for n, _ in others)}" if others else ""
            yield f"The cell {first} {reason}; the notebook went on without it{rest}."
        for reason in self._deadly_functions.values():
            yield f"Calling {reason}; the other steps were graded in a fresh box."
        if self._cleared:
            names = ", ".join(self._cleared)
            yield (
                "Something that another cell had started ended the Python process; "
                f"without that cell {names} could be called."
            )
        if self._too_late:
            first, *late = self._too_late
            rest = f"; nor could {len(late)} more after it" if late else ""
            yield f"All of its time was used up before {first} could run{rest}."

    def execute_cells(self) -> dict[int, CellOutcome]:
        """Run all cells; the outcome of each by its index. A deadly cell does not stop the rest."""
        while not self._run_cells() and self._boxes_opened < MAX_BOXES:
            pass
        for cell in self._cells:
            self._outcomes.setdefault(cell.index, CellOutcome(ok=False, died=OUT_OF_TIME))
        return self._outcomes

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Call a student's function; whatever it does is an answer."""
        if request.name in self._deadly_functions:
            return CallFailure(self._deadly_functions[request.name])
        if self._has_suspects(request.name) and (outcome := self._call_alone(request)):
            return outcome
        if self._only is not None and not self._cells_of(request.name) <= self._only:
            self._execute_only(self._only | self._cells_of(request.name))
        try:
            return self._call_in_box(request)
        except BoxTimedOut as death:
            return self._bury(request.name, death)
        except BoxDied as death:
            return self._call_alone(request) or self._bury(request.name, death)

    def _call_in_box(self, request: CallRequest) -> CallSuccess | CallFailure:
        timeout_s = min(self._limits.call_timeout_s, self._time_left())
        if timeout_s <= 0:
            self._too_late[request.name] = None
            return CallFailure(f"{request.name} was not called: {OUT_OF_TIME}")
        if self._box is None and not self._reopen():
            return CallFailure(f"{request.name} was not called: the notebook stops by itself")
        assert self._box is not None  # noqa: S101 — told to mypy; _reopen opened it
        return self._box.call(request, timeout_s)

    def _bury(self, name: str, death: BoxDied) -> CallFailure:
        self._close_box()
        reason = f"{name} {death}"
        self._deadly_functions[name] = reason
        return CallFailure(reason)

    def _call_alone(self, request: CallRequest) -> CallSuccess | CallFailure | None:
        """Call a function with its own cells alone; None if that ends the box too."""
        own = self._cells_of(request.name)
        is_nothing_new = not own or len(own) == len(self._cells) or own == self._only
        if self._tries_alone >= MAX_TRIES_ALONE or is_nothing_new:
            return None
        self._tries_alone += 1
        before = self._only, self._revived
        self._revived |= own
        self._execute_only(own)
        try:
            if self._run_cells():
                outcome = self._call_in_box(request)
                self._cleared.append(request.name)
                return outcome
        except BoxDied:
            pass
        self._execute_only(before[0])
        self._revived = before[1]
        return None

    def _execute_only(self, cells: frozenset[int] | None) -> None:
        self._close_box()
        self._only = cells

    def _cells_of(self, name: str) -> frozenset[int]:
        """The cells that a function needs, by index; none if no cell defines it."""
        if name not in self._needs:
            places = needed_cells([cell.source for cell in self._cells], name)
            self._needs[name] = frozenset(self._cells[place].index for place in places)
        return self._needs[name]

    def _has_suspects(self, name: str) -> bool:
        """Whether a cell that the function needs ended a box, perhaps innocently; asked once."""
        suspects = self._suspects & self._cells_of(name) if self._suspects else frozenset()
        self._suspects -= suspects
        return bool(suspects)

    def _reopen(self) -> bool:
        while self._boxes_opened < MAX_BOXES and self._time_left() > 0:
            if self._run_cells():
                return True
        return False

    def _run_cells(self) -> bool:
        """Execute the cells in a fresh box; False if one of them ended it."""
        self._close_box()
        self._box = self._launcher.open(self._files, self._limits)
        if self._figures == "skip":
            self._box.skip_figures(self._limits.cell_timeout_s)
        self._boxes_opened += 1
        for cell in self._cells:
            if self._is_left_out(cell):
                continue
            timeout_s = min(self._cell_timeout_s, self._time_left_for(cell))
            if timeout_s <= 0:
                if cell.index not in self._outcomes:
                    self._too_late[f"the cell {cell.label}"] = None
                continue
            try:
                outcome = self._box.execute(cell.source, timeout_s)
            except BoxDied as death:
                self._mark_deadly(cell, death)
                return False
            if cell.index not in self._outcomes or self._deadly_cells.pop(cell.label, ""):
                self._outcomes[cell.index] = self._within_bounds(outcome)
        return True

    def _within_bounds(self, outcome: CellOutcome) -> CellOutcome:
        """The box bounds what one cell prints; this bounds what all of them leave with us."""
        if outcome.outputs and self._output_bytes > self._limits.output_mib << 20:
            return replace(outcome, outputs=(_left_out(self._limits.output_mib),))
        self._output_bytes += len(json.dumps(outcome.outputs))
        return outcome

    def _is_left_out(self, cell: CodeCell) -> bool:
        outcome = self._outcomes.get(cell.index)
        is_deadly = outcome is not None and bool(outcome.died)
        is_other = self._only is not None and cell.index not in self._only
        return is_other or (is_deadly and cell.index not in self._revived)

    def _mark_deadly(self, cell: CodeCell, death: BoxDied) -> None:
        self._close_box()
        self._cell_timeout_s /= (
            2  # one endless loop is often met again, by every cell that calls it
        )
        self._outcomes[cell.index] = CellOutcome(ok=False, died=f"this cell {death}")
        self._deadly_cells[cell.label] = str(death)
        if not isinstance(death, BoxTimedOut) and cell.index not in self._revived:
            self._suspects |= {cell.index}

    def _time_left(self) -> float:
        return self._limits.submission_timeout_s - (time.monotonic() - self._start)

    def _time_left_for(self, cell: CodeCell) -> float:
        if cell.is_answer or cell.index in self._outcomes:
            return self._time_left()
        return self._time_left() - (1 - SHARE_FOR_CELLS) * self._limits.submission_timeout_s

    def _close_box(self) -> None:
        if self._box is not None:
            self._box.close()
            self._box = None


def _left_out(output_mib: int) -> dict[str, Any]:
    text = f"[output left out: the notebook had printed {output_mib} MiB before]\n"
    return {"output_type": "stream", "name": "stderr", "text": text}
