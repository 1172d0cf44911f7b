"""The rows of a gradebook, read and changed beside it."""

from __future__ import annotations

import sqlite3

from grader.course.settings import Course

GRADES = """
    select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade
    from grade join base_cell on base_cell.id = cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    order by 1, 2"""
COMMENTS = """
    select base_cell.name, auto_comment
    from comment join base_cell on base_cell.id = cell_id order by 1"""


def rows(course: Course, query: str) -> list[tuple[object, ...]]:
    """What a query finds, past everything of ours and of nbgrader's."""
    connection = sqlite3.connect(course.root / "gradebook.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def change(course: Course, statement: str) -> None:
    """Change the gradebook from outside, as formgrader would."""
    connection = sqlite3.connect(course.root / "gradebook.db", timeout=5)
    with connection:
        connection.execute(statement)
    connection.close()


def penalties(course: Course) -> list[object]:
    """Late penalties as they are stored, by student."""
    query = (
        "select n.late_submission_penalty from submitted_notebook n "
        "join submitted_assignment a on n.assignment_id = a.id order by a.student_id"
    )
    return [penalty for (penalty,) in rows(course, query)]
