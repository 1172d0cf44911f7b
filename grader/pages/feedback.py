"""One page per student: when, lost points, why, where to look, and the notebook as it ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from grader.box.limits import limits_in_words
from grader.course.roster import Person
from grader.course.settings import Assignment, Course
from grader.gradebook.grades import Grade
from grader.locale.translations import gettext, in_language
from grader.notebook import (
    Cell,
    error_line,
    error_text,
    grade_id,
    is_added,
    is_check,
    is_manual,
    is_solution,
    question_of,
)
from grader.pages.code import highlighted
from grader.pages.heatmap import heat_map, where_wrong
from grader.pages.rendering import Allowance, render, safe_html, safe_markdown
from grader.results import QuestionResult, SubmissionResult
from grader.system.versions import versions_of

__all__ = ["feedback_page"]

ANSI_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
FIGURE = Markup('<figure><img alt="{}" src="data:image/png;base64,{}"></figure>')
MAX_TEXT = 20_000  # characters shown of one output
COMPARED = 80  # characters by which two texts of an error are the same


@dataclass(frozen=True)
class _Piece:
    """A code cell or a written answer, with its outputs as safe HTML."""

    label: str
    source: Markup
    outputs: tuple[Markup, ...]


def feedback_page(
    course: Course,
    assignment: Assignment,
    grade: Grade,
    person: Person | None = None,
    back: str = "",
) -> str:
    """The page as HTML; everything that came from the student is escaped or sanitised.

    Args:
        course: the course.
        assignment: its part of course.yml.
        grade: the student's result, with points by hand, comments and lateness.
        person: the student in the roster; None if there is no roster.
        back: our own page that leads here, where the desk shows the page; "" in a file.
    """
    with in_language(course.language):
        return _page(course, assignment, grade, person.full_name if person else "", back)


def _page(course: Course, assignment: Assignment, grade: Grade, name: str, back: str) -> str:
    result = grade.result
    lost = {q.question: q.max_score - q.score for q in result.questions if q.score is not None}
    return render(
        "feedback.html",
        title=f"{assignment.title}: {name or result.student}",
        course=course,
        assignment=assignment,
        name=name,
        back=back,
        due=grade.lateness.deadline or assignment.due,
        moment=lambda time: _moment(time.astimezone(course.shown_zone(assignment))),
        time_zone=course.shown_zone(assignment),
        grade=grade,
        waiting=[q.question for q in result.questions if q.waits],
        lost=sorted(((n, p) for n, p in lost.items() if p > 0), key=lambda pair: -pair[1]),
        share=_share,
        mark=_mark,
        heat_map=heat_map,
        where_wrong=where_wrong,
        highlighted=highlighted,
        stopped=dict(_untold(result, _stopped(result.notebook))) if result.notebook else {},
        pieces=list(_pieces(result.notebook)) if result.notebook else [],
        figures_follow=result.figures == "later" and course.figures != "skip",
        limits=limits_in_words(course.limits, course.figures),
        versions=versions_of(result.notebook),
    )


def _moment(time: datetime) -> str:
    """Date and time; a due time of 23:59 and a hand-in at 23:59:07 must not look the same."""
    return f"{time:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _share(question: QuestionResult) -> float:
    return round(100 * (question.score or 0.0) / question.max_score, 1)


def _mark(question: QuestionResult) -> tuple[str, str]:
    """A sign and words that say how a question went, so that nobody needs to see colours."""
    if question.score is None:
        return "?", gettext("not graded yet")
    if question.score >= question.max_score:
        return "✓", gettext("all points")
    if question.score > 0:
        return "◐", gettext("some of the points")
    return "✗", gettext("no points")


def _stopped(notebook: dict[str, Any]) -> dict[str, str]:
    """The error of each answer cell that raised one, by question."""
    found = {}
    for cell in notebook["cells"]:
        question = question_of(cell)
        if question and is_solution(cell) and cell["cell_type"] == "code":
            for output in cell["outputs"]:
                if output["output_type"] == "error":
                    found[question] = f"{output['ename']}: {_plain(error_text(output))}"
    return found


def _untold(result: SubmissionResult, stopped: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The errors of answer cells that no check of the question tells already."""
    for question in result.questions:
        error = stopped.get(question.question, "")
        start = " ".join(error.split())[:COMPARED]
        if error and not any(start in " ".join(c.message.split()) for c in question.checks):
            yield question.question, error


def _pieces(notebook: dict[str, Any]) -> Iterator[_Piece]:
    """The student's own cells, and our code cells that have outputs; our texts are left out."""
    allowance = Allowance()
    for number, cell in enumerate(notebook["cells"], 1):
        label = grade_id(cell) or gettext("cell {number}", number=number)
        if cell["cell_type"] == "markdown" and (is_manual(cell) or is_added(cell)):
            text = safe_markdown(cell["source"], allowance, cell.get("attachments"))
            yield _Piece(label, Markup(""), (text,))
        elif cell["cell_type"] == "code":
            outputs = tuple(_outputs(cell, label, allowance))
            source = cell["source"] if is_solution(cell) or is_added(cell) else ""
            if source or outputs:
                code = highlighted(source, allowance.of_code(source))
                yield _Piece(label, code, outputs)


def _outputs(cell: Cell, label: str, allowance: Allowance) -> Iterator[Markup]:
    for output in cell["outputs"]:
        if output["output_type"] == "error" and is_check(cell):  # the traceback shows our code
            yield _text(f"{error_line(output)}\n")
        else:
            yield from _output(output, label, allowance)


def _output(output: dict[str, Any], label: str, allowance: Allowance) -> Iterator[Markup]:
    match output:
        case {"output_type": "stream", "text": str() as text}:
            yield _text(text)
        case {"output_type": "error", "traceback": list() as lines}:
            yield _text("\n".join(map(str, lines)))
        case {"data": {"image/png": str() as image}}:
            yield FIGURE.format(gettext("Figure drawn by {cell}", cell=label), image)
        case {"data": {"text/html": str() as html}}:
            yield safe_html(html, allowance)
        case {"data": {"text/plain": str() as text}}:
            yield _text(text)


def _text(text: str) -> Markup:
    return Markup('<pre class="out">{}</pre>').format(_plain(text))


def _plain(text: str) -> str:
    plain = ANSI_COLOURS.sub("", text)
    return plain if len(plain) <= MAX_TEXT else plain[:MAX_TEXT] + "\n" + gettext("[cut off here]")
