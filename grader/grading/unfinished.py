"""Which functions of a notebook are as they were released, and raise NotImplementedError."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from grader.locale.translations import gettext

__all__ = ["is_untouched", "unfinished"]

FRAME = re.compile(r"Cell In\[\d+\], line \d+(?: in (\w+))?")


def is_untouched(source: str) -> bool:
    """Whether an answer cell defines functions, and none of them has been written.

    Args:
        source: the code of the cell.
    """
    functions = list(_functions(source))
    return bool(functions) and all(map(_is_stub, functions))


def unfinished(error: dict[str, Any], sources: Iterable[str]) -> str:
    """The sentence on the function, or the line, that raised NotImplementedError.

    Args:
        error: the output of the cell that stopped, as in nbformat.
        sources: the code of all cells.
    """
    names = FRAME.findall("\n".join(map(str, error["traceback"])))
    raised_in = names[-1] if names else ""
    functions = [one for source in sources for one in _functions(source) if one.name == raised_in]
    if functions and _is_stub(functions[-1]):
        return gettext("{name} is not started: it still raises NotImplementedError", name=raised_in)
    return gettext("the line `raise NotImplementedError()` is still there")


def _functions(source: str) -> Iterator[ast.FunctionDef]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # of a student's own code
        return
    yield from (node for node in body if isinstance(node, ast.FunctionDef))


def _is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function does nothing but raise NotImplementedError, below its docstring."""
    *before, last = function.body
    is_raise = isinstance(last, ast.Raise) and "NotImplementedError" in ast.unparse(last)
    return is_raise and len(before) == (ast.get_docstring(function) is not None)
