"""Small inputs are refused if they do not fit the function, or if several results are right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import BuildError
from grader.notebook import Notebook
from grader.release.build import build
from grader.release.small_inputs import small_input_failures
from tests.kit.course import ID, make_source

INPUTS = """
from grader.judge.small_inputs import SmallInputs
SMALL_INPUTS = [SmallInputs({question!r}, {function!r}, lambda reference: {calls}, ("y",))]
"""
RIGHT = (
    "from grader.judge.catalogue import Alternative\nALTERNATIVES = [Alternative('double.sum', "
    "'double', 'def double(x):\\n    return x + x')]"
)
OTHER = RIGHT.replace("x + x", "x + x if x else 1")


def failures(
    course: Course,
    question: str = "double",
    function: str = "double",
    calls: str = "[(0.0,), (1.0,)]",
    mistakes: str = RIGHT,
) -> list[str]:
    text = INPUTS.format(question=question, function=function, calls=calls)
    bundle = replace(load_bundle(course, ID), small_inputs=text, mistakes=mistakes)
    return list(small_input_failures(bundle, make_source(), course.release_dir(ID)))


def test_inputs_on_which_all_right_ways_agree_pass(course: Course, release: Notebook) -> None:
    assert failures(course) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"function": "square"}, "square: the answer cell 'double' does not define it"),
        ({"question": "nope"}, "double: the answer cell 'nope' does not define it"),
        ({"calls": "[]"}, "double: it has no small input"),
        ({"calls": "1 / 0"}, "double: ZeroDivisionError: division by zero; fix its calls"),
        ({"calls": "[('a', 1)]"}, "double: the solution gives nothing to compare with for"),
        ({"calls": "[(float('inf'),)]"}, "double: the solution gives nothing to compare with for"),
        (
            {"mistakes": OTHER},
            "double: double.sum is right too, but has another result for x = 0.0; y = double(x)",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_named(
    course: Course, release: Notebook, change: dict[str, str], words: str
) -> None:
    (failure,) = failures(course, **change)
    assert failure.startswith(f"small_inputs.py: {words}")


@pytest.mark.slow
def test_a_build_stops_at_small_inputs_that_do_not_fit(course: Course) -> None:
    path = course.solution_dir(ID) / "small_inputs.py"
    path.write_text(INPUTS.format(question="double", function="triple", calls="[]"))
    with pytest.raises(BuildError, match=r"small_inputs\.py: triple: the answer cell 'double'"):
        build(course, ID)
    path.write_text("SMALL_INPUTS = [")
    with pytest.raises(BuildError, match=r"small_inputs\.py: line 1"):
        build(course, ID)
    assert not course.release_dir(ID).exists()
