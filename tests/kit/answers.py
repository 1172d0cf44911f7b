"""Written answers in the gradebook of the tiny course, as grading would leave them there."""

from __future__ import annotations

from collections.abc import Mapping

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.notebook import Notebook, is_manual, loads
from grader.results import SubmissionResult
from tests.kit.course import DUE, ID, make_result

RUBRIC = "rubric: [{points: 1, text: names <it>}, {points: 2, text: says why}]"
WITH_RUBRIC = f"manual: true, {RUBRIC}"


def answered(course: Course, answers: Mapping[str, str]) -> None:
    """Grade these answers to the question `why`; everybody has one half of `double`."""
    release = loads((course.release_dir(ID) / f"{ID}.ipynb").read_bytes())
    results = [answer_of(release, student, text) for student, text in answers.items()]
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.store_all([(result, DUE) for result in results])
    for result in results:
        save_result(course, result)


def answer_of(release: Notebook, student: str, text: str) -> SubmissionResult:
    """The result of a student who wrote this text."""
    result = make_result(student, release, double=2.0, why=None)
    assert result.notebook is not None
    for cell in result.notebook["cells"]:
        if is_manual(cell):
            cell["source"] = text
    return result
