"""The package, run the way Gradescope runs it."""

from __future__ import annotations

import subprocess

import pytest

from grader.box.launch import launcher
from grader.course.settings import Course
from grader.errors import BoxError
from grader.export.gradescope_package import gradescope_zip
from grader.notebook import Notebook
from tests.kit.course import ID, RIGHT, release_by_hand, write_course
from tests.kit.gradescope import Gradescope
from tests.kit.notebooks import answered

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def release(course: Course) -> Notebook:
    return release_by_hand(course)


@pytest.fixture(scope="module")
def gradescope(
    course: Course, release: Notebook, tmp_path_factory: pytest.TempPathFactory
) -> Gradescope:
    try:
        launcher().close()
        unsafe = False
    except BoxError:
        unsafe = True
    machine = Gradescope(tmp_path_factory.mktemp("autograder"))
    machine.set_up(gradescope_zip(course, ID, unsafe=unsafe))
    return machine


def test_run_autograder_writes_results_the_way_gradescope_runs_it(
    gradescope: Gradescope, release: Notebook
) -> None:
    half = {**RIGHT, "square": "def square(x):\n    return x + 1"}
    done = gradescope.run(tiny=answered(release, **half))
    assert done.returncode == 0, done.stderr
    found = gradescope.results()
    assert found["score"] == 4.0
    assert [(t["number"], t["score"], t["max_score"], t["status"]) for t in found["tests"]] == [
        ("1.1", 3.0, 3.0, "passed"),
        ("1.2", 1.0, 1.0, "passed"),
        ("2.1", 0.0, 2.0, "failed"),
    ]
    assert found["tests"][2]["name"] == "square: square(x) is x²."
    assert "x²" in found["tests"][2]["output"]
    assert found["output"] == "A person grades these questions, not this program: why."
    assert found["execution_time"] > 0


def test_the_kit_that_is_packed_is_the_one_that_runs(gradescope: Gradescope) -> None:
    code = "import grader, sys; print(grader.__file__)"
    python = gradescope.root / "venv" / "bin" / "python"
    shown = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith(str(gradescope.root / "venv"))


def test_a_broken_notebook_gets_zero_and_the_reason(gradescope: Gradescope) -> None:
    assert gradescope.run(tiny=b"{").returncode == 0
    found = gradescope.results()
    assert found["score"] == 0.0
    assert "Rejected" in found["output"]
    assert gradescope.run(one=b"{}", two=b"{}").returncode == 0
    assert "There are 2 notebooks" in gradescope.results()["output"]


def test_a_submission_cannot_write_its_own_results(
    gradescope: Gradescope, release: Notebook
) -> None:
    target = gradescope.root / "results" / "results.json"
    writes = f"open({str(target)!r}, 'w').write('{{\"score\": 99}}')"
    attack = f"def double(x):\n    return {writes} or 2 * x"
    assert gradescope.run(tiny=answered(release, double=attack)).returncode == 0
    assert gradescope.results()["score"] == 0.0


def test_without_a_score_there_are_no_results(gradescope: Gradescope, release: Notebook) -> None:
    tests = gradescope.root / "source" / "course" / "solutions" / ID / "hidden_tests.py"
    before = tests.read_text()
    try:
        tests.write_text(before.replace("x = float(rng.normal())", "x = 1 / 0"))
        done = gradescope.run(tiny=answered(release, double=RIGHT["double"]))
    finally:
        tests.write_text(before)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert not (gradescope.root / "results" / "results.json").exists()
