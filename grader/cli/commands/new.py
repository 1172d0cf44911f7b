"""`grader new`: an assignment to start from."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, CourseCommand, print_json

__all__ = ["new"]


@click.command(cls=CourseCommand)
@click.argument("assignment_id", metavar="ID")
@COURSE
def new(assignment_id: str, root: Path) -> None:
    """Write a small assignment to start from; it can be built and graded as it is.

    Example: grader new convolution
    """
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.release.scaffold import new_assignment

    written = new_assignment(Course.load(root), assignment_id)
    for path in written:
        show_line(f"wrote {path}")
    show_line(f"edit them, then run: grader build {assignment_id}")
    print_json({"wrote": written})
