"""Cells of a release, as nbgrader's own preprocessor saves them."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.notebook import Notebook
from tests.kit.course import (
    ID,
    write_course,
)


def test_cells_are_saved_as_nbgraders_own_preprocessor_saves_them(
    course: Course, release: Notebook, tmp_path: Path
) -> None:
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.register(release, course.assignment(ID))  # nothing may be added twice
    unused = write_course(tmp_path / "unused")
    with CourseGradebook(unused):
        other = unused.gradebook_url
    with Gradebook(other) as theirs:
        theirs.update_or_create_assignment(ID)
    names = {"notebook": ID, "assignment": ID, "db_url": other}
    SaveCells().preprocess(nbformat.from_dict(release), {"nbgrader": names})
    found = []
    for url in (course.gradebook_url, other):
        with Gradebook(url) as either:
            notebook = either.find_notebook(ID, ID)
            cells = (notebook.grade_cells, notebook.solution_cells, notebook.source_cells)
            plain = [sorted((c.to_dict() for c in kind), key=itemgetter("name")) for kind in cells]
            found.append([notebook.kernelspec, [[c | {"id": ""} for c in kind] for kind in plain]])
    assert found[0] == found[1]
