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
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from grader.course.solution import definition_lines
from grader.locale.translations import N_, gettext
from grader.notebook import (
    ADDED,
    Cell,
    Notebook,
    cell_name,
    grade_id,
    is_manual,
    is_solution,
)
from grader.results import Note, NoteKind

__all__ = ["Intake", "rebuild"]

DEFINES = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
BLANKS = (" ", "\t")
FUNCTION = re.compile(r"\s*(?:async\s+def|def|class)\b")
RETURN = re.compile(r"\s*return\b")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif")
ATTACHMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
REPAIRS = {
    "missing": N_("Missing from your notebook, so counted as not answered: {cells}."),
    "merged": N_("Found merged into another answer cell, and graded from there: {cells}."),
    "duplicated": N_("Found more than once, the last one that you changed counts: {cells}."),
    "split": N_("Split over several cells, which were joined again: {cells}."),
    "retyped": N_("Had been changed from code to text or back, and was restored: {cells}."),
    "unlabelled": N_("Had lost its label, and was recognised by what it contains: {cells}."),
    "undone": N_("Not an answer cell, so your changes to it do not count: {cells}."),
}


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


@dataclass
class _Notes:
    """Grade ids of answer cells by what happened to them."""

    missing: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    retyped: list[str] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    reordered: bool = False

    def sentences(self) -> Iterator[str]:
        """One sentence for each kind of repair."""
        for kind, text in REPAIRS.items():
            if names := getattr(self, kind):
                yield gettext(text, cells=", ".join(names))
        if self.reordered:
            yield gettext(
                "The cells were in another order; they were put back into the original one."
            )


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
    """
    cells = submitted["cells"]
    ours = release["cells"]
    places, unlabelled = _places(cells, ours)
    if not any(place is not None and grade_id(ours[place]) for place in places):
        reason = gettext("None of this assignment's cells is in the notebook.")
        return Intake(None, (), reason)
    notes = _Notes(unlabelled=[cell_name(ours[place]) for place in sorted(unlabelled)])
    result = [deepcopy(cell) for cell in ours]
    for index, cell in enumerate(result):
        found = [c for c, place in zip(cells, places, strict=True) if place == index]
        if is_solution(cell):
            _answer(cell, found, notes)
        elif any(_text(c) != _text(cell) for c in found):
            notes.undone.append(cell_name(cell))
    _accept_merged(result, ours, notes)
    answered = [place for place in places if place is not None and is_solution(ours[place])]
    notes.reordered = answered != sorted(answered)
    notebook = {**deepcopy({**release, "cells": []}), "cells": _with_added(result, cells, places)}
    return Intake(notebook, tuple(Note(NoteKind.REPAIRED, text) for text in notes.sentences()))


def _text(cell: Cell) -> str:
    """The source without the blanks at the ends of lines, which editors add and remove."""
    return "\n".join(line.rstrip() for line in cell["source"].split("\n")).strip("\n")


def _places(cells: list[Cell], ours: list[Cell]) -> tuple[list[int | None], set[int]]:
    """Each submitted cell's index in the release, and the indices found without a label."""
    by_grade_id = {name: i for i, cell in enumerate(ours) if (name := grade_id(cell))}
    by_id = {cell["id"]: i for i, cell in enumerate(ours) if "id" in cell}
    places: list[int | None] = []
    for cell in cells:
        place = by_grade_id.get(grade_id(cell) or "")
        places.append(by_id.get(_cell_id(cell)) if place is None else place)
    _release_copies(places, cells, ours)
    labelled = set(places)
    _find_by_text(places, cells, ours)
    _find_by_definition(places, cells, ours, labelled)
    _find_by_neighbours(places, cells, ours)
    _find_by_continuation(places, cells, ours)
    found = {place for place in places if place is not None and is_solution(ours[place])}
    return places, found - labelled


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


