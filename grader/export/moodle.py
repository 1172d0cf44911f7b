"""Moodle: grades into a grading worksheet or gradebook that it exported, or into a new file.

“Download grading worksheet” gives the worksheet (`assignfeedback_offline` in
https://github.com/moodle/moodle): Moodle reads `Identifier`, `Grade` and `Last modified (grade)`
from it, and ignores grades out of range. “Export as plain text file” gives the gradebook, a CSV
with `Email address`, `ID number` and columns such as `Assignment: Title (Real)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.export.columns import Column, number, parsed
from grader.export.filling import Matcher, Refusal, fill
from grader.system.table import Row, Table, csv_text, spreadsheet_safe

__all__ = ["fill_in", "fresh"]

IDS = {
    "moodle_id": ("Identifier",),
    "email": ("Email address", "Email"),
    "sis_id": ("ID number",),
    "moodle_username": ("Username",),
}
REAL = re.compile(r"\s*\(real\)$")


def fill_in(
    table: Table, columns: Sequence[Column], roster: Roster | None
) -> tuple[Table, list[str]]:
    """Write scores into an exported file; all other cells stay as they are.

    Args:
        table: the grading worksheet or gradebook that Moodle exported.
        columns: the grades; only one column for a worksheet.
        roster: who takes the course; None if there is no roster.

    Returns:
        The filled table, and remarks on what was left out and why.

    Raises:
        UsageError: the file is neither of the two, an assignment's column is missing or ambiguous,
            or it is a worksheet and there are several assignments.
    """
    places = {name: i for name, heads in IDS.items() if (i := table.column(*heads)) is not None}
    if not places:
        raise UsageError(
            f"{table.path}: line 1: no column Identifier, Email address, ID number or Username; "
            "export it from Moodle in English"
        )
    if "moodle_id" in places and table.column("Grade") is not None:
        targets, refusal = _worksheet(table, columns)
    else:
        targets = [(column, _target(table, column)) for column in columns]
        refusal = _no_refusal
    students = frozenset(student for column in columns for student in column.scores)
    matcher = Matcher(places, roster, students)
    return fill(table, matcher, targets, lambda row: True, refusal)


def fresh(columns: Sequence[Column], roster: Roster | None) -> bytes:
    """Make a file for Moodle's “Import CSV”, without an exported one.

    The import can match students by email address, ID number or username. Names that a spreadsheet
    would take for formulas get an apostrophe; Moodle does not read them.

    Args:
        columns: the grades.
        roster: who takes the course. Without one, a student id with an @ is taken for the email
            address, any other for the username.
    """
    head = ["First name", "Last name", "Username", "ID number", "Email address"]
    rows = [[*head, *(f"Assignment: {column.name} (Real)" for column in columns)]]
    for student in sorted({student for column in columns for student in column.scores}):
        person = roster.get(student) if roster else Person(student)
        names = [spreadsheet_safe(person.first_name), spreadsheet_safe(person.last_name)]
        ids = [person.moodle_username, person.sis_id, person.email]
        if not any(ids):  # Moodle may know the student by our id
            ids = ["", "", student] if "@" in student else [student, "", ""]
        scores = [column.scores.get(student) for column in columns]
        rows.append([*names, *ids, *("" if s is None else number(s) for s in scores)])
    return csv_text(rows).encode()


def _worksheet(table: Table, columns: Sequence[Column]) -> tuple[list[tuple[Column, int]], Refusal]:
    """The one target of a grading worksheet, and a check for cells that Moodle would ignore."""
    if len(columns) != 1:
        raise UsageError(
            f"{table.path}: a grading worksheet has one assignment; name that assignment"
        )
    grade, maximum = table.column("Grade"), table.column("Maximum Grade")
    changeable = table.column("Grade can be changed")

    def refusal(row: Row, index: int, score: float) -> str:
        if changeable is not None and row.get(changeable).casefold() == "no":
            return "its grade cannot be changed in Moodle"
        most = row.get(maximum) if maximum is not None else ""
        maximal = parsed(most)
        if maximal is not None and score > maximal:
            return f"{number(score)} is more than Moodle's maximum, {most}"
        return ""

    return [(columns[0], grade or 0)], refusal


def _target(table: Table, column: Column) -> int:
    """Find the column for the scores: `Assignment: Title (Real)`, or the title alone."""
    wanted = _folded(column.name)
    names = [REAL.sub("", _folded(name)) for name in table.header]
    exact = [i for i, name in enumerate(names) if name == wanted]
    titled = [i for i, name in enumerate(names) if name.partition(":")[2].strip() == wanted]
    found = exact or titled
    if len(found) == 1:
        return found[0]
    shown = ", ".join(repr(name) for name in table.header if ":" in name) or "none"
    problem = "several columns are" if found else "no column is"
    raise UsageError(
        f"{table.path}: {problem} named {column.name!r}; set lms_name "
        f"of {column.assignment.id} in course.yml to the right one of these: {shown}"
    )


def _no_refusal(row: Row, index: int, score: float) -> str:
    return ""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
