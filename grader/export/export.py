"""Grades out, points by hand included: for programs, people and LMSs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from grader.course.deadlines import load_deadlines
from grader.course.roster import Roster, load_roster
from grader.course.settings import Assignment, Course
from grader.errors import UsageError
from grader.export import canvas as canvas_gradebook
from grader.export import grade_sheet
from grader.export import moodle as moodle_gradebook
from grader.export.columns import Column, load_columns, remarks
from grader.export.gradescope import results_json
from grader.export.missing import with_missing
from grader.export.spreadsheet import assignment_csv, course_csv
from grader.gradebook.grades import Grade
from grader.locale.translations import in_language
from grader.results import QuestionResult, Status, SubmissionResult
from grader.system.table import MARK, Table, read_table, read_tables

__all__ = ["Exported", "Row", "as_file", "export", "rows", "to_json"]

Row: TypeAlias = dict[str, Any]
Filler: TypeAlias = Callable[[Table, Sequence[Column], Roster | None], tuple[Table, list[str]]]
Fresh: TypeAlias = Callable[[Sequence[Column], Roster | None], bytes]

LMS: dict[str, tuple[Filler, Fresh]] = {
    "canvas": (canvas_gradebook.fill_in, canvas_gradebook.fresh),
    "moodle": (moodle_gradebook.fill_in, moodle_gradebook.fresh),
    "xlsx": (grade_sheet.fill_in, grade_sheet.fresh),
}

MISSING_STATUS = "MISSING"
_TWICE = {
    "canvas": "late penalties are in these scores already; so that Canvas does not take points "
    "again, turn its own off: Gradebook, settings, Late Policies",
    "moodle": "late penalties are in these scores already; so that Moodle does not take points "
    "again, turn its own off: the assignment's settings, Grade, Grade penalties",
}


@dataclass(frozen=True)
class Exported:
    """What to write, and what to tell the person who publishes it.

    Args:
        files: content by name; if only one file is written, its name is "".
        remarks: who has no score and why, what could not be filled in, and extensions for somebody
            who is not in the roster.
        suffix: the ending that the file's name must have; "" if any will do.
    """

    files: dict[str, bytes]
    remarks: tuple[str, ...] = ()
    suffix: str = ""


def export(
    course: Course,
    assignment_ids: Sequence[str],
    kind: str,
    into: Path | None = None,
    students: Collection[str] = (),
    missing: str | None = None,
) -> Exported:
    """Export grades in one of the formats that others read.

    Args:
        course: the course.
        assignment_ids: which assignments; all when empty.
        kind: csv, json, canvas, moodle, gradescope or xlsx.
        into: a file that Canvas or Moodle exported, or a grade sheet, to be filled in; None for a
            new file.
        students: only these; all when empty.
        missing: what stands for who handed nothing in, `zero` or `blank`; None to leave them out.

    Raises:
        UsageError: an assignment is unknown, there is no roster to tell who is missing, the roster
            or the extensions cannot be read, `into` does not go with the format, or that file
            cannot be filled in.
        GradebookError: the gradebook cannot be read.
    """
    if into is not None and kind not in LMS:
        raise UsageError(f"--into: only for {', '.join(LMS)}; leave it out")
    roster, deadlines = load_roster(course), load_deadlines(course)
    columns = load_columns(course, assignment_ids, deadlines)
    if students:
        columns = [column.only(students) for column in columns]
    told: list[str] = []
    if missing is not None:
        now = datetime.now(UTC)
        columns, told = with_missing(columns, course, roster, deadlines, missing, now)
    told += [_TWICE[kind]] if kind in _TWICE and course.late_policy.penalty_per_day else []
    if kind == "json":
        return Exported({"": to_json(_rows(columns)).encode()}, (*told, *deadlines.remarks))
    with in_language(course.language):
        exported = _written(columns, kind, into, roster)
    return replace(exported, remarks=(*exported.remarks, *told, *deadlines.remarks))


def _written(
    columns: Sequence[Column], kind: str, into: Path | None, roster: Roster | None
) -> Exported:
    said = tuple(remarks(columns, roster))
    if kind == "gradescope":
        return Exported(_gradescope(columns), said)
    if kind == "csv":
        text = (
            assignment_csv(columns[0], roster) if len(columns) == 1 else course_csv(columns, roster)
        )
        return Exported({"": text.encode()}, said)
    fill_in, fresh = LMS[kind]
    if into is None:
        suffix = ".xlsx" if kind == "xlsx" else ""
        return Exported({"": fresh(columns, roster)}, said, suffix)
    given = grade_sheet.with_head(read_tables(into)) if kind == "xlsx" else read_table(into)
    table, more = fill_in(given, columns, roster)
    return Exported({"": table.to_bytes()}, (*said, *more), table.suffix)


def as_file(kind: str, content: bytes) -> bytes:
    """Content as it is written to a file.

    A table for people begins with a byte order mark, without which Excel misreads every letter
    beyond ASCII. A program at the end of a pipe would take the mark for part of the first name, and
    an LMS needs none.

    Args:
        kind: the form, as for `export`.
        content: one of the files of `Exported`.
    """
    return MARK.encode() + content if kind == "csv" else content


def rows(course: Course, assignment_ids: Iterable[str] = ()) -> list[Row]:
    """Give one row for each submission, by assignment in the order of course.yml, then by student.

    `score` is the sum of the questions graded so far, with points by hand (None if we failed to
    grade); `late_penalty` is still to be subtracted from it. `previous_score` is the score of the
    grading before the last one, without points by hand (None if there was none).

    Args:
        course: the course.
        assignment_ids: which assignments; all when empty.

    Raises:
        UsageError: course.yml has no such assignment.
        GradebookError: the gradebook cannot be read.
    """
    return _rows(load_columns(course, tuple(assignment_ids)))


def to_json(rows: list[Row]) -> str:
    """The rows as a JSON list; a number that is not finite becomes null."""
    return json.dumps(_finite(rows), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _rows(columns: Iterable[Column]) -> list[Row]:
    found = []
    for column in columns:
        theirs = {s: _row(column.assignment, grade) for s, grade in column.grades.items()}
        for student in (column.zeros | column.blanks) - theirs.keys():
            status = "NOT_GRADED" if student in column.ungraded else MISSING_STATUS
            grade = Grade(_nothing(column, student))
            theirs[student] = {**_row(column.assignment, grade), "status": status}
            if student in column.blanks:
                theirs[student]["score"] = None
        found += [theirs[student] for student in sorted(theirs)]
    return found


def _nothing(column: Column, student: str) -> SubmissionResult:
    """The result of a student who handed nothing in."""
    is_zero = student in column.zeros
    questions = tuple(
        QuestionResult(name, 0.0 if is_zero else None, spec.points)
        for name, spec in column.assignment.questions.items()
    )
    most, name = column.assignment.max_score, column.assignment.id
    return SubmissionResult(student, name, Status.REJECTED, most, questions)


def _gradescope(columns: Sequence[Column]) -> dict[str, bytes]:
    """A results.json for each submission that has a score."""
    return {
        f"{column.assignment.id}/{student}.json": results_json(
            column.grades[student].result if student in column.grades else _nothing(column, student)
        ).encode()
        for column in columns
        for student in column.scores
    }


def _row(assignment: Assignment, grade: Grade) -> Row:
    result = grade.result
    found = {question.question: question for question in result.questions}
    questions = {
        name: found.get(name, QuestionResult(name, None, spec.points))
        for name, spec in assignment.questions.items()
    }
    return {
        "student": result.student,
        "assignment": result.assignment,
        "status": str(result.status),
        "score": result.score,
        "max_score": result.max_score,
        "previous_score": result.previous_score,
        "late_penalty": grade.lateness.penalty,
        "questions": {
            name: _question(question, result.previous_scores.get(name))
            for name, question in questions.items()
        },
        "notes": list(result.note_texts),
    }


def _question(question: QuestionResult, previous_score: float | None) -> Row:
    keys = ("name", "passed", "points", "max_points", "message")
    return {
        "score": question.score,
        "max_score": question.max_score,
        "previous_score": previous_score,
        "mistakes": list(question.mistakes),
        "checks": [{key: getattr(check, key) for key in keys} for check in question.checks],
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
