"""What a database refuses, in one line."""

from __future__ import annotations

import sqlite3

import pytest

from grader.course.settings import Course
from grader.errors import GradebookError
from grader.gradebook.book import CourseGradebook
from grader.notebook import Notebook
from tests.kit.course import (
    DUE,
    make_result,
)
from tests.kit.gradebook import change


def test_what_the_database_says_becomes_one_line(
    course: Course, release: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.gradebook.tables.BUSY_TIMEOUT_S", 0.1)
    with CourseGradebook(course) as book:
        other = sqlite3.connect(course.root / "gradebook.db")
        other.execute("begin immediate")
        with pytest.raises(GradebookError, match=r"database is locked; another program[^\n]*$"):
            book.store(make_result("ada", release), DUE)
        other.close()
        book.store(make_result("ada", release), DUE)
        change(course, "update assignment set name='former'")
    with (
        CourseGradebook(course) as book,
        pytest.raises(GradebookError, match=r"No such notebook: tiny[^\n]*; grade[^\n]*$"),
    ):
        book.store(make_result("ada", release), DUE)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///course.yml", "file is not a database; name another file"),
        ("sqlite:///no/such/folder.db", "unable to open database file; does its folder exist"),
        ("nosuchdb://host/name", "nosuchdb"),
    ],
)
def test_a_gradebook_that_cannot_be_opened_is_named(course: Course, url: str, reason: str) -> None:
    with pytest.raises(GradebookError, match=reason) as caught:
        CourseGradebook(course.model_copy(update={"gradebook": url}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["me:secret@127.0.0.1:1/x", "127.0.0.1:1/x?password=secret"])
def test_an_error_tells_the_url_without_its_password(course: Course, place: str) -> None:
    with pytest.raises(GradebookError, match=r"127\.0\.0\.1:1/x") as caught:
        CourseGradebook(course.model_copy(update={"gradebook": f"postgresql://{place}"}))
    assert "secret" not in str(caught.value)
