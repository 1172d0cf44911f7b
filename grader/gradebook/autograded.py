"""nbgrader's folder of graded notebooks: `autograded/<student>/<assignment>/`."""

from __future__ import annotations

import shutil
from datetime import datetime

from grader.course.bundle import Bundle
from grader.course.settings import Course
from grader.gradebook.parcel import Parcel
from grader.intake.timestamp import write_timestamp
from grader.results import Status
from grader.system.files import write_whole

__all__ = ["write_graded"]


def write_graded(
    course: Course, bundle: Bundle, parcel: Parcel, submitted_at: datetime | None
) -> None:
    """Write the files that nbgrader leaves after grading, or remove them if we failed to grade.

    Args:
        course: the course.
        bundle: the assignment, whose helper files go beside the notebook.
        parcel: how the submission was graded.
        submitted_at: when it was handed in; None if unknown.
    """
    result = parcel.result
    folder = course.autograded_dir / result.student / result.assignment
    if result.status is Status.NOT_GRADED:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name, data in bundle.files.items():
        write_whole(folder / name, data)
    write_timestamp(folder, submitted_at)
    write_whole(folder / f"{result.assignment}.ipynb", parcel.graded)
