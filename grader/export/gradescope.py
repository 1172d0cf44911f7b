"""Gradescope: one result in the form of its results.json.

The form is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/: a test for each
check, named by its claim, with points, status and the message that the student reads.
"""

from __future__ import annotations

import json
from typing import Any

from grader.locale.translations import gettext
from grader.results import CheckResult, QuestionResult, Status, SubmissionResult

__all__ = ["results", "results_json"]


def results(result: SubmissionResult, execution_time_s: float | None = None) -> dict[str, Any]:
    """What Gradescope shows for a submission.

    Points that a human gives are not in it: Gradescope adds those of its own rubric. Lateness is
    left to Gradescope, too.

    Args:
        result: a submission that was graded or rejected.
        execution_time_s: how long that took, if known.

    Raises:
        ValueError: it was not graded, so there is no score to show.
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
    """`results` as JSON text."""
    shown = results(result, execution_time_s)
    return json.dumps(shown, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _output(result: SubmissionResult) -> list[str]:
    manual = [question.question for question in result.questions if question.manual]
    if not manual:
        return [*result.note_texts]
    by_hand = gettext("Graded by a person, not here: {questions}.", questions=", ".join(manual))
    return [*result.note_texts, by_hand]


def _tests(number: int, question: QuestionResult) -> list[dict[str, Any]]:
    """The checks of a question; the question itself where there are none, as when rejected."""
    if not question.checks:
        score = float(question.score or 0.0)
        return [_test(f"{number}", question.question, score, question.max_score, "", question)]
    return [
        _test(
            f"{number}.{index}",
            f"{question.question}: {check.claim or check.name}",
            float(check.points),
            float(check.max_points),
            _message(check, question),
            question,
        )
        for index, check in enumerate(question.checks, 1)
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
