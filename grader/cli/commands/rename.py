"""`grader rename`: a student whose id changes."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, CourseCommand, print_json

__all__ = ["rename"]


@click.command(cls=CourseCommand)
@click.argument("old")
@click.argument("new")
@COURSE
def rename(old: str, new: str, root: Path) -> None:
    """Give a student another id; all work, points, extensions and receipts follow.

    Old downloads still find the student, and the hidden inputs stay the same, so a regrade gives
    the same points. Do it while nothing else works on the course. If it is stopped, run it again.

    Example: grader rename ada ada.lovelace
    """
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.desk.renaming import rename_at_desk
    from grader.gradebook.rename import rename as rename_student

    course = Course.load(root, to_rename=True)
    renamed = rename_student(course, old, new)
    if rename_at_desk(course, old, new):
        renamed.append("desk")
    for name in renamed:
        show_line(f"renamed in {name}")
    if renamed:
        show_line(f"{old} is {new} now; run `grader feedback ID` for pages with the new id")
    else:
        show_line(f"{old} is {new} already; nothing to do")
    print_json({"old": old, "new": new, "renamed": renamed})
