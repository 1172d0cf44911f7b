"""A grade sheet: a table with number, name and score, as Chinese systems give and take it.

Such a sheet is a workbook or CSV with columns such as 学号, 姓名 and 分数, in any order. There
may be a title above. A row belongs to the one whose number is in it, unless its name is somebody
else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.export.columns import Column, parsed
from grader.export.filling import Matcher, fill
from grader.system.table import Row, Table
from grader.system.workbook import new_workbook

__all__ = ["fill_in", "fresh", "with_head"]

NUMBERS = (
    "学号",
    "学生学号",
    "学工号",
    "学号/工号",
    "student number",
    "student id",
    "id",
    "student",
)
NAMES = ("姓名", "学生姓名", "名字", "name", "full name")
SCORES = ("分数", "成绩", "得分", "总分", "总成绩", "score", "grade", "points")
COLUMNS = ("id", "sis_id", "sis_login", "moodle_username")  # of the roster, that may hold a 学号
MAX_ABOVE = 30  # rows above the head
CHINESE = re.compile(r"[\u3400-\u9fff]")
SPREAD = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")  # `学 号`, to fill the column


@dataclass(frozen=True)
class _BySheet(Matcher):
    """Finds students by number; `name` is the index of the column with names, if there is one."""

    name: int | None = None

    def students_of(self, row: Row) -> set[str]:
        """The one whose number is in the row, and everybody else whose name is."""
        found = super().students_of(row) or self._without_zeros(row)
        if self.name is None or self.roster is None or len(found) != 1:
            return found
        named = {person.id for person in self.roster.by_name(row.get(self.name))}
        return found if not named or found <= named else found | named

    def _without_zeros(self, row: Row) -> set[str]:
        """The only one whose number it is when a spreadsheet took the leading zeros for nothing."""
        value = row.get(self.columns["id"])
        ids = {*self.students, *(self.roster.people if self.roster else ())}
        found = {s for s in ids if s.isdecimal() and s.lstrip("0") == value.lstrip("0")}
        return found if value.isdecimal() and len(found) == 1 else set()


def with_head(tables: Sequence[Table]) -> Table:
    """The first sheet with a column of student numbers, from the row that names its columns on.

    Args:
        tables: the sheets of a file.

    Raises:
        UsageError: no sheet has such a column.
    """
    for table in tables:
        if _index(table.header, NUMBERS) is not None:
            return table
        for index, row in enumerate(table.rows[:MAX_ABOVE]):
            if _index(row.cells, NUMBERS) is not None:
                return table.headed_by(index)
    raise UsageError(f"{tables[0].path}: no column 学号 (or “student number”); name it so")


def fill_in(
    table: Table, columns: Sequence[Column], roster: Roster | None
) -> tuple[Table, list[str]]:
    """Write scores into a grade sheet; all other cells stay as they are.

    Cells with a word, such as 缓考, stay, too.

    Args:
        table: the sheet, from `with_head`.
        columns: the grades.
        roster: who takes the course; None if there is no roster.

    Returns:
        The filled table, and remarks on what was left out and why.

    Raises:
        UsageError: an assignment's column is missing or ambiguous.
    """
    place = _index(table.header, NUMBERS)
    assert place is not None  # noqa: S101 — `with_head` has found it
    targets = [(column, _target(table, column, len(columns) == 1)) for column in columns]
    students = frozenset(student for column in columns for student in column.scores)
    places = dict.fromkeys(COLUMNS, place)
    matcher = _BySheet(places, roster, students, name=_index(table.header, NAMES))
    return fill(table, matcher, targets, lambda row: bool(row.get(place)), _refusal)


def fresh(columns: Sequence[Column], roster: Roster | None) -> bytes:
    """Make a workbook with one row for each student; those without a score have an empty cell.

    Args:
        columns: the grades.
        roster: who takes the course; without one, there are no names.
    """
    scored = {student for column in columns for student in column.scores}
    people = [*(roster or ()), *map(Person, sorted(scored - set(roster.people if roster else ())))]
    is_chinese = any(CHINESE.search(person.full_name) for person in people)
    head = ["学号", "姓名", "分数"] if is_chinese else ["student number", "name", "score"]
    titles = head[2:] if len(columns) == 1 else [column.name for column in columns]
    rows: list[list[str | float | None]] = [[*head[:2], *titles]]
    for person in people:
        scores = [column.scores.get(person.id) for column in columns]
        cells = [None if score is None else round(score, 2) for score in scores]
        rows.append([person.id, person.full_name, *cells])
    return new_workbook(rows, [16, 16, *(max(10, len(title) + 2) for title in titles)])


def _target(table: Table, column: Column, is_only: bool) -> int:
    """The column named after the assignment, or the only one that is named 分数 or the like."""
    names = [_folded(name) for name in table.header]
    found = [i for i, name in enumerate(names) if name == _folded(column.name)]
    if not found and is_only:
        found = [i for i, name in enumerate(names) if name in SCORES]
    if len(found) == 1:
        return found[0]
    problem = "several columns may be" if found else "no column is"
    raise UsageError(
        f"{table.path}: {problem} that of {column.name!r}; set lms_name of {column.assignment.id} "
        f"in course.yml to the right one of these: {', '.join(filter(None, table.header))}"
    )


def _refusal(row: Row, index: int, score: float) -> str:
    before = row.get(index)
    return f"line {row.line} has {before!r}" if before and parsed(before) is None else ""


def _index(cells: Sequence[str], names: Sequence[str]) -> int | None:
    return next((i for i, cell in enumerate(cells) if _folded(cell) in names), None)


def _folded(name: str) -> str:
    """A name of a column without what is beside it in brackets, as in `成绩（100分）`."""
    plain = unicodedata.normalize("NFKC", name)
    bare = re.sub(r"\([^()]*\)|[*:]", "", plain)
    return SPREAD.sub("", " ".join(bare.split())).casefold()
