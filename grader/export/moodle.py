"""Moodle: grades into a grading worksheet or gradebook that it exported, or into a new file.

“Download grading worksheet” gives the worksheet (`assignfeedback_offline` in
https://github.com/moodle/moodle): Moodle reads `Identifier`, `Grade` and `Last modified (grade)`
from it, and ignores grades out of range. “Export as plain text file” gives the gradebook, a CSV
with `Email address`, `ID number` and columns such as `Assignment: Title (Real)`. Both are read in
the language in which they were exported; Moodle imports a file in that language only, with its
decimal commas, so a file keeps its words and the sign that its numbers have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.course.headings import FULL_NAME, headings
from grader.course.roster import Person, Roster, name_key
from grader.course.worksheet import Worksheet, worksheet_of
from grader.errors import UsageError
from grader.export.columns import Column, number, parsed
from grader.export.filling import Matcher, Refusal, fill
from grader.system.table import Row, Table, csv_text, spreadsheet_safe

__all__ = ["fill_in", "fresh"]

IDS = ("moodle_id", "email", "sis_id", "moodle_username")
# What Moodle's language packs add to a column of points, percentages and letters have other words.
REAL = re.compile(r"\s*[(（](real|punkte|valeur|brut|brute|实际|实数|绝对值|分数)[)）]$")
DISPLAY = re.compile(r"\s*[(（][^()（）]*[)）]$")
LABEL = re.compile(r"[^:：]+[:：]\s*(?P<title>.+)")  # “Assignment: Title”, “作业：Title”
NUMBER = re.compile(r"-?[0-9]+(?P<sign>[.,])[0-9]+")

NO = ("no", "否", "不", "nein", "non")


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
    worksheet = worksheet_of(table)
    known = {name: i for name, i in headings(table.header, "moodle").items() if name in IDS}
    if worksheet is not None:
        known |= {n: i for n, i in worksheet.identity.items() if n in IDS}
        known["moodle_id"] = worksheet.number
        targets, refusal = _worksheet(table, worksheet, columns)
    elif known:
        targets = [(column, _target(table, column)) for column in columns]
        refusal = _no_refusal
    else:
        raise UsageError(
            f"{table.path}: line 1: no column with addresses, ID numbers, usernames or numbers of "
            "participants; give the grading worksheet or the gradebook as Moodle exported it"
        )
    students = frozenset(student for column in columns for student in column.cells)
    matcher = Matcher(known, roster, students, _by_name(table, roster, known))
    filled, said = fill(table, matcher, targets, lambda row: True, refusal)
    places = [index for _, index in targets]
    if _has_commas(table, [*places, *([worksheet.maximum] if worksheet else [])]):
        filled = _with_commas(table, filled, places)
    return filled, said


def _by_name(table: Table, roster: Roster | None, known: Mapping[str, int]) -> dict[int, str]:
    """Whom a full name tells by itself: one person here, in one row there, with no other id."""
    places = headings(table.header, "moodle")
    names = [places[n] for n in ("first_name", "last_name") if n in places]
    names = names if len(names) == 2 else [places[FULL_NAME]] if FULL_NAME in places else []
    if roster is None or not names:
        return {}
    told = {row.line: " ".join(row.get(place) for place in names) for row in table.rows}
    counts = Counter(map(name_key, told.values()))
    found: dict[int, str] = {}
    for row in table.rows:
        people = roster.by_name(told[row.line])
        ids = [(row.get(place), column) for column, place in known.items() if column != "moodle_id"]
        if len(people) == 1 and counts[name_key(told[row.line])] == 1:
            is_other = any(value and getattr(people[0], column) for value, column in ids)
            found |= {} if is_other else {row.line: people[0].id}
    return found


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
    for student in sorted({student for column in columns for student in column.cells}):
        person = roster.get(student) if roster else Person(student)
        names = [spreadsheet_safe(person.first_name), spreadsheet_safe(person.last_name)]
        ids = [person.moodle_username, person.sis_id, person.email]
        if not any(ids):  # Moodle may know the student by our id
            ids = ["", "", student] if "@" in student else [student, "", ""]
        scores = [column.cells.get(student) for column in columns]
        rows.append([*names, *ids, *("" if s is None else number(s) for s in scores)])
    return csv_text(rows).encode()


def _worksheet(
    table: Table, worksheet: Worksheet, columns: Sequence[Column]
) -> tuple[list[tuple[Column, int]], Refusal]:
    """The one target of a grading worksheet, and a check for cells that Moodle would ignore."""
    if len(columns) != 1:
        raise UsageError(
            f"{table.path}: a grading worksheet has one assignment; name that assignment"
        )

    def refusal(row: Row, index: int, score: float) -> str:
        if row.get(worksheet.changeable).casefold() in NO:
            return "its grade cannot be changed in Moodle"
        most = row.get(worksheet.maximum)
        maximal = parsed(most)
        if maximal is not None and score > maximal:
            return f"{number(score)} is more than Moodle's maximum, {most}"
        return ""

    return [(columns[0], worksheet.grade)], refusal


def _target(table: Table, column: Column) -> int:
    """Find the column for the scores: `Assignment: Title (Real)`, or the title alone."""
    wanted = _folded(column.name)
    for read in (_whole, _without_real, _without_display):
        names = [read(_folded(name)) for name in table.header]
        exact = [i for i, name in enumerate(names) if name == wanted]
        titles = [m["title"] if (m := LABEL.fullmatch(name)) else "" for name in names]
        found = exact or [i for i, title in enumerate(titles) if title == wanted]
        if read is _without_display:
            found = [i for i in found if not _is_share_or_text(table, i)] or found
        if len(found) == 1:
            return found[0]
        if found:
            break
    shown = ", ".join(repr(name) for name in table.header if LABEL.match(name))
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


def _no_refusal(row: Row, index: int, score: float) -> str:
    return ""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _whole(name: str) -> str:
    return name


def _without_real(name: str) -> str:
    return REAL.sub("", name)


def _without_display(name: str) -> str:
    return DISPLAY.sub("", name)


def _is_share_or_text(table: Table, index: int) -> bool:
    """Whether the cells of a column are percentages, letters or comments, not points."""
    cells = [row.get(index) for row in table.rows]
    filled = [cell for cell in cells if cell not in ("", "-")]
    is_share = "%" in table.header[index] or any(parsed(cell) is None for cell in filled)
    words = ("percent", "prozent", "pourcentage", "porcentaje", "百分", "letter", "feedback")
    return is_share or any(word in _folded(table.header[index]) for word in words)


def _has_commas(table: Table, places: Sequence[int]) -> bool:
    """Whether every number with decimals in these columns has a comma before them."""
    numbers = [NUMBER.fullmatch(row.get(place)) for row in table.rows for place in places]
    signs = {match["sign"] for match in numbers if match}
    return signs == {","}


def _with_commas(before: Table, table: Table, places: Sequence[int]) -> Table:
    """Write the scores that were filled in as the file writes its numbers."""
    rows = []
    for old, row in zip(before.rows, table.rows, strict=True):
        for place in places:
            if row.get(place) != old.get(place):
                row = row.with_cell(place, row.get(place).replace(".", ","))
        rows.append(row)
    return replace(table, rows=tuple(rows))
