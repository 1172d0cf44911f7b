"""A new assignment builds and grades at once, and course.yml keeps its comments."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import UsageError
from grader.grading.submission import execute_and_judge
from grader.intake.submissions import Intake
from grader.notebook import Notebook, loads
from grader.release.build import build
from grader.release.scaffold import new_assignment
from grader.results import Status
from tests.kit.course import ID, write_course
from tests.kit.files import ROOT

NEW = "convolution"


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which a new assignment is built."""
    course = write_course(tmp_path_factory.mktemp("new"))
    list(new_assignment(course, NEW))
    course = Course.load(course.root)
    build(course, NEW, check=False)
    return course


def solution(course: Course) -> Notebook:
    return loads((course.solution_dir(NEW) / f"{NEW}.ipynb").read_bytes())


def test_a_new_assignment_has_all_files_that_one_needs(course: Course) -> None:
    assert [path.name for path in new_assignment(course, NEW)] == [
        f"{NEW}.ipynb",
        "hidden_tests.py",
        "mistakes.py",
        "small_inputs.py",
        "course.yml",
    ]


@pytest.mark.slow
def test_a_new_assignment_builds_and_its_solution_earns_all_points(new: Course) -> None:
    result = execute_and_judge(load_bundle(new, NEW), "amy", Intake(solution(new)))
    assert (result.status, result.score) == (Status.GRADED, 3.0)


@pytest.mark.slow
def test_a_wrong_answer_to_a_new_assignment_gets_a_small_example(new: Course) -> None:
    notebook = solution(new)
    (answer,) = (cell for cell in notebook["cells"] if "X @ W + b" in cell["source"])
    answer["source"] = answer["source"].replace("+ b", "- b")
    result = execute_and_judge(load_bundle(new, NEW), "amy", Intake(notebook))
    (example,) = result.question("affine").examples
    assert example.code.splitlines()[-1] == "scores = affine(X, W, b)"
    assert example.told[0].startswith("scores should be [[")


@pytest.mark.slow
def test_the_mistakes_of_a_new_assignment_are_told_apart(new: Course) -> None:
    script = ROOT / "benchmarks" / "diagnosis.py"
    command = [sys.executable, str(script), "--course", str(new.root), "--assignment", NEW]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)[NEW]
    assert (found["named"], found["not_named"], found["false_alarms"]) == ({"itself": 2}, {}, {})


def test_the_rest_of_course_yml_stays_as_it_was(course: Course) -> None:
    path = course.root / "course.yml"
    before = path.read_text().replace("limits:", "# what a submission may use\nlimits:")
    path.write_text(before)
    list(new_assignment(course, NEW))
    after = path.read_text().splitlines()
    assert [line for line in before.splitlines() if line not in after] == []
    assert [a.id for a in Course.load(course.root).assignments] == [ID, NEW]
    entries = [line for line in after if "- id:" in line]
    assert len({line.index("-") for line in entries}) == 1, entries


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("3d", "is not an assignment id"),
        ("../x", "is not an assignment id"),
        (ID, "the assignment exists"),
        ("class", "is a keyword of Python; choose another id, such as class_assignment"),
        ("match", "is a keyword of Python"),
        ("numpy", "is a Python module that is installed here; choose another id"),
        ("random", "is a Python module"),
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(
    course: Course, name: str, words: str
) -> None:
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=words):
        list(new_assignment(course, name))
    assert before == {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}


def test_a_list_in_brackets_is_not_torn_apart(course: Course) -> None:
    path = course.root / "course.yml"
    text = "name: C\nseed: 1\nassignments: [{id: tiny, title: T, questions: {double: 1}}]\n"
    path.write_text(text)
    with pytest.raises(UsageError, match="in brackets"):
        list(new_assignment(Course.load(course.root), NEW))
    assert path.read_text() == text
