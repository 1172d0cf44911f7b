"""With `figures: later`, each submission gets the same score, checks, hints and notes as without.

Of the variants of the proof, one of each kind is tried: a mistake, an alternative and a mutant,
each of another question. GRADER_FIGURES=kinds tries one of each kind in each question, which takes
minutes, and GRADER_FIGURES=all tries all, and the whole sample class, which takes hours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import ndiff
from pathlib import Path
from pprint import pformat

import pytest

from grader.box import stopwatch
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.grading.submission import execute_and_judge
from grader.intake.submissions import Intake, Submission, read_submission
from grader.notebook import Notebook, grade_id, is_solution, loads
from grader.release.variants import Variant, all_variants, handed_in
from grader.results import SubmissionResult

COURSE = Course.load(Path(__file__).parents[2])
SUBMITTED = COURSE.root / "examples" / "submitted"
HOW_MANY = os.environ.get("GRADER_FIGURES", "few")
EVERYTHING = HOW_MANY == "all"
IDS = [assignment.id for assignment in COURSE.assignments]
# Two that are right, one with mistakes, one without definitions, one who hangs, and one whose
# functions are tried by themselves, since an own cell is there.
FEW = ("ada", "bela", "farah", "hana", "jia", "mateo")
STUDENTS = sorted(p.name for p in SUBMITTED.iterdir()) if EVERYTHING else FEW
# What is tried by default hangs, or takes a tenth of these; some of the other variants compute.
CELL_S, CALL_S = (2, 1) if HOW_MANY == "few" else (4, 2)
CALL_BACK_S = 2  # in backprop, one who hangs calls the judge's own function 5,000 times


@pytest.fixture(scope="module", params=IDS)
def bundle(request: pytest.FixtureRequest) -> Iterator[Bundle]:
    """What computes is stopped soon, and never by the wall clock, which says so in other words."""
    made = load_bundle(COURSE, request.param)
    call_s = CALL_BACK_S if request.param == "backprop" else CALL_S
    limit = {"cell_timeout_s": CELL_S, "call_timeout_s": call_s}
    limits = made.limits.model_copy(update=limit)
    with pytest.MonkeyPatch.context() as patch:
        for factor in ("WALL_FACTOR", "LAST_FACTOR"):
            patch.setattr(stopwatch, factor, 1000)
        yield replace(made, limits=limits)


def graded(bundle: Bundle, student: str, intake: Intake, figures: str) -> SubmissionResult:
    return execute_and_judge(replace(bundle, figures=figures), student, intake)


def differences(bundle: Bundle, student: str, intake: Intake) -> list[str]:
    """What the grading that leaves cells out has otherwise; its notebook may differ.

    And it cannot tell that a cell takes too long which it did not execute.
    """
    whole, lean = (graded(bundle, student, intake, figures) for figures in ("skip", "later"))
    left_out = [f"Cell {name} " for name in cells_left_out(lean)]
    notes = [n for n in whole.notes if not any(cell in n.text for cell in left_out)]
    one, other = (
        pformat(replace(result, notebook=None, figures=""))
        for result in (replace(whole, notes=tuple(notes)), lean)
    )
    return [line for line in ndiff(one.splitlines(), other.splitlines()) if line[0] in "-+"]


def cells_left_out(result: SubmissionResult) -> list[str | None]:
    """Those that were not executed at all; one that was stopped shows an error."""
    cells = result.notebook["cells"] if result.notebook else []
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [grade_id(c) for c in code if c["execution_count"] is None and not c["outputs"]]


def chosen(variants: Sequence[Variant]) -> Sequence[Variant]:
    """Those that are tried."""
    if EVERYTHING:
        return variants
    firsts: dict[tuple[str, str], Variant] = {}
    for variant in variants:
        firsts.setdefault((variant.kind, variant.question), variant)
    few: dict[str, Variant] = {}
    for variant in firsts.values():
        if variant.question not in {other.question for other in few.values()}:
            few.setdefault(variant.kind, variant)
    return list((firsts if HOW_MANY == "kinds" else few).values())


def variants(bundle: Bundle) -> Iterator[tuple[str, Notebook]]:
    """Whole notebooks that hold one variant each, with its name."""
    name = bundle.assignment.id
    source = loads((COURSE.solution_dir(name) / f"{name}.ipynb").read_bytes())
    for variant in chosen(list(all_variants(source, bundle.mistakes))):
        cells = handed_in(source, variant)["cells"]
        answers = {grade_id(cell): cell["source"] for cell in cells if is_solution(cell)}
        filled = [
            {**cell, "source": answers.get(grade_id(cell), cell["source"])}
            if is_solution(cell)
            else cell
            for cell in bundle.release["cells"]
        ]
        yield f"{variant}"[:200], {**bundle.release, "cells": filled}


@pytest.mark.slow
def test_the_sample_class_gets_the_same_results_when_figures_are_drawn_later(
    bundle: Bundle,
) -> None:
    name = bundle.assignment.id
    for student in STUDENTS:
        path = SUBMITTED / student / name / f"{name}.ipynb"
        intake = read_submission(Submission(student, name, path), bundle.release)
        assert differences(bundle, student, intake) == [], student


@pytest.mark.slow
def test_variants_of_the_proof_get_the_same_results_when_figures_are_drawn_later(
    bundle: Bundle,
) -> None:
    tried = 0
    for told, notebook in variants(bundle):
        assert differences(bundle, "proof-1", Intake(notebook)) == [], told
        tried += 1
    assert tried >= 3


@pytest.mark.slow
def test_a_right_submission_is_judged_without_its_checks_and_pictures(bundle: Bundle) -> None:
    name = bundle.assignment.id
    path = SUBMITTED / "ada" / name / f"{name}.ipynb"
    intake = read_submission(Submission("ada", name, path), bundle.release)
    result = graded(bundle, "ada", intake, "later")
    assert (result.figures, result.notebook is None) == ("later", False)
    assert result.notebook is not None
    code = [cell for cell in result.notebook["cells"] if cell["cell_type"] == "code"]
    assert sum(cell["execution_count"] is None for cell in code) > len(code) / 2
