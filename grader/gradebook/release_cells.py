"""The cells of a release that a gradebook keeps, in the form nbgrader's SaveCells gives them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from grader.notebook import Notebook, grade_id, is_check, is_locked, is_manual, is_solution, points

__all__ = ["ReleaseCells"]


@dataclass(frozen=True)
class ReleaseCells:
    """What the gradebook knows of a release; if two are equal, nothing has to be saved again.

    Args:
        kernelspec: the notebook's own.
        grade: points and cell type of each cell that carries a score.
        solution: the cells that students write into.
        source: cell type, lock, text and checksum of each cell that nbgrader knows.
    """

    kernelspec: dict[str, Any]
    grade: dict[str, tuple[float | None, str]]
    solution: dict[str, tuple[()]]
    source: dict[str, tuple[str, bool, str, str | None]]

    @classmethod
    def of(cls, release: Notebook) -> ReleaseCells:
        """The cells of a release."""
        named = {name: cell for cell in release["cells"] if (name := grade_id(cell))}
        graded = {n: c for n, c in named.items() if is_check(c) or is_manual(c)}
        kept = {n: c for n, c in named.items() if n in graded or is_solution(c) or is_locked(c)}
        sources = {}
        for name, cell in kept.items():
            checksum = cell["metadata"]["nbgrader"].get("checksum")
            sources[name] = (cell["cell_type"], is_locked(cell), cell["source"], checksum)
        return cls(
            kernelspec=release["metadata"].get("kernelspec", {}),
            grade={name: (points(cell), cell["cell_type"]) for name, cell in graded.items()},
            solution={name: () for name, cell in named.items() if is_solution(cell)},
            source=sources,
        )

    def names(self) -> set[tuple[str, str]]:
        """Name and role of every cell."""
        roles = [field.name for field in fields(self)[1:]]
        return {(name, role) for role in roles for name in getattr(self, role)}
