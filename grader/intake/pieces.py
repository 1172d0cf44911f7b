"""What a code cell defines, and which copies of an answer cell hold a part of the answer.

Students copy an answer cell, its label with it, and write anything into the copy. In Jupyter each
copy runs by itself, so a scratch copy harms nothing; it must not harm the answer here either.
Nothing is run: definitions are found by pattern, since students' code may not parse.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from grader.notebook import Cell

__all__ = ["answer_parts", "continues", "defined", "scratch_copies"]

BLANKS = (" ", "\t")
DEFINES = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
ASSIGNS = re.compile(r"^(\w+)[ \t]*=(?!=)", re.MULTILINE)
FUNCTION = re.compile(r"\s*(?:async\s+def|def|class)\b")
RETURN = re.compile(r"\s*return\b")
QUOTED = re.compile(
    r"(\"{3}|'{3})(?:[^\\]|\\.)*?(?:\1|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*",
    re.DOTALL,
)
RUNS_PYTHON = re.compile(r"%%(?:time|capture|prun)\b")  # other cell magics define nothing here
IPYTHON_LINE = re.compile(r"^([^\S\n]*)(?:[%!?].*|[\w.]+ *= *[%!].*|[\w.]+\?\??)$", re.MULTILINE)
MAX_CHARACTERS = 200_000  # of a cell that is parsed; a longer one counts as Python
TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def defined(source: str) -> set[str]:
    """Functions and classes that a code cell defines at its top level, not those in a string."""
    return set(DEFINES.findall(_bare(source)))


def _bare(source: str) -> str:
    """The source without strings and comments; nothing of a cell that is not run as Python."""
    start = source.lstrip()
    if start.startswith("%%") and not RUNS_PYTHON.match(start):
        return ""
    return QUOTED.sub(lambda match: "" if match[0][0] == "#" else '""', source)


def scratch_copies(copies: Sequence[Cell], expected: set[str], has_stub: bool) -> set[int]:
    """The copies of an answer cell that hold no part of the answer.

    Text never outranks code. Code that does not define what the question asks for, or that
    cannot be read where another copy can, is the student's own, unless it continues a function.

    Args:
        copies: every cell with the label of one answer cell and a text other than the released
            one, in order.
        expected: names that the answer defines.
        has_stub: whether the cell is there as it was released, too.

    Returns:
        Their indexes.
    """
    parts = _giving(copies, expected)
    if not parts and not (expected and has_stub):
        parts = _most_like_code(copies)
    for i in range(1, len(copies)):
        if i - 1 in parts and _goes_on(copies[i - 1], copies[i]):
            parts.add(i)
    return set(range(len(copies))) - parts


def _giving(copies: Sequence[Cell], expected: set[str]) -> set[int]:
    """The copies that define what is expected; one that cannot be read only if no other does."""
    giving = {i: names for i, cell in enumerate(copies) if (names := _given(cell, expected))}
    in_code = {i: names for i, names in giving.items() if copies[i]["cell_type"] == "code"}
    best = in_code or giving
    readable = {i: names for i, names in best.items() if _is_python(copies[i]["source"])}
    whole = set().union(*readable.values())
    return {i for i, names in best.items() if i in readable or not names <= whole}


def _given(cell: Cell, expected: set[str]) -> set[str]:
    """Which of the expected names a cell defines, or at least assigns."""
    bare = _bare(cell["source"])
    return {*DEFINES.findall(bare), *ASSIGNS.findall(bare)} & expected


def _most_like_code(copies: Sequence[Cell]) -> set[int]:
    """The copies that are Python; if there are none, the code; else all of them."""
    code = {i for i, cell in enumerate(copies) if cell["cell_type"] == "code"}
    readable = {i for i in code if _is_python(copies[i]["source"])}
    return readable or code or set(range(len(copies)))


def _is_python(source: str) -> bool:
    """Whether the source can be parsed, apart from lines that only IPython understands."""
    if len(source) > MAX_CHARACTERS:
        return True
    return _parses(source) or _parses(IPYTHON_LINE.sub(r"\1pass", source))


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # e.g. about an odd escape in a student's string
            compile(source, "cell", "exec", TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _goes_on(cell: Cell, following: Cell) -> bool:
    """Whether the second cell may continue a function that the first one leaves open."""
    if not cell["cell_type"] == following["cell_type"] == "code":
        return False
    return following["source"].lstrip("\n").startswith(BLANKS) and not _returned(cell["source"])


def _returned(source: str) -> bool:
    """Whether the last function of a cell returns, not only in a branch of it."""
    lines = [line for line in _bare(source).split("\n") if line.strip()]
    starts = [i for i, line in enumerate(lines) if FUNCTION.match(line)]
    body = lines[starts[-1] + 1 :] if starts else []
    indents = [len(line) - len(line.lstrip()) for line in body]
    return any(
        RETURN.match(line) and indent == min(indents)
        for line, indent in zip(body, indents, strict=True)
    )


def answer_parts(sources: Sequence[str], expected: set[str]) -> list[str]:
    """The last source, or all of them if it lacks an expected function that another has."""
    wanted = set().union(*map(defined, sources)) & expected
    if sources and wanted <= defined(sources[-1]):
        return list(sources[-1:])
    return list(sources)


def continues(cell: Cell, following: Cell) -> bool:
    """Whether the second cell continues a function that the first one begins."""
    if not defined(cell["source"]) or not _goes_on(cell, following):
        return False
    return cell["source"].rstrip().endswith(":") or _is_body(following["source"])


def _is_body(source: str) -> bool:
    """Whether a return comes before the first block ends or another function begins."""
    for line in filter(str.strip, source.split("\n")):
        if not line.startswith(BLANKS) or FUNCTION.match(line):
            return False
        if RETURN.match(line):
            return True
    return False
