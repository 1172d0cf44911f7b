"""A submitted file as a notebook within bounds, and how much of it has been answered.

Whoever has several files from one student looks here for the one with the work.
"""

from __future__ import annotations

from grader.course.settings import Course
from grader.intake.rebuild import rebuild
from grader.locale.translations import N_, Sentence
from grader.notebook import Notebook, is_solution, loads

__all__ = ["answers_in", "parsed", "released"]

MAX_CELLS = 2000
MAX_BRACKETS = 1_000_000  # bounds the number of objects in the JSON, and so its memory


def parsed(data: bytes) -> Notebook:
    """Read a notebook within bounds.

    Raises:
        ValueError: it is none, or too large; its `Sentence` tells the student why.
    """
    if data.count(b"{") + data.count(b"[") > MAX_BRACKETS:
        text = N_(
            "The file has far more parts than a notebook needs. Clear the outputs of all cells, "
            "save the notebook, and hand it in again."
        )
        raise ValueError(Sentence(text))
    try:
        notebook = loads(data)
    except ValueError as error:
        why = {"reason": error}
        text = N_(
            "The notebook cannot be read: {reason}. Open it in Jupyter, save it, and hand it in "
            "again."
        )
        raise ValueError(Sentence(text, why)) from None
    if len(notebook["cells"]) > MAX_CELLS:
        most = {"maximum": MAX_CELLS}
        text = N_("The notebook has more than {maximum} cells. Delete those that you added.")
        raise ValueError(Sentence(text, most))
    return notebook


def answers_in(data: bytes, release: Notebook) -> int:
    """How many answer cells differ from the release; 0 if the file cannot be read.

    Args:
        data: content of a file that may be a notebook of this assignment.
        release: the assignment's released notebook.
    """
    try:
        rebuilt = rebuild(parsed(data), release).notebook
    except ValueError:
        return 0
    if rebuilt is None:
        return 0
    sources = [cell["source"] for cell in release["cells"] if is_solution(cell)]
    answers = [cell["source"] for cell in rebuilt["cells"] if is_solution(cell)]
    return sum(old != new for old, new in zip(sources, answers, strict=True))


def released(course: Course, assignment_id: str) -> Notebook | None:
    """The assignment's released notebook; None if it has not been built.

    Args:
        course: the course.
        assignment_id: which assignment.
    """
    try:
        return loads((course.release_dir(assignment_id) / f"{assignment_id}.ipynb").read_bytes())
    except (OSError, ValueError):
        return None
