"""Classes of forty that were collected from Canvas and from Moodle, and have results."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grader.course.roster import Person
from grader.course.roster_file import open_roster
from grader.course.settings import Course
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.intake.collect import collect
from grader.intake.submissions import find_submissions
from grader.notebook import Notebook, is_solution
from grader.results import SubmissionResult
from tests.kit.classes import NASTY, Nasty, class_of, moodle, work_of
from tests.kit.course import COURSE_YML, ID, make_result, release_by_hand, write_course
from tests.kit.downloads import archive

Made = tuple[Course, Nasty]


def canvas_names(people: list[Person]) -> dict[str, bytes]:
    """Canvas's download of all submissions; every third was late."""
    return {
        f"x{p.id}_{'LATE_' if n % 3 == 0 else ''}{p.canvas_id}_{90_000 + n}_{ID}.ipynb": work_of(p)
        for n, p in enumerate(people)
    }


def graded(course: Course) -> None:
    """Give everyone who handed in a result whose notebook tells whose it is."""
    release, handed_in = release_by_hand(course), find_submissions(course, ID)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
        book.store_all((_result(course, s.student, release), None) for s in handed_in)


def _result(course: Course, student: str, release: Notebook) -> SubmissionResult:
    result = make_result(student, release, double=3.0)
    notebook = deepcopy(release)
    answer = next(cell for cell in notebook["cells"] if is_solution(cell))
    answer["source"] = f"# code of {student}"
    return save_result(course, replace(result, notebook=notebook))


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Path, Nasty]]:
    """Makes a course with a roster, whose students handed in on both systems; each kind once."""

    @cache
    def made(nasty: str, language: str) -> tuple[Path, Nasty]:
        scene, root = NASTY[nasty](class_of(language)), tmp_path_factory.mktemp("class")
        write_course(root / "course")
        path = root / "course" / "course.yml"
        path.write_text(COURSE_YML + "contact: Ada Abara, ada@example.edu\n")
        course = Course.load(path.parent)
        open_roster(course).with_people(scene.roster).save()
        for name, members in (
            ("canvas", canvas_names(scene.handed_in)),
            ("moodle", {n: data + b"\n" for n, data in moodle(scene.handed_in).items()}),
        ):
            list(collect(course, ID, archive(root / f"from-{name}.zip", members)))
        graded(course)
        return root, scene

    return made


@pytest.fixture
def a_class(
    tmp_path: Path, classes: Callable[[str, str], tuple[Path, Nasty]]
) -> Callable[..., Made]:
    """Gives a copy of such a course."""

    def copied(nasty: str = "as it should be", language: str = "en") -> Made:
        root, scene = classes(nasty, language)
        shutil.copytree(root, tmp_path, dirs_exist_ok=True)
        return Course.load(tmp_path / "course"), scene

    return copied
