"""The IPython shell that runs student cells inside the box, and the log of their outputs.

Outputs are collected as nbformat dictionaries. This module runs beside student code, so its bounds
only keep honest notebooks readable; the real bounds are on the judge's side.
"""

from __future__ import annotations

import gc
import importlib
import io
import re
import sys
from typing import Any

from IPython.core import pylabtools
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.config import InlineBackend
from traitlets.config import Config

from grader.box.bounds import MAX_PIECES
from grader.box.inside.courtesies import (
    COLAB,
    ProgramsRefused,
    WithoutColab,
    answer_nothing,
    keep_inline,
)
from grader.box.terminal import overwritten

__all__ = ["BoxShell", "OutputLog", "Transformers", "warm_up"]

# Only a line that matches can hold a magic, a shell command or a question for help.
IPYTHON_SYNTAX = re.compile(r"^\s*[%!?,;/]|=\s*[%!]|\?\s*$")

# What contours, files of arrays and outlined texts import when the first of them is made.
IMPORTED_LATE = ("contourpy", "encodings.cp437", "matplotlib.patheffects")


class OutputLog:
    """The outputs of the cell that is running, bounded in size."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.start()

    def start(self) -> None:
        """Forget everything; a new cell begins."""
        self.outputs: list[dict[str, Any]] = []
        self._room = self.max_bytes
        self._is_full = False

    def add(self, output: dict[str, Any], size: int) -> None:
        """Append one output; when the log is full, a mark instead, and later nothing.

        `grader.box.outputs` says what the mark means, in the language of the course.

        Args:
            output: as in nbformat.
            size: how many bytes or characters it counts for.
        """
        if self._is_full:
            return
        self._room -= size
        self._is_full = self._room < 0 or len(self.outputs) >= MAX_PIECES
        if self._is_full:
            output = {"output_type": "cut", "mib": self.max_bytes >> 20, "pieces": MAX_PIECES}
        self.outputs.append(output)

    def write(self, name: str, text: str) -> None:
        """Append text to the last output if that is of the same stream, else as a new output.

        Args:
            name: the stream, `stdout` or `stderr`.
            text: what was printed.
        """
        last = self.outputs[-1] if self.outputs else {}
        is_same = last.get("name") == name and "chunks" in last
        if "\r" in text or "\b" in text:
            text = (self._take_last_line(last["chunks"]) if is_same else "") + text
            text = overwritten(text, is_whole=False)
        if is_same and self._room >= len(text):
            last["chunks"].append(text)
            self._room -= len(text)
        elif text:
            text = text[: max(self._room, 0) + 1]
            self.add({"output_type": "stream", "name": name, "chunks": [text]}, len(text))

    def _take_last_line(self, chunks: list[str]) -> str:
        """Remove what was printed since the last line end, and return it."""
        line = ""
        while chunks and "\n" not in line:
            line = chunks.pop() + line
        before, end, line = line.rpartition("\n")
        chunks.append(before + end)
        self._room += len(line)
        return line

    def finished(self) -> list[dict[str, Any]]:
        """Return the outputs in nbformat's form, and forget them."""
        outputs = self.outputs
        self.start()
        for output in outputs:
            if "chunks" in output:
                output["text"] = "".join(output.pop("chunks"))
        return outputs


class _Stream(io.TextIOBase):
    def __init__(self, log: OutputLog, name: str) -> None:
        self._log, self._name = log, name

    def write(self, text: str) -> int:
        self._log.write(self._name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):  # type: ignore[misc]  # IPython has no stubs
    log: OutputLog

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
        self.log.add(_rich("display_data", data, metadata), _size(data))

    def clear_output(self, wait: bool = False) -> None:
        self.log.start()


class _Hook(DisplayHook):  # type: ignore[misc]  # IPython has no stubs
    log: OutputLog

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        output = _rich("execute_result", format_dict, md_dict)
        output["execution_count"] = self.prompt_count
        self.log.add(output, _size(format_dict))

    def finish_displayhook(self) -> None:
        pass


class Transformers(TransformerManager):  # type: ignore[misc]  # IPython has no stubs
    """IPython's own, which tokenize only cells that may hold IPython syntax: ten times as fast."""

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """The lines, with IPython syntax replaced by calls."""
        may_be = any(map(IPYTHON_SYNTAX.search, lines))
        return list(super().do_token_transforms(lines)) if may_be else lines


