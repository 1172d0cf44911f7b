"""Makes a variant with two mistakes from two variants with one mistake each.

A variant is a right version of the step with a few edits. If the edits of two variants touch
different places, both are made, and the result has both mistakes. Numbers then decide whether that
is what the student wrote, as for any variant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeAlias

__all__ = ["merged"]

_Tokens: TypeAlias = tuple[str, ...]
_Edit: TypeAlias = tuple[int, int, _Tokens]  # start, end, and the tokens that replace [start, end)

# Enough for all pairs of one question: the next submission needs them again. Of two_layer_net's
# mistakes there are 3,321 pairs: they take 0.2 s, without these caches 9 s, the next time 1 ms.
CACHED = 8192


@lru_cache(CACHED)
def merged(first: str, second: str, right: Sequence[str]) -> str:
    """Merge two wrong versions of a function into one with both mistakes.

    Args:
        first: definition of one wrong function.
        second: another wrong definition of the same function.
        right: sources that may hold right versions of it; the closest one is used.

    Returns:
        Code of the function, or "" if they cannot be merged, such as when both change the same
        place.
    """
    name = _only_function(first)
    if not name or name != _only_function(second):
        return ""
    bases = [tokens for tokens in (_tokens(source, name) for source in right) if tokens]
    sides = _tokens(first, name), _tokens(second, name)
    best = max(bases, key=lambda base: sum(_likeness(base, side) for side in sides), default=())
    edits = sorted({edit for side in sides for edit in _edits(best, side)})
    if not best or any(map(_collide, edits, edits[1:])):
        return ""
    code = _applied(best, edits)
    is_new = code not in map("".join, sides)
    return code if is_new and _is_python(code) else ""


@lru_cache(CACHED)
def _only_function(source: str) -> str:
    body = ast.parse(source).body
    names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    return names[0] if len(names) == len(body) == 1 else ""


@lru_cache(CACHED)
def _tokens(source: str, name: str) -> _Tokens:
    """The function's code without its docstring, cut into pieces: words, blanks and signs."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:]
            return tuple(re.findall(r"\s+|\w+|[^\w\s]", ast.unparse(node)))
    return ()


@lru_cache(CACHED)
def _likeness(base: _Tokens, other: _Tokens) -> float:
    return SequenceMatcher(None, base, other, autojunk=False).quick_ratio()


@lru_cache(CACHED)
def _edits(base: _Tokens, other: _Tokens) -> tuple[_Edit, ...]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return tuple(
        (start, end, other[new_start:new_end])
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    )


def _collide(edit: _Edit, following: _Edit) -> bool:
    return following[0] < edit[1] or following[0] == edit[0]


def _applied(base: _Tokens, edits: Sequence[_Edit]) -> str:
    tokens = list(base)
    for start, end, new in reversed(edits):
        tokens[start:end] = new
    return "".join(tokens)


def _is_python(code: str) -> bool:
    try:
        compile(code, "<merged>", "exec")  # parsing alone would miss some errors
    except SyntaxError:
        return False
    return True
