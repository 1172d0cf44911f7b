"""Finds a written answer that stands beside its answer cell, or that an editor cut into pieces.

Everything that a student wrote between the neighbouring cells of the release counts: the answer
goes to a person, who can tell a note from an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.terms import without_terms
from grader.notebook import Cell, is_manual, is_solution

__all__ = ["Written", "written_beside"]

BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True)
class Written:
    """What is taken as one written answer.

    Args:
        place: the index of the answer cell in the release.
        moved: indexes of the submitted text cells that become the answer.
        cells: these cells as text; else code or changes to a text of ours, quoted.
        is_certain: whether it is the only text in the place of an answer cell that is missing.
    """

    place: int
    moved: tuple[int, ...]
    cells: tuple[Cell, ...]
    is_certain: bool


def written_beside(
    places: Sequence[int | None], cells: Sequence[Cell], ours: Sequence[Cell]
) -> list[Written]:
    """For each written answer whose own cell is missing or untouched, what stands beside it.

    Args:
        places: each submitted cell's index in the release; None for a cell of the student's own.
        cells: the submitted cells.
        ours: the released ones.
    """
    found = []
    for place in (place for place, cell in enumerate(ours) if is_manual(cell)):
        own = [i for i, there in enumerate(places) if there == place]
        is_answered = any(_lines(cells[i]) - _lines(ours[place]) for i in own)
        found.append(None if is_answered else _written(place, own, places, cells, ours))
    return [written for written in found if written]


def _written(
    place: int,
    own: Sequence[int],
    places: Sequence[int | None],
    cells: Sequence[Cell],
    ours: Sequence[Cell],
) -> Written | None:
    released = set().union(*(_lines(cell) for cell in ours if cell["cell_type"] != "code"))
    free = [i for i in _between(place, own, places) if _lines(cells[i]) - released]
    texts = [i for i in free if cells[i]["cell_type"] != "code"]
    if texts:
        is_certain = not own and [cells[i]["cell_type"] for i in texts] == ["markdown"]
        moved = tuple({**cells[i], "cell_type": "markdown"} for i in texts)
        return Written(place, tuple(texts), moved, is_certain)
    quoted = [_quoted(cells[i]["source"]) for i in free] or _changes(place, places, cells, ours)
    made = tuple({"cell_type": "markdown", "metadata": {}, "source": text} for text in quoted)
    return Written(place, (), made, is_certain=False) if made else None


def _lines(cell: Cell) -> set[str]:
    return set(filter(None, map(str.strip, cell["source"].split("\n"))))


def _between(place: int, own: Sequence[int], places: Sequence[int | None]) -> list[int]:
    """The student's own cells around an answer, up to the next cells of the release."""
    if own:
        start, end = own[0], own[-1] + 1
    else:
        before = [there for there in places if there is not None and there < place]
        if not before:
            return []
        start = end = len(places) - list(reversed(places)).index(max(before))
    while start and places[start - 1] in (None, place):
        start -= 1
    while end < len(places) and places[end] in (None, place):
        end += 1
    return [i for i in range(start, end) if places[i] is None]


def _quoted(code: str) -> str:
    """Code as text: a person may read it, and the cell itself still runs."""
    fence = "`" * max(3, *(len(marks) + 1 for marks in BACKTICKS.findall(code)), 3)
    return f"{fence}python\n{code}\n{fence}"


def _changes(
    place: int, places: Sequence[int | None], cells: Sequence[Cell], ours: Sequence[Cell]
) -> list[str]:
    """The lines that a student wrote into the texts of ours before and after an answer cell."""
    found = []
    for i, there in enumerate(places):
        if there not in (place - 1, place + 1) or is_solution(ours[there]):
            continue
        if ours[there]["cell_type"] == "code" or cells[i]["cell_type"] == "code":
            continue
        old = _lines(ours[there])
        source = without_terms(cells[i]["source"])  # those of an earlier release are no answer
        lines = [line for line in source.split("\n") if line.strip() not in old]
        found.append("\n".join(line for line in lines if line.strip()))
    return [text for text in found if text]
