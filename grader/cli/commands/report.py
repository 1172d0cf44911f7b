"""`grader report`: a page about the class."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, ONE, CourseCommand, print_json

__all__ = ["report"]


@click.command(cls=CourseCommand)
@ONE
@COURSE
def report(assignment_id: str, root: Path) -> None:
    """Write one page about the whole class into reports/.

    Example: grader report two_layer_net
    """
    from grader.cli.terminal import show_line, show_next
    from grader.course.settings import Course
    from grader.pages.report import write_report

    course = Course.load(root)
    page = write_report(course, course.assignment(assignment_id))
    show_line(str(page))
    show_next(root, "feedback", assignment_id)
    print_json({"page": page})
