"""`grader collect`: a download → submitted/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, INPUT_FILE, ONE, CourseCommand, print_json

if TYPE_CHECKING:
    from grader.course.settings import Course
    from grader.intake.collected import Collected

__all__ = ["collect"]

NAMINGS = ["moodle", "canvas", "blackboard", "brightspace", "sakai", "teams", "github", "nbgrader"]
NAMINGS += ["folder", "label"]


@click.command(cls=CourseCommand)
@ONE
@click.argument("source", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--canvas",
    "place",
    metavar="COURSE/ASSIGNMENT",
    help="Fetch all attempts from Canvas: two numbers, or the address of the assignment's page.",
)
@click.option(
    "--from",
    "naming",
    type=click.Choice(NAMINGS),
    help="How its files are named.  [default: recognised]",
)
@click.option(
    "--times",
    type=INPUT_FILE,
    help="Moodle's grading worksheet, or a table with columns student and submitted_at.",
)
@COURSE
def collect(
    assignment_id: str,
    source: Path | None,
    place: str | None,
    naming: str | None,
    times: Path | None,
    root: Path,
) -> None:
    """Copy submissions from a folder, a zip or Canvas into submitted/.

    SOURCE is a folder or zip with one folder per student, a download of all submissions from
    Canvas, Moodle, Blackboard, Brightspace, Sakai or Teams, a folder of clones from GitHub, or
    nbgrader's inbound folder. The exit code is 1 if something was left out.

    Example: grader collect two_layer_net downloads/week3.zip

    Example: grader collect two_layer_net --canvas 1234/56789
    """
    from grader.cli.terminal import show_line, show_next
    from grader.cli.views import show_collected
    from grader.course.settings import Course

    if (source is None) == (place is None):
        raise click.UsageError("give either SOURCE, a folder or zip, or --canvas")
    if place is not None and (naming or times):
        raise click.UsageError("--from and --times are for a folder or zip, not for --canvas")
    course = Course.load(root)
    course.assignment(assignment_id)
    found = (
        _from_folder(course, assignment_id, source, naming, times)
        if source is not None
        else _from_canvas(course, assignment_id, place or "")
    )
    lines = []
    for line in found:
        lines.append(line)
        show_line(str(line))
    show_collected(line.outcome for line in lines)
    if any(line.outcome in ("collected", "replaced") for line in lines):
        show_next(root, "autograde", assignment_id)
    print_json([asdict(line) for line in lines])
    sys.exit(0 if all(line.ok for line in lines) else 1)


def _from_folder(
    course: Course, assignment_id: str, source: Path, naming: str | None, times: Path | None
) -> Iterator[Collected]:
    from grader.intake.collect import collect as collect_all

    return collect_all(course, assignment_id, source, naming, times)


def _from_canvas(course: Course, assignment_id: str, place: str) -> Iterator[Collected]:
    from grader.cli.terminal import TERMINAL
    from grader.intake.from_canvas import collect_from_canvas
    from grader.lms.canvas import connect

    return collect_from_canvas(course, assignment_id, connect(course, place), TERMINAL)
