"""`grader invite`: personal links to the desk."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from grader.cli.options import COURSE, CourseCommand, needs_desk, print_json

__all__ = ["invite"]


@click.command(cls=CourseCommand)
@click.argument("students", nargs=-1, metavar="[STUDENT…]")
@click.option("--until", metavar="TIME", help="When the links end, such as 2027-02-01T12:00+01:00.")
@click.option("--revoke", is_flag=True, help="Take links back instead: these, or all.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="List to add the links to.  [default: links.csv in the course folder]",
)
@COURSE
def invite(
    students: tuple[str, ...], until: str | None, revoke: bool, output: Path | None, root: Path
) -> None:
    """Make personal links, by which students sign in at the desk.

    Without STUDENT, everyone in the roster who has no link gets one. With STUDENT, these get a new
    link, and their old ones end. Give each student their own link and no other: whoever has it is
    signed in as that student.

    Example: grader invite --until 2027-02-15T23:59+01:00

    Example: grader invite --revoke mira
    """
    needs_desk("invite")
    from grader.cli.terminal import show_line, warn
    from grader.course.moments import read_moment
    from grader.course.settings import Course
    from grader.desk.links import check_list, write_links
    from grader.desk.links import invite as make
    from grader.desk.links import revoke as take_back
    from grader.desk.state import open_state

    if revoke and until:
        raise click.UsageError("--until is for new links, --revoke takes links back; choose")
    course = Course.load(root)
    try:
        end = read_moment(until, course.zone) if until else None
    except ValueError as error:
        raise click.UsageError(
            f"--until {until!a}: {error}; write 2027-02-01T12:00+01:00"
        ) from None
    path = output or course.root / "links.csv"
    check_list(path)
    with closing(open_state(course)) as state:
        if revoke:
            gone = take_back(course, state, students)
            write_links(path, [], gone)
            without = [student for student in students if student not in gone]
            for student in without:
                warn(f"{student!a} had no link; check the id")
            show_line(f"{len(gone)} students have no link any more")
            print_json({"revoked": gone})
            sys.exit(1 if without else 0)
        links = make(course, state, students, end)
    write_links(path, links)
    show_line(f"{len(links)} new links in {path}; keep that file to yourself")
    print_json({"links": path, "invited": [link.person.id for link in links]})
