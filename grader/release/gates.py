"""The gates that an assignment must pass before it is released.

A gate takes a `Candidate` or its `Release`. It returns what it found, with one line for each
failure: the cell or file, and the remedy. `SOURCE_GATES` look at the source only. They come first,
because a wrong source may not give a release at all. A new gate is a function in one of the two
tuples.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from grader.course.folder import helper_files
from grader.course.settings import Assignment, Course
from grader.course.solution import BEGIN_MARKER, END_MARKER, solution_region
from grader.errors import GraderError, JudgeError
from grader.intake.rebuild import Intake, rebuild
from grader.judge.wording import unknown_keys
from grader.notebook import (
    CHECK_PREFIX,
    Cell,
    Notebook,
    cell_name,
    error_line,
    grade_id,
    is_check,
    is_manual,
    is_solution,
    points,
    question_of,
)
from grader.release import leaks
from grader.results import SubmissionResult

if TYPE_CHECKING:
    from grader.judge.catalogue import Alternative, Mistake

__all__ = ["RELEASE_GATES", "SOURCE_GATES", "Candidate", "GateResult", "Release"]

HIDDEN_TEST_MARKERS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")


@dataclass(frozen=True)
class GateResult:
    """What one gate found.

    Args:
        gate: its name, for a table.
        seen: what was looked at, for a gate without failures.
        failures: one line each: cell or file, what is wrong, the remedy.
    """

    gate: str
    seen: str
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """An assignment on its way to release.

    Args:
        course: the course.
        assignment: its part of course.yml.
        source: the solution notebook.
        hidden_tests: text of hidden_tests.py.
        mistakes: text of mistakes.py, "" if there is none.
        messages: text of messages.yml, "" if there is none.
    """

    course: Course
    assignment: Assignment
    source: Notebook
    hidden_tests: str
    mistakes: str
    messages: str

    @property
    def notebook_name(self) -> str:
        """File name of both notebooks."""
        return f"{self.assignment.id}.ipynb"


@dataclass(frozen=True)
class Release(Candidate):
    """A candidate whose student version has been made.

    Args:
        notebook: the student notebook.
        folder: everything that students get.
    """

    notebook: Notebook
    folder: Path


SourceGate: TypeAlias = Callable[[Candidate], GateResult]
ReleaseGate: TypeAlias = Callable[[Release], GateResult]


def clean_source(candidate: Candidate) -> GateResult:
    """Solution markers are in pairs and in answer cells; no outputs are committed."""
    cells = candidate.source["cells"]
    failures = [
        f"{candidate.notebook_name}: cell {cell_name(cell)!r}: {failure}"
        for cell in cells
        for failure in _unclean(cell)
    ]
    return GateResult("clean source", f"{len(cells)} cells", tuple(failures))


def _unclean(cell: Cell) -> Iterator[str]:
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield "has outputs; clear the outputs of all cells and save"
    if any(marker in cell["source"] for marker in HIDDEN_TEST_MARKERS):
        yield "has a region of hidden tests; move it to hidden_tests.py"
    if not any(marker in cell["source"] for marker in (BEGIN_MARKER, END_MARKER)):
        return
    if not is_solution(cell):
        yield "has solution markers, but is not an answer cell; mark it as one in Create Assignment"
    try:
        solution_region(cell["source"])
    except ValueError as error:
        yield f"{error}; pair the solution markers"


def consistent_points(candidate: Candidate) -> GateResult:
    """Questions and points agree between notebook, course.yml and hidden_tests.py."""
    try:
        from grader.judge.declared import declared_points  # pytest and numpy, only needed here

        declared = declared_points(candidate.hidden_tests)
    except (JudgeError, SyntaxError) as error:
        return GateResult("points", "", (f"hidden_tests.py cannot be read: {error}; fix it",))
    failures = [*_names_twice(candidate), *_unknown(candidate, declared)]
    for name, question in candidate.assignment.questions.items():
        cells = [cell for cell in candidate.source["cells"] if question_of(cell) == name]
        check = _manual_question if question.manual else _automatic_question
        failures += [
            f"question {name!r}: {failure}"
            for failure in check(name, question.points, cells, declared.get(name))
        ]
    seen = f"{candidate.assignment.max_score:g} points"
    return GateResult("points", seen, tuple(failures))


def _names_twice(candidate: Candidate) -> Iterator[str]:
    cells = candidate.source["cells"]
    for kind, names in (
        ("grade id", Counter(filter(None, map(grade_id, cells)))),
        ("cell id", Counter(cell["id"] for cell in cells if "id" in cell)),
    ):
        for name, count in names.items():
            if count > 1:
                place = candidate.notebook_name
                yield f"{place}: {count} cells have the {kind} {name!r}; give each its own"


def _unknown(candidate: Candidate, declared: dict[str, float]) -> Iterator[str]:
    known = candidate.assignment.questions
    for cell in candidate.source["cells"]:
        name = question_of(cell)
        if name is not None and name not in known:
            yield (
                f"{candidate.notebook_name}: cell {grade_id(cell)!r}: course.yml has no question "
                f"{name!r}; add it there or rename the cell"
            )
        elif is_check(cell) and grade_id(cell) != f"{CHECK_PREFIX}{name}":
            yield (
                f"{candidate.notebook_name}: cell {grade_id(cell)!r}: a check cell is named "
                f"{CHECK_PREFIX}<question>; rename it to '{CHECK_PREFIX}{name}'"
            )
    for name in declared.keys() - known.keys():
        yield f"hidden_tests.py: course.yml has no question {name!r}; add it or correct the marker"


def _automatic_question(
    name: str, expected: float, cells: list[Cell], declared: float | None
) -> Iterator[str]:
    check = CHECK_PREFIX + name
    checks = [cell for cell in cells if is_check(cell) and cell["cell_type"] == "code"]
    answers = [cell for cell in cells if is_solution(cell)]
    if len(checks) != 1:
        yield f"the notebook has {len(checks)} check cells {check!r}; it must have one"
    if any(is_manual(cell) or cell["cell_type"] != "code" for cell in answers) or len(answers) > 1:
        yield f"its answer must be one code cell {name!r}; make it an Autograded answer"
    for cell in checks:
        if points(cell) != expected:
            yield (
                f"cell {check!r} has {_shown(points(cell))} points, course.yml has "
                f"{expected:g}; make them equal"
            )
    if declared != expected:
        yield (
            f"hidden_tests.py has {_shown(declared)} points in all, course.yml has {expected:g}; "
            "make them equal"
        )


def _manual_question(
    name: str, expected: float, cells: list[Cell], declared: float | None
) -> Iterator[str]:
    if len(cells) != 1 or not is_manual(cells[0]) or cells[0]["cell_type"] != "markdown":
        yield f"it must be one markdown cell {name!r}; make it a Manually graded answer"
    elif points(cells[0]) != expected:
        yield (
            f"cell {name!r} has {_shown(points(cells[0]))} points, course.yml has {expected:g}; "
            "make them equal"
        )
    if declared is not None:
        yield "it is graded by hand, but hidden_tests.py tests it; remove one of the two"


def _shown(value: float | None) -> str:
    return "no" if value is None else f"{value:g}"


def known_names(candidate: Candidate) -> GateResult:
    """Mistakes and messages name only questions, functions, tests and sentences that exist."""
    from grader.judge.catalogue import Catalogue  # numpy, only needed here

    try:
        catalogue = Catalogue.from_source(candidate.mistakes)
        defined = {
            question_of(cell): _functions(cell["source"], f"cell {cell_name(cell)!r}")
            for cell in candidate.source["cells"]
            if is_solution(cell) and cell["cell_type"] == "code"
        }
        entries: tuple[Mistake | Alternative, ...] = (*catalogue.mistakes, *catalogue.alternatives)
        failures = [
            f"mistakes.py: {entry.id}: {failure}"
            for entry in entries
            for failure in _misplaced(entry, defined)
        ]
        tests = _functions(candidate.hidden_tests, "hidden_tests.py")
        mistakes = {mistake.id for mistake in catalogue.mistakes}
        failures += unknown_keys(candidate.messages, tests, mistakes)
    except JudgeError as error:
        return GateResult("names", "", (str(error),))
    except SyntaxError as error:
        failure = f"{error.filename}: line {error.lineno}: {error.msg}; fix it"
        return GateResult("names", "", (failure,))
    seen = f"{len(catalogue.mistakes)} mistakes, {len(catalogue.alternatives)} alternatives"
    return GateResult("names", seen, tuple(failures))


def _functions(source: str, place: str) -> set[str]:
    body = ast.parse(source, place).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def _misplaced(
    entry: Mistake | Alternative, defined: Mapping[str | None, set[str]]
) -> Iterator[str]:
    own = _functions(entry.code, "mistakes.py")
    if entry.question not in defined:
        yield f"the notebook has no code question {entry.question!r}; correct its `question`"
    elif own and not own & defined[entry.question]:
        yield (
            f"it defines {', '.join(sorted(own))}, but the answer cell {entry.question!r} defines "
            f"{', '.join(sorted(defined[entry.question]))}; give both the same name"
        )


def no_leaks(release: Release) -> GateResult:
    """No solution, hidden test or known mistake is readable anywhere in the release."""
    try:
        secret = leaks.secrets(
            release.source,
            release.notebook,
            release.hidden_tests,
            release.mistakes,
            release.messages,
        )
    except SyntaxError as error:
        failure = f"{error.filename}: line {error.lineno}: {error.msg}; fix it"
        return GateResult("leaks", "", (failure,))
    found = leaks.find_leaks(
        secret,
        leaks.passages(release.notebook, release.notebook_name, helper_files(release.folder)),
    )
    return GateResult("leaks", f"{len(secret)} secret lines", tuple(found))


def reference_is_perfect(release: Release) -> GateResult:
    """The solution notebook, handed in like a student's, gets every automatic point."""
    intake = rebuild(release.source, release.notebook)
    if intake.notebook is None:
        return GateResult("reference", "", (f"the release does not fit its source: {intake}",))
    # In a cell without metadata, an error of a visible check stays an error in the graded notebook.
    plain = {**intake.notebook, "cells": [{**c, "metadata": {}} for c in intake.notebook["cells"]]}
    result = _grade(release, "reference", plain)
    if isinstance(result, GateResult):
        return result
    failures = list(_errors(result, intake.notebook["cells"]))
    for question in result.questions:
        if not question.manual and question.score != question.max_score:
            why = "; ".join(f"{c.name}: {c.message}" for c in question.checks if not c.passed)
            failures.append(
                f"question {question.question!r}: the reference gets {_shown(question.score)} of "
                f"{question.max_score:g} ({why}); fix the solution or the hidden test"
            )
    automatic = sum(q.max_score for q in result.questions if not q.manual)
    return GateResult("reference", f"{automatic:g} of {automatic:g} points", tuple(failures))


