"""Each assignment of this course, beyond what the gates of its build prove."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from fuzzing import FUZZ

from grader.autograde import execute_and_judge
from grader.bundle import HIDDEN_FILES, Bundle, load_bundle
from grader.course import Course
from grader.intake import Intake
from grader.notebook import Notebook, dumps, grade_id, is_solution, loads, replace_solution
from grader.results import Status, SubmissionResult

ROOT = Path(__file__).parents[1]
COURSE = Course.load(ROOT)
WRITTEN = [
    a.id for a in COURSE.assignments if (COURSE.solution_dir(a.id) / "mistakes.py").is_file()
]
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
NIGHTLY = FUZZ > 1
WEIRD = ["None", "'x'", "[]", "float('nan')", "10**30", "[1, (2, {'a': [3]})]"]


class Workbench:
    """One assignment with a release made here, and its solution reduced to definitions."""

    def __init__(self, assignment_id: str, folder: Path) -> None:
        source = COURSE.solution_dir(assignment_id)
        for path in source.iterdir():
            if path.is_file() and path.suffix != ".ipynb" and path.name not in HIDDEN_FILES:
                shutil.copy(path, folder)
        self.solution = loads((source / f"{assignment_id}.ipynb").read_bytes())
        release = deepcopy(self.solution)
        for cell in release["cells"]:
            if is_solution(cell):
                is_code = cell["cell_type"] == "code"
                cell["source"] = replace_solution(cell["source"], STUB) if is_code else "ANSWER"
        (folder / f"{assignment_id}.ipynb").write_text(dumps(release), encoding="utf-8")
        self.bundle: Bundle = load_bundle(COURSE, assignment_id, folder)
        self.defining = [
            cell
            for cell in self.solution["cells"]
            if cell["cell_type"] == "code" and (is_solution(cell) or "import " in cell["source"])
        ]

    def variant(self, code: str, question: str) -> Notebook:
        """The definitions of the solution, those of one question followed by other ones."""
        cells = [
            {**cell, "source": f"{cell['source']}\n\n{code}"}
            if grade_id(cell) == question
            else cell
            for cell in self.defining
        ]
        return {**self.solution, "cells": cells}

    def grade(self, notebook: Notebook) -> SubmissionResult:
        return execute_and_judge(self.bundle, "amy", Intake(notebook))

    def functions(self) -> Iterator[tuple[str, str]]:
        """Every question with each function that its cell defines."""
        for cell in self.defining:
            if is_solution(cell):
                for node in ast.parse(cell["source"]).body:
                    if isinstance(node, ast.FunctionDef):
                        yield str(grade_id(cell)), node.name


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbench]:
    return {name: Workbench(name, tmp_path_factory.mktemp(name)) for name in WRITTEN}


def lost(result: SubmissionResult) -> dict[str, list[str]]:
    """Questions that lost points, with what the student reads; none may be ungraded."""
    assert result.status is Status.GRADED, result.notes
    return {
        q.question: [check.message for check in q.checks if not check.passed]
        for q in result.questions
        if not q.manual and q.score != q.max_score
    }


def test_every_assignment_with_a_catalogue_is_tried() -> None:
    assert WRITTEN


@pytest.mark.parametrize("name", WRITTEN)
def test_the_whole_solution_gets_full_marks_without_a_remark(
    benches: dict[str, Workbench], name: str
) -> None:
    bench = benches[name]
    result = bench.grade(bench.solution)
    assert (lost(result), result.notes) == ({}, ())
    assert not [hint for question in result.questions for hint in question.hints]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_release_gets_nothing(benches: dict[str, Workbench], name: str) -> None:
    bench = benches[name]
    result = bench.grade(bench.bundle.release)
    assert (result.status, result.score) == (Status.GRADED, 0.0)


@pytest.mark.parametrize("value", WEIRD)
@pytest.mark.parametrize("name", WRITTEN)
def test_a_weird_value_from_every_function_is_failed_checks_and_nothing_else(
    benches: dict[str, Workbench], name: str, value: str
) -> None:
    bench = benches[name]
    notebook = {**bench.solution, "cells": deepcopy(bench.defining)}
    for cell in notebook["cells"]:
        for question, function in bench.functions():
            if grade_id(cell) == question:
                cell["source"] += f"\n\ndef {function}(*args, **kwargs):\n    return {value}\n"
    assert bench.grade(notebook).status is Status.GRADED


@pytest.mark.parametrize("value", WEIRD[:: 1 if NIGHTLY else 5])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_weird_value_from_one_function_is_failed_checks_and_nothing_else(
    benches: dict[str, Workbench], name: str, value: str
) -> None:
    bench = benches[name]
    for question, function in bench.functions():
        code = f"def {function}(*args, **kwargs):\n    return {value}\n"
        result = bench.grade(bench.variant(code, question))
        assert question in lost(result), function


def test_inputs_differ_between_students_and_the_score_does_not(
    benches: dict[str, Workbench],
) -> None:
    bench = benches[WRITTEN[0]]
    fast = {**bench.solution, "cells": bench.defining}
    changed = replace(bench.bundle, seed=bench.bundle.seed + 1, digest="another seed")
    scores = {
        execute_and_judge(bundle, student, Intake(fast)).score
        for bundle in (bench.bundle, changed)
        for student in ("amy", "bob", "cyd")
    }
    assert len(scores) == 1
