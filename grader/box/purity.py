"""Says whether the result of a function can depend on nothing but its arguments and its own code.

The source is read, not run. Everything that is not on a list of harmless things counts as a reason
for doubt, so doubt is no reproach: the answer is then only not known.
"""

from __future__ import annotations

import ast
import io
import re
import symtable
import tokenize
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np

from grader.box.needs import SETTERS

__all__ = ["Code", "Imports", "code_of", "is_known", "is_pure_origin", "origins_of"]

# What IPython changes before Python reads it. A cell that Python cannot read is in doubt anyway.
IPYTHON = re.compile(r"^\s*[%!?,;/]|=\s*[%!]|\?\s*$|\bawait\b|\basync\b", re.MULTILINE)
PURE_MODULES = {"collections", "copy", "functools", "itertools", "math", "numpy", "typing"}
HARMLESS_MODULES = PURE_MODULES | {"matplotlib", "matplotlib.pyplot", "time", "tqdm"}
OWN_CHANCE = {"default_rng", "Generator", "RandomState"}  # the others share one state
# They reach what no name tells, or what is different in each run.
FAR_REACHING = {
    *("__import__ breakpoint compile delattr dir eval exec getattr globals hash help id").split(),
    *("input locals memoryview open setattr vars ctypes dump dumps tofile").split(),
    *SETTERS,
}
KEEPING = {"cache", "cached_property", "lru_cache"}  # they make functions that keep results
MAX_KNOWN = 8
COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}
INJECTED = {"In", "Out", "display", "exit", "get_ipython", "quit"}  # by IPython
PURE_NUMPY = set(
    "all allclose amax amin any append apply_along_axis arange argmax argmin argsort array "
    "array_equal asanyarray asarray ascontiguousarray astype atleast_1d atleast_2d average "
    "bincount broadcast_to choose clip column_stack concatenate copy count_nonzero cumsum diag "
    "diff dot e einsum errstate expand_dims eye finfo full full_like hstack identity inf inner "
    "isclose iscomplexobj isscalar linalg linspace logspace max mean median meshgrid min moveaxis "
    "nan nan_to_num ndenumerate ndim ndindex nditer newaxis nonzero ones ones_like outer pad pi "
    "prod ptp ravel repeat reshape round shape size sort split squeeze stack std sum swapaxes "
    "take take_along_axis tensordot tile trace transpose tril triu unique unravel_index var "
    "vectorize vstack where zeros zeros_like".split()
)
Origins: TypeAlias = Mapping[str, Collection[str]]
Imports: TypeAlias = frozenset[tuple[str, str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Code:
    """The code of one cell.

    Args:
        source: as the shell gets it.
    """

    source: str

    @cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax; None if Python cannot read it, or IPython would change it."""
        try:
            tree = ast.parse(self.source)
            return None if _may_hold_ipython(self.source) else tree
        except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
            return None

    @cached_property
    def _parts(self) -> list[list[tuple[ast.AST, ast.AST | None]]]:
        """Of each statement at the top level: all nodes, each with the one that it is part of."""
        return [] if self.tree is None else [list(_with_parents(part)) for part in self.tree.body]

    @cached_property
    def _known_pure(self) -> dict[tuple[Imports, bool], bool]:
        """What `is_pure` has found so far; it is asked again for each function."""
        return {}

    @cached_property
    def variables(self) -> frozenset[str]:
        """The global names that it binds to something that is no function and no constant."""
        return frozenset() if self.tree is None else frozenset(_variables(self.tree))

    def leaves_others_alone(self, ours: Collection[str]) -> bool:
        """Whether it changes nothing but what its names hold.

        Args:
            ours: modules that the course releases.
        """
        known = {*HARMLESS_MODULES, *ours}
        return self.tree is not None and not any(
            _is_far_reaching(node) or _reaches_out(node, known)
            for part in self._parts
            for node, _ in part
        )

    @cached_property
    def sets_something(self) -> bool:
        """Whether, outside of functions, it may set something for the whole process."""
        if self.tree is None:
            return True
        outside = _outside_functions(self.tree)
        return any(_name_of(node) in SETTERS or _stores_attribute(node) for node in outside)

    def is_pure(self, imports: Imports, is_released: bool) -> bool:
        """Whether its functions use only what is harmless; their global names are not looked at.

        Args:
            imports: what this cell and others import, as `imports` has it.
            is_released: as the course released it; then what is outside of functions is harmless.
        """
        key = imports, is_released
        if key not in self._known_pure:
            if len(self._known_pure) >= MAX_KNOWN:  # of students who import this and that
                self._known_pure.clear()
            self._known_pure[key] = self._is_pure(origins_of(imports), is_released)
        return self._known_pure[key]

    def _is_pure(self, origins: Origins, is_released: bool) -> bool:
        looked_at = [
            part
            for part in self._parts
            if not is_released or isinstance(part[0][0], ast.FunctionDef | ast.ClassDef)
        ]
        return self.tree is not None and all(
            _is_pure_node(node, parent, origins, is_released)
            for part in looked_at
            for node, parent in part
        )

    @cached_property
    def uses_in_functions(self) -> frozenset[str]:
        """The global names to which its functions and classes refer."""
        if self.tree is None:
            return frozenset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # e.g. about an odd escape in a student's string
            table = symtable.symtable(self.source, "cell", "exec")
        return frozenset(_uses_in_functions(table, True))

    @cached_property
    def imports(self) -> Imports:
        """What its imports bind, and the module, or `module.name`, that each name stands for."""
        return frozenset() if self.tree is None else frozenset(_imports(self.tree))


@lru_cache(maxsize=256)
def code_of(source: str) -> Code:
    """The code of a cell; kept, because the cells of the course are the same in all notebooks."""
    return Code(source)


def origins_of(imports: Imports) -> dict[str, set[str]]:
    """What each name that an import binds may stand for.

    Args:
        imports: pairs of a name and what it stands for.
    """
    origins: dict[str, set[str]] = {}
    for bound, origin in imports:
        origins.setdefault(bound, set()).add(origin)
    return origins


def is_pure_origin(origin: str) -> bool:
    """Whether what an import binds is harmless: a `module`, or its `module.name`."""
    if origin in PURE_MODULES:
        return True
    module, _, name = origin.rpartition(".")
    if module == "numpy":
        return _is_pure_numpy(name)
    if module == "numpy.random":
        return name in OWN_CHANCE
    return module in PURE_MODULES and name not in KEEPING


def is_known(name: str) -> bool:
    """Whether a global name that no cell binds means the same whatever was executed before."""
    return not (name in INJECTED or name.startswith("_"))


def _may_hold_ipython(source: str) -> bool:
    """Whether IPython may change code that Python can read, too."""
    # it splits lines where Python does not, even within a comment
    if len(source.splitlines()) > source.count("\n") + 1:
        return True
    return bool(IPYTHON.search(source)) and bool(IPYTHON.search(_without_words(source)))


def _without_words(source: str) -> str:
    """The tokens of code but for comments and strings: IPython leaves a "why?" there as it is."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return " ".join(t.string for t in tokens if t.type not in (tokenize.COMMENT, tokenize.STRING))


def _uses_in_functions(table: symtable.SymbolTable, is_top: bool) -> Iterator[str]:
    for child in table.get_children():
        is_outside = is_top and child.get_name() in COMPREHENSIONS
        if not is_outside:
            symbols = child.get_symbols()
            yield from (s.get_name() for s in symbols if s.is_global() and s.is_referenced())
        yield from _uses_in_functions(child, is_outside)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield one.asname or one.name.partition(".")[0], one.name
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"


def _is_pure_numpy(name: str) -> bool:
    found = getattr(np, name, None)
    is_kind = isinstance(found, type) and issubclass(found, np.generic)
    return name in PURE_NUMPY or isinstance(found, np.ufunc) or is_kind


def _variables(tree: ast.Module) -> Iterator[str]:
    constants = {target for node in ast.walk(tree) for target in _constant_targets(node)}
    for node in _outside_functions(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if node not in constants:
                yield node.id
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _constant_targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign) and _is_constant(node.value):
        yield from node.targets


def _is_constant(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Tuple(elts=parts):
            return all(map(_is_constant, parts))
        case ast.Attribute(value=ast.Name()):
            return node.attr in ("inf", "nan", "pi", "e", "float64", "int64", "newaxis")
    return False


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [one for one in ast.iter_child_nodes(node) if not isinstance(one, Function)]


def _is_far_reaching(node: ast.AST) -> bool:
    """Whether it names something that reaches further than a name."""
    name = _name_of(node)
    return name in FAR_REACHING or (name.startswith("__") and name != "__init__")


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.FunctionDef() | ast.ClassDef() | ast.alias():
            return node.name
    return ""


def _reaches_out(node: ast.AST, known: Collection[str]) -> bool:
    """Whether it imports something unknown, or changes more than what names hold."""
    match node:
        case ast.Import(names=names):
            return any(one.name not in known for one in names)
        case ast.ImportFrom(module=module, names=names):
            is_ours = (module == "numpy.random" or module in known) and not node.level
            return not is_ours or any(one.name == "*" for one in names)
        case ast.Global() | ast.AsyncFunctionDef():
            return True
    return _stores_attribute(node)


def _stores_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)


def _with_parents(part: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    waiting: list[tuple[ast.AST, ast.AST | None]] = [(part, None)]
    for node, parent in waiting:
        yield node, parent
        waiting += [(child, node) for child in ast.iter_child_nodes(node) if child._fields]


def _is_pure_node(
    node: ast.AST, parent: ast.AST | None, origins: Origins, is_released: bool
) -> bool:
    match node:
        case ast.Name() if any(origin in PURE_MODULES for origin in origins.get(node.id, ())):
            return isinstance(parent, ast.Attribute) and _are_pure_members(node, parent, origins)
        case ast.Attribute(attr="random", value=ast.Name(id=name)) if name in origins:
            return isinstance(parent, ast.Attribute) and parent.attr in OWN_CHANCE
        case ast.Attribute(value=ast.Name(id="self")) if is_released:
            return not _is_far_reaching(node)
        case ast.FunctionDef() | ast.Lambda():
            return _is_pure_function(node)
        case ast.ClassDef():
            return is_released and _is_plain_class(node)
        case ast.Global() | ast.AsyncFunctionDef():
            return False
    return not (_is_far_reaching(node) or _stores_attribute(node))


def _are_pure_members(module: ast.Name, member: ast.Attribute, origins: Origins) -> bool:
    is_chance = member.attr == "random"  # looked at by itself
    return all(
        is_pure_origin(f"{origin}.{member.attr}") or is_chance for origin in origins[module.id]
    )


def _is_pure_function(node: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a function keeps nothing from one call to the next."""
    defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.FunctionDef) and (node.decorator_list or _is_far_reaching(node)):
        return False
    return all(map(_is_constant, defaults))


def _is_plain_class(node: ast.ClassDef) -> bool:
    return not node.decorator_list and all(
        isinstance(one, ast.FunctionDef | ast.Expr)
        or (isinstance(one, ast.Assign) and _is_constant(one.value))
        for one in node.body
    )
