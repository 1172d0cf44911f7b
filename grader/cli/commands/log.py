"""`grader log`: what teachers and assistants changed at the desk."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, CourseCommand, needs_desk, print_json

if TYPE_CHECKING:
    from datetime import tzinfo

    from grader.desk.log import Entry

__all__ = ["log"]


@click.command(cls=CourseCommand)
@click.argument("assignment_id", metavar="[ID]", required=False, default="")
@click.option("--student", default="", help="Only what is about this student.")
@click.option("--who", default="", help="Only what this teacher or assistant changed.")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N changes.")
@COURSE
def log(assignment_id: str, student: str, who: str, last: int | None, root: Path) -> None:
    """Print what was changed at the desk: who, when, what, before and after; the last one last.

    The log has extensions, results that were held back or let go, attempts that were graded again,
    feedback that was released, points by hand, and answers to questions about checks.

    Example: grader log two_layer_net --student mira
    """
    needs_desk("log")
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.desk.course_now import CourseFiles
    from grader.desk.log import entries
    from grader.desk.state import is_there, open_state

    now = CourseFiles(Course.load(root).root).now()
    course = now.course
    if assignment_id:
        course.assignment(assignment_id)
    found: list[Entry] = []
    if is_there(course):
        with closing(open_state(course)) as state:
            found = entries(
                state,
                assignment=assignment_id,
                students=now.roster.known_as(student) if student else None,
                who=now.roster.known_as(who) if who else (),
                most=last,
            )
    for entry in reversed(found):
        show_line(_line(entry, course.zone))
    print_json([entry.as_data() for entry in reversed(found)])


def _line(entry: Entry, zone: tzinfo) -> str:
    """One entry on one line, whatever is in its texts."""
    at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    about = " ".join(filter(None, (entry.assignment, entry.student)))
    told = f"{at}  {entry.who}  {entry.what}  {about}: {entry.before or '-'} → {entry.after or '-'}"
    return " ".join(told.split())
