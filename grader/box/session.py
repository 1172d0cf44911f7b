"""Runs one submission in boxes: executes its cells and calls its functions, even if boxes die.

When a cell or a call ends the box, a fresh box is opened. The cells are executed again there,
without those that ended a box before, and a function that ended a box is not called again. So
``os._exit`` in `backward` costs `backward` and nothing else.

The code that ran when a box ended may be innocent: another cell may have left a timer, a thread or
a child process. So a few suspects are tried once more, with only the cells that they need.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from grader.box import causes, endings
from grader.box.apart import Apart
from grader.box.causes import Causes
from grader.box.client import Box, CallFailure, CallRequest, CallSuccess, CellOutcome
from grader.box.endings import BoxDied, BoxTimedOut
from grader.box.launch import Launcher
from grader.box.needs import Needs
from grader.box.stopwatch import Stopwatch
from grader.course.settings import Limits
from grader.locale.translations import N_, N_plural, gettext, ngettext
from grader.results import Note, NoteKind

__all__ = ["LEAST_S", "CodeCell", "Session"]

MAX_BOXES = 12
MAX_TRIES_ALONE = 4  # each costs a box and, if it fails, the time of a call
LEAST_S = 0.05  # a shorter rest of the time is too little for any cell or call
SHORTEST_SHARE = 0.25  # of a cell's time is left to each, however many cells ended a box
SHARE_FOR_CELLS = 0.6  # of the submission's time; the rest is kept for the checks


@dataclass(frozen=True)
class CodeCell:
    """A code cell to execute.

    Args:
        index: its place in the notebook.
        label: its name in messages.
        source: its code.
        is_answer: whether later questions may need its definitions. Such a cell may use the
            time that is kept for the checks.
        is_released: whether it is as the course released it, so that no student wrote in it.
    """

    index: int
    label: str
    source: str
    is_answer: bool = True
    is_released: bool = False


class Session:
    """Executes a notebook's code cells and then calls its functions, in as few boxes as needed.

    Args:
        launcher: opens the boxes.
        files: helper files of the release, contents by name.
        cells: the code cells, in order.
        limits: what the submission may use.
        figures: whether to `keep` figures, or to `skip` drawing them.
        used_s: how much of the submission's time is used already.
    """

    def __init__(
        self,
        launcher: Launcher,
        files: Mapping[str, bytes],
        cells: Sequence[CodeCell],
        limits: Limits,
        figures: str = "keep",
        used_s: float = 0.0,
    ) -> None:
        self._launcher, self._files, self._cells, self._limits = launcher, files, cells, limits
        self._figures = figures
        self._time_s = limits.submission_timeout_s - used_s
        self._watch = Stopwatch(self._time_s, launcher.used_time)
        self._box: Box | None = None
        self._boxes_opened = 0
        self._output_bytes = 0
        self._cell_timeout_s = limits.cell_timeout_s
        self._outcomes: dict[int, CellOutcome] = {}
        self._deadly_cells: dict[str, BoxDied] = {}
        self._deadly_functions: dict[str, BoxDied] = {}
        self._only: frozenset[int] | None = None  # cells that boxes execute; None for all
        self._tries_alone = 0
        self._revived: frozenset[int] = frozenset()  # cells executed although they ended a box
        self._suspects: frozenset[int] = frozenset()
        self._known_needs: dict[str, frozenset[int]] = {}
        self._apart: Apart | None = None
        self._undone: dict[str, Mapping[str, frozenset[str]]] = {}
        self._cleared: list[str] = []
        self._too_late: dict[CodeCell | str, None] = {}  # an ordered set of what was not run

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_box()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What ended a box, what was not run at all, and what undid right work."""
        stopped = (Note(NoteKind.STOPPED, text) for text in self._sentences())
        undone = (Note(NoteKind.SET_ASIDE, text) for text in causes.told(self._undone))
        return (*stopped, *undone)

    @property
    def outcomes(self) -> Mapping[int, CellOutcome]:
        """The outcome of each cell so far, by its index in the notebook."""
        return self._outcomes

    @property
    def used_s(self) -> float:
        """How much of its time it has used."""
        return self._time_s - self._watch.remaining_s()

    @property
    def has_trouble(self) -> bool:
        """Whether a box ended, or time ran out."""
        ended = self._deadly_cells or self._deadly_functions or self._too_late
        is_apart_in_trouble = self._apart is not None and self._apart.has_trouble
        return self._boxes_opened > 1 or bool(ended) or is_apart_in_trouble

    def _sentences(self) -> Iterator[str]:
        if self._deadly_cells:
            deadly = (cell.label for cell in self._cells if cell.label in self._deadly_cells)
            first, *others = dict.fromkeys(deadly)  # in the order of the notebook
            sentences = endings.CELL_AND_OTHERS if others else endings.CELL
            yield self._deadly_cells[first].told(sentences, name=first, others=", ".join(others))
        for name, death in self._deadly_functions.items():
            yield death.told(endings.FUNCTION, name=name)
        if self._cleared:
            yield gettext(
                "Another cell had started something that ended the Python process, such as a "
                "thread or a timer. Without that cell, {names} could be called.",
                names=", ".join(self._cleared),
            )
        if self._too_late:
            yield _ran_out(*self._too_late)

    def execute_cells(self) -> dict[int, CellOutcome]:
        """Run all cells; a cell that ends the box does not stop the others.

        Returns:
            The outcome of each cell, by its index in the notebook.

        Raises:
            BoxError: no box can be opened.
        """
        while not self._run_cells() and self._boxes_opened < MAX_BOXES:
            pass
        out_of_time = gettext("the time for the submission was used up before this cell could run")
        for cell in self._cells:
            self._outcomes.setdefault(cell.index, CellOutcome(ok=False, died=out_of_time))
        return self._outcomes

    def call(self, request: CallRequest) -> CallSuccess | CallFailure:
        """Call a student's function; anything that it does becomes a value.

        Raises:
            BoxError: no box can be opened.
        """
        if request.name in self._deadly_functions:
            death = self._deadly_functions[request.name]
            return CallFailure(death.told(endings.CALL, name=request.name))
        if self._has_suspects(request.name) and (outcome := self._call_alone(request)):
            return outcome
        if self._only is not None and not self._cells_of(request.name) <= self._only:
            self._execute_only(self._only | self._cells_of(request.name))
        try:
            outcome = self._call_in_box(request)
        except BoxTimedOut as death:
            return self._note_death(request.name, death)
        except BoxDied as death:
            return self._call_alone(request) or self._note_death(request.name, death)
        if isinstance(outcome, CallFailure) and self._has_suspects(request.name):
            return (
                self._call_alone(request) or outcome
            )  # a cell of it ended the box that was opened
        return outcome

    def probe(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure | None:
        """Call a function in the box that is open, without any consequence for the submission.

        Args:
            request: the calls. They are few and quick, or not worth making.
            timeout_s: processor time that all of them may use.

        Returns:
            None if no box is open, if the function ended one before, or if the call ended this
            one. No note tells of that, and no box is opened to try again.
        """
        if self._box is None and self._apart is not None:
            return self._apart.probe(request, timeout_s)
        timeout_s = min(timeout_s, self._time_left())
        if self._box is None or request.name in self._deadly_functions or timeout_s <= 0:
            return None
        try:
            return self._box.call(request, timeout_s)
        except BoxDied:
            self._close_box()
            return None

    def _call_in_box(self, request: CallRequest) -> CallSuccess | CallFailure:
        timeout_s = min(self._limits.call_timeout_s, request.within_s, self._time_left())
        if timeout_s <= 0:
            self._too_late[request.name] = None
            text = gettext(
                "{name} was not called: the time for the submission was already used up",
                name=request.name,
            )
            return CallFailure(text)
        if self._box is None and not self._reopen():
            text = gettext(
                "{name} was not called: the cells of the notebook could not be run again",
                name=request.name,
            )
            return CallFailure(text)
        assert self._box is not None  # noqa: S101 — told to mypy; _reopen opened it
        outcome = self._box.call(request, timeout_s)
        if isinstance(outcome, CallFailure):
            return self._causes.explained(request.name, outcome)
        return outcome

    def apart(self, names: Collection[str]) -> Apart | None:
        """Functions by themselves, each with the cells that it needs and no others.

        Args:
            names: functions that had wrong results.

        Returns:
            None if no other cell can be the cause.
        """
        is_suspicious = self._has_no_boxes_left() or self._causes.undoing(names)
        if self._time_left() <= 0 or not is_suspicious:
            return None
        self._close_box()  # from now on, functions are called by themselves only
        self._apart = Apart(
            self._open_for_apart,
            self._sources_of,
            self._limits,
            self._time_left,
            self._causes.explained,
        )
        return self._apart

    def note_undone(self, questions: Mapping[str, Collection[str]]) -> None:
        """Note what undid work that had better results by itself.

        Args:
            questions: the functions of each such question; none of any other.
        """
        self._undone = {
            question: self._causes.undoing(names) or self._causes.undoing(names, above=True)
            for question, names in questions.items()
            if names and not self._has_no_boxes_left()  # then the cells that ended them are told
        }

    def _has_no_boxes_left(self) -> bool:
        return self._boxes_opened >= MAX_BOXES

    def _open_for_apart(self) -> Box:
        box = self._launcher.open(self._files, self._limits)
        box.skip_figures(self._limits.cell_timeout_s)
        return box

    def _sources_of(self, name: str) -> list[str]:
        """The code of the cells that a function needs, without those that end a box."""
        needed = [self._cells[place] for place in sorted(self._causes.needs.of(name))]
        return [cell.source for cell in needed if not self._outcomes[cell.index].died]

    def _note_death(self, name: str, death: BoxDied) -> CallFailure:
        self._close_box()
        self._deadly_functions[name] = death
        return CallFailure(death.told(endings.CALL, name=name))

    def _call_alone(self, request: CallRequest) -> CallSuccess | CallFailure | None:
        """Call a function in a box with only the cells that it needs.

        Returns:
            None if that box ends too, or if the try would be nothing new or one too many.
        """
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

    @cached_property
    def _needs(self) -> Needs:
        return Needs([cell.source for cell in self._cells])

    @cached_property
    def _causes(self) -> Causes:
        """Here a definition in an answer counts, even if a later cell replaces it."""
        answers = {place for place, cell in enumerate(self._cells) if cell.is_answer}
        released = {place for place, cell in enumerate(self._cells) if cell.is_released}
        needs = Needs([cell.source for cell in self._cells], answers, released)
        return Causes(self._cells, needs, self._outcomes)

    def _cells_of(self, name: str) -> frozenset[int]:
        """The cells that a function needs, by index; none if no cell defines it."""
        if name not in self._known_needs:
            places = self._needs.of(name)
            self._known_needs[name] = frozenset(self._cells[place].index for place in places)
        return self._known_needs[name]

    def _has_suspects(self, name: str) -> bool:
        """Whether it needs a cell that ended a box, perhaps innocently; true once for each cell."""
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
            timeout_s = min(self._timeout_of(cell), self._time_left_for(cell))
            if timeout_s <= 0:
                if cell.index not in self._outcomes:
                    self._too_late[cell] = None
                continue
            try:
                outcome = self._box.execute(cell.source, timeout_s)
            except BoxDied as death:
                self._mark_deadly(cell, death)
                return False
            if (
                cell.index not in self._outcomes
                or self._deadly_cells.pop(cell.label, None) is not None
            ):
                self._outcomes[cell.index] = self._within_bounds(outcome)
        return True

    def _timeout_of(self, cell: CodeCell) -> float:
        """A cell that finished once may take as long again, whatever hangs elsewhere."""
        outcome = self._outcomes.get(cell.index)
        has_finished = outcome is not None and not outcome.died
        return self._limits.cell_timeout_s if has_finished else self._cell_timeout_s

    def _within_bounds(self, outcome: CellOutcome) -> CellOutcome:
        """Bound the outputs of all cells together; the box bounds only those of each cell."""
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
        # An endless loop often runs again, in each cell that calls the function with the loop.
        shortest_s = SHORTEST_SHARE * self._limits.cell_timeout_s
        self._cell_timeout_s = max(self._cell_timeout_s / 2, shortest_s)
        self._outcomes[cell.index] = CellOutcome(ok=False, died=death.told(endings.THIS_CELL))
        self._deadly_cells[cell.label] = death
        if not isinstance(death, BoxTimedOut) and cell.index not in self._revived:
            self._suspects |= {cell.index}

    def _time_left(self, kept_s: float = 0) -> float:
        """Time for one more cell or call; 0 if only a rest is left, which is too short for any."""
        left_s = self._watch.remaining_s() - kept_s
        return left_s if left_s >= LEAST_S else 0

    def _time_left_for(self, cell: CodeCell) -> float:
        if cell.is_answer or cell.index in self._outcomes:
            return self._time_left()
        return self._time_left((1 - SHARE_FOR_CELLS) * self._limits.submission_timeout_s)

    def _close_box(self) -> None:
        if self._apart is not None:
            self._apart.close()
        if self._box is not None:
            self._box.close()
            self._box = None


def _ran_out(first: CodeCell | str, *others: CodeCell | str) -> str:
    """The sentence on what was not run because time ran out: the first, and how many more."""
    if isinstance(first, CodeCell):
        name = first.label
        alone = N_("The time for the submission was used up before cell {name} could run.")
        more = N_plural(
            "The time for the submission was used up before cell {name} could run. The same "
            "happened to {count} more after it.",
            "The time for the submission was used up before cell {name} could run. The same "
            "happened to {count} more after it.",
        )
    else:
        name = first
        alone = N_("The time for the submission was used up before {name} could be called.")
        more = N_plural(
            "The time for the submission was used up before {name} could be called. The same "
            "happened to {count} more after it.",
            "The time for the submission was used up before {name} could be called. The same "
            "happened to {count} more after it.",
        )
    return ngettext(*more, len(others), name=name) if others else gettext(alone, name=name)


def _left_out(output_mib: int) -> dict[str, Any]:
    text = gettext("[output left out: the notebook has already shown {size} MiB]", size=output_mib)
    return {"output_type": "stream", "name": "stderr", "text": text + "\n"}
