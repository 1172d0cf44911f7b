"""The same function, written in another way: names, loops, order of operations, precision."""

from __future__ import annotations

import ast
from collections.abc import Callable

__all__ = ["REWRITINGS"]

LOOPS = """
def _product(a, b):
    a, b = np.atleast_2d(a), np.asarray(b)
    out = [[sum(x * y for x, y in zip(row, column)) for column in b.T] for row in a]
    return np.array(out)


def _total(a, axis=None, keepdims=False):
    a = np.asarray(a)
    if axis is None:
        total = 0.0
        for item in a.ravel():
            total = total + item
        return total
    out = np.zeros(np.delete(a.shape, axis))
    for i in range(a.shape[axis]):
        out = out + np.take(a, i, axis=axis)
    return np.expand_dims(out, axis) if keepdims else out


def _exponential(a):
    if np.ndim(a) == 0:
        return np.exp(a)
    out = np.zeros(np.shape(a), np.result_type(a, float))
    for index in np.ndindex(out.shape):
        out[index] = np.exp(a[index])
    return out
"""

SINGLE = """
def _single(value):
    if isinstance(value, dict):
        return {key: _single(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_single(item) for item in value)
    if isinstance(value, np.ndarray | np.floating) and value.dtype == np.float64:
        return value.astype(np.float32)
    return value
"""


class _Renaming(ast.NodeTransformer):
    """Local names and parameters are renamed."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        names = {a.arg for a in node.args.args}
        names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_stored(n)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id in names:
                inner.id = f"my_{inner.id}"
            elif isinstance(inner, ast.arg) and inner.arg in names:
                inner.arg = f"my_{inner.arg}"
        return node


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class _Looping(ast.NodeTransformer):
    """Products, sums and exponentials of arrays become loops."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return _call("_product", node.left, node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="exp")):
                return _call("_exponential", *node.args)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="sum")):
                return _call("_total", *node.args, keywords=node.keywords)
            case ast.Call(func=ast.Attribute(value=array, attr="sum")):
                return _call("_total", array, *node.args, keywords=node.keywords)
        return node


class _Reordering(ast.NodeTransformer):
    """Sums and products in the other order, differences as sums, `np.dot` for `@`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node.op:
            case ast.MatMult():
                return _call("np.dot", node.left, node.right)
            case ast.Add() | ast.Mult() if not _is_text(node):
                return ast.BinOp(node.right, node.op, node.left)
            case ast.Div():
                inverse = ast.BinOp(ast.Constant(1.0), ast.Div(), node.right)
                return ast.BinOp(node.left, ast.Mult(), inverse)
        return node


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.List | ast.Tuple) for side in (node.left, node.right))


def _call(name: str, *arguments: ast.expr, keywords: list[ast.keyword] | None = None) -> ast.Call:
    return ast.Call(ast.parse(name, mode="eval").body, list(arguments), keywords or [])


def _renamed(code: str) -> str:
    return ast.unparse(_Renaming().visit(ast.parse(code)))


def _looped(code: str) -> str:
    new = ast.unparse(ast.fix_missing_locations(_Looping().visit(ast.parse(code))))
    return LOOPS + new if new != ast.unparse(ast.parse(code)) else code


def _reordered(code: str) -> str:
    new = ast.unparse(ast.fix_missing_locations(_Reordering().visit(ast.parse(code))))
    return new if new != ast.unparse(ast.parse(code)) else code


def _in_single_precision(code: str) -> str:
    functions = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    wrapped = [f"{f.name} = (lambda f: lambda *a: _single(f(*a)))({f.name})" for f in functions]
    return "\n".join([SINGLE, code, *wrapped])


REWRITINGS: dict[str, Callable[[str], str]] = {
    "renamed": _renamed,
    "loops": _looped,
    "other_order": _reordered,
    "single_precision": _in_single_precision,
}
