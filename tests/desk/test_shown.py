from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.course.settings import Assignment, Shown
from grader.desk.shown import level_of, shown_of
from grader.gradebook.grades import Standing
from grader.gradebook.mark import Tick
from grader.results import (
    CheckResult,
    Example,
    Note,
    NoteKind,
    QuestionResult,
    Status,
    SubmissionResult,
)

SECRET = "expected 0.1337, got 0.5"
LOST = CheckResult("test_a", "double(x) is 2x.", False, 0.0, 3.0, SECRET)
WON = CheckResult("test_b", "double(0) is 0.", True, 1.0, 1.0)
QUESTION = QuestionResult(
    "double", 1.0, 4.0, ("halved",), (LOST, WON), hints=("Look at the factor.",),
    examples=(Example("double(1)", (SECRET,)),),
)  # fmt: skip
RESULT = SubmissionResult("mira", "tiny", Status.GRADED, 4.0, (QUESTION,), notebook={"cells": []})


@pytest.mark.parametrize(
    ("level", "score", "claims", "hint"),
    [
        ("none", None, [], ""),
        ("score", 1.0, [], ""),
        ("checks", 1.0, ["double(x) is 2x."], ""),
        ("hints", 1.0, ["double(x) is 2x."], "Look at the factor."),
    ],
)
def test_each_level_shows_its_part_and_never_an_expected_number(
    level: Shown, score: float | None, claims: list[str], hint: str
) -> None:
    shown = shown_of(RESULT, level, Standing())
    questions = list(shown.questions.values())
    assert shown.score == score
    assert [check.claim for question in questions for check in question.checks] == claims
    assert "".join(question.hint for question in questions) == hint
    assert "1337" not in str(shown.as_data())


def test_everything_is_shown_after_the_deadline_and_only_then() -> None:
    assignment = Assignment.model_validate(
        {"id": "tiny", "title": "Tiny", "questions": {"double": 4}, "feedback_before_due": "score"}
    )
    due = datetime(2026, 1, 10, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert level_of(assignment, due, due) == "score"
    assert level_of(assignment, due, due + second) == "full"
    assert level_of(assignment, None, due + second) == "score"


def test_what_a_teacher_gave_stands_with_its_question() -> None:
    lines = (Tick(2.0, "says why", True),)
    given = Standing({"double": 3.0}, {"double": "Nearly."}, rubrics={"double": lines})
    shown = shown_of(RESULT, "full", given)
    question = shown.questions["double"]
    assert (shown.score, question.score) == (3.0, 3.0)
    assert (question.comment, question.rubric) == ("Nearly.", lines)


@pytest.mark.parametrize(
    ("status", "told"), [(Status.REJECTED, ("It is cut off.",)), (Status.GRADED, ())]
)
def test_why_a_notebook_cannot_be_read_is_told_even_where_nothing_is_shown(
    status: Status, told: tuple[str, ...]
) -> None:
    notes = (Note(NoteKind.REJECTED, "It is cut off."),)
    shown = shown_of(replace(RESULT, status=status, notes=notes), "none", Standing())
    assert (shown.notes, shown.score, shown.questions) == (told, None, {})
