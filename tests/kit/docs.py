"""What pages of the documentation show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

CODE = re.compile(r"^ {4,}(?P<block>\S.*)$|(?<!`)`(?P<span>[^`\n]+)`(?!`)", re.MULTILINE)


def commands(page: Path) -> Iterator[list[str]]:
    """Command lines shown on a page, without comments and prompts."""
    for match in CODE.finditer(page.read_text(encoding="utf-8")):
        line = (match["block"] or match["span"]).removeprefix(".venv/bin/")
        if line.startswith(("grader ", "make ")):
            yield shlex.split(line, comments=True)
