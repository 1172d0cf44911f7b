"""Names the cell that is to blame when a student's function does not work."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.box.client import CallFailure, CellOutcome
from grader.box.needs import Needs
from grader.locale.translations import N_, gettext

if TYPE_CHECKING:
    from grader.box.session import CodeCell

__all__ = ["UNDEFINED", "Causes", "told"]

UNDEFINED = re.compile(r"name '(\w+)' is not defined")
SHADOWED = "object is not callable"
# by whether a name got another meaning, and whether there are several such cells
SENTENCES = {
    (True, False): N_(
        "Cell {cells} gives {names} another meaning. Without that cell, {questions} did better, "
        "and that counts."
    ),
    (True, True): N_(
        "The cells {cells} give {names} another meaning. Without them, {questions} did better, "
        "and that counts."
    ),
    (False, False): N_(
        "Cell {cells} changes something that other cells use. Without that cell, {questions} did "
        "better, and that counts."
    ),
    (False, True): N_(
        "At least one of the cells {cells} changes something that other cells use. Without them, "
        "{questions} did better, and that counts."
    ),
}


@dataclass(frozen=True)
class Causes:
    """What is known about the cells of a submission.

    Args:
        cells: the code cells, in order.
        needs: what the cells define and use, by their place in `cells`.
        outcomes: what each cell did, by its index in the notebook.
    """

    cells: Sequence[CodeCell]
    needs: Needs
    outcomes: Mapping[int, CellOutcome]

    def explained(self, name: str, failure: CallFailure) -> CallFailure:
        """The failure of a call, with the cell that caused it as its reason, if one did.

        Args:
            name: the function that was called.
            failure: what came of it.
        """
        missing = UNDEFINED.search(failure.reason) if failure.error == "NameError" else None
        if failure.is_undefined or missing:
            reason = self._cut_short(missing[1] if missing else name)
        elif failure.error == "TypeError" and SHADOWED in failure.reason:
            reason = self._shadowed(name, failure.reason)
        else:
            reason = None
        return replace(failure, reason=reason) if reason else failure

    def _cut_short(self, name: str) -> str | None:
        """Why a name is not defined, if the cell that defines it did not run to its end.

        The sentence does not tell the name: the reason is the same for all of that cell.
        """
        word = re.escape(name)
        definition = re.compile(rf"^[^\S\n]*(?:def[^\S\n]+{word}\b|{word}[^\S\n]*=)", re.M)
        binders = self.needs.binders(name)
        for place, cell in reversed(list(enumerate(self.cells))):
            outcome = self.outcomes.get(cell.index)
            defines = place in binders or definition.search(cell.source)  # also with syntax errors
            if outcome and not outcome.ok and defines:
                return gettext(
                    "cell {cell} stopped before it defined all that this check needs: {error}",
                    cell=cell.label,
                    error=outcome.error,
                )
        return None

    def _shadowed(self, name: str, reason: str) -> str | None:
        """The reason with the cell that gives a builtin, such as `len`, another meaning."""
        for place, names in self.needs.shadowed(name).items():
            return gettext(
                "{reason} (cell {cell} gives {names} another meaning)",
                reason=reason,
                cell=self.cells[place].label,
                names=", ".join(sorted(names)),
            )
        return None

    def undoing(self, names: Collection[str], above: bool = False) -> dict[str, frozenset[str]]:
        """The student's own cells that may have undone functions, by their labels.

        Each comes with the names to which it gives another meaning, if it does that. Where there
        are such cells, others are left out, and answers too where there are other cells.

        Args:
            names: the functions.
            above: whether to look above their definitions too, and not only below.
        """
        found: dict[int, frozenset[str]] = {}
        for name in names:
            for place, meanings in self.needs.undone_by(name, above).items():
                found[place] = found.get(place, frozenset()) | meanings
        binding = {place: meanings for place, meanings in found.items() if meanings}
        scratch = {place: none for place, none in found.items() if not self.cells[place].is_answer}
        return {
            self.cells[place].label: meanings
            for place, meanings in (binding or scratch or found).items()
        }


def told(undoing: Mapping[str, Mapping[str, frozenset[str]]]) -> Iterator[str]:
    """Sentences on the cells that undid the work on questions.

    Args:
        undoing: `Causes.undoing` for each question that did better without those cells.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    meanings: dict[tuple[str, ...], set[str]] = {}
    for question, cells in undoing.items():
        groups.setdefault(tuple(cells), []).append(question)
        meanings.setdefault(tuple(cells), set()).update(*cells.values())
    for labels, questions in groups.items():
        yield gettext(
            SENTENCES[bool(meanings[labels]), len(labels) > 1],
            cells=", ".join(labels),
            names=", ".join(sorted(meanings[labels])),
            questions=", ".join(questions),
        )
