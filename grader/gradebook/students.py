"""The students of a gradebook, and a change of the id by which all tables know one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, inspect, select, update

from grader.gradebook.tables import Student, SubmittedAssignment

__all__ = ["everyone", "has_work", "rename"]


def everyone(database: Any) -> set[str]:
    """The ids of all students.

    Args:
        database: the gradebook's session.
    """
    return set(database.scalars(select(Student.id)))


def has_work(database: Any, student: str) -> bool:
    """Whether a student has submissions.

    Args:
        database: the gradebook's session.
        student: the id.
    """
    theirs = select(SubmittedAssignment.id).where(SubmittedAssignment.student_id == student)
    return database.scalars(theirs).first() is not None


def rename(database: Any, old: str, new: str) -> bool:
    """Give a student another id; grades and comments hang on submissions, and so follow.

    Args:
        database: the gradebook's session; the caller commits.
        old: the id that the student has.
        new: the id that the student gets.

    Returns:
        Whether there was such a student.
    """
    before = database.get(Student, old)
    if before is None:
        return False
    if database.get(Student, new) is None:  # the roster may have brought it already
        names = [column.key for column in inspect(Student).column_attrs if column.key != "id"]
        database.add(Student(id=new, **{name: getattr(before, name) for name in names}))
        database.flush()
    theirs = SubmittedAssignment.student_id == old
    database.execute(update(SubmittedAssignment).where(theirs).values(student_id=new))
    database.execute(delete(Student).where(Student.id == old))
    return True