def _find_by_text(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    count = Counter(_text(cell) for cell in ours)
    unique = {_text(cell): i for i, cell in enumerate(ours) if count[_text(cell)] == 1}
    unique.pop("", None)
    for i, cell in enumerate(cells):
        if places[i] is None:
            places[i] = unique.get(_text(cell))


def _find_by_definition(
    places: list[int | None], cells: list[Cell], ours: list[Cell], labelled: set[int | None]
) -> None:
    """Match code to the first unlabelled answer cell whose functions it defines."""
    owners = {
        name: i for i, cell in enumerate(ours) if i not in labelled for name in _expected(cell)
    }
    for i, cell in enumerate(cells):
        if places[i] is None and cell["cell_type"] == "code":
            names = _defined(cell["source"]) & owners.keys()
            places[i] = min((owners[name] for name in names), default=None)


def _find_by_neighbours(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    """Match a written answer if it is the only text between the neighbours of its cell."""
    for index, cell in enumerate(ours):
        if not is_manual(cell) or index in places or index - 1 not in places:
            continue
        start = places.index(index - 1) + 1
        end = places.index(index + 1) if index + 1 in places else len(cells)
        texts = [i for i in range(start, end) if places[i] is None and cells[i]["source"].strip()]
        if len(texts) == 1 and cells[texts[0]]["cell_type"] == "markdown":
            places[texts[0]] = index


def _find_by_continuation(places: list[int | None], cells: list[Cell], ours: list[Cell]) -> None:
    """Match both halves of a split function to one cell, if only one half kept its label."""
    for i in range(len(cells) - 1):
        first, second = places[i], places[i + 1]
        if (first is None) != (second is None) and _continues(cells[i], cells[i + 1]):
            place = second if first is None else first
            if place is not None and is_solution(ours[place]):
                places[i] = places[i + 1] = place


def _continues(cell: Cell, following: Cell) -> bool:
    """Whether the second cell continues a function that the first one begins."""
    if not cell["cell_type"] == following["cell_type"] == "code":
        return False
    if not _defined(cell["source"]) or not following["source"].lstrip("\n").startswith(BLANKS):
        return False
    return _text(cell).endswith(":") or _is_body(following["source"])


def _is_body(source: str) -> bool:
    """Whether a return comes before the first block ends or another function begins."""
    for line in filter(str.strip, source.split("\n")):
        if not line.startswith(BLANKS) or FUNCTION.match(line):
            return False
        if RETURN.match(line):
            return True
    return False


def _expected(cell: Cell) -> set[str]:
    """The names that a student defines in this cell of the release."""
    if not is_solution(cell) or cell["cell_type"] != "code":
        return set()
    return set(definition_lines(cell["source"]))


def _defined(source: str) -> set[str]:
    """Names defined at the top level; found by pattern, since students' code may not parse."""
    return set(DEFINES.findall(source))


def _answer(cell: Cell, found: list[Cell], notes: _Notes) -> None:
    """Fill an answer cell from the submitted cells that were found for it."""
    if not found:
        notes.missing.append(cell_name(cell))
        return
    if any(c["cell_type"] != cell["cell_type"] for c in found):
        notes.retyped.append(cell_name(cell))
    changed = [c["source"] for c in found if _text(c) != _text(cell)]
    if is_manual(cell):
        cell["source"] = "\n\n".join(dict.fromkeys(changed)) or cell["source"]
        _attach(cell, found)
        split = len(set(changed)) > 1
    else:
        parts = _parts(changed, _expected(cell))
        cell["source"] = "\n".join(parts) or cell["source"]
        split = len(parts) > 1
    if split:
        notes.split.append(cell_name(cell))
    elif len(found) > 1:
        notes.duplicated.append(cell_name(cell))


def _parts(sources: list[str], expected: set[str]) -> list[str]:
    """The last source, or all of them if it lacks an expected function that another has."""
    wanted = set().union(*map(_defined, sources)) & expected
    if sources and wanted <= _defined(sources[-1]):
        return sources[-1:]
    return sources


def _attach(cell: Cell, found: list[Cell]) -> None:
    """Keep images in written answers, such as a photograph of a derivation."""
    images = {}
    for attachments in (c.get("attachments") or {} for c in found):
        for name, bundle in attachments.items():
            if ATTACHMENT_NAME.fullmatch(name) and isinstance(bundle, dict):
                images[name] = {mime: bundle[mime] for mime in IMAGE_TYPES if _image(bundle, mime)}
    if images:
        cell["attachments"] = images


def _image(bundle: dict[str, object], mime: str) -> bool:
    data = bundle.get(mime)
    return isinstance(data, str) and BASE64.fullmatch(data) is not None


def _accept_merged(result: list[Cell], ours: list[Cell], notes: _Notes) -> None:
    """Drop the stub of a missing cell if other answer cells define all its functions.

    The stub may run after them, and would undo them.
    """
    answers = [
        _defined(cell["source"])
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


def _with_added(result: list[Cell], cells: list[Cell], places: list[int | None]) -> list[Cell]:
    """The rebuilt cells, each followed by the cells that the student put after it."""
    followers: dict[int, list[Cell]] = {}
    anchor = -1
    for cell, place in zip(cells, places, strict=True):
        if place is not None:
            anchor = place
        elif cell["source"].strip():
            followers.setdefault(anchor, []).append(cell)
    ids = _fresh_ids({cell.get("id") for cell in result})
    merged = [_added(cell, next(ids)) for cell in followers.get(-1, ())]
    for index, cell in enumerate(result):
        merged.append(cell)
        merged += [_added(cell, next(ids)) for cell in followers.get(index, ())]
    return merged


def _fresh_ids(taken: set[object]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"added-{number}" not in taken:
            yield f"added-{number}"


def _added(cell: Cell, cell_id: str) -> Cell:
    """A student's own cell; a raw one becomes markdown, since raw text is exported as it is."""
    added = {"id": cell_id, "metadata": deepcopy(ADDED), "source": cell["source"]}
    if cell["cell_type"] == "code":
        return {**added, "cell_type": "code", "execution_count": None, "outputs": []}
    return {**added, "cell_type": "markdown"}
