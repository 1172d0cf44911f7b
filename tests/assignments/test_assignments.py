"""Each assignment of this course, beyond what the gates of its build prove."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.bundle import Bundle, load_bundle
from grader.course.folder import HIDDEN_FILES
from grader.course.settings import Course
from grader.course.solution import replace_solution
from grader.grading.submission import execute_and_judge
from grader.intake.submissions import Intake
from grader.judge.catalogue import Catalogue
from grader.notebook import Notebook, dumps, grade_id, is_solution, loads
from grader.results import Status, SubmissionResult
from tests.kit.files import ROOT
from tests.kit.fuzzing import FUZZ
from tests.kit.marks import first_is_fast

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
        """The definitions of the solution, with other code after those of one question."""
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


@pytest.mark.parametrize("name", first_is_fast(WRITTEN))
def test_the_whole_solution_gets_full_marks_without_a_remark(
    benches: dict[str, Workbench], name: str
) -> None:
    bench = benches[name]
    result = bench.grade(bench.solution)
    assert (lost(result), result.notes) == ({}, ())
    assert not [hint for question in result.questions for hint in question.hints]


@pytest.mark.parametrize("name", WRITTEN)
def test_workers_need_not_load_matplotlib_for_the_reference(
    benches: dict[str, Workbench], name: str
) -> None:
    assert "matplotlib" not in benches[name].bundle.reference


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
def test_the_release_gets_nothing(benches: dict[str, Workbench], name: str) -> None:
    bench = benches[name]
    result = bench.grade(bench.bundle.release)
    assert (result.status, result.score) == (Status.GRADED, 0.0)


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


SUM_LOSS = """
def softmax_loss(scores, y, params, reg):
    top = scores.max(axis=1, keepdims=True)
    logs = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return np.sum(logs - scores[np.arange(len(y)), y]) + 0.5 * reg * squares
"""


@pytest.mark.slow
def test_a_mistake_is_not_punished_again_where_course_yml_says_so(
    benches: dict[str, Workbench],
) -> None:
    """The student's loss lacks the mean, and the gradient is exactly the one of that loss."""
    bench = benches["two_layer_net"]
    catalogue = Catalogue.from_source(bench.bundle.mistakes)
    (mistake,) = (m for m in catalogue.mistakes if m.id == "backward.mean_missing")
    notebook = bench.variant(SUM_LOSS, "softmax_loss")
    for cell in notebook["cells"]:
        if grade_id(cell) == "backward":
            cell["source"] += f"\n\n{mistake.code}"
    result = bench.grade(notebook)
    assert set(lost(result)) == {"softmax_loss"}
    kept = {q.question: q.follow_through for q in result.questions if q.follow_through}
    assert set(kept) == {"backward", "train"}
    assert "your own softmax_loss" in kept["backward"][0]
    assert "softmax_loss" in kept["train"][0]
    assert SubmissionResult.from_json(result.to_json()) == result
    questions = {
        name: spec.model_copy(update={"follow_through": False})
        for name, spec in bench.bundle.assignment.questions.items()
    }
    assignment = bench.bundle.assignment.model_copy(update={"questions": questions})
    bundle = replace(bench.bundle, assignment=assignment, digest="strict")
    strict = execute_and_judge(bundle, "amy", Intake(notebook))
    assert {"softmax_loss", "backward"} <= set(lost(strict))
    assert not [q.question for q in strict.questions if q.follow_through]
