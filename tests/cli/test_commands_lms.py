"""Collecting, exporting and packing from the command line: exit codes, files, what goes where."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from tests.kit.course import ID, make_result, release_by_hand, write_course


def run(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = write_course(tmp_path_factory.mktemp("course"))
    release = release_by_hand(course)
    result = make_result("ada", release, double=4.0)
    save_result(course, result)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.store(result, None)
    return course


def test_collect_exits_with_1_if_something_was_left_out(course: Course) -> None:
    with zipfile.ZipFile(course.root / "in.zip", "w") as archive:
        archive.writestr("doejane_501_9001_tiny.ipynb", "{}")
    done = run(course, "collect", ID, "in.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert "501: collected (doejane_501_9001_tiny.ipynb)" in done.stdout
    with zipfile.ZipFile(course.root / "in.zip", "a") as archive:
        archive.writestr("../x.ipynb", "{}")
    done = run(course, "collect", ID, "in.zip", "--from", "canvas")
    assert done.returncode == 1
    assert done.stdout.endswith("1 unchanged, 1 left out\n")
    assert "../x.ipynb: left out: a path that leads out of the download" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["collect", ID, "course.yml"], "neither a folder nor a zip file"),
        (["export", "--format", "gradescope"], "--format gradescope needs --output, a folder"),
        (["export", "--format", "csv", "--output", "."], "--output .: a folder; name a file in it"),
        (["export", "--format", "csv", "--into", "course.yml"], "--into: only for canvas"),
        (["export", "--format", "canvas", "--into", "course.yml"], "no columns Student, ID"),
        (
            ["export", "--format", "csv", "--output", "course.yml/x"],
            "course.yml/x: cannot be written",
        ),
        (["package", "gradescope", "nope"], "is not an assignment of this course"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_exit_code_2(
    course: Course, arguments: list[str], words: str
) -> None:
    done = run(course, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_feedback_says_that_nothing_is_graded(tmp_path: Path) -> None:
    course = write_course(tmp_path)
    done = run(course, "feedback", ID)
    assert (done.returncode, done.stdout.startswith("0 pages in ")) == (0, True)
    assert done.stderr == f"grader: nothing is graded; run `grader autograde {ID}` first\n"


def test_grades_go_to_the_file_and_remarks_to_the_screen(course: Course) -> None:
    given = "Student,ID,SIS Login ID,Section,Tiny (7)\n    Points Possible,,,,9\n"
    (course.root / "exported.csv").write_text(given + "Ada,1,ada,A,\nBela,2,bela,A,1\n")
    done = run(
        course, "export", ID, "--format=canvas", "--into=exported.csv", "--output=import.csv"
    )
    assert done.returncode == 0, done.stderr
    assert (course.root / "import.csv").read_text() == given + "Ada,1,ada,A,4\nBela,2,bela,A,1\n"
    assert "wrote import.csv" in done.stderr
    assert done.stdout == ""
    done = run(course, "export", ID, "--format", "gradescope", "--output", "out")
    assert done.returncode == 0, done.stderr
    assert (course.root / "out" / ID / "ada.json").is_file()


def test_package_writes_a_zip(course: Course) -> None:
    done = run(course, "package", "gradescope", ID)
    assert (done.returncode, done.stdout) == (0, f"wrote {ID}-gradescope.zip\n")
    path: Path = course.root / f"{ID}-gradescope.zip"
    assert {"setup.sh", "run_autograder"} <= set(zipfile.ZipFile(path).namelist())
