"""Grades as CSV for people: one assignment with its questions, or the whole course.

Text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

from grader.course.roster import Roster
from grader.export.columns import Column
from grader.gradebook.grades import Grade
from grader.system.table import spreadsheet_safe

__all__ = ["assignment_csv", "course_csv"]

NAMES = ("last_name", "first_name", "email", "section")


def assignment_csv(column: Column, roster: Roster | None) -> str:
    """Write one line for each student, with a column for each question.

    A submission that was collected, but not graded yet, has the status `NOT_GRADED`.

    Args:
        column: the assignment's grades.
        roster: who takes the course. With one, there are names and sections, lines for students
            who have handed in nothing (`MISSING`), and a note on students who are not in it.
    """
    questions = list(column.assignment.questions)
    head = ["student", *(NAMES if roster else ()), "assignment", "status", "score", "max_score"]
    rows: list[list[Any]] = [[*head, *questions, "late_penalty", "final_score", "notes"]]
    for student in _students([column], roster):
        who = [student, *_names(student, roster), column.assignment.id]
        grade = column.grades.get(student)
        if grade is None:
            status = "NOT_GRADED" if student in column.ungraded else "MISSING"
            score = 0.0 if student in column.zeros else None
            rows.append([*who, status, score, column.assignment.max_score])
            rows[-1] += [*[None] * (len(questions) + 1), score, None]
        else:
            rows.append([*who, *_result(grade, questions), _notes(grade, roster)])
    return _text(rows)


def course_csv(columns: Sequence[Column], roster: Roster | None) -> str:
    """Write one line for each student, with the final score of each assignment and their sum.

    Args:
        columns: the grades of each assignment.
        roster: who takes the course. With one, there are names and sections, and lines for students
            who have handed in nothing.
    """
    ids = [column.assignment.id for column in columns]
    rows: list[list[Any]] = [["student", *(NAMES if roster else ()), *ids, "total", "max_total"]]
    most = sum(column.assignment.max_score for column in columns)
    for student in _students(columns, roster):
        scores = [column.scores.get(student) for column in columns]
        total = round(sum(score for score in scores if score is not None), 2)
        rows.append([student, *_names(student, roster), *scores, total, most])
    return _text(rows)


def _students(columns: Iterable[Column], roster: Roster | None) -> list[str]:
    everyone = {s for column in columns for s in (*column.grades, *column.ungraded)}
    return sorted(everyone | set(roster.people if roster else ()))


def _names(student: str, roster: Roster | None) -> list[str]:
    if roster is None:
        return []
    person = roster.get(student)
    return [getattr(person, name) for name in NAMES]


def _result(grade: Grade, questions: Sequence[str]) -> list[Any]:
    result = grade.result
    scores = {question.question: question.score for question in result.questions}
    return [
        str(result.status),
        result.score,
        result.max_score,
        *(scores.get(name) for name in questions),
        grade.lateness.penalty,
        grade.final_score,
    ]


def _notes(grade: Grade, roster: Roster | None) -> str:
    is_unknown = roster is not None and grade.result.student not in roster.people
    notes = ["Not in the roster."] if is_unknown else []
    late = [str(grade.lateness)] if grade.lateness.seconds else []
    return " ".join([*notes, *grade.result.note_texts, *late])


def _text(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    return spreadsheet_safe(str(value))
