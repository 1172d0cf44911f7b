"""A student's notebook → the release notebook with the student's answers in it.

Only the sources of answer cells are taken from a submission; every other cell is the release's
own, byte for byte. An answer cell is found by its grade id, by its cell id, by an unchanged text,
by the functions it defines, or by the cells around it, in this order. If a student split a cell
inside a function, the parts are joined again. Notes tell the student what was repaired. An answer
that cannot be found for certain is not guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

from grader.course.solution import definition_lines
from grader.course.terms import without_terms
from grader.intake.pictures import illustrated
from grader.intake.pieces import answer_parts, continues, defined, scratch_copies
from grader.intake.repairs import Repairs
from grader.intake.written import Written, written_beside
from grader.locale.translations import gettext
from grader.notebook import (
    ADDED,
    Cell,
    Notebook,
    cell_name,
    grade_id,
    is_added,
    is_manual,
    is_solution,
)
from grader.results import Note, NoteKind

__all__ = ["Intake", "rebuild"]

MAX_KEPT = 10_000  # characters, so that all texts that are kept take a few MiB
BLANKS_AT_END = re.compile(r"[^\S\n](?=\n|\Z)")


@dataclass(frozen=True)
class Intake:
    """A submission after intake.

    Args:
        notebook: the release with the student's answers; None when rejected.
        notes: what was repaired.
        rejection: why nothing can be graded, as a sentence for the student; None if not rejected.
    """

    notebook: Notebook | None
    notes: tuple[Note, ...] = ()
    rejection: str | None = None


def rebuild(submitted: Notebook, release: Notebook) -> Intake:
    """Put the answers of a submitted notebook into a copy of the release.

    Cells that the student added are kept after the cell that they followed, with `ADDED` as their
    metadata. If an answer cell occurs several times, the last one that differs from the stub
    counts. If that one lacks functions that an earlier one has, the cell was split, and all parts
    are joined. Different manual answers are all kept.

    Args:
        submitted: the student's notebook, as `grader.notebook.loads` gives it.
        release: the assignment's released notebook.

    Returns:
        The rebuilt notebook with notes, or a rejection if it has none of the release's cells.
        What is as released is shared with the release, so nobody may change it in place.
    """
    cells = submitted["cells"]
    ours = release["cells"]
    where = _found(cells, ours)
    places = where.places
    if not any(place is not None and grade_id(ours[place]) for place in places):
        reason = gettext(
            "The notebook has no cell of this assignment. Hand in the notebook that you got for it."
        )
        return Intake(None, (), reason)
    notes = Repairs(
        unlabelled=[cell_name(ours[place]) for place in sorted(where.unlabelled)],
        copied=[cell_name(ours[place]) for place in sorted(where.copied)],
    )
    result = [{**cell} for cell in ours]
    for index, cell in enumerate(result):
        found = [c for c, place in zip(cells, places, strict=True) if place == index]
        if index in where.written:
            _take_written(cell, where.written[index], notes)
        elif is_solution(cell):
            _answer(cell, found, notes)
        elif any(_text_of_ours(c) != _text_of_ours(cell) for c in found):
            notes.undone.append(cell_name(cell))
    _accept_merged(result, ours, notes)
    answered = [place for place in places if place is not None and is_solution(ours[place])]
    notes.reordered = answered != sorted(answered)
    merged = _with_added(result, cells, places, notes)
    told = tuple(Note(NoteKind.REPAIRED, text) for text in notes.sentences())
    return Intake({**release, "cells": merged}, told)


def _text(cell: Cell) -> str:
    """The source without the blanks at the ends of lines, which editors add and remove."""
    return _kept(_without_blanks, cell["source"])


def _without_blanks(source: str) -> str:
    if BLANKS_AT_END.search(source):
        source = "\n".join(line.rstrip() for line in source.split("\n"))
    return source.strip("\n")


def _text_of_ours(cell: Cell) -> str:
    """The text of a cell that is no answer, whatever its release said of points and due date."""
    text = _text(cell)
    return text if cell["cell_type"] == "code" else _kept(without_terms, text)


def _kept(made: Callable[[str], str], source: str) -> str:
    """What is made of a text: cells of ours are the same in all notebooks, and compared often."""
    return _remembered(made, source) if len(source) <= MAX_KEPT else made(source)


@lru_cache(maxsize=512)
def _remembered(made: Callable[[str], str], source: str) -> str:
    return made(source)


@dataclass(frozen=True)
class _Found:
    """Where the submitted cells belong.

    Args:
        places: each submitted cell's index in the release; None for a cell of the student's own.
        unlabelled: indexes of answer cells that were found without a label.
        copied: indexes of answer cells whose label stood on other cells, too.
        written: what is taken as a written answer from beside its cell, by the cell's index.
    """

    places: list[int | None]
    unlabelled: set[int]
    copied: set[int]
    written: dict[int, Written]


def _found(cells: list[Cell], ours: list[Cell]) -> _Found:
    by_grade_id = {name: i for i, cell in enumerate(ours) if (name := grade_id(cell))}
    by_id = {cell["id"]: i for i, cell in enumerate(ours) if "id" in cell}
    places: list[int | None] = []
    for cell in cells:
        place = by_grade_id.get(grade_id(cell) or "")
        places.append(by_id.get(_cell_id(cell)) if place is None else place)
    _release_copies(places, cells, ours)
    copied = _release_scratch(places, cells, ours) | _release_texts(places, cells, ours)
    labelled = set(places)
    _find_by_text(places, cells, ours)
    _find_by_definition(places, cells, ours, labelled)
    _find_by_continuation(places, cells, ours)
    written = written_beside(places, cells, ours)
    for one in written:
        for i in one.moved:
            places[i] = one.place
    found = {place for place in places if place is not None and is_solution(ours[place])}
    certain = found - {one.place for one in written if not one.is_certain}
    return _Found(places, certain - labelled, copied, {one.place: one for one in written})


def _cell_id(cell: Cell) -> str:
    """The cell's id, or the one in the metadata, where Colab keeps it."""
    name = cell.get("id", cell["metadata"].get("id"))
    return name if isinstance(name, str) else ""


