"""Attempts at the desk with a result, as grading would leave them there."""

from __future__ import annotations

from dataclasses import replace

from grader.desk.receipt import Receipt
from grader.desk.shown import key_of
from grader.gradebook.records import save_beside
from grader.notebook import dumps
from grader.results import CheckResult, QuestionResult, Status, SubmissionResult
from tests.kit.course import ID, make_source
from tests.kit.desk import TestDesk

LOST = CheckResult("test_doubles", "double(x) is 2x.", False, 0.0, 3.0, "should be 2, but is 3")
WON = CheckResult("test_doubles_zero", "double(0) is 0.", True, 1.0, 1.0)
RESULT = SubmissionResult(
    "nobody",
    ID,
    Status.GRADED,
    9.0,
    (
        QuestionResult("double", 1.0, 4.0, checks=(LOST, WON)),
        QuestionResult("square", 2.0, 2.0),
        QuestionResult("why", None, 3.0, manual=True),
    ),
)
KEY = key_of(LOST)  # what stands for the check that was lost


def graded_attempt(desk: TestDesk, student: str, result: SubmissionResult = RESULT) -> Receipt:
    """Hand in for a student, and keep this result of it."""
    now = desk.files.now()
    assignment = now.course.assignment(ID)
    data = dumps(make_source()).encode()
    receipt = desk.receipts.hand_in(now, assignment, student, data)
    save_beside(now.course.root / receipt.path, replace(result, student=student))
    desk.receipts.end([receipt], "done")
    return receipt
