"""Finds the cells of the course that no answer needs, so that grades need not wait for them.

Checks, demonstrations and pictures of the course call the student's functions. They can be left out
if they change nothing that a function uses later: no name, no number in place, no setting, no
state of chance. This is shown from the source alone. Where it cannot be shown, nothing is left out.
A student's own cell is never left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from grader.box.causes import UNDEFINED
from grader.box.needs import MAX_CHARACTERS, read_cells
from grader.box.purity import Code, Imports, code_of, is_known, is_pure_origin, origins_of

if TYPE_CHECKING:
    from grader.box.session import CodeCell

__all__ = ["Spare"]


class Spare:
    """The cells of a notebook that can be left out while answers are judged.

    Args:
        cells: the code cells, in order.
        asked: names of functions that the judge may call. It may call others too, but then no
            cell that defines one should have been left out; see `may_change`.
    """

    def __init__(self, cells: Sequence[CodeCell], asked: Collection[str] = ()) -> None:
        self._cells, self._asked = cells, frozenset(asked)
        self._read = list(read_cells([cell.source for cell in cells]))
        self._codes = [code_of(cell.source) for cell in cells]
        self._clean: dict[str, bool] = {}

    @cached_property
    def places(self) -> frozenset[int]:
        """The places in `cells` of those that can be left out; none where there is any doubt."""
        if sum(len(cell.source) for cell in self._cells) > MAX_CHARACTERS or self._has_strangers():
            return frozenset()
        kept = {place for place, _ in enumerate(self._cells) if self._is_kept(place)}
        while more := self._used_by(kept) - kept:
            kept |= more
        return frozenset(range(len(self._cells))) - kept

    def may_change(self, name: str) -> bool:
        """Whether a cell that was left out might change what a function of the student returns.

        Args:
            name: the global name by which it is called.
        """
        if name not in self._clean:
            self._clean[name] = self._is_clean(name)
        return not self._clean[name]

    def lacks(self, text: str) -> bool:
        """Whether an error tells of a name that is not defined, and a left-out cell binds it."""
        missing = UNDEFINED.search(text)
        return missing is not None and any(
            missing[1] in self._read[place].binds for place in self.places
        )

    def _has_strangers(self) -> bool:
        """Whether a cell of the student may change more than its own names."""
        ours = {origin for code in self._written(by_us=True) for _, origin in code.imports}
        ours |= {origin.rpartition(".")[0] for origin in ours}
        return not all(code.leaves_others_alone(ours) for code in self._written(by_us=False))

    def _written(self, by_us: bool) -> list[Code]:
        pairs = zip(self._cells, self._codes, strict=True)
        return [code for cell, code in pairs if cell.is_released is by_us]

    def _is_kept(self, place: int) -> bool:
        """Whether a cell is executed in any case."""
        code, read = self._codes[place], self._read[place]
        # a module may set anything while it is imported
        has_effects = code.sets_something or bool(read.imported)
        return not self._cells[place].is_released or has_effects or bool(self._asked & read.defined)

    def _used_by(self, kept: Collection[int]) -> set[int]:
        used = {name for place in kept for name in self._read[place].uses}
        return {place for place, cell in enumerate(self._read) if used & cell.binds}

    def _is_clean(self, name: str) -> bool:
        """Whether a function, with all that it calls, depends on nothing but its arguments."""
        places = self._reached_from(name)
        if places & self.places:
            return False
        reached = [(self._cells[place], self._codes[place]) for place in places]
        imports = Imports().union(*(code.imports for _, code in reached))
        origins = origins_of(imports)
        names = {name}.union(*(code.uses_in_functions for _, code in reached))
        all_bound = frozenset[str]().union(*(self._read[place].binds for place in places))
        variables = frozenset[str]().union(*(code.variables for _, code in reached))
        return (
            all(code.is_pure(imports, cell.is_released) for cell, code in reached)
            and not names & variables
            and all(is_pure_origin(o) for used in names for o in origins.get(used, ()))
            and all(used in all_bound or is_known(used) for used in names)
        )

    def _reached_from(self, name: str) -> set[int]:
        """The cells that bind the name, or what those cells use, directly or indirectly."""
        found: set[int] = set()
        names = {name}
        while more := {
            place
            for place, cell in enumerate(self._read)
            if names & cell.binds and place not in found
        }:
            found |= more
            names = {used for place in more for used in self._read[place].uses}
        return found
