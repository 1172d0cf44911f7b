"""What a check cell of a graded notebook shows: the checks in words, and the score.

nbgrader reads the score of a check cell from the text of its one `execute_result`, and people
read the table beside it. So partial credit and messages are in the same output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from grader.locale.translations import N_, gettext, ngettext
from grader.notebook import Notebook, error_line, is_check, question_of
from grader.results import CheckResult, QuestionResult, SubmissionResult

__all__ = ["check_cell_outputs", "graded_notebook"]

MARKS = {True: N_("✓ passed"), False: N_("✗ lost"), None: N_("? not graded")}
TABLE = Markup(
    "<table><caption>{total}</caption>"
    "<thead><tr><th>{check}</th><th>{result}</th><th>{points}</th></tr></thead>"
    "<tbody>{rows}</tbody></table>"
)
ROW = Markup("<tr><td>{claim}{remark}</td><td>{mark}</td><td>{points:g} / {max_points:g}</td></tr>")
REASON = Markup('<tr><td colspan="3"><em>{}</em></td></tr>')
REMARK = Markup("<br><em>{}</em>")


def graded_notebook(result: SubmissionResult, release: Notebook) -> Notebook:
    """The executed notebook with a score card in each check cell, from which nbgrader reads scores.

    Args:
        result: how the submission was graded.
        release: takes the place of a rejected submission's notebook, with the reason in each check
            cell.
    """
    text = "\n".join(result.note_texts) + "\n"
    reason = {"output_type": "stream", "name": "stdout", "text": text}
    questions = {question.question: question for question in result.questions}
    cells = []
    for cell in (result.notebook or release)["cells"]:
        question = questions.get(question_of(cell) or "")
        if is_check(cell) and question is not None:
            outputs = (reason,) if result.notebook is None else cell["outputs"]
            cell = {**cell, "outputs": check_cell_outputs(outputs, question)}
        cells.append(cell)
    return {**(result.notebook or release), "cells": cells}


def check_cell_outputs(
    visible: Sequence[dict[str, Any]], question: QuestionResult
) -> list[dict[str, Any]]:
    """The outputs of a graded check cell.

    Args:
        visible: outputs of the visible check in the box. Errors and warnings become plain text,
            because nbgrader would read them as a zero.
        question: how the hidden tests judged it; its score becomes the cell's result.
    """
    outputs = [_harmless(output) for output in visible]
    if question.score is None:
        return outputs
    card = {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/plain": repr(float(question.score)), "text/html": _table(question)},
    }
    return [*outputs, card]


def _harmless(output: dict[str, Any]) -> dict[str, Any]:
    match output["output_type"]:
        case "stream":
            return {**output, "name": "stdout"}
        case "error":
            text = error_line(output)
            return {"output_type": "stream", "name": "stdout", "text": f"{text}\n"}
        case _:
            return {
                "output_type": "display_data",
                "data": output["data"],
                "metadata": output["metadata"],
            }


def _table(question: QuestionResult) -> str:
    total = gettext(
        "{question}: {score:g} of {maximum:g} points",
        question=question.question,
        score=question.score,
        maximum=question.max_score,
    )
    table = TABLE.format(
        total=total,
        check=gettext("check"),
        result=gettext("result"),
        points=gettext("points"),
        rows=Markup().join(_rows(question)),
    )
    return str(table)


def _rows(question: QuestionResult) -> Iterator[Markup]:
    """A row for each check; checks lost for the same reason come last, below a row that says it."""
    groups = [group for group in question.lost_by_reason if len(group) > 1]
    grouped = {check for group in groups for check in group}
    yield from (_row(check) for check in question.checks if check not in grouped)
    for group in groups:
        yield REASON.format(
            ngettext(
                "{count} check was lost for one reason: {reason}",
                "{count} checks were lost for one reason: {reason}",
                len(group),
                reason=group[0].message,
            )
        )
        yield from (_row(replace(check, message="")) for check in group)


def _row(check: CheckResult) -> Markup:
    remark = REMARK.format(check.message) if check.message else ""
    return ROW.format(**vars(check), remark=remark, mark=gettext(MARKS[check.passed]))
