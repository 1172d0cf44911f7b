"""`grader feedback`: a page for each student."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import COURSE, ONE, WORKERS, CourseCommand, print_json

__all__ = ["feedback"]


@click.command(cls=CourseCommand)
@ONE
@WORKERS
@COURSE
def feedback(assignment_id: str, workers: int | None, root: Path) -> None:
    """Write one page per student into feedback/, where it is new or changed.

    Example: grader feedback two_layer_net
    """
    from grader.cli.terminal import TERMINAL, show_next
    from grader.cli.views import show_pages
    from grader.course.settings import Course
    from grader.pages.class_feedback import write_feedback
    from grader.system.processes import cores

    course = Course.load(root)
    assignment = course.assignment(assignment_id)
    done = write_feedback(course, assignment, workers=workers or cores(), listener=TERMINAL)
    show_pages(done)
    if done.ready and not done.left:
        pages = f"{assignment_id}-pages.zip"
        show_next(root, "give-back", assignment_id, "--for", "zip", "--output", pages)
    print_json(done.as_data())
    sys.exit(done.exit_code)
