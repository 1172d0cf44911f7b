"""The source of solutions: the definitions of a notebook, and the regions between its markers."""

from __future__ import annotations

import ast
import re
from typing import Any

from grader.errors import JudgeError
from grader.notebook import cell_name

__all__ = [
    "definition_lines",
    "reference_source",
    "replace_solution",
    "solution_region",
    "without_idle_imports",
]

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
            raise JudgeError(
                f"solution notebook, cell {cell_name(cell)!r}: line {error.lineno}: {error.msg}; "
                "the reference must be plain Python"
            ) from None
        parts += [ast.unparse(node) for node in tree.body if isinstance(node, DEFINING)]
    return "\n\n".join(parts) + "\n"


def without_idle_imports(source: str, *users: str) -> str:
    """The definitions without imports that neither they nor their users mention.

    Every worker executes the definitions. Importing matplotlib, which a notebook needs for its
    pictures, would alone take half a second.

    Args:
        source: definitions, as `reference_source` gives them.
        users: sources that use the definitions.
    """
    body = ast.parse(source).body
    texts = [ast.unparse(node) for node in body if not isinstance(node, IMPORTING)]
    words = {"*", *re.findall(r"\w+", "\n".join([*texts, *users]))}
    kept = [n for n in body if not isinstance(n, IMPORTING) or _names_given(n) & words]
    return "\n\n".join(map(ast.unparse, kept)) + "\n"


def _names_given(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


BEGIN_MARKER = "BEGIN SOLUTION"  # nbgrader's defaults; a line with one in it is a marker


END_MARKER = "END SOLUTION"


def solution_region(source: str) -> str:
    """The lines between the solution markers; the whole source when it has no markers.

    Raises:
        ValueError: the markers are nested or do not pair up.
    """
    inside, outside = _split_at_markers(source)
    return "\n".join(outside if inside is None else inside)


def _split_at_markers(source: str) -> tuple[list[str] | None, list[str]]:
    inside: list[str] = []
    outside: list[str] = []
    begun = 0  # line of the open marker
    marked = False
    for number, line in enumerate(source.split("\n"), 1):
        if BEGIN_MARKER in line:
            if begun:
                raise ValueError(f"line {number}: {BEGIN_MARKER} inside the region of line {begun}")
            begun, marked = number, True
        elif END_MARKER in line:
            if not begun:
                raise ValueError(f"line {number}: {END_MARKER} without {BEGIN_MARKER} before it")
            begun = 0
        else:
            (inside if begun else outside).append(line)
    if begun:
        raise ValueError(f"line {begun}: {BEGIN_MARKER} without {END_MARKER} after it")
    return (inside if marked else None), outside


def replace_solution(source: str, code: str) -> str:
    """Put the definitions of `code` in place of those of the same name in a solution cell.

    Other definitions of the cell stay as they are. Other lines of `code` (imports, helpers) go
    before the first definition that is replaced. When no name matches, or one of the two is not
    Python, `code` replaces the solution region, or the whole cell if it has no markers.

    Args:
        source: the source of the solution cell.
        code: definitions to put in.

    Raises:
        ValueError: the markers are nested or do not pair up.
    """
    lines = source.split("\n")
    own = definition_lines(source)
    new = definition_lines(code)
    shared = [name for name in own if name in new]
    if not shared:
        return _with_region(source, code)
    parts = {name: "\n".join(code.split("\n")[slice(*new[name])]) for name in shared}
    rest = _without([new[name] for name in shared], code.split("\n"))
    if rest:
        first = min(shared, key=lambda name: own[name])
        parts[first] = f"{rest}\n\n\n{parts[first]}"
    for name in sorted(shared, key=lambda name: own[name], reverse=True):
        lines[slice(*own[name])] = parts[name].split("\n")
    return "\n".join(_balanced(lines))


def definition_lines(source: str) -> dict[str, tuple[int, int]]:
    """Top-level functions and classes by name, each with the range of its lines (from 0).

    Use it on our own sources only, since parsing hostile text may take long. Empty if the source
    is not Python.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            found[node.name] = (first - 1, node.end_lineno or node.lineno)
    return found


def _without(ranges: list[tuple[int, int]], lines: list[str]) -> str:
    gone = {number for start, end in ranges for number in range(start, end)}
    return "\n".join(line for number, line in enumerate(lines) if number not in gone).strip("\n")


def _with_region(source: str, code: str) -> str:
    """The source with `code` in its first solution region and nothing in the others."""
    if BEGIN_MARKER not in source:
        return code
    solution_region(source)  # raises when the markers do not pair up
    pattern = rf"^([^\n]*{BEGIN_MARKER}[^\n]*\n).*?^([^\n]*{END_MARKER}[^\n]*)$"
    bodies = iter([code.strip("\n") + "\n"])
    return re.sub(
        pattern,
        lambda match: match[1] + next(bodies, "") + match[2],
        source,
        flags=re.DOTALL | re.MULTILINE,
    )


def _balanced(lines: list[str]) -> list[str]:
    """The lines without markers that lost their partner with a replaced definition."""
    kept: list[str] = []
    begun: int | None = None
    for line in lines:
        if END_MARKER in line and begun is None:
            continue
        if BEGIN_MARKER in line:
            if begun is not None:
                del kept[begun]
            begun = len(kept)
        elif END_MARKER in line:
            begun = None
        kept.append(line)
    if begun is not None:
        del kept[begun]
    return kept
