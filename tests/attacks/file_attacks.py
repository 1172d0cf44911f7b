"""Attacks on intake and on reports: one file each, handed in as files and not only as code.

A module `intake_*` has a docstring, the sentence on what it tries, and these names:

* ``hand_in``: puts the attacker's files into the folder of the assignment; it is given that folder
  and the path of an honest notebook, which it may read, link to or copy.
* ``STUDENT``: the name of the attacker's folder, where that is the attack.
* ``EARNED``: points by question of the honest work in it; without it, it must be rejected.
* ``EVIDENCE``: a pattern in what the student is told, that shows that the attack took place.

A module `report_*` needs no files. It has ``CELLS``, cell types and sources that are added above
the first question, and ``EVIDENCE``, searched in the text of the feedback page. ``ANSWER`` answers
`target`, and earns nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.notebook import Cell, dumps
from tests.attacks.box_attacks import snippets
from tests.attacks.course import HONEST, ID, POINTS, make_submission

__all__ = ["HandedIn", "load_submissions", "with_cells"]

NO_ANSWER = "def target(f, x):\n    return None"


@dataclass(frozen=True)
class HandedIn:
    """One attack.

    Args:
        name: its file's name.
        claim: what it tries.
        hand_in: makes the files.
        student: whose folder they are in.
        earned: points by question; None if it must be rejected.
        evidence: pattern that shows that it took place.
    """

    name: str
    claim: str
    hand_in: Callable[[Path, Path], None]
    student: str
    earned: dict[str, float] | None
    evidence: str


def load_submissions() -> list[HandedIn]:
    """All of them, by name."""
    return [_handed_in(module) for kind in ("intake", "report") for module in snippets(kind)]


def with_cells(cells: list[tuple[str, str]], answer: str) -> str:
    """The text of a notebook with these cells above the first question."""
    notebook = make_submission({**HONEST, "target": answer})
    for kind, source in reversed(cells):
        outputs: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
        cell: Cell = {"cell_type": kind, "metadata": {}, "source": source, **outputs}
        notebook["cells"].insert(1, cell)
    return dumps(notebook)


def _handed_in(module: ModuleType) -> HandedIn:
    name = module.__name__.rpartition(".")[2]
    is_report = name.startswith("report_")
    return HandedIn(
        name=name,
        claim=" ".join((module.__doc__ or "").split()),
        hand_in=_writer(module) if is_report else module.hand_in,
        student=getattr(module, "STUDENT", "attacker"),
        earned={**POINTS, "target": 0.0} if is_report else getattr(module, "EARNED", None),
        evidence=module.EVIDENCE,
    )


def _writer(module: ModuleType) -> Callable[[Path, Path], None]:
    text = with_cells(getattr(module, "CELLS", []), getattr(module, "ANSWER", NO_ANSWER))

    def hand_in(folder: Path, _: Path) -> None:
        (folder / f"{ID}.ipynb").write_text(text, encoding="utf-8")

    return hand_in
