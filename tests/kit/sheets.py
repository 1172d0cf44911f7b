"""Files that systems export: who takes the course, and the columns that scores go into.

Each `Sheet` writes such a file as its system does, and reads the scores out of it again by the
column's place alone, so that it knows nothing of the code that it tests.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook, load_workbook

from grader.course.roster import Person
from tests.kit.lms import CELLS, HEADS

__all__ = ["Sheet", "canvas_gradebook", "chinese_sheet", "class_list", "moodle_worksheet"]


@dataclass(frozen=True)
class Sheet:
    """One kind of file.

    Args:
        name: how the file is called.
        system: what `grader roster --from` calls it.
        form: what `grader export --format` calls it.
        write: makes the file of these people.
        called: what a row of it calls a student.
        scores: reads the scores that are not empty, by what the rows call their students.
        is_filled: whether scores go into this file, or else into a new one with our ids.
    """

    name: str
    system: str
    form: str
    write: Callable[[Sequence[Person]], bytes]
    called: Callable[[Person], str]
    scores: Callable[[bytes], dict[str, str]]
    is_filled: bool = True


def canvas_gradebook() -> Sheet:
    """The gradebook of Canvas, which has its numbers, but no addresses."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (78)"]

    def write(people: Sequence[Person]) -> bytes:
        rows = [head, ["    Points Possible", "", "", "", "", "9.00"]]
        for p in people:
            name = p.sortable_name
            rows.append([name, p.canvas_id, p.sis_id, p.sis_login, p.section, ""])
        return _csv([*rows, ["Student, Test", "99", "", "0a", "A", ""]])

    def scores(file: bytes) -> dict[str, str]:
        return _scores(file, 1, 5)

    return Sheet("grades.csv", "canvas", "canvas", write, lambda p: p.canvas_id, scores)


def moodle_worksheet(language: str) -> Sheet:
    """Moodle's grading worksheet, which has the numbers of the participants of this assignment."""
    word, yes, _, most, time = CELLS[language]

    def row(p: Person) -> list[str]:
        who = [word + p.moodle_id, p.full_name, p.email, "x"]
        return [*who, "", most, yes, time, "-", ""]

    def write(people: Sequence[Person]) -> bytes:
        return _csv([HEADS[language].split("|"), *map(row, people)])

    def scores(file: bytes) -> dict[str, str]:
        found = _scores(file, 0, 4)
        return {name.removeprefix(word): score.replace(",", ".") for name, score in found.items()}

    return Sheet("worksheet.csv", "moodle", "moodle", write, lambda p: p.moodle_id, scores)


def chinese_sheet() -> Sheet:
    """A workbook with a title above its columns, and numbers that are texts."""

    def write(people: Sequence[Person]) -> bytes:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (["学号", "姓名", "班级", "分数"], *map(_chinese, people)):
            sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    def scores(file: bytes) -> dict[str, str]:
        rows = load_workbook(io.BytesIO(file)).worksheets[0].iter_rows(min_row=2, values_only=True)
        return {str(row[0]): str(row[3]) for row in rows if row[3] is not None}

    return Sheet("成绩.xlsx", "csv", "xlsx", write, lambda p: p.sis_id, scores)


def _chinese(person: Person) -> list[str]:
    return [person.sis_id, f"{person.last_name}{person.first_name}", person.section, ""]


def class_list(**columns: str) -> Sheet:
    """A list of the class as some other system gives it; scores go into a table of our own.

    Args:
        columns: the heading of each column, by the roster's name of it.
    """

    def cell(person: Person, column: str) -> str:
        mark = "#" if columns[column] == "OrgDefinedId" else ""  # so that 007 stays a text
        return mark + str(getattr(person, column))

    def write(people: Sequence[Person]) -> bytes:
        return _csv([list(columns.values()), *([cell(p, c) for c in columns] for p in people)])

    def scores(file: bytes) -> dict[str, str]:
        head, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig")))
        place = head.index("final_score")
        return {row[head.index("student")]: row[place] for row in rows if row[place]}

    return Sheet("class.csv", "csv", "csv", write, lambda p: p.id, scores, is_filled=False)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _scores(file: bytes, name: int, score: int) -> dict[str, str]:
    _, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig")))
    return {row[name]: row[score] for row in rows if row[score] and row[name]}
