"""What people gave one student by hand, read quickly for a page that the student opens."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import NullPool, create_engine

from grader.course.settings import SQLITE, Course
from grader.gradebook.grades import Standing
from grader.gradebook.refusals import in_one_line
from grader.gradebook.ticks import Ticks

__all__ = ["given_by_hand"]


def given_by_hand(course: Course, assignment_id: str, student: str) -> Standing:
    """Points, comments and rubrics of one student's submission; lateness is left out.

    Nothing is written, and nobody waits: the pages of a class are opened all at once.

    Args:
        course: the course.
        assignment_id: which assignment.
        student: whose submission.

    Raises:
        GradebookError: the gradebook cannot be read.
    """
    url = course.gradebook_url
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
        return Standing()  # to open it would make it
    from sqlalchemy.orm import Session

    from grader.gradebook import marks  # takes half a second to import

    with in_one_line(url), Session(create_engine(url, poolclass=NullPool)) as session:
        scores = marks.manual_scores(session, assignment_id, [student]).get(student, {})
        comments = marks.manual_comments(session, assignment_id, [student]).get(student, {})
    ticks = Ticks(course, assignment_id).by_question(student, scores)
    return Standing(scores, comments, rubrics=ticks)
