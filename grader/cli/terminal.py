"""The terminal: one console, lines on stdout and stderr, and progress bars."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.cli import log
from grader.cli.printable import printable
from grader.results import Status, SubmissionResult
from grader.system.listener import Advance, Listener

__all__ = ["TERMINAL", "out", "show_line", "show_next", "show_start", "warn"]


class _Console(Console):
    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(printable(text), **how)


out = _Console(highlight=False)


def show_line(message: str) -> None:
    """Print one line on stdout, unless --quiet or --json was given."""
    out.print(escape(message), soft_wrap=True)


def show_start(message: str) -> None:
    """Tell a person at a terminal what takes some seconds now; a pipe gets only results."""
    if out.is_terminal:
        show_line(message)


def show_next(root: Path, *words: str, when: str = "next") -> None:
    """Tell on stderr which command a person would type next, unless --quiet or --json was given.

    Args:
        root: folder of the course, as it was named.
        words: of that command, without `grader`.
        when: a person would type it.
    """
    course = () if root == Path() else ("--course", str(root))
    if not out.quiet:
        command = shlex.join(["grader", *words, *course])
        print(f"{when}: {printable(command)}", file=sys.stderr, flush=True)


def warn(message: str) -> None:
    """Print one line on stderr; it appears above a progress bar."""
    if programs := log.active():
        programs.say("warning", text=message)
        return
    print(f"grader: {printable(message)}", file=sys.stderr, flush=True)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f}/min" if task.speed else "…/min")


@contextmanager
def _progress(total: int, what: str) -> Iterator[Advance]:
    """Show a bar with rate and time left; without a terminal, print a line for each result."""
    if programs := log.active():
        yield _counted(programs, total, what)
        return
    if out.quiet or not out.is_terminal:
        yield _print_result
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    in_order = sys.stderr.isatty()  # if stderr goes into a file, its lines must stay there
    with Progress(
        *columns, console=out, speed_estimate_period=300, redirect_stderr=in_order, transient=True
    ) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: Any) -> None:
            if isinstance(done, SubmissionResult) and _is_worth_a_line(done):
                _print_result(done)
            bar.advance(task)

        yield advance


def _counted(programs: log.Log, total: int, what: str) -> Advance:
    """A function that logs each thing that is done, and how each submission ended."""
    numbers = count(1)

    def advance(done: Any) -> None:
        about = {}
        if isinstance(done, SubmissionResult):
            about = {key: getattr(done, key) for key in ("student", "status", "score", "max_score")}
            about["notes"] = done.note_texts
        programs.say("progress", what=what, done=next(numbers), total=total, **about)

    return advance


def _is_worth_a_line(result: SubmissionResult) -> bool:
    return bool(result.incidents) or result.status is not Status.GRADED


def _print_result(done: Any) -> None:
    """Print a line for a submission; other work shows only in the bar."""
    if isinstance(done, SubmissionResult):
        out.print(_line(done), soft_wrap=True)


def _line(result: SubmissionResult) -> str:
    score = "–" if result.score is None else f"{result.score:g} of {result.max_score:g}"
    if waiting := sum(q.max_score for q in result.questions if q.waits):
        score += f", {waiting:g} to come by hand"
    notes = f"  {' '.join(result.note_texts)}" if result.notes else ""
    return escape(f"{result.student}: {str(result.status).lower()}, {score}{notes}")


TERMINAL = Listener(warn, _progress)
