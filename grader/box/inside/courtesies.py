"""Lines that a Jupyter user takes for granted: here they leave a remark, and the cell goes on.

`!pip install tqdm` or `%matplotlib widget` is no part of an answer, so it must not cost one. No
program runs in a box, nothing is installed, and figures are always drawn in the notebook.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import matplotlib
from IPython.utils.text import SList
from matplotlib import pyplot

__all__ = ["ProgramsRefused", "keep_inline"]

INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
# IPython's cell magics that start a program
SCRIPTS = ("script", "bash", "sh", "python", "python2", "python3", "pypy", "perl", "ruby", "cmd")
TO_FILES = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")  # backends without a window
INLINE = re.compile(r"inline|module://matplotlib_inline\.backend_inline", re.IGNORECASE)
MAX_SHOWN = 100  # characters of a line


class ProgramsRefused:
    """Mixed into a shell: whatever would start a program leaves a remark instead."""

    output_log: Any
    user_ns: dict[str, Any]

    def refuse_programs(self) -> None:
        """Replace the magics that start programs."""
        for name in INSTALLERS:
            magic = functools.partial(self._refuse_line, name)
            self.register_magic_function(magic, "line", name)  # type: ignore[attr-defined]
        for name in SCRIPTS:
            script = functools.partial(self._refuse_cell, name)
            self.register_magic_function(script, "cell", name)  # type: ignore[attr-defined]

    def remark(self, kind: str, what: str) -> None:
        """Add a remark to the cell's output; `grader.box.outputs` says it in words.

        Args:
            kind: `program` or `backend`.
            what: the line, or the name of the backend.
        """
        shown = " ".join(what.split())[:MAX_SHOWN]
        self.output_log.add({"output_type": "remark", "kind": kind, "what": shown}, len(shown))

    def _refuse_line(self, name: str, line: str = "") -> None:
        self.remark("program", f"%{name} {line}")

    def _refuse_cell(self, name: str, line: str, cell: str = "") -> None:
        self.remark("program", f"%%{name} {line}")

    def system(self, cmd: str) -> None:
        """What `!command` calls."""
        self.remark("program", f"!{cmd}")
        self.user_ns["_exit_code"] = 0

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """What `lines = !command` calls; no program ran, so no lines came."""
        self.remark("program", f"!{cmd}")
        return SList() if split else ""

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """What `%matplotlib` calls; the inline backend stays."""
        if gui and not INLINE.fullmatch(gui):
            self.remark("backend", f"%matplotlib {gui}")
        return super().enable_matplotlib("inline")  # type: ignore[misc]

    def enable_gui(self, gui: str | None = None) -> None:
        """What `%gui` calls; there is no window here."""
        if gui:
            self.remark("backend", f"%gui {gui}")


def keep_inline(shell: ProgramsRefused) -> None:
    """Make matplotlib's own functions keep the inline backend, unless figures go to files."""
    matplotlib.use = _kept(shell, matplotlib.use)
    pyplot.switch_backend = _kept(shell, pyplot.switch_backend)


def _kept(shell: ProgramsRefused, switch: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(switch)
    def switched(*arguments: Any, **named: Any) -> None:
        names = [value for value in (*arguments, *named.values()) if isinstance(value, str)]
        if not names or INLINE.fullmatch(names[0]) or names[0].lower() in TO_FILES:
            switch(*arguments, **named)
        else:
            shell.remark("backend", names[0])

    return switched
