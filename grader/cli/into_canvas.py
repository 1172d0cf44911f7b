"""What `--canvas` shows of scores and pages on their way into Canvas, and the question before."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from grader.cli import log
from grader.cli.options import print_json
from grader.cli.terminal import TERMINAL, out, show_line, warn

if TYPE_CHECKING:
    from grader.export.canvas_grades import Change, Plan

__all__ = ["export_into_canvas"]


def export_into_canvas(
    root: Path,
    ids: Sequence[str],
    place: str,
    *,
    yes: bool = False,
    dry_run: bool = False,
    no_lateness: bool = False,
    zeros: bool = False,
) -> None:
    """Show what would change in Canvas, ask, and write it; the exit code is 1 if some is left.

    Args:
        root: folder of the course.
        ids: the assignment, one.
        place: course and assignment in Canvas.
        yes: whether to write without a question.
        dry_run: whether to write nothing.
        no_lateness: whether Canvas's own late policy shall take nothing.
        zeros: whether those who handed nothing in get 0 points.
    """
    from grader.course.settings import Course
    from grader.export.canvas_grades import plan_grades, write_grades
    from grader.lms.canvas import connect

    if len(ids) != 1:
        raise click.UsageError("--canvas: name the one assignment whose scores go there")
    course = Course.load(root)
    course.assignment(ids[0])
    canvas = connect(course, place)
    plan = plan_grades(course, ids[0], canvas, no_lateness=no_lateness, zeros=zeros)
    _show(plan)
    count = sum(change.is_needed for change in plan.changes)
    refused = [change for change in plan.changes if change.reason]
    done: list[Change] = []
    if count and not dry_run and (yes or _asked(f"Write {count} scores into Canvas?")):
        for change in write_grades(plan, canvas, TERMINAL):
            done.append(change)
            if change.reason:
                warn(f"{change.student}: not written: {change.reason}")
    written = sum(not change.reason for change in done)
    show_line(f"{written} written, {len(refused) + count - written} not")
    rows = {change.student: change for change in (*plan.changes, *done)}
    print_json([_row(change, change in done) for change in rows.values()])
    is_left = written < count and not dry_run
    sys.exit(1 if refused or is_left else 0)


def _show(plan: Plan) -> None:
    """Print the table of what would change, and the remarks."""
    table = Table(box=None, pad_edge=False)
    for title, side in (("student", "left"), ("in Canvas", "right"), ("here", "right")):
        table.add_column(title, justify="left" if side == "left" else "right")
    table.add_column("", overflow="fold")
    shown = [change for change in plan.changes if change.is_needed or change.reason]
    for change in shown:
        told = f"stays: {change.reason}" if change.reason else ""
        table.add_row(change.student, change.before or "–", change.score, escape(told))
    if shown:
        out.print(table)
    same = len(plan.changes) - len(shown)
    show_line(f"{plan.task.name}: {same} are in Canvas as they are here")
    for remark in plan.remarks:
        warn(remark)


def _asked(question: str) -> bool:
    """Ask on a terminal; without one, the answer is no."""
    if log.active() or not (sys.stdin.isatty() and sys.stdout.isatty()):
        warn("nothing is written without a terminal; add --yes")
        return False
    return click.confirm(question)


def _row(change: Change, is_done: bool) -> dict[str, Any]:
    return {
        "student": change.student,
        "in_canvas": change.before,
        "here": change.score,
        "written": is_done and not change.reason,
        "reason": change.reason,
    }
