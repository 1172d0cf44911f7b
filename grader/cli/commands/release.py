"""`grader release`: what students are given."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, ONE, CourseCommand, print_json, write_output

__all__ = ["release"]


@click.command(cls=CourseCommand)
@ONE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.  [default: ID.zip]",
)
@COURSE
def release(assignment_id: str, output: Path | None, root: Path) -> None:
    """Pack what students get: the notebook and its files, no solution and no hidden test.

    A release that is not what `grader build` would make now is refused.

    Example: grader release two_layer_net
    """
    from grader.cli.terminal import TERMINAL, show_line, show_next, show_start
    from grader.cli.views import due_of
    from grader.course.settings import Course
    from grader.release.handout import handout

    path = output or Path(f"{assignment_id}.zip")
    course = Course.load(root)
    show_start(f"{assignment_id}: checking that `grader build` would make the same …")
    write_output(path, handout(course, assignment_id, TERMINAL))
    assignment = course.assignment(assignment_id)
    due = assignment.due
    until = due_of(course, assignment) if due else "without a due date: nothing will be late"
    show_line(f"wrote {path}: give it to students ({until})")
    show_next(root, "collect", assignment_id, "DOWNLOAD", when="after the deadline")
    print_json({"assignment": assignment_id, "output": path, "due": due})
