"""What a solution notebook defines, as source: the reference, without running anything else."""

from __future__ import annotations

import ast
import re
from typing import Any

from grader.errors import JudgeError

__all__ = ["reference_source", "without_idle_imports"]

IMPORTING = (ast.Import, ast.ImportFrom)
DEFINING = (*IMPORTING, ast.FunctionDef, ast.ClassDef)


def reference_source(notebook: dict[str, Any]) -> str:
    """The source of every import, function and class that a notebook's code cells define.

    Raises:
        JudgeError: a code cell is not Python (IPython magics are not allowed in solutions).
    """
    parts = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            tree = ast.parse(cell["source"])
        except SyntaxError as error:
            place = cell.get("id", "?")
            raise JudgeError(
                f"solution notebook, cell {place!r}: line {error.lineno}: {error.msg}; "
                "the reference must be plain Python"
            ) from None
        parts += [ast.unparse(node) for node in tree.body if isinstance(node, DEFINING)]
    return "\n\n".join(parts) + "\n"


def without_idle_imports(source: str, *users: str) -> str:
    """Definitions, less the imports whose names nothing in them or in the users' source mentions.

    Every worker executes the definitions: matplotlib, which a notebook imports for its pictures,
    would alone take it half a second.
    """
    body = ast.parse(source).body
    texts = [ast.unparse(node) for node in body if not isinstance(node, IMPORTING)]
    words = {"*", *re.findall(r"\w+", "\n".join([*texts, *users]))}
    kept = [n for n in body if not isinstance(n, IMPORTING) or _names_given(n) & words]
    return "\n\n".join(map(ast.unparse, kept)) + "\n"


def _names_given(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
