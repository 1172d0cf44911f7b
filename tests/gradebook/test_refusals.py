"""What a database refuses, in one line."""

from __future__ import annotations

import sqlite3

import pytest

from grader.course.settings import Course
from grader.errors import CourseError, GradebookError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.refusals import in_one_line, without_password
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


SECRETS = {
    "postgresql://me:s3cret@host:5432/db": "postgresql://host:5432/db",
    "postgresql://me:s3:cret@host/db": "postgresql://host/db",
    "postgresql://me:s3/cret@host/db": "postgresql://host/db",
    "postgresql://me:s3@cret@host/db": "postgresql://host/db",
    "postgresql://me:s3%40cret@host/db": "postgresql://host/db",
    "postgresql://me:s3?cret@host/db": "postgresql://…",
    "postgresql://me:s3cret@host:port/db": "postgresql://…",
    "postgresql://me:s3cret@[::1/db": "postgresql://…",
    "postgresql://me:s3cret/db": "postgresql://…",
    "postgresql:///db?password=s3cret": "postgresql:///db",
    "postgresql:///db?password=s3@cret": "postgresql://…",
    "postgresql://host/db?PASSWORD=s3cret&user=me": "postgresql://host/db",
    "mysql://me@host/db?passwd=s3cret": "mysql://host/db",
    "sqlite:///course.db?key=s3cret": "sqlite:///course.db",
}


@pytest.mark.parametrize("url", SECRETS)
def test_no_form_of_a_url_shows_its_password(url: str) -> None:
    assert without_password(url) == SECRETS[url]
    for said in ("cannot read", f"cannot read {url}", "no 's3cret'", "no 's3@cret' at s3:cret"):
        with pytest.raises(GradebookError) as caught, in_one_line(url):
            raise ValueError(said)
        for secret in ("s3cret", "s3:cret", "s3/cret", "s3@cret", "s3%40cret", "s3?cret"):
            assert secret not in str(caught.value) or secret not in url.replace("%40", "@")


@pytest.mark.parametrize(
    "line", ["gradebook: 'me:s3cret@h'", "gradebok: 'postgresql://me:s3cret@h'"]
)
def test_a_wrong_line_of_course_yml_does_not_show_a_password(course: Course, line: str) -> None:
    path = course.root / "course.yml"
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(CourseError, match="gradebo") as caught:
        Course.load(course.root)
    assert "s3cret" not in str(caught.value)
