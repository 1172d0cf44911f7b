"""`grader init`: a course of one's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from grader.cli.options import CourseCommand, print_json

__all__ = ["init"]


class _Day(click.DateTime):
    """A day; the error shows how to write one."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it as 2027-04-12", param, ctx)


@click.command(cls=CourseCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--assignments", metavar="ID,…", help="Which of them.  [default: all]")
@click.option("--name", help="Title of the course.")
@click.option(
    "--like",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="An earlier course to go on from; its students and grades stay there.",
)
@click.option(
    "--first-due",
    metavar="DATE",
    type=_Day(["%Y-%m-%d"]),
    help="Day on which the first assignment is due; the others follow.  [default: not set]",
)
def init(
    folder: Path,
    assignments: str | None,
    name: str | None,
    like: Path | None,
    first_due: datetime | None,
) -> None:
    """Make the folder of a new course.

    Example: grader init neural-nets --assignments backprop,layers
    """
    from grader.cli.views import show_new_course
    from grader.release.new_course import NAME, course_like, new_course

    ids = [part.strip() for part in (assignments or "").split(",") if part.strip()]
    day = first_due.date() if first_due else None
    if like is None:
        made = new_course(folder, ids, NAME if name is None else name, day)
    else:
        made = course_like(folder, like, ids, name, day)
    show_new_course(made, folder)
    course = made.course
    print_json(
        {
            "course": course.root,
            "name": course.name,
            "assignments": [assignment.id for assignment in course.assignments],
            "replaced": made.replaced,
            "left": made.left,
        }
    )
