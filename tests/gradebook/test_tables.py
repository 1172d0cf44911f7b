"""nbgrader's tables, without its applications."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook


@pytest.mark.slow
def test_nbgraders_applications_load_after_its_tables() -> None:
    code = (
        "import sys, grader.gradebook.book; assert 'nbgrader.apps' not in sys.modules; "
        "import nbgrader.apps, nbgrader.server_extensions.formgrader as formgrader; "
        "print(nbgrader.apps.NbGraderApp.version)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, version("nbgrader")), run.stderr


@pytest.mark.parametrize(
    "interrupted", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"]
)
def test_a_gradebook_whose_making_was_cut_short_is_completed(
    course: Course, interrupted: str
) -> None:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        (made,) = database.execute("SELECT version_num FROM alembic_version").fetchall()
        database.execute(interrupted)
        database.commit()
    for _ in range(2):
        with CourseGradebook(course):
            pass
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [made]
