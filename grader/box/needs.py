"""Which cells a function needs: those that define the names it uses, and theirs in turn.

Read from the source, without running it, by Python's own rules of scope. What cannot be read (a
magic, a syntax error, a cell of enormous length) defines nothing.
"""

from __future__ import annotations

import re
import symtable
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["needed_cells"]

MAX_CHARACTERS = 100_000  # read by the judge, so bounded
MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)
STAR = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)


def needed_cells(sources: Sequence[str], name: str) -> frozenset[int]:
    """Places of the cells without which a function cannot run; none if no cell defines it.

    A function is defined by the last cell that does, and the names that it uses by the first:
    a later one may be the cell that is under suspicion.

    Args:
        sources: the cells' code, in order.
        name: the function's.
    """
    cells = [_read(source) for source in sources]
    definers = [place for place, cell in enumerate(cells) if name in cell.defines]
    if not definers:
        return frozenset()
    waiting = [place for place, cell in enumerate(cells) if cell.imports_all] + definers[-1:]
    needed: set[int] = set()
    while waiting:
        place = waiting.pop()
        needed.add(place)
        waiting += _definers_of(cells, place, needed)
    return frozenset(needed)


@dataclass(frozen=True)
class _Cell:
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    imports_all: bool = False


def _definers_of(cells: Sequence[_Cell], place: int, known: set[int]) -> Iterator[int]:
    for name in cells[place].uses - cells[place].defines:
        first = next((i for i, cell in enumerate(cells) if name in cell.defines), None)
        if first is not None and first not in known:
            yield first


def _read(source: str) -> _Cell:
    if len(source) > MAX_CHARACTERS:
        return _Cell()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # e.g. of an odd escape in a student's string
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
