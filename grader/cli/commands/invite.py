"""`grader invite`: personal links to the desk."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, CourseCommand, needs_desk, print_json

if TYPE_CHECKING:
    from grader.course.roster import Person
    from grader.course.settings import Course

__all__ = ["invite"]


@click.command(cls=CourseCommand)
@click.argument("students", nargs=-1, metavar="[STUDENT…]")
@click.option("--until", metavar="TIME", help="When the links end, such as 2027-02-01T12:00+01:00.")
@click.option("--revoke", is_flag=True, help="Take links back instead: these, or all.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "eml"]),
    default="csv",
    show_default=True,
    help="A list for a mail merge, or a letter for each student, for a mail program.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="List to add the links to; with eml, a new folder.  [default: links.csv or invitations]",
)
@COURSE
def invite(
    students: tuple[str, ...],
    until: str | None,
    revoke: bool,
    kind: str,
    output: Path | None,
    root: Path,
) -> None:
    """Make personal links, by which students sign in at the desk.

    Without STUDENT, everyone in the roster who has no link gets one. With STUDENT, these get a new
    link, and their old ones end. Give each student their own link and no other: whoever has it is
    signed in as that student.

    Example: grader invite --until 2027-02-15T23:59+01:00

    Example: grader invite --format eml --output letters

    Example: grader invite --revoke mira
    """
    needs_desk("invite")
    from grader.course.settings import Course

    if revoke and (until or kind != "csv"):
        raise click.UsageError(
            "--until and --format are for new links, --revoke takes links back; choose"
        )
    course = Course.load(root)
    if revoke:
        _revoke(course, students, output or course.root / "links.csv")
    elif kind == "eml":
        _write_letters(course, students, until, output or course.root / "invitations")
    else:
        _write_list(course, students, until, output or course.root / "links.csv")


def _write_list(course: Course, students: tuple[str, ...], until: str | None, path: Path) -> None:
    from grader.cli.terminal import show_line
    from grader.desk.links import check_list, former_ids, invite, write_links
    from grader.desk.state import open_state

    end = _end(course, until)
    check_list(path)
    with closing(open_state(course)) as state:
        links = invite(
            course,
            state,
            students,
            end,
            deliver=lambda links: write_links(
                path, links, former_ids(course, [link.person.id for link in links])
            ),
        )
    show_line(f"{len(links)} new links in {path}; keep that file to yourself")
    print_json({"links": path, "invited": [link.person.id for link in links]})


def _write_letters(
    course: Course, students: tuple[str, ...], until: str | None, folder: Path
) -> None:
    from grader.cli.terminal import show_line, warn
    from grader.desk.invitations import check_folder, write_invitations
    from grader.desk.links import invite
    from grader.desk.state import open_state
    from grader.export.envelope import undeliverable

    problems: dict[str, str] = {}

    def can_have(person: Person) -> bool:
        """A link that reaches nobody is not made."""
        if reason := undeliverable(person):
            problems[person.id] = reason
        return not reason

    end = _end(course, until)
    check_folder(course, folder)
    with closing(open_state(course)) as state:
        links = invite(
            course,
            state,
            students,
            end,
            can_have=can_have,
            deliver=lambda links: write_invitations(course, folder, links),
        )
    for student, problem in problems.items():
        warn(f"{student}: {problem}")
    where = f" in {folder}; send them, then delete the folder" if links else ""
    show_line(f"{len(links)} letters with new links{where}")
    print_json(
        {
            "letters": folder if links else None,
            "invited": [link.person.id for link in links],
            "problems": problems,
        }
    )
    sys.exit(1 if problems else 0)


def _revoke(course: Course, students: tuple[str, ...], path: Path) -> None:
    from grader.cli.terminal import show_line, warn
    from grader.desk.links import check_list, former_ids, revoke, write_links
    from grader.desk.state import open_state

    check_list(path)
    with closing(open_state(course)) as state:
        gone = revoke(course, state, students)
    write_links(path, [], [*gone, *former_ids(course, gone)])
    without = [student for student in students if student not in gone]
    for student in without:
        warn(f"{student!r} had no link; check the id")
    show_line(f"{len(gone)} students have no link any more")
    print_json({"revoked": gone})
    sys.exit(1 if without else 0)


def _end(course: Course, until: str | None) -> datetime | None:
    from grader.course.moments import read_moment

    try:
        return read_moment(until, course.zone) if until else None
    except ValueError as error:
        raise click.UsageError(
            f"--until {until!r}: {error}; write 2027-02-01T12:00+01:00"
        ) from None
