"""Gradescope: one result in the format of its results.json.

The format is described at https://gradescope-autograders.readthedocs.io/en/latest/specs/. Each
check becomes a test, named by its claim, with points, status and the message that the student
reads.
"""

from __future__ import annotations

import json
from typing import Any

from grader.locale.translations import gettext
from grader.results import CheckResult, QuestionResult, Status, SubmissionResult

__all__ = ["results", "results_json"]


def results(result: SubmissionResult, execution_time_s: float | None = None) -> dict[str, Any]:
    """Turn a result into the data of a results.json.

    Points by hand are left out: Gradescope adds those of its own rubric. Lateness is left to
    Gradescope, too.

    Args:
        result: a submission that was graded or rejected.
        execution_time_s: how long grading took; None if unknown.

    Raises:
        ValueError: the submission was not graded, so there is no score to show.
    """
    if result.status is Status.NOT_GRADED:
        raise ValueError("a submission that was not graded has no results")
    automatic = [question for question in result.questions if not question.manual]
    shown: dict[str, Any] = {
        "score": float(sum(question.score or 0.0 for question in automatic)),
        "output": "\n".join(_output(result)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": str(result.status), "fingerprint": result.fingerprint},
        "tests": [test for number, q in enumerate(automatic, 1) for test in _tests(number, q)],
    }
    if execution_time_s is not None:
        shown["execution_time"] = round(execution_time_s, 3)
    return shown


def results_json(result: SubmissionResult, execution_time_s: float | None = None) -> str:
    """Turn a result into the text of a results.json.

    Args:
        result: a submission that was graded or rejected.
        execution_time_s: how long grading took; None if unknown.

    Raises:
        ValueError: the submission was not graded, so there is no score to show.
    """
    shown = results(result, execution_time_s)
    return json.dumps(shown, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _output(result: SubmissionResult) -> list[str]:
    manual = [question.question for question in result.questions if question.manual]
    if not manual:
        return [*result.note_texts]
    by_hand = gettext(
        "A person grades these questions, not this program: {questions}.",
        questions=", ".join(manual),
    )
    return [*result.note_texts, by_hand]


def _tests(number: int, question: QuestionResult) -> list[dict[str, Any]]:
    """One test for each check; one for the question if it has no checks, as when rejected."""
    if not question.checks:
        score = float(question.score or 0.0)
        return [_test(f"{number}", question.question, score, question.max_score, "", question)]
    numbers = {check: f"{number}.{index}" for index, check in enumerate(question.checks, 1)}
    firsts = {c: numbers[group[0]] for group in question.lost_by_reason for c in group[1:]}
    return [
        _test(
            numbers[check],
            f"{question.question}: {check.claim or check.name}",
            float(check.points),
            float(check.max_points),
            gettext("For the same reason as {number}.", number=firsts[check])
            if check in firsts
            else _message(check, question),
            question,
        )
        for check in question.checks
    ]


def _test(
    number: str, name: str, score: float, most: float, output: str, question: QuestionResult
) -> dict[str, Any]:
    return {
        "name": name,
        "number": number,
        "score": score,
        "max_score": most,
        "status": "passed" if score >= most else "failed",
        "output": output,
        "tags": [question.question],
        "visibility": "visible",
    }


def _message(check: CheckResult, question: QuestionResult) -> str:
    if check.passed:
        return check.message
    hints = (gettext("Hint: {hint}", hint=hint) for hint in question.shown_hints)
    return "\n".join([check.message, *hints]).strip()
