"""What a solution notebook defines, as source: the reference, without running anything else."""

from __future__ import annotations

import ast
from typing import Any

from grader.errors import JudgeError

__all__ = ["definitions"]

DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def definitions(notebook: dict[str, Any]) -> str:
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
