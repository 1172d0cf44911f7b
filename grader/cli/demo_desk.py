"""The end of `grader demo`: the line that opens the desk on the sample class, and links to it."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from grader.cli.options import needs_desk
from grader.cli.terminal import show_line
from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.files import write_whole

__all__ = ["add_roster", "show_desk"]

TEACHER = "teacher"


def add_roster(course: Course) -> None:
    """Write a roster of the sample class and a teacher; a class has no names but its ids.

    Args:
        course: the demo's, with what the class handed in.
    """
    students = sorted(path.name for path in course.submitted_dir.iterdir() if path.is_dir())
    rows = [f"{student},{student.capitalize()}," for student in students if student != TEACHER]
    text = "\n".join(["id,first_name,role", *rows, f"{TEACHER},Teacher,teacher", ""])
    write_whole(course.roster_path, text)


def show_desk(course: Course) -> dict[str, Any]:
    """Print how to open the desk, with a teacher's and a student's link.

    Args:
        course: the demo's, with its roster.

    Returns:
        The same for programs: the command, and the links by person; no link without the desk.
    """
    command = f"{_grader()} serve --course {shlex.quote(str(_from_here(course.root)))}"
    show_line("\nOpen the desk, where students hand in and teachers mark written answers")
    try:
        needs_desk("serve")
    except UsageError:
        show_line(f"  pip install 'chainrule[desk]'\n  {_grader()} demo")
        return {"command": command, "links": {}}
    links = _links(course)
    for person, address in links.items():
        show_line(f"  {person}: {address}")
    show_line(f"  {command}")
    return {"command": command, "links": links}


def _links(course: Course) -> dict[str, str]:
    from grader.course.roster import load_people
    from grader.desk.links import invite
    from grader.desk.state import open_state

    first = list(load_people(course).people)[:1]
    with closing(open_state(course)) as state:
        links = invite(course, state, [TEACHER, *first], None)
    return {link.person.id: link.address for link in links}


def _grader() -> str:
    """The command as it can be typed here; `make` runs it where it is not on the path."""
    ours = Path(sys.executable).with_name("grader")
    if shutil.which("grader") == str(ours):
        return "grader"
    return shlex.quote(str(_from_here(ours)))


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
