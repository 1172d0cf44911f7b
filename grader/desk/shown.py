"""What a student may read of a result: all after the deadline, before it what the teacher chose."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, get_args

from grader.course.settings import Assignment, Shown
from grader.gradebook.grades import Standing
from grader.gradebook.mark import Tick
from grader.results import CheckResult, QuestionResult, Status, SubmissionResult

__all__ = ["ShownCheck", "ShownQuestion", "ShownResult", "key_of", "level_of", "shown_of"]

LEVELS: tuple[Shown, ...] = get_args(Shown)


@dataclass(frozen=True)
class ShownCheck:
    """A check that was not passed.

    Args:
        claim: what it asks for.
        passed: False, or None if we could not judge it.
        key: what stands for it in a form, since its name is not for students.
    """

    claim: str
    passed: bool | None
    key: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """What is shown of one question.

    Args:
        score: points; None while a teacher still has to grade it.
        max_score: points it is worth.
        checks: those that were not passed; no numbers that were expected.
        hint: where to look; "" if there is none, or it is not shown.
        comment: what a teacher wrote; "" if there is none, or it is not shown.
        rubric: its lines as a teacher ticked them.
    """

    score: float | None
    max_score: float
    checks: tuple[ShownCheck, ...] = ()
    hint: str = ""
    comment: str = ""
    rubric: tuple[Tick, ...] = ()

    @property
    def can_be_asked_about(self) -> bool:
        """Whether it lost points, and no check says where."""
        return self.score is not None and self.score < self.max_score and not self.checks


@dataclass(frozen=True)
class ShownResult:
    """What is shown of one result.

    Args:
        score: points of all questions that are graded; None if it is not shown.
        max_score: points of the assignment.
        questions: by name; empty if nothing is shown.
        notes: what was repaired, or why nothing could be graded.
    """

    score: float | None
    max_score: float
    questions: dict[str, ShownQuestion]
    notes: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for programs, which have no forms."""
        data = asdict(self)
        for question in data["questions"].values():
            question["checks"] = [
                {"claim": check["claim"], "passed": check["passed"]} for check in question["checks"]
            ]
        return data


def level_of(assignment: Assignment, until: datetime | None, now: datetime) -> Shown:
    """How much a student may read.

    Args:
        assignment: with `feedback_before_due`.
        until: the student's own deadline; None if there is none, so that it is never over.
        now: the moment.
    """
    return "full" if until is not None and now > until else assignment.feedback_before_due


def shown_of(result: SubmissionResult, level: Shown, by_hand: Standing) -> ShownResult:
    """What the student may read of a result.

    Args:
        result: of the judge.
        level: how much.
        by_hand: what people gave, as far as the student may read it.
    """
    if level == "none":
        notes = result.note_texts if result.status is Status.REJECTED else ()
        return ShownResult(None, result.max_score, {}, notes)
    result = result.with_manual_scores(by_hand.by_hand)
    questions = {q.question: _question(q, LEVELS.index(level), by_hand) for q in result.questions}
    return ShownResult(result.score, result.max_score, questions, result.note_texts)


def _question(question: QuestionResult, depth: int, by_hand: Standing) -> ShownQuestion:
    checks: tuple[ShownCheck, ...] = ()
    if depth >= LEVELS.index("checks"):
        checks = tuple(map(_check, (c for c in question.checks if c.passed is not True)))
    hints = question.shown_hints if depth >= LEVELS.index("hints") else []
    return ShownQuestion(
        question.score,
        question.max_score,
        checks,
        hints[0] if hints else "",
        by_hand.comments.get(question.question, ""),
        by_hand.rubrics.get(question.question, ()),
    )


def _check(check: CheckResult) -> ShownCheck:
    return ShownCheck(check.claim, check.passed, key_of(check))


def key_of(check: CheckResult) -> str:
    """What stands for a check where its name must not be read."""
    return hashlib.sha256(check.name.encode()).hexdigest()
