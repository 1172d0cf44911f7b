"""`grader give-back`: feedback pages, in the form that a system takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, INPUT_FILE, ONE, WORKERS, CourseCommand, print_json

if TYPE_CHECKING:
    from grader.course.settings import Course
    from grader.export.giving.by_canvas import ByCanvas
    from grader.export.giving.give_back import Planner

__all__ = ["give_back"]


@click.command(cls=CourseCommand, name="give-back")
@ONE
@click.option(
    "--for",
    "kind",
    type=click.Choice(["canvas", "moodle", "zip", "mail"]),
    required=True,
    help="Where the pages go.",
)
@click.option(
    "--canvas",
    "place",
    metavar="COURSE/ASSIGNMENT",
    help="With --for canvas: put each page on a comment in Canvas itself, without a zip.",
)
@click.option(
    "--worksheet",
    type=INPUT_FILE,
    help="With --for moodle: the grading worksheet, which has everybody's number.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Zip to write; for mail, a new folder."
)
@click.option("--dry-run", is_flag=True, help="Only list what would go out, and why.")
@click.option("--all", "everything", is_flag=True, help="Pages that were given before, too.")
@click.option("--smtp", "by_smtp", is_flag=True, help="Send the letters (with --for mail).")
@click.option("--yes", "is_sure", is_flag=True, help="Send without a dry run before.")
@WORKERS
@COURSE
def give_back(
    assignment_id: str,
    kind: str,
    place: str | None,
    worksheet: Path | None,
    output: Path | None,
    dry_run: bool,
    everything: bool,
    by_smtp: bool,
    is_sure: bool,
    workers: int | None,
    root: Path,
) -> None:
    """Give the feedback pages back, where they are new or changed.

    Example: grader give-back two_layer_net --for canvas --output pages.zip

    Example: grader give-back two_layer_net --for canvas --canvas 1234/56789
    """
    from grader.cli.terminal import TERMINAL, show_next
    from grader.cli.views import show_given
    from grader.course.settings import Course
    from grader.export.giving.give_back import give_back as run
    from grader.export.giving.give_back import planned
    from grader.system.processes import cores

    if by_smtp and (kind != "mail" or output is not None):
        raise click.UsageError("--smtp goes with --for mail, and without --output")
    if place is not None and (kind != "canvas" or output is not None):
        raise click.UsageError("--canvas goes with --for canvas, and without --output")
    if worksheet is not None and kind != "moodle":
        raise click.UsageError("--worksheet goes with --for moodle")
    if not (by_smtp or dry_run or output or place):
        raise click.UsageError("name what to write with --output, or list it with --dry-run")
    course = Course.load(root)
    assignment = course.assignment(assignment_id)
    way = _by_canvas(course, place, everything=everything) if place is not None else None
    giving = planned(
        course,
        assignment,
        "canvas-api" if way else kind,
        way.plan if way else _by_worksheet(course, worksheet),
        everything=everything,
        workers=workers or cores(),
        listener=TERMINAL,
    )
    if giving.left:
        TERMINAL.warn("stopped; nothing was given; run the same command again")
        sys.exit(130)
    if way is not None:
        from grader.export.giving.by_canvas import give_by_canvas

        given = give_by_canvas(giving, way, dry_run=dry_run, listener=TERMINAL)
    else:
        given = run(giving, output, dry_run=dry_run, by_smtp=by_smtp, is_sure=is_sure)
    show_given(given)
    if given.pages and not given.is_dry:
        table = f"{assignment_id}.csv"
        show_next(root, "export", assignment_id, "--format", "csv", "--output", table)
    print_json(given.as_data())
    sys.exit(given.exit_code)


def _by_worksheet(course: Course, path: Path | None) -> Planner | None:
    """The planner for Moodle that knows the numbers of a worksheet, if there is one."""
    if path is None:
        return None
    from functools import partial

    from grader.course.roster import Roster, load_roster
    from grader.export.giving.names import for_moodle
    from grader.intake.times import participants

    return partial(for_moodle, numbers=participants(path, load_roster(course) or Roster()))


def _by_canvas(course: Course, place: str, *, everything: bool) -> ByCanvas:
    from grader.export.giving.by_canvas import ByCanvas
    from grader.lms.canvas import connect

    return ByCanvas(connect(course, place), everything=everything)
