"""Grades out: what was judged, with the scores that humans gave, as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from grader.course import Assignment, Course
from grader.grades import Grade, grades
from grader.results import QuestionResult

__all__ = ["FORMATS", "Record", "records", "to_csv", "to_json"]

Record: TypeAlias = dict[str, Any]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def records(course: Course, assignment_ids: Iterable[str] = ()) -> list[Record]:
    """One record per submission, by assignment in the order of course.yml, then by student.

    `score` is the sum of the questions graded so far, those graded by hand included (null when
    we failed to grade); `late_penalty` is what has to be taken off it.

    Args:
        course: the course.
        assignment_ids: which assignments; all when empty.

    Raises:
        UsageError: course.yml has no such assignment.
        GradebookError: the gradebook refuses to be read.
    """
    return [
        _record(assignment, grade)
        for assignment in course.chosen(tuple(assignment_ids))
        for grade in grades(course, assignment)
    ]


def to_json(rows: list[Record]) -> str:
    """The records as a JSON list; a number that is not finite becomes null."""
    return json.dumps(_finite(rows), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_csv(rows: list[Record]) -> str:
    """One line per submission and one column per question, safe to open in a spreadsheet.

    A cell of text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    questions = list(dict.fromkeys(name for row in rows for name in row["questions"]))
    head = ["student", "assignment", "status", "score", "max_score"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*head, *questions, "late_penalty", "notes"])
    for row in rows:
        scores = [row["questions"].get(name, {}).get("score") for name in questions]
        cells = [*(row[name] for name in head), *scores, row["late_penalty"]]
        writer.writerow([_cell(cell) for cell in (*cells, " ".join(row["notes"]))])
    return text.getvalue()


FORMATS: dict[str, Callable[[list[Record]], str]] = {"csv": to_csv, "json": to_json}


def _record(assignment: Assignment, grade: Grade) -> Record:
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
        "late_penalty": grade.late_penalty,
        "questions": {name: _question(question) for name, question in questions.items()},
        "notes": list(result.notes),
    }


def _question(question: QuestionResult) -> Record:
    keys = ("name", "passed", "points", "max_points", "message")
    return {
        "score": question.score,
        "max_score": question.max_score,
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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
