"""nbgrader's folder of graded notebooks: `autograded/<student>/<assignment>/`."""

from __future__ import annotations

import shutil
from datetime import datetime

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.gradebook.scorecard import check_cell_outputs
from grader.intake.timestamp import write_timestamp
from grader.locale.translations import in_language
from grader.notebook import Notebook, dumps, is_check, question_of
from grader.results import Status, SubmissionResult
from grader.system.files import write_whole

__all__ = ["graded_notebook", "write_graded"]


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


def write_graded(
    course: Course, bundle: Bundle, result: SubmissionResult, submitted_at: datetime | None
) -> None:
    """Write the files that nbgrader leaves after grading, or remove them if we failed to grade.

    Args:
        course: the course.
        bundle: the assignment, whose helper files go beside the notebook.
        result: how the submission was graded.
        submitted_at: when it was handed in; None if unknown.
    """
    folder = course.autograded_dir / result.student / result.assignment
    if result.status is Status.NOT_GRADED:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name, data in bundle.files.items():
        write_whole(folder / name, data)
    write_timestamp(folder, submitted_at)
    with in_language(bundle.language):
        notebook = dumps(graded_notebook(result, bundle.release))
    write_whole(folder / f"{result.assignment}.ipynb", notebook)
