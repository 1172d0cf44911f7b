"""`grader roster`: an export of an LMS → roster.csv."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import COURSE, INPUT_FILE, CourseCommand, print_json

__all__ = ["roster"]

ID_COLUMNS = ["sis_id", "sis_login", "moodle_username", "email", "canvas_id", "github"]


@click.command(cls=CourseCommand)
@click.option(
    "--from",
    "system",
    type=click.Choice(["canvas", "moodle", "csv"]),
    help="Where the file comes from; csv is any other list.",
)
@click.argument("file", type=INPUT_FILE, required=False)
@click.option("--canvas", "place", metavar="COURSE", help="Ask Canvas itself: the course's number.")
@click.option(
    "--id",
    "id_column",
    type=click.Choice(ID_COLUMNS),
    help="What becomes the id of new students.  [default: as in the roster, or student number]",
)
@click.option("--drop", is_flag=True, help="Take out who is not in the file; their work stays.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="File to write.  [default: the roster]"
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@COURSE
def roster(
    system: str | None,
    file: Path | None,
    place: str | None,
    id_column: str | None,
    drop: bool,
    output: Path | None,
    dry_run: bool,
    root: Path,
) -> None:
    """Make the roster from a file that an LMS exported, or from Canvas, or bring it up to date.

    FILE is Canvas's gradebook, Moodle's gradebook, list of participants or grading worksheet, or
    any list with a heading for each column. Students keep their ids, and the roster its other
    columns. If somebody cannot be told apart, nothing is written, and the exit code is 1.

    Example: grader roster --from canvas grades.csv

    Example: grader roster --canvas 1234
    """
    from grader.cli.terminal import show_line
    from grader.cli.views import show_collected
    from grader.course.settings import Course
    from grader.intake.enrol import enrol, joined

    if (place is None) != (system is not None and file is not None) or (place and (system or file)):
        raise click.UsageError(
            "name the file and where it comes from, such as --from moodle FILE; or --canvas"
        )
    course = Course.load(root)
    if place is not None:
        from grader.intake.canvas_people import listed_in_canvas
        from grader.lms.canvas import connect

        listed = listed_in_canvas(connect(course, place, only_course=True))
        lines, file_to_write = joined(course, listed, id_column=id_column or "", drop=drop)
    else:
        assert system and file  # noqa: S101 — else --canvas was given
        lines, file_to_write = enrol(course, system, file, id_column or "", drop=drop)
    for line in lines:
        if line.outcome != "unchanged":
            show_line(str(line))
    show_collected(line.outcome for line in lines)
    if file_to_write is not None and not dry_run:
        path = output or course.roster_path
        file_to_write.save(path)
        show_line(f"wrote {path}")
    print_json([line.as_row() for line in lines])
    sys.exit(1 if file_to_write is None else 0)
