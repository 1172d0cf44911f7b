"""A written question as its markers need it: what was asked, the rubric, and our own answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader import notebook
from grader.course.rubric import RubricItem
from grader.course.settings import Assignment, Course
from grader.course.solution import solution_region
from grader.course.terms import heading_of
from grader.notebook import Cell, is_manual, question_of

__all__ = ["Written", "written_question", "written_questions"]


@dataclass(frozen=True)
class Written:
    """One written question.

    Args:
        name: its name in course.yml.
        points: what it is worth.
        rubric: what an answer gets points for; empty if there is none.
        asked: the text cells from the heading to the answer, as Markdown.
        solution: our own answer, as Markdown; "" if it cannot be read.
    """

    name: str
    points: float
    rubric: tuple[RubricItem, ...]
    asked: str
    solution: str


def written_questions(assignment: Assignment) -> list[str]:
    """The names of the questions that a person grades."""
    return [name for name, question in assignment.questions.items() if question.manual]


def written_question(course: Course, assignment: Assignment, name: str) -> Written:
    """Read what markers have beside an answer.

    A file that cannot be read leaves its text empty: marking needs the answers only.

    Args:
        course: the course.
        assignment: the assignment.
        name: one of its written questions.
    """
    id_, question = assignment.id, assignment.questions[name]
    released = _cells(course, f"assignments/{id_}/{id_}.ipynb")
    ours = [c["source"] for c in _cells(course, f"solutions/{id_}/{id_}.ipynb") if _is(c, name)]
    solution = _without_markers(ours[0]) if ours else ""
    return Written(name, question.points, question.rubric, _asked(released, name), solution)


def _cells(course: Course, path: str) -> list[Cell]:
    try:
        return list(notebook.loads((course.root / path).read_bytes())["cells"])
    except (OSError, ValueError):
        return []


def _is(cell: Cell, name: str) -> bool:
    return is_manual(cell) and question_of(cell) == name


def _asked(cells: Sequence[Cell], name: str) -> str:
    """The text from the last heading before the answer on."""
    start = heading_of(name, cells)
    if start is None:
        return ""
    own = next(place for place, cell in enumerate(cells) if question_of(cell) == name)
    texts = [cell for cell in cells[start:own] if cell["cell_type"] == "markdown"]
    return "\n\n".join(cell["source"] for cell in texts if question_of(cell) is None)


def _without_markers(source: str) -> str:
    try:
        return solution_region(source).strip("\n")
    except ValueError:  # the build refuses such a notebook; markers need what it says
        return source
