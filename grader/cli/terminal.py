"""The terminal: one console, lines on stdout and stderr, and bars."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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

from grader.results import Status, SubmissionResult

__all__ = [
    "progress",
    "say",
    "track",
    "warn",
]

out = Console(highlight=False)


def say(message: str) -> None:
    """One line on stdout, unless it was asked to be quiet."""
    out.print(escape(message), soft_wrap=True)


def warn(message: str) -> None:
    """One line on stderr, above a bar if there is one."""
    print(f"grader: {message}", file=sys.stderr, flush=True)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f}/min" if task.speed else "…/min")


@contextmanager
def progress(total: int, name: str) -> Iterator[Callable[[SubmissionResult], None]]:
    """A bar with rate and time left; without a terminal, a line for each result."""
    if out.quiet or not out.is_terminal:
        yield lambda result: out.print(_line(result), soft_wrap=True)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    in_order = sys.stderr.isatty()  # else what is said there belongs into its file
    with Progress(
        *columns, console=out, speed_estimate_period=300, redirect_stderr=in_order
    ) as bar:
        task = bar.add_task(f"grading {name}", total=total)

        def advance(result: SubmissionResult) -> None:
            if result.notes or result.status is not Status.GRADED:
                bar.console.print(_line(result))
            bar.advance(task)

        yield advance


def _line(result: SubmissionResult) -> str:
    score = "–" if result.score is None else f"{result.score:g} of {result.max_score:g}"
    if waiting := sum(q.max_score for q in result.questions if q.waits):
        score += f", {waiting:g} to come by hand"
    notes = f"  {' '.join(result.note_texts)}" if result.notes else ""
    return escape(f"{result.student}: {str(result.status).lower()}, {score}{notes}")


def track(items: Iterable[Any], total: int, what: str = "grading variants") -> Iterator[Any]:
    """The items, with a bar while they come; without a terminal, as they are."""
    if not out.is_terminal or not total:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate())
    with Progress(*columns, TimeRemainingColumn(), console=out, transient=True) as bar:
        yield from bar.track(items, total=total, description=what)
