"""Finds the cells that a function needs: they define the names it uses, directly or indirectly.

The source is read by Python's own rules of scope, and not run. A cell that cannot be read (a syntax
error, or too much text before it) defines nothing, and a line of IPython magic does not either.
"""

from __future__ import annotations

import re
import symtable
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["needed_cells"]

MAX_CHARACTERS = 200_000  # of all cells: the judge reads them, once for each function
# Patterns stay within a line: across line ends they would take hours for a cell of empty lines.
MAGIC = re.compile(r"^[^\S\n]*[%!?].*$", re.MULTILINE)
STAR = re.compile(r"^[^\S\n]*from[^\S\n]+\S+[^\S\n]+import[^\S\n]+\*", re.MULTILINE)


def needed_cells(sources: Sequence[str], name: str) -> frozenset[int]:
    """The cells that a function needs to run; none if no cell defines the function.

    If several cells define the function, the last one counts. If several define a name that it
    uses, the first one counts, since a later one may be the cell that ended the box. A cell that
    imports `*` is always needed.

    Args:
        sources: the code of the cells, in order.
        name: the function's name.

    Returns:
        Indexes into `sources`.
    """
    cells = list(_read_in_bounds(sources))
    firsts = _first_definers(cells)
    definers = [place for place, cell in enumerate(cells) if name in cell.defines]
    if not definers:
        return frozenset()
    waiting = [place for place, cell in enumerate(cells) if cell.imports_all] + definers[-1:]
    needed: set[int] = set()
    while waiting:
        place = waiting.pop()
        needed.add(place)
        outer = cells[place].uses - cells[place].defines
        waiting += {firsts[used] for used in outer if used in firsts} - needed
    return frozenset(needed)


@dataclass(frozen=True)
class _Cell:
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    imports_all: bool = False


def _first_definers(cells: Sequence[_Cell]) -> dict[str, int]:
    """The index of the first cell that defines each name."""
    backwards = reversed(list(enumerate(cells)))
    return {name: place for place, cell in backwards for name in cell.defines}


def _read_in_bounds(sources: Sequence[str]) -> Iterator[_Cell]:
    """What each cell defines and uses; cells beyond `MAX_CHARACTERS` count as empty."""
    ends = accumulate(map(len, sources))
    for source, end in zip(sources, ends, strict=True):
        yield _read(source) if end <= MAX_CHARACTERS else _Cell()


def _read(source: str) -> _Cell:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # e.g. about an odd escape in a student's string
            table = symtable.symtable(MAGIC.sub("", source), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Cell()
    defines, uses = set(), set()
    for scope in _scopes(table):
        is_top = scope is table
        for symbol in scope.get_symbols():
            is_outer = is_top or symbol.is_global()
            if is_outer and (symbol.is_assigned() or symbol.is_imported()):
                defines.add(symbol.get_name())
            if is_outer and symbol.is_referenced():
                uses.add(symbol.get_name())
    return _Cell(frozenset(defines), frozenset(uses), bool(STAR.search(source)))


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)
