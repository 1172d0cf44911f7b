"""Finds what a function needs, and what undoes it, in the source of a notebook's cells.

A function needs the cells that define the names it uses, directly or indirectly. A later cell may
undo it: it gives one of those names another meaning, or changes something in place.

The source is read by Python's own rules of scope, and not run. A cell that cannot be read (a syntax
error, or too much text before it) defines nothing, and a line of IPython magic does not either.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple, TypeVar

__all__ = ["MAX_CHARACTERS", "SETTERS", "Cell", "Needs", "read_cells"]

MAX_CHARACTERS = 200_000  # of all cells: the judge reads them, once for each function
# Patterns stay within a line: across line ends they would take hours for a cell of empty lines.
MAGIC = re.compile(r"^[^\S\n]*[%!?].*$", re.MULTILINE)
STAR = re.compile(r"^[^\S\n]*from[^\S\n]+\S+[^\S\n]+import[^\S\n]+\*", re.MULTILINE)
BUILTINS = frozenset(dir(builtins))
# Functions that change something for the whole process, wherever they are called.
SETTERS = (
    "chdir exec eval globals reload set_printoptions seterr seterrcall setattr delattr "
    "setrecursionlimit simplefilter filterwarnings"
).split()
T = TypeVar("T")


class Import(NamedTuple):
    """A name, and where an import took it from."""

    name: str
    origin: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """What a cell binds and uses.

    Args:
        source: its code.
        defined: names that a `def` or `class` binds.
        imported: names that an import binds.
        assigned: names that anything else binds or removes.
        uses: global names that it refers to.
    """

    source: str
    defined: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()

    @cached_property
    def binds(self) -> frozenset[str]:
        """Every name to which it gives a meaning."""
        return self.defined | self.imported | self.assigned

    @cached_property
    def imports_all(self) -> bool:
        """Whether it imports `*`."""
        return bool(STAR.search(self.source))

    @cached_property
    def imports(self) -> frozenset[Import]:
        """What its imports bind to which names."""
        tree = _parsed(self.source, ast.parse) if self.imported else None
        return frozenset(_imports(tree)) if tree else frozenset()

    @cached_property
    def has_effects(self) -> bool:
        """Whether it may change something otherwise than by binding a name."""
        tree = _parsed(self.source, ast.parse)
        return bool(MAGIC.search(self.source)) or (tree is not None and _may_change(tree))


class Needs:
    """The needs of functions that cells define.

    Cells are named by their place, an index into `sources`.

    Args:
        sources: the code of the cells, in order.
        preferred: cells whose definition of a function counts, even if a later one defines it too.
        harmless: cells that undo nothing.
    """

    def __init__(
        self,
        sources: Sequence[str],
        preferred: Collection[int] = (),
        harmless: Collection[int] = (),
    ) -> None:
        self._preferred, self._harmless = preferred, harmless
        self._cells = list(read_cells(sources))

    def of(self, name: str) -> frozenset[int]:
        """The cells that a function needs to run; none if no cell defines the function.

        They give names the meaning that they had when the function was defined. Cells below are
        needed only for what nothing above defines. A cell above that imports `*` is always needed.
        """
        home = self._home(name)
        if home is None:
            return frozenset()
        stars = [place for place, cell in enumerate(self._cells) if cell.imports_all]
        waiting, needed, is_complete = [home, *(p for p in stars if p <= home)], set[int](), True
        while waiting:
            place = waiting.pop()
            if place in needed:
                continue
            needed.add(place)
            for used in self._cells[place].uses - self._cells[place].binds:
                definers = self._definers(used, home)
                waiting += definers
                is_complete = is_complete and bool(definers or used in BUILTINS)
        return frozenset(needed if is_complete else needed.union(stars))

    def undone_by(self, name: str, above: bool = False) -> Mapping[int, frozenset[str]]:
        """The cells that may undo a function, with the names to which they give another meaning.

        There are no names if the cell changes something in another way, such as in place.

        Args:
            name: the function.
            above: whether to look above its definition too, and not only below.
        """
        home, needed = self._home(name), self.of(name)
        own = [self._cells[place] for place in needed]
        used = frozenset([name]).union(*(cell.uses | cell.binds for cell in own))
        known = frozenset[Import]().union(*(cell.imports for cell in own))
        found = {}
        for place, cell in enumerate(self._cells):
            is_elsewhere = place not in needed and place not in self._harmless
            if home is not None and (above or place > home) and is_elsewhere:
                other = {imported.name for imported in cell.imports - known}
                names = used & (cell.defined | cell.assigned | other)
                if names or cell.imports_all or cell.has_effects:
                    found[place] = names
        return found

    def shadowed(self, name: str) -> Mapping[int, frozenset[str]]:
        """The cells among those it needs that assign to a builtin which it uses."""
        own = {place: self._cells[place] for place in self.of(name)}
        used = BUILTINS & {used for cell in own.values() for used in cell.uses}
        return {p: cell.assigned & used for p, cell in own.items() if cell.assigned & used}

    def binders(self, name: str) -> list[int]:
        """The cells that bind a name."""
        return [place for place, cell in enumerate(self._cells) if name in cell.binds]

    def _home(self, name: str) -> int | None:
        """The cell whose definition of a function counts: the last `def`, or else the last."""
        places = self.binders(name)
        preferred = [place for place in places if place in self._preferred] or places
        defined = [place for place in preferred if name in self._cells[place].defined]
        return max(defined or preferred, default=None)

    def _definers(self, name: str, horizon: int) -> list[int]:
        """The cells that give a name the meaning that it has at the horizon."""
        places = self.binders(name)
        above = [place for place in places if place <= horizon]
        if not above:
            return [] if name in BUILTINS else places[:1]
        defined = [place for place in above if name in self._cells[place].defined]
        imported = [place for place in above if name in self._cells[place].imported]
        return defined[-1:] or imported[:1] or above


def read_cells(sources: Sequence[str]) -> Iterator[Cell]:
    """What each of the cells binds and uses; cells beyond `MAX_CHARACTERS` count as empty."""
    ends = accumulate(map(len, sources))
    for source, end in zip(sources, ends, strict=True):
        yield _read(source if end <= MAX_CHARACTERS else "")


@lru_cache(maxsize=256)  # the cells of the course are the same in all notebooks
def _read(source: str) -> Cell:
    table = _parsed(source, lambda text: symtable.symtable(text, "cell", "exec"))
    defined, imported, assigned, uses = set(), set(), set(), set()
    for scope in _scopes(table) if table else ():
        symbols = [s for s in scope.get_symbols() if scope is table or s.is_global()]
        defined |= {s.get_name() for s in symbols if s.is_namespace()}
        imported |= {s.get_name() for s in symbols if s.is_imported()}
        assigned |= {s.get_name() for s in symbols if s.is_assigned() and not s.is_namespace()}
        uses |= {s.get_name() for s in symbols if s.is_referenced()}
    return Cell(source, *map(frozenset, (defined, imported, assigned, uses)))


def _parsed(source: str, parse: Callable[[str], T]) -> T | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # e.g. about an odd escape in a student's string
            return parse(MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                whole = one.name if one.asname else one.name.partition(".")[0]
                yield Import(one.asname or whole, (whole,))
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield Import(one.asname or one.name, (str(node.module), one.name))


def _may_change(tree: ast.AST) -> bool:
    """Whether code calls something or stores into a part of something, outside of functions.

    In functions only calls of `SETTERS` count.
    """
    waiting = [(tree, False)]
    while waiting:
        node, is_inside = waiting.pop()
        if _is_setter(node) or (not is_inside and (_is_store(node) or isinstance(node, ast.Call))):
            return True
        is_inside = is_inside or isinstance(node, ast.FunctionDef | ast.Lambda)
        waiting += [(child, is_inside) for child in ast.iter_child_nodes(node)]
    return False


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)


def _is_setter(node: ast.AST) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    name = getattr(function, "id", None) or getattr(function, "attr", None)
    return name in SETTERS
