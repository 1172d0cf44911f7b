"""Canvas: grades into a gradebook that it exported, or into a small file of our own.

The format is that of `GradebookImporter` and `GradebookExporter` in
https://github.com/instructure/canvas-lms/tree/master/lib. The first columns are `Student` (or
`LastName`, `FirstName`), `ID`, perhaps `SIS User ID` and `SIS Login ID`, `Section`; then come
custom columns, assignments as `Title (12345)`, and totals. In the row `Points Possible`,
`(read only)` marks the columns that Canvas computes. Canvas finds students by ID, then SIS User ID,
then SIS Login ID.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.export.columns import Column, number, parsed
from grader.export.filling import Matcher, fill
from grader.system.table import Row, Table, csv_text, spreadsheet_safe

__all__ = ["fill_in", "fresh"]

TOTALS = re.compile(
    r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)"  # also “Unposted …”
)
WITH_ID = re.compile(r"(?P<title>.*\S)\s+\((?P<id>\d+)\)", re.DOTALL)
POINTS = "Points Possible"
IDS = {"canvas_id": "ID", "sis_id": "SIS User ID", "sis_login": "SIS Login ID"}


def fill_in(
    table: Table, columns: Sequence[Column], roster: Roster | None
) -> tuple[Table, list[str]]:
    """Write scores into an exported gradebook; all other cells stay as they are.

    Cells of students who are excused (`EX`) or do not have the assignment (`N/A`) stay, too.

    Args:
        table: the gradebook that Canvas exported.
        columns: the grades.
        roster: who takes the course; None if there is no roster.

    Returns:
        The filled table, and remarks: what was left out and why, and maxima that differ.

    Raises:
        UsageError: the file is not a Canvas gradebook, or an assignment's column is missing,
            ambiguous or read-only.
    """
    section = table.column("Section")
    id_column = table.column("ID")
    if section is None or id_column is None or table.column("Student", "LastName") is None:
        raise UsageError(
            f"{table.path}: line 1: no columns Student, ID and Section; "
            "give the file that Canvas's gradebook exports"
        )
    points = next((row for row in table.rows if POINTS in row.get(0)), None)
    targets = [(column, _target(table, column, section + 1)) for column in columns]
    said = []
    for column, index in targets:
        possible = points.get(index) if points else ""
        if "read only" in possible:
            raise UsageError(f"{table.path}: column {table.header[index]!r} is read-only in Canvas")
        if parsed(possible) not in (None, column.assignment.max_score):
            said.append(
                f"{column.assignment.id}: {possible} points in Canvas, but "
                f"{number(column.assignment.max_score)} here; scores are written as they are"
            )
    places = {name: i for name, head in IDS.items() if (i := table.column(head)) is not None}
    students = frozenset(student for column in columns for student in column.cells)

    def is_student(row: Row) -> bool:
        return POINTS not in row.get(0) and any(row.get(index) for index in places.values())

    filled, more = fill(table, Matcher(places, roster, students), targets, is_student, _refusal)
    return filled, said + more


def fresh(columns: Sequence[Column], roster: Roster | None) -> bytes:
    """Make a file that Canvas can import, without an exported one.

    Names and sections that a spreadsheet would take for formulas get an apostrophe; Canvas finds
    students by their ids and does not read these cells.

    Args:
        columns: the grades.
        roster: who takes the course. Without one, a student id that is a number goes into `ID`, any
            other into `SIS Login ID`.
    """
    students = sorted({student for column in columns for student in column.cells})
    head = ["Student", *IDS.values(), "Section", *(column.name for column in columns)]
    maxima = [number(column.assignment.max_score) for column in columns]
    rows = [head, [f"    {POINTS}", "", "", "", "", *maxima]]
    for student in students:
        scores = [column.cells.get(student) for column in columns]
        cells = ["" if score is None else number(score) for score in scores]
        rows.append([*_identity(student, roster), *cells])
    return csv_text(rows).encode()


def _identity(student: str, roster: Roster | None) -> list[str]:
    person = roster.get(student) if roster else Person(student)
    ids = [person.canvas_id, person.sis_id, person.sis_login]
    if not any(ids):  # Canvas may know the student by our id
        ids = [student, "", ""] if student.isdecimal() else ["", "", student]
    name = spreadsheet_safe(person.sortable_name or student)
    return [name, *ids, spreadsheet_safe(person.section)]


def _target(table: Table, column: Column, start: int) -> int:
    """Find the column for the assignment's scores: `Title (12345)`, or the title alone."""
    wanted = _folded(column.name)
    names = list(enumerate(table.header))[start:]
    assignments = [(i, name) for i, name in names if not TOTALS.search(name)]
    exact = [i for i, name in assignments if _folded(name) == wanted]
    titled = [
        i
        for i, name in assignments
        if (m := WITH_ID.fullmatch(name)) and _folded(m["title"]) == wanted
    ]
    found = exact or titled
    if len(found) == 1:
        return found[0]
    shown = ", ".join(repr(name) for _, name in assignments[:8])
    if not shown:
        raise UsageError(
            f"{table.path}: no column of an assignment in it; export the file again, with a column "
            f"for {column.name!r}"
        )
    problem = "several columns are" if found else "no column is"
    raise UsageError(
        f"{table.path}: {problem} named {column.name!r}; set lms_name "
        f"of {column.assignment.id} in course.yml to the right one of these: {shown}"
    )


def _refusal(row: Row, index: int, score: float) -> str:
    before = row.get(index)
    if before.upper() == "EX":
        return "excused in Canvas (EX)"
    return "not assigned in Canvas (N/A)" if before.upper() == "N/A" else ""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
