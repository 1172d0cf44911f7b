"""Lines that a Jupyter user takes for granted: here they leave a remark, and the cell goes on.

`!pip install tqdm` or `%matplotlib widget` is no part of an answer, so it must not cost one. No
program runs in a box, nothing is installed, figures are always drawn in the notebook, as PNG of the
size that pages show, and there is neither Colab nor anybody who types.
"""

from __future__ import annotations

import ast
import builtins
import functools
import getpass
import re
from collections.abc import Callable, Iterator
from typing import Any

import IPython.display
import matplotlib
from IPython.core import pylabtools
from IPython.utils.text import SList
from matplotlib import pyplot
from matplotlib_inline import backend_inline

__all__ = ["COLAB", "ProgramsRefused", "WithoutColab", "answer_nothing", "keep_inline"]

INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
# IPython's cell magics that start a program
SCRIPTS = ("script", "bash", "sh", "python", "python2", "python3", "pypy", "perl", "ruby", "cmd")
LOADERS = ("load_ext", "reload_ext")
TO_FILES = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")  # backends without a window
INLINE = re.compile(r"inline|module://matplotlib_inline\.backend_inline", re.IGNORECASE)
COLAB = "google.colab"
MAX_SHOWN = 100  # characters of a line


class ProgramsRefused:
    """Mixed into a shell: whatever would start a program leaves a remark instead."""

    output_log: Any
    user_ns: dict[str, Any]
    figure_formats: set[str]

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
            kind: a key of `REMARKS` there.
            what: the line, or the name of what is not here.
        """
        shown = " ".join(what.split())[:MAX_SHOWN]
        self.output_log.add({"output_type": "remark", "kind": kind, "what": shown}, len(shown))

    def _refuse_line(self, name: str, line: str = "") -> None:
        self.remark("program", f"%{name} {line}")

    def _refuse_cell(self, name: str, line: str, cell: str = "") -> None:
        self.remark("program", f"%%{name} {line}")

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """What `%name` calls; a magic of an extension that is not here leaves a remark.

        Args:
            magic_name: without the percent sign.
            line: the rest.
            _stack_depth: how far up the namespace of the caller is.
        """
        is_known = self.find_line_magic(magic_name) is not None  # type: ignore[attr-defined]
        try:
            if is_known:
                return super().run_line_magic(magic_name, line, _stack_depth + 1)  # type: ignore[misc]
        except ModuleNotFoundError:
            if magic_name not in LOADERS:
                raise
        self.remark("magic", f"%{magic_name} {line}")

    def magic(self, arg_s: str) -> Any:
        """What `get_ipython().magic("name line")` called in older versions."""
        name, _, line = arg_s.lstrip("%").partition(" ")
        return self.run_line_magic(name, line.strip(), 2)

    def ask_exit(self) -> None:
        """What `exit()` calls; in Jupyter, too, the cell goes on."""

    def absent(self, name: str) -> Absent:
        """Stands for a module of Colab."""
        self.remark("colab", name)
        return Absent()

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


class Absent:
    """An object on which everything can be called, and nothing happens."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Absent:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0


class WithoutColab(ast.NodeTransformer):
    """Replaces imports from Colab, unless the cell is prepared for their failure."""

    def visit_Import(self, node: ast.Import) -> Any:
        """`import google.colab`."""
        if not all(one.name.startswith(COLAB) for one in node.names):
            return node
        return _absent(node, {one.asname or "google": one.name for one in node.names})

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        """`from google.colab import drive`."""
        if not (node.module or "").startswith(COLAB):
            return node
        return _absent(
            node, {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        )

    def visit_Try(self, node: ast.Try) -> Any:
        """Here an error is what the cell asks for."""
        return node


def _absent(node: ast.stmt, names: dict[str, str]) -> list[ast.stmt]:
    lines = (f"{name} = get_ipython().absent({origin!r})" for name, origin in names.items())
    new = [ast.parse(line).body[0] for line in lines]
    return [ast.fix_missing_locations(ast.copy_location(one, node)) for one in new]


def answer_nothing(shell: ProgramsRefused) -> None:
    """Make `input` and `getpass` give an empty text, since nobody is there to type."""

    def ask(prompt: object = "", *_: Any, **__: Any) -> str:
        shell.remark("input", str(prompt))
        return ""

    builtins.input = ask
    getpass.getpass = ask


def keep_inline(shell: ProgramsRefused) -> None:
    """Make matplotlib's own functions keep the inline backend, unless figures go to files.

    The shell alone chooses the format of figures. A style that this version lacks changes nothing,
    and what IPython has moved is still found.
    """
    matplotlib.use = _kept(shell, matplotlib.use)
    pyplot.switch_backend = _kept(shell, pyplot.switch_backend)
    pyplot.style.use = _usable(shell, pyplot.style.use)
    select = _chosen(shell, pylabtools.select_figure_formats)
    pylabtools.select_figure_formats = backend_inline.select_figure_formats = select
    IPython.display.set_matplotlib_formats = backend_inline.set_matplotlib_formats


def _chosen(shell: ProgramsRefused, select: Callable[..., None]) -> Callable[..., None]:
    """Figures of twice the size would cost a third of a cell's time, and pages show no SVG."""

    @functools.wraps(select)
    def selected(asked: Any, formats: Any, **named: Any) -> None:
        select(asked, shell.figure_formats, **named)

    return selected


def _usable(shell: ProgramsRefused, use: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(use)
    def used(style: Any) -> None:
        try:
            use(style)
        except OSError:
            shell.remark("style", str(style))

    return used


def _kept(shell: ProgramsRefused, switch: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(switch)
    def switched(*arguments: Any, **named: Any) -> None:
        names = [value for value in (*arguments, *named.values()) if isinstance(value, str)]
        if not names or INLINE.fullmatch(names[0]) or names[0].lower() in TO_FILES:
            switch(*arguments, **named)
        else:
            shell.remark("backend", names[0])

    return switched
