"""Canvas's groups → groups.csv, which an instructor may have written by hand.

Rows are only ever added: to a new file, or where the assignment has no groups yet. If the file says
something else than Canvas, it stays as it is, and the difference is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.course.groups import load_groups
from grader.course.roster import name_key
from grader.course.settings import Course
from grader.intake.canvas_people import People
from grader.intake.identity import Unknown
from grader.intake.naming.handed import shown
from grader.lms.canvas import Canvas, Submission, Task
from grader.system.files import write_whole
from grader.system.table import MARK, Row, Table, csv_text, read_table, spreadsheet_safe

__all__ = ["take_over_groups"]

HEADER = ("group", "student", "assignment")
MAX_NAME = 80  # characters; groups.csv takes a few more


def take_over_groups(
    course: Course, assignment_id: str, canvas: Canvas, task: Task, people: People
) -> Iterator[str]:
    """Add the groups of an assignment to groups.csv, if it has none; yields remarks.

    Args:
        course: the course.
        assignment_id: the assignment.
        canvas: the assignment in Canvas.
        task: what Canvas says of it.
        people: who is who.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
        UsageError: groups.csv cannot be read.
    """
    if not task.group_set:
        return
    groups = _by_our_ids(people, canvas.groups(task.group_set))
    known = load_groups(course).at(assignment_id)
    if not groups or {g.members for g in known} == set(groups.values()):
        return
    if known:
        theirs = set(groups.values()) - {group.members for group in known}
        names = ", ".join(name for name, members in groups.items() if members in theirs)
        yield (
            f"{course.groups} has other groups than Canvas, and counts"
            + (f"; in Canvas: {names}" if names else "")
            + f"; to take Canvas's, remove its rows of {assignment_id} and collect again"
        )
    elif (table := _added(course, assignment_id, groups)) is not None:
        write_whole(course.groups_path, table.to_bytes())
        yield f"{len(groups)} groups from Canvas are in {course.groups} now"
    else:
        yield f"{course.groups} has no column 'assignment'; add it, to take over Canvas's groups"


def _by_our_ids(people: People, groups: Mapping[str, Sequence[int]]) -> dict[str, tuple[str, ...]]:
    """Members by name of the group, without those of whom it is not certain who they are."""
    found: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for name, numbers in groups.items():
        members = []
        for number in numbers:
            try:
                members.append(people.student(Submission(number, "")))
            except Unknown:  # the line of their hand-in tells it
                continue
        members = sorted(set(members) - taken)
        taken.update(members)
        if members:
            found[_unlike(name, found)] = tuple(members)
    return found


def _unlike(name: str, others: Mapping[str, object]) -> str:
    """A name that can stand in a table, and that nobody takes for one of the others."""
    plain = spreadsheet_safe(shown(name)[:MAX_NAME].strip())
    plain = plain if name_key(plain) else "group"
    keys = {name_key(other) for other in others}
    numbered = (plain if n == 1 else f"{plain} no. {n}" for n in range(1, len(keys) + 2))
    return next(name for name in numbered if name_key(name) not in keys)


def _added(course: Course, assignment_id: str, groups: Mapping[str, Sequence[str]]) -> Table | None:
    """The file with more rows; None if it has no place for them."""
    path = course.groups_path
    table = read_table(path) if path.exists() else Table(path, HEADER, (), mark=MARK)
    places = [table.column(name) for name in HEADER]
    if any(place is None for place in places):
        return None
    rows = []
    for name, members in groups.items():
        for student in members:
            row = Row(("",) * len(table.header), 0)
            for place, value in zip(places, (name, student, assignment_id), strict=True):
                row = row.with_cell(place or 0, value)
            text = csv_text([row.cells], table.delimiter, table.line_end)
            rows.append(replace(row, text=text))
    return _followed_by(table, rows)


def _followed_by(table: Table, added: Sequence[Row]) -> Table:
    """The table with more rows; the line before them may have had no end."""
    if not table.rows:
        return replace(table, rows=tuple(added), header_text="")
    *rows, last = table.rows
    last = last if last.text.endswith(("\n", "\r")) else replace(last, text="")
    return replace(table, rows=(*rows, last, *added))
