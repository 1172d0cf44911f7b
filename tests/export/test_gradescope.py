"""The results.json that Gradescope reads."""

from __future__ import annotations

import pytest

from grader.export.gradescope import results
from grader.notebook import Notebook
from grader.results import CheckResult, Note, NoteKind, QuestionResult, Status, SubmissionResult
from tests.kit.course import ID
from tests.kit.gradescope import assert_valid


def test_results_are_valid_whatever_happened(release: Notebook) -> None:
    checks = (CheckResult("t", "", False, 0.5, 2.0, "no"), CheckResult("u", "It is.", True, 2, 2))
    question = QuestionResult("double", 2.5, 4.0, checks=checks, hints=("Look at the sign.",) * 2)
    by_hand = QuestionResult("why", None, 3.0, manual=True)
    notes = (Note(NoteKind.REPAIRED, "Repaired."),)
    graded = SubmissionResult("ada", ID, Status.GRADED, 9.0, (question, by_hand), notes)
    found = results(graded)
    assert_valid(found)
    assert found["tests"][0]["output"] == "no\nHint: Look at the sign."
    assert found["output"] == "Repaired.\nA person grades these questions, not this program: why."
    with pytest.raises(ValueError, match="not graded"):
        results(SubmissionResult("ada", ID, Status.NOT_GRADED, 9.0))


def test_a_reason_that_checks_share_is_said_by_the_first_of_them() -> None:
    checks = [CheckResult(f"t{n}", "It is.", False, 0, 2, "not yet") for n in range(3)]
    question = QuestionResult("double", 0.0, 6.0, checks=tuple(checks), hints=("Begin.",))
    found = results(SubmissionResult("ada", ID, Status.GRADED, 6.0, (question,)))
    assert_valid(found)
    assert [test["output"] for test in found["tests"]] == [
        "not yet\nHint: Begin.",
        *2 * ["For the same reason as 1.1."],
    ]
