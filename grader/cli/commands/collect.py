"""`grader collect`: a download → submitted/."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.options import COURSE, ONE, CourseCommand, print_json

__all__ = ["collect"]


@click.command(cls=CourseCommand)
@ONE
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "naming",
    type=click.Choice(["moodle", "nbgrader", "github", "canvas", "folder"]),
    help="How its files are named.  [default: recognised]",
)
@click.option(
    "--times",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file with columns student and submitted_at; its times count more than others.",
)
@COURSE
def collect(
    assignment_id: str, source: Path, naming: str | None, times: Path | None, root: Path
) -> None:
    """Copy submissions from a folder or zip into submitted/.

    SOURCE is a folder or zip with one folder per student, a download of all submissions from
    Canvas or Moodle, a folder of GitHub Classroom clones, or nbgrader's inbound folder. The exit
    code is 1 if something was left out.

    Example: grader collect two_layer_net downloads/week3.zip
    """
    from grader.cli.terminal import show_line
    from grader.cli.views import show_collected
    from grader.course.settings import Course
    from grader.intake.collect import collect as collect_all

    course = Course.load(root)
    course.assignment(assignment_id)
    lines = []
    for line in collect_all(course, assignment_id, source, naming, times):
        lines.append(line)
        show_line(str(line))
    show_collected(line.outcome for line in lines)
    print_json([asdict(line) for line in lines])
    sys.exit(0 if all(line.ok for line in lines) else 1)
