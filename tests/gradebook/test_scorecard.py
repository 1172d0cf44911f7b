"""What a graded check cell shows, and the score that nbgrader reads from it."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from grader.gradebook.scorecard import check_cell_outputs
from grader.results import CheckResult, QuestionResult

CHECKS = (
    CheckResult("test_a", "Rows <b>sum</b> to one.", True, 2.0, 2.0),
    CheckResult("test_b", "Shifted & stable.", False, 0.0, 1.5, "got <script>alert(1)</script>"),
    CheckResult("test_c", "Ours.", None, 0.0, 0.5),
)
LOUD = (
    {"output_type": "stream", "name": "stderr", "text": "RuntimeWarning: overflow"},
    {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["x"]},
    {"output_type": "execute_result", "data": {"text/plain": "99"}, "metadata": {}},
)


def question(score: float | None) -> QuestionResult:
    return QuestionResult("forward", score, 4.0, checks=CHECKS)


def read_by_nbgrader(outputs: list[dict[str, Any]]) -> tuple[float, float]:
    cell = new_code_cell("assert True", outputs=[new_output(**output) for output in outputs])
    cell.metadata.nbgrader = {
        "grade": True, "grade_id": "test_forward", "points": 4, "solution": False, "locked": True,
        "schema_version": 3, "task": False,
    }  # fmt: skip
    grade = determine_grade(cell)
    return grade[0], grade[1]


def test_a_visible_check_that_failed_is_shown_as_its_sentence() -> None:
    failed = {"output_type": "error", "ename": "Failed", "evalue": "✗ loss: expected 1, got 2"}
    shown, _ = check_cell_outputs([failed], question(0.0))
    assert shown == {"output_type": "stream", "name": "stdout", "text": f"{failed['evalue']}\n"}


@pytest.mark.parametrize("visible", [(), LOUD], ids=["quiet", "loud"])
@pytest.mark.parametrize("score", [0.0, 1.5, 2.25, 1 / 3, 4.0])
def test_nbgrader_reads_exactly_our_score(visible: Any, score: float) -> None:
    assert read_by_nbgrader(check_cell_outputs(visible, question(score))) == (score, 4)


def test_errors_and_warnings_stay_readable_but_count_for_nothing() -> None:
    outputs = check_cell_outputs(LOUD, question(4.0))
    kinds = [(o["output_type"], o.get("name")) for o in outputs]
    assert kinds == [
        ("stream", "stdout"),
        ("stream", "stdout"),
        ("display_data", None),
        ("execute_result", None),
    ]
    assert outputs[1]["text"] == "ValueError: no\n"


def test_without_a_score_no_score_is_shown() -> None:
    outputs = check_cell_outputs(LOUD, question(None))
    assert not [o for o in outputs if o["output_type"] == "execute_result"]


def test_the_table_has_a_row_for_each_check_and_no_foreign_tags() -> None:
    html = check_cell_outputs((), question(2.0))[0]["data"]["text/html"]
    assert html.count("<tr>") == 1 + len(CHECKS)
    for text in ("✓ passed", "✗ lost", "? not graded", "forward: 2 of 4 points", "0 / 1.5"):
        assert text in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "Rows &lt;b&gt;sum&lt;/b&gt; to one." in html


def test_what_was_visible_is_not_changed_in_place() -> None:
    before = repr(LOUD)
    check_cell_outputs(LOUD, question(1.0))
    assert repr(LOUD) == before


def test_a_reason_that_checks_share_is_said_once_above_their_rows() -> None:
    lost = [CheckResult(f"t{n}", f"claim {n}", False, 0.0, 1.0, "not yet") for n in range(3)]
    passed = CheckResult("p", "claim p", True, 1.0, 1.0)
    shared = QuestionResult("forward", 1.0, 4.0, checks=(lost[0], passed, *lost[1:]))
    html = check_cell_outputs((), shared)[0]["data"]["text/html"]
    assert html.count("not yet") == 1
    assert html.count("✗ lost") == 3
    order = ["claim p", "3 checks were lost for one reason: not yet", "claim 0", "claim 2"]
    assert sorted(order, key=html.index) == order
