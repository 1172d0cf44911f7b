"""Filling grades into a file that an LMS exported: rows are matched, everything else is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from grader.course.roster import Roster
from grader.course.worksheet import number_of
from grader.export.columns import Column, listed, number, parsed
from grader.system.table import Row, Table

__all__ = ["Matcher", "Refusal", "fill"]

NUMBERS = ("canvas_id", "moodle_id")
Refusal = Callable[[Row, int, float], str]


@dataclass(frozen=True)
class Matcher:
    """Tells which student a row of the file belongs to.

    Args:
        columns: index in the file of each column with ids, by the name of that column in the
            roster.
        roster: who takes the course; None if there is no roster.
        students: ids of everyone who has a grade.
        by_name: ids of those who are known by their full name alone, by the row's number.
    """

    columns: Mapping[str, int]
    roster: Roster | None
    students: frozenset[str]
    by_name: Mapping[int, str] = field(default_factory=dict)

    def students_of(self, row: Row) -> set[str]:
        """All students whom the row's cells name; more than one if the cells contradict."""
        named = {self._one(name, row.get(index)) for name, index in self.columns.items()}
        known = {student for student in named if student}
        return known or {s for s in (self.by_name.get(row.line),) if s}

    def _one(self, name: str, value: str) -> str | None:
        if name == "moodle_id":
            value = number_of(value) or value  # “Participant 1234567”
        value = value.removeprefix("=").strip("\"'")  # so that a spreadsheet keeps leading zeros
        if not value:
            return None
        if self.roster is not None:
            if person := self.roster.by(name, value):
                return person.id
            if name in NUMBERS:  # a student id of ours may be another student's number in the LMS
                return None
        return next((s for s in self.students if s.casefold() == value.casefold()), None)


def fill(
    table: Table,
    matcher: Matcher,
    targets: Iterable[tuple[Column, int]],
    is_student: Callable[[Row], bool],
    refusal: Refusal,
) -> tuple[Table, list[str]]:
    """Write final scores into the cells of a table.

    Args:
        table: what the LMS exported.
        matcher: tells which student a row belongs to.
        targets: each column of grades, and its index in the table.
        is_student: whether a row is a student's; other rows are kept.
        refusal: takes row, index and new score; returns why the cell must stay as it is, or "" if
            the score may be written.

    Returns:
        The filled table, and remarks on what was left out and why.
    """
    targets = list(targets)
    cells = [column.cells for column, _ in targets]
    found: dict[str, int] = {}
    said = []
    rows = []
    for row in table.rows:
        named = sorted(matcher.students_of(row)) if is_student(row) else []
        student = named[0] if len(named) == 1 else None
        if len(named) > 1:
            said.append(f"line {row.line}: it names {' and '.join(named)}; left as it is")
        elif student in found:
            said.append(
                f"line {row.line}: {student} is also in line {found[student]}; left as it is"
            )
        elif student is not None:
            found[student] = row.line
            for (column, index), theirs in zip(targets, cells, strict=True):
                if student not in theirs:
                    continue
                score = theirs[student]
                reason = refusal(row, index, score or 0.0)
                if score is None or student in column.zeros:
                    reason = reason or _there_already(row, index)
                if reason:
                    said.append(f"{student}: {reason}; left as it is")
                else:
                    row = row.with_cell(index, "" if score is None else number(score))
        rows.append(row)
    for (column, _), theirs in zip(targets, cells, strict=True):
        lost = [student for student in theirs if student not in found]
        if lost:
            said.append(f"{column.assignment.id}: not in the file: {listed(lost)}")
    return replace(table, rows=tuple(rows)), said


def _there_already(row: Row, index: int) -> str:
    """Why nobody's work may not replace this cell: a person gave points there; "" if none did."""
    before = row.get(index)
    return "" if parsed(before) in (None, 0.0) else f"has {before} in the file, but no work here"