def _release_copies(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    """Treat a changed copy of our code as the student's cell if an unchanged copy exists, too."""
    pairs = [
        (cell, -1 if place is None or is_solution(ours[place]) else place)
        for cell, place in zip(cells, places, strict=True)
    ]
    intact = {place for cell, place in pairs if place >= 0 and _text(cell) == _text(ours[place])}
    for i, (cell, place) in enumerate(pairs):
        if place in intact and cell["cell_type"] == "code" and _text(cell) != _text(ours[place]):
            places[i] = None


def _release_scratch(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> set[int]:
    """Treat copies of an answer cell that hold no part of the answer as the student's cells.

    Returns:
        The indices of these answer cells in the release.
    """
    copied = set()
    for place, stub in enumerate(ours):
        found = [i for i, there in enumerate(places) if there == place]
        if len(found) > 1 and _is_code_answer(stub):
            changed = [i for i in found if _text(cells[i]) != _text(stub)]
            copies = [cells[i] for i in changed]
            for k in scratch_copies(copies, _expected(stub), len(changed) < len(found)):
                places[changed[k]] = None
                copied.add(place)
    return copied


def _release_texts(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> set[int]:
    """Treat text as the student's cell if a code cell defines the same functions of an answer.

    Returns:
        The indices of these answer cells in the release.
    """
    copied = set()
    released = {_text(cell) for cell in ours}
    code = [c for c in cells if c["cell_type"] == "code" and _text(c) not in released]
    in_code = set().union(*(defined(cell["source"]) for cell in code))
    for i, place in enumerate(places):
        if place is not None and cells[i]["cell_type"] != "code" and _is_code_answer(ours[place]):
            names = defined(cells[i]["source"]) & _expected(ours[place])
            if names and names <= in_code:
                places[i] = None
                copied.add(place)
    return copied


def _is_code_answer(cell: Cell) -> bool:
    return is_solution(cell) and cell["cell_type"] == "code"


def _find_by_text(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    texts = [_text(cell) if is_solution(cell) else _text_of_ours(cell) for cell in ours]
    count = Counter(texts)
    unique = {text: i for i, text in enumerate(texts) if text and count[text] == 1}
    for i, cell in enumerate(cells):
        if places[i] is None:
            place = unique.get(_text(cell))
            places[i] = unique.get(_text_of_ours(cell)) if place is None else place


def _find_by_definition(
    places: list[int | None], cells: list[Cell], ours: list[Cell], labelled: set[int | None]
) -> None:
    """Match code to the first unlabelled answer cell whose functions it defines."""
    owners = {
        name: i for i, cell in enumerate(ours) if i not in labelled for name in _expected(cell)
    }
    for i, cell in enumerate(cells):
        if places[i] is None and cell["cell_type"] == "code":
            names = defined(cell["source"]) & owners.keys()
            places[i] = min((owners[name] for name in names), default=None)


def _find_by_continuation(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    """Match both halves of a split function to one cell, if only one half kept its label."""
    for i in range(len(cells) - 1):
        first, second = places[i], places[i + 1]
        if (first is None) != (second is None) and continues(cells[i], cells[i + 1]):
            place = second if first is None else first
            if place is not None and is_solution(ours[place]):
                places[i] = places[i + 1] = place


def _expected(cell: Cell) -> set[str]:
    """The names that a student defines in this cell of the release."""
    if not _is_code_answer(cell):
        return set()
    return set(definition_lines(cell["source"]))


def _answer(cell: Cell, found: list[Cell], notes: Repairs) -> None:
    """Fill an answer cell from the submitted cells that were found for it."""
    if not found:
        notes.missing.append(cell_name(cell))
        return
    if any(c["cell_type"] != cell["cell_type"] for c in found):
        notes.retyped.append(cell_name(cell))
    changed = [c for c in found if _text(c) != _text(cell)]
    if is_manual(cell):
        answers = [c for c in changed if c["source"].strip()]
        if answers:
            _write(cell, answers, notes)
        split = len({c["source"] for c in answers}) > 1
    else:
        parts = answer_parts([c["source"] for c in changed], _expected(cell))
        cell["source"] = "\n".join(parts) or cell["source"]
        split = len(parts) > 1
    if split:
        notes.split.append(cell_name(cell))
    elif len(found) > 1:
        notes.duplicated.append(cell_name(cell))


def _take_written(cell: Cell, written: Written, notes: Repairs) -> None:
    """Fill a written answer from what stands beside its cell."""
    _write(cell, written.cells, notes)
    if not written.is_certain:
        notes.beside.append(cell_name(cell))


def _write(cell: Cell, texts: Sequence[Cell], notes: Repairs, name: str = "") -> None:
    """Fill a text cell, pictures included; `name` is its name in notes, if it is not ours."""
    written = illustrated(texts)
    cell["source"] = written.source
    if written.attachments:
        cell["attachments"] = written.attachments
    if written.has_lost:
        notes.pictures.append(name or cell_name(cell))


def _accept_merged(result: list[Cell], ours: list[Cell], notes: Repairs) -> None:
    """Drop the stub of a missing cell if other answer cells define all its functions.

    The stub may run after them, and would undo them.
    """
    answers = [
        defined(cell["source"])
        for cell, stub in zip(result, ours, strict=True)
        if is_solution(cell) and cell["source"] != stub["source"]
    ]
    everywhere = set().union(*answers)
    for cell, stub in zip(result, ours, strict=True):
        names = _expected(stub)
        if cell_name(cell) in notes.missing and names and names <= everywhere:
            listed = ", ".join(sorted(names))
            comment = gettext("defined in another answer cell: {functions}", functions=listed)
            cell["source"] = f"# {comment}"
            notes.missing.remove(cell_name(cell))
            notes.merged.append(cell_name(cell))


def _with_added(
    result: list[Cell], cells: list[Cell], places: list[int | None], notes: Repairs
) -> list[Cell]:
    """The rebuilt cells, each followed by the cells that the student put after it."""
    ids = _fresh_ids({cell.get("id") for cell in result})
    followers: dict[int, list[Cell]] = {}
    anchor = -1
    for number, (cell, place) in enumerate(zip(cells, places, strict=True), 1):
        if place is not None:
            anchor = place
        elif cell["source"].strip():
            followers.setdefault(anchor, []).append(_added(cell, cell_name(cell, number), notes))
    merged = followers.get(-1, [])
    for index, cell in enumerate(result):
        merged += [cell, *followers.get(index, ())]
    for cell in merged:
        if is_added(cell):
            cell["id"] = next(ids)
    return merged


def _fresh_ids(taken: set[object]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"added-{number}" not in taken:
            yield f"added-{number}"


def _added(cell: Cell, name: str, notes: Repairs) -> Cell:
    """A student's own cell; a raw one becomes markdown, since raw text is exported as it is."""
    added = {"metadata": deepcopy(ADDED), "source": cell["source"]}
    if cell["cell_type"] == "code":
        return {**added, "cell_type": "code", "execution_count": None, "outputs": []}
    text = {**added, "cell_type": "markdown"}
    _write(text, [cell], notes, name)
    return text
