"""What was repaired in a notebook, and the sentences that tell the student."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.locale.translations import N_plural, gettext, ngettext

__all__ = ["Repairs"]

SENTENCES = {
    "missing": N_plural(
        "The answer cell {cells} is missing from your notebook. It counts as not answered.",
        "The answer cells {cells} are missing from your notebook. They count as not answered.",
    ),
    "merged": N_plural(
        "The answer to {cells} was found in another answer cell, and was graded from there.",
        "The answers to {cells} were found in other answer cells, and were graded from there.",
    ),
    "duplicated": N_plural(
        "The answer cell {cells} is in your notebook more than once. The last one that you "
        "changed counts.",
        "The answer cells {cells} are in your notebook more than once. Of each, the last one that "
        "you changed counts.",
    ),
    "copied": N_plural(
        "The answer cell {cells} is in your notebook more than once. A copy without a part of the "
        "answer counts as a cell that you added.",
        "The answer cells {cells} are in your notebook more than once. A copy without a part of "
        "the answer counts as a cell that you added.",
    ),
    "split": N_plural(
        "Your answer to {cells} was split over several cells. They were joined again.",
        "Your answers to {cells} were split over several cells. They were joined again.",
    ),
    "retyped": N_plural(
        "The answer cell {cells} had been changed from code to text, or from text to code. It was "
        "changed back.",
        "The answer cells {cells} had been changed from code to text, or from text to code. They "
        "were changed back.",
    ),
    "unlabelled": N_plural(
        "The answer cell {cells} had lost its label. It was recognised by its content.",
        "The answer cells {cells} had lost their labels. They were recognised by their content.",
    ),
    "undone": N_plural(
        "The cell {cells} is not an answer cell, so your changes to it do not count.",
        "The cells {cells} are not answer cells, so your changes to them do not count.",
    ),
    "beside": N_plural(
        "What you wrote beside the answer cell {cells} was taken as your answer, for your teacher "
        "to read.",
        "What you wrote beside the answer cells {cells} was taken as your answers, for your "
        "teacher to read.",
    ),
    "pictures": N_plural(
        "A picture in the cell {cells} is not in your notebook, so its name is shown as text. "
        "Paste pictures into the cell itself.",
        "Pictures in the cells {cells} are not in your notebook, so their names are shown as text. "
        "Paste pictures into the cells themselves.",
    ),
}


@dataclass
class Repairs:
    """Names of cells by what happened to them."""

    missing: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    retyped: list[str] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    reordered: bool = False

    def sentences(self) -> Iterator[str]:
        """One sentence for each kind of repair."""
        for kind, sentences in SENTENCES.items():
            if names := getattr(self, kind):
                yield ngettext(*sentences, len(names), cells=", ".join(names))
        if self.reordered:
            yield gettext(
                "The cells were in another order. They were put back into the original order."
            )