def _errors(result: SubmissionResult, cells: list[Cell]) -> Iterator[str]:
    executed = result.notebook["cells"] if result.notebook else []
    for cell, original in zip(executed, cells, strict=False):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                error = error_line(output).split("\n")[0]
                yield f"cell {cell_name(original)!r}: the reference raises {error}; fix the cell"


def stub_earns_nothing(release: Release) -> GateResult:
    """The untouched release gets no point on any question."""
    result = _grade(release, "untouched", release.notebook)
    if isinstance(result, GateResult):
        return result
    failures = [
        f"question {question.question!r}: the untouched stub gets {question.score:g} of "
        f"{question.max_score:g}; make its hidden tests fail on work that is not done"
        for question in result.questions
        if question.score
    ]
    return GateResult("untouched stub", "0 points", tuple(failures))


def right_small_inputs(release: Release) -> GateResult:
    """On the small inputs of an example, all known right ways have the same result."""
    from grader.course.bundle import load_bundle
    from grader.release.small_inputs import small_input_failures  # numpy, only needed here

    try:
        bundle = load_bundle(release.course, release.assignment.id, release_dir=release.folder)
        failures = tuple(small_input_failures(bundle, release.source, release.folder))
    except GraderError as error:
        return GateResult("small inputs", "", (str(error),))
    return GateResult("small inputs", "right" if bundle.small_inputs else "none", failures)


def _grade(release: Release, student: str, notebook: Notebook) -> SubmissionResult | GateResult:
    """The result, or the gate's failure if the submission could not be graded."""
    from grader.course.bundle import load_bundle
    from grader.grading.submission import execute_and_judge  # numpy and pytest, only needed here

    try:
        bundle = load_bundle(release.course, release.assignment.id, release_dir=release.folder)
        result = execute_and_judge(bundle, student, Intake(notebook))
    except GraderError as error:
        return GateResult(student, "", (str(error),))
    if result.score is None:
        return GateResult(student, "", result.note_texts)
    return result


SOURCE_GATES: tuple[SourceGate, ...] = (clean_source, consistent_points, known_names)
RELEASE_GATES: tuple[ReleaseGate, ...] = (
    no_leaks,
    right_small_inputs,
    reference_is_perfect,
    stub_earns_nothing,
)