class BoxShell(ProgramsRefused, InteractiveShell):  # type: ignore[misc]  # IPython has no stubs
    """An `InteractiveShell` whose every output goes to an `OutputLog`."""

    def __init__(self, **kwargs: Any) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.xmode = "Plain"  # a tenth of the time of "Context"
        super().__init__(
            config=config, display_pub_class=_Publisher, displayhook_class=_Hook, **kwargs
        )
        self.input_transformer_manager = Transformers()
        # What magics remember. IPython's own is a folder to which no box can write.
        self.db: dict[str, Any] = {}
        self.figure_formats = {"png"}
        self.refuse_programs()
        self.log_to(OutputLog(1 << 20))
        self._spaces: dict[str, tuple[Any, dict[str, Any]]] = {}

    def log_to(self, log: OutputLog) -> None:
        """Send everything printed or shown from now on to this log."""
        self.output_log = log
        self.display_pub.log = self.displayhook.log = log
        sys.stdout, sys.stderr = _Stream(log, "stdout"), _Stream(log, "stderr")

    def enter_space(self, name: str) -> None:
        """From now on, execute cells in the namespace of that name, at first an empty one.

        Args:
            name: any text.
        """
        is_new = name not in self._spaces
        if is_new:
            self._spaces[name] = self.prepare_user_module()
        self.user_module, self.user_ns = self._spaces[name]
        if is_new:
            self.init_user_ns()

    def skip_figures(self) -> None:
        """From now on, show a figure's name and size only; drawing takes most of a cell's time."""
        self.figure_formats = set()
        pylabtools.select_figure_formats(self, self.figure_formats)

    def should_run_async(
        self, raw_cell: str, *, transformed_cell: Any = None, **named: Any
    ) -> bool:
        """Whether to await the cell; the compiler is asked only if `await` or `async` is in it.

        Args:
            raw_cell: the source as it was written.
            transformed_cell: the source with IPython syntax replaced.
            named: passed on to IPython.
        """
        return bool(re.search("await|async", transformed_cell or "")) and super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, **named
        )

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        name, text = getattr(etype, "__name__", str(etype)), str(evalue)
        output = {"output_type": "error", "ename": name, "evalue": text, "traceback": list(stb)}
        self.output_log.add(output, len(text) + sum(map(len, stb)))

    def execute(self, source: str) -> dict[str, Any]:
        """Run one cell.

        Returns:
            Its `status` (`ok` or `error`), `outputs` as in nbformat, and execution `count`.
        """
        self.output_log.start()
        self.ast_transformers = [WithoutColab()] if COLAB in source else []
        result = self.run_cell(source, store_history=True)
        status = "ok" if result.success else "error"
        count = self.execution_count - 1
        return {"status": status, "outputs": self.output_log.finished(), "count": count}


def warm_up() -> BoxShell:
    """Import, configure and use once everything that a notebook usually needs.

    This happens before the fork, so no submission has to wait for it.
    """
    shell: BoxShell = BoxShell.instance()
    import matplotlib_inline.backend_inline as backend
    from matplotlib import pyplot

    for name in IMPORTED_LATE:
        importlib.import_module(name)

    inline = InlineBackend.instance(parent=shell)
    inline.print_figure_kwargs = {
        "bbox_inches": None,  # "tight" would draw each figure twice
        "pil_kwargs": {"compress_level": 1},  # files are a quarter larger, a third faster to write
    }
    inline.shell = shell
    pyplot.switch_backend("module://matplotlib_inline.backend_inline")
    backend.configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    shell.execute(
        "import numpy.random, matplotlib.pyplot as _plt\n"
        "_figure, _axes = _plt.subplots()\n"
        "_axes.plot([0, 1], label='$W_1$'); _axes.legend(); _axes.set_title('Warm')\n"
        "_axes.imshow([[0, 1]]); _plt.show()\n"
        "del _figure, _axes, _plt"
    )
    shell.execute("raise ValueError('warm')")  # the first traceback of a process imports a lot
    for name in filter(re.compile("last_").match, dir(sys)):
        delattr(sys, name)  # it is no student's error
    keep_inline(shell)
    answer_nothing(shell)
    gc.freeze()  # what was imported stays, and the collections of `reset` need not look at it
    shell.reset()
    shell.execution_count = 1
    gc.collect()
    gc.freeze()  # else a full collection in a fork takes 54 ms and copies 21 MiB of our pages
    return shell


def _rich(output_type: str, data: Any, metadata: Any) -> dict[str, Any]:
    plain = {str(kind): _text(value) for kind, value in dict(data).items()}
    return {"output_type": output_type, "data": plain, "metadata": {}}


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode("ascii")
    return str(value)


def _size(data: Any) -> int:
    return sum(len(value) for value in dict(data).values() if isinstance(value, str | bytes))
