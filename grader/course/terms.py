"""The terms of an exercise, its points and due date, in a line below its heading.

The build writes them into the released notebook, so that they cannot differ from course.yml. They
may change after students have got theirs. So texts of ours are compared without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from grader.course.settings import Assignment, Course
from grader.locale.translations import in_language, ngettext
from grader.notebook import Cell, is_solution, question_of

__all__ = ["heading_of", "without_terms", "write_terms"]

HEADING = re.compile(r"#{1,6} ")
FENCE = re.compile(r" {0,3}(```|~~~)")
TERMS = re.compile(
    r"^(#{1,6} [^\n]*)(?:\n+\*(?=[^*\n]*\d)[^*\n]+\*(?=\n|\Z))?\n*",
    re.MULTILINE,
)


def write_terms(cells: Sequence[Cell], course: Course, assignment: Assignment) -> None:
    """Put the terms below the headings of all questions, and those of the whole below the title.

    A question's heading is the last one before its first cell. Questions that share a heading have
    their points added up.

    Args:
        cells: the cells of the instructor's notebook; their sources are changed.
        course: the course, whose language and time zone are used.
        assignment: the assignment, with its questions and its due date.
    """
    points: dict[int, float] = {}
    for name, question in assignment.questions.items():
        place = heading_of(name, cells)
        if place is not None:
            points[place] = points.get(place, 0) + question.points
    title = next((i for i, cell in enumerate(cells) if _headings(cell)), None)
    with in_language(course.language):
        if title is not None and title not in points:
            _write(cells[title], 0, _terms(assignment.max_score, course, assignment))
        for place, worth in points.items():
            _write(cells[place], -1, _terms(worth, course, assignment))


def heading_of(question: str, cells: Sequence[Cell]) -> int | None:
    """The index of the cell with the last heading before a question; None if there is none.

    Args:
        question: its name.
        cells: the cells of a notebook of ours.
    """
    own = next((i for i, cell in enumerate(cells) if question_of(cell) == question), 0)
    return next((i for i in reversed(range(own)) if _headings(cells[i])), None)


def _headings(cell: Cell) -> list[int]:
    """The lines of a text of ours that are headings."""
    if cell["cell_type"] != "markdown" or is_solution(cell):
        return []
    found, is_code = [], False
    for number, line in enumerate(cell["source"].split("\n")):
        if FENCE.match(line):
            is_code = not is_code
        elif HEADING.match(line) and not is_code:
            found.append(number)
    return found


def _write(cell: Cell, heading: int, terms: str) -> None:
    lines = cell["source"].split("\n")
    end = _headings(cell)[heading] + 1
    rest = "\n".join(lines[end:]).lstrip("\n")
    cell["source"] = "\n\n".join(filter(None, ["\n".join(lines[:end]), f"*{terms}*", rest]))


def _terms(points: float, course: Course, assignment: Assignment) -> str:
    count = ceil(points)
    if assignment.due is None:
        return ngettext("{points:g} point", "{points:g} points", count, points=points)
    zone = course.shown_zone(assignment)
    return ngettext(
        "{points:g} point, due {time} ({zone})",
        "{points:g} points, due {time} ({zone})",
        count,
        points=points,
        time=f"{assignment.due.astimezone(zone):%Y-%m-%d %H:%M}",
        zone=zone,
    )


def without_terms(text: str) -> str:
    """The text as it is compared: without terms, and without empty lines below headings.

    Args:
        text: of a cell that is not an answer, from a release or a submission.
    """
    return TERMS.sub(r"\1\n", text)
