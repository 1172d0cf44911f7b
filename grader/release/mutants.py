"""Small wrong versions of a function, which hidden tests must tell from the right one.

Each mutant differs from the function in one place: an operator, a constant, an axis, a name, a
dropped statement, copy or keyword. The kinds of change are the usual ones of mutation testing
(DeMillo, Lipton and Sayward, 1978), chosen for short numerical functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Mutant", "mutants"]

Change: TypeAlias = Callable[[ast.AST], Iterator[ast.AST]]

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}
COMPARISONS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Gt: (ast.Lt, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Lt: (ast.Gt, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
NEIGHBOURS = {
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max",
    "argmax": "argmin", "argmin": "argmax", "sum": "mean", "mean": "sum",
    "exp": "expm1", "log": "log1p", "ones_like": "zeros_like", "zeros_like": "ones_like",
    "greater_equal": "less", "greater": "less_equal",
}  # fmt: skip
STATEMENTS = (ast.Assign, ast.AugAssign, ast.Expr)


@dataclass(frozen=True)
class Mutant:
    """A function with one change.

    Args:
        function: its name.
        change: the changed statement, before and after, on one line; the mutant's lasting name.
        code: the whole changed function.
    """

    function: str
    change: str
    code: str


def mutants(function: ast.FunctionDef) -> list[Mutant]:
    """Every mutant of a function; no two are alike, and the order is always the same."""
    bare = _without_docstring(function)
    original = ast.unparse(bare)
    found: dict[str, Mutant] = {}
    for changed in _changed(bare):
        code = ast.unparse(ast.fix_missing_locations(changed))
        if code != original and code not in found:
            change = _first_difference(original, code)
            found[code] = Mutant(function.name, change, code)
    return list(_numbered(list(found.values())))


def _without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    copy = deepcopy(function)
    if ast.get_docstring(copy) is not None and len(copy.body) > 1:
        copy.body = copy.body[1:]
    return copy


def _numbered(found: Sequence[Mutant]) -> Iterator[Mutant]:
    """Number the mutants whose changed statement occurs several times in the function."""
    times: dict[str, int] = {}
    for mutant in found:
        times[mutant.change] = number = times.get(mutant.change, 0) + 1
        suffix = f" ({number})" if number > 1 else ""
        yield Mutant(mutant.function, mutant.change + suffix, mutant.code)


def _first_difference(before: str, after: str) -> str:
    """The statement that differs, as `before → after`; a dropped one becomes `pass`."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    old, new = next((a, b) for a, b in pairs if a != b)
    return f"{old.strip()} → {new.strip()}"


def _changed(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """Copies of the function with one node changed."""
    changes = (*CHANGES, _names_of(function), _keys_of(function))
    for number, node in enumerate(ast.walk(function)):
        for change in changes:
            for replacement in change(node):
                yield _with(function, number, replacement)


def _with(function: ast.FunctionDef, number: int, replacement: ast.AST) -> ast.FunctionDef:
    """A copy in which one node, numbered in the order of `ast.walk`, is replaced."""
    copy = deepcopy(function)
    target = next(node for index, node in enumerate(ast.walk(copy)) if index == number)
    for parent in ast.walk(copy):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
            elif isinstance(value, list) and any(item is target for item in value):
                setattr(parent, name, [replacement if item is target else item for item in value])
    return copy


def _like(node: Any, **fields: Any) -> Any:
    """A copy of a node with some fields replaced."""
    copy = deepcopy(node)
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy


def _operator(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        yield _like(node, op=OPERATORS[type(node.op)]())
    if isinstance(node, ast.AugAssign):
        yield ast.Assign(targets=[node.target], value=node.value)
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield _like(node, ops=[other()])


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        if node.value:
            yield ast.Constant(0)
    elif isinstance(node.value, float):
        yield ast.Constant(2 * node.value)


def _call(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in NEIGHBOURS:
        yield _like(node, func=_like(function, attr=NEIGHBOURS[function.attr]))
    if isinstance(function, ast.Attribute) and not node.args:  # x.copy() → x
        yield function.value
    elif len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):  # np.exp(x) → x
        yield node.args[0]
    for index, keyword in enumerate(node.keywords):
        yield _like(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = ast.keyword("axis", ast.Constant(0 if keyword.value.value == 1 else 1))
            yield _like(node, keywords=[*node.keywords[:index], other, *node.keywords[index + 1 :]])
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield _like(node, args=swapped)


def _transposed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, STATEMENTS):
        yield ast.Pass()
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        items = node.value.elts
        for i in range(len(items) - 1):
            swapped = [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
            yield _like(node, value=ast.Tuple(swapped, ast.Load()))


CHANGES: tuple[Change, ...] = (_operator, _comparison, _constant, _call, _transposed, _statement)


def _names_of(function: ast.FunctionDef) -> Change:
    """A change that reads another of the function's own names in place of one."""
    found = (n for n in ast.walk(function) if isinstance(n, ast.Name))
    stored = [name.id for name in found if isinstance(name.ctx, ast.Store)]
    names = sorted({argument.arg for argument in function.args.args} | set(stored))

    def change(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            other = names[(names.index(node.id) + 1) % len(names)]
            yield ast.Name(other, ast.Load())

    return change


def _keys_of(function: ast.FunctionDef) -> Change:
    """A change that reads another of the string keys: params["W1"] → params["W2"]."""
    texts = (n.value for n in ast.walk(function) if isinstance(n, ast.Constant))
    keys = sorted({text for text in texts if isinstance(text, str)})

    def change(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Constant) and node.value in keys and len(keys) > 1:
            yield ast.Constant(keys[(keys.index(node.value) + 1) % len(keys)])

    return change
