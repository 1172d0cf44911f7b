"""The gates: each reports everything that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.course.settings import Course
from grader.notebook import Notebook
from grader.release.gates import Candidate, clean_source, consistent_points
from tests.kit.net import (
    COURSE,
    FORWARD,
    HIDDEN_TESTS,
    MISTAKES,
    change,
    notebook,
    write_net_course,
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_net_course(tmp_path)


def candidate(source: Notebook, tests: str = HIDDEN_TESTS, course_text: str = COURSE) -> Candidate:
    import yaml

    course = Course.model_validate(yaml.safe_load(course_text))
    return Candidate(course, course.assignments[0], source, tests, MISTAKES, "")


def test_a_sound_source_passes():
    assert clean_source(candidate(notebook())).failures == ()
    assert consistent_points(candidate(notebook())).failures == ()


def remark(name: str, **marks: Any) -> Notebook:
    source = notebook()
    cell = next(cell for cell in source["cells"] if cell["id"] == name)
    cell["metadata"]["nbgrader"].update(marks)
    return source


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        (change("forward", source=FORWARD.replace("### END", "### BEGIN")), "inside the region"),
        (change("forward", source=FORWARD.replace("### END SOLUTION", "")), "without END SOLUTION"),
        (change("forward", source=FORWARD.replace("### BEGIN SOLUTION", "")), "without BEGIN"),
        (change("setup", source="### BEGIN SOLUTION\n### END SOLUTION"), "is not an answer cell"),
        (change("setup", outputs=[{"output_type": "stream"}]), "has outputs"),
        (change("setup", execution_count=3), "has outputs"),
        (change("test_both", source="### BEGIN HIDDEN TESTS"), "move it to hidden_tests.py"),
    ],
)
def test_build_rejects_unclean_cells_by_name(source, failure):
    (line,) = clean_source(candidate(source)).failures
    assert failure in line
    assert line.startswith("net.ipynb: cell '")


@pytest.mark.parametrize(
    ("wrong", "failure"),
    [
        (candidate(remark("test_forward", points=3)), "has 3 points, course.yml has 2"),
        (candidate(remark("explain", points=1)), "has 1 points, course.yml has 3"),
        (
            candidate(notebook(), HIDDEN_TESTS.replace("points=2", "points=1")),
            "has 1 points in all",
        ),
        (candidate(notebook(), HIDDEN_TESTS.replace("points=2", "points=n")), "cannot be read"),
        (candidate(notebook(), HIDDEN_TESTS.replace('"both"', '"boht"')), "no question 'boht'"),
        (candidate(notebook(), course_text=COURSE.replace("both: 1, ", "")), "no question 'both'"),
        (candidate(remark("test_both", grade_id="both")), "rename it to 'test_both'"),
        (candidate(remark("test_both", grade=False)), "has 0 check cells 'test_both'"),
        (candidate(remark("test_both", grade_id="test_forward")), "2 cells have the grade id"),
        (candidate(change("setup", id="title")), "2 cells have the cell id 'title'"),
        (candidate(remark("forward", grade=True, points=1)), "must be one code cell"),
        (candidate(remark("explain", grade=False)), "one markdown cell"),
        (candidate(notebook(), HIDDEN_TESTS.replace('"both"', '"explain"')), "graded by hand"),
    ],
)
def test_build_rejects_points_and_names_that_disagree(wrong, failure):
    assert any(failure in line for line in consistent_points(wrong).failures)
