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

    In an empty folder it makes the course first.

    Example: grader new convolution
    """
    from grader.cli.terminal import show_line, show_next
    from grader.course.settings import COURSE_FILE, Course
    from grader.release.new_course import course_with, is_vacant
    from grader.release.scaffold import new_assignment

    if is_vacant(root):
        course = course_with(root, assignment_id).course
        written = [course.root / COURSE_FILE, course.solution_dir(assignment_id)]
    else:
        written = list(new_assignment(Course.load(root), assignment_id))
    for path in written:
        show_line(f"wrote {path}")
    show_line("change them as you like; title and due date are in course.yml")
    show_next(root, "build", assignment_id)
    print_json({"wrote": written})
