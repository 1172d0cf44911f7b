"""A result as a worker hands it over: what goes to disk is text already.

To encode a notebook takes milliseconds. Workers do it, since there are many of them, and only one
process keeps what they return.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.course.bundle import Bundle
from grader.gradebook.scorecard import graded_notebook
from grader.locale.translations import in_language
from grader.notebook import Notebook, dumps, grade_id, is_solution
from grader.results import Status, SubmissionResult

__all__ = ["Parcel", "answers"]


@dataclass(frozen=True)
class Parcel:
    """A result without its notebook, and the texts that are made from the notebook.

    Args:
        result: how the submission was graded; it has no notebook.
        notebook: the notebook as it stands in the record, as JSON text.
        graded: the notebook that nbgrader shows, as text; "" if grading failed.
        answers: what the student wrote, by the name of the cell; None without a notebook.
    """

    result: SubmissionResult
    notebook: str
    graded: str
    answers: Mapping[str, str] | None

    @classmethod
    def of(cls, bundle: Bundle, result: SubmissionResult) -> Parcel:
        """Encode the notebook of a result.

        Args:
            bundle: the assignment.
            result: how a submission of it was graded.
        """
        graded = ""
        if result.status is not Status.NOT_GRADED:
            with in_language(bundle.language):
                graded = dumps(graded_notebook(result, bundle.release))
        return cls(
            replace(result, notebook=None),
            json.dumps(result.notebook, ensure_ascii=False),
            graded,
            None if result.notebook is None else answers(result.notebook),
        )

    def for_student(self, student: str) -> Parcel:
        """The same for another member of a group.

        Args:
            student: the member's id.
        """
        return replace(self, result=replace(self.result, student=student))


def answers(notebook: Notebook) -> dict[str, str]:
    """The text of each cell that a student writes into, by the name of the cell.

    Args:
        notebook: a repaired or released notebook.
    """
    return {grade_id(c) or "": c["source"] for c in notebook["cells"] if is_solution(c)}
