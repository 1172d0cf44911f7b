"""One submission → one `SubmissionResult`: intake, execute in the box, judge outside it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import Any

from grader.box.client import CellOutcome
from grader.box.launch import Launcher, launcher
from grader.box.session import CodeCell, Session
from grader.box.tiers import Tier
from grader.bundle import Bundle
from grader.errors import BoxError, GraderError, JudgeError
from grader.intake import Intake, Submission, read_submission
from grader.judge.catalogue import Catalogue
from grader.judge.reference import Reference
from grader.judge.student import Student
from grader.judge.suite import HiddenTests, Verdict
from grader.notebook import Notebook, grade_id, is_check, is_manual, is_solution, question_of
from grader.records import fingerprint
from grader.results import QuestionResult, Status, SubmissionResult
from grader.scorecard import check_cell_outputs
from grader.scratch import new_folder
from grader.wording import Wording

__all__ = [
    "execute_and_judge",
    "grade_submission",
    "prepare",
]


def grade_submission(bundle: Bundle, submission: Submission) -> SubmissionResult:
    """Grade one submitted file; never raises, so that no submission can stop a batch.

    A result that is NOT_GRADED has no fingerprint: the next run tries it again.
    """
    before = fingerprint(bundle, submission)  # a file replaced meanwhile then counts as changed
    try:
        intake = read_submission(submission, bundle.release)
        result = execute_and_judge(bundle, submission.student, intake)
    except Exception as error:  # the worker's edge: an error of ours costs this result only
        note = f"Not graded, by a mistake of the grader: {type(error).__name__}: {error}"
        result = _empty(bundle, submission.student, Status.NOT_GRADED, (note,))
    return result if result.status is Status.NOT_GRADED else replace(result, fingerprint=before)


def execute_and_judge(bundle: Bundle, student: str, intake: Intake) -> SubmissionResult:
    """Execute a repaired notebook in the box and judge it outside.

    A rejected intake gives a REJECTED result. When our side fails (the box cannot be opened, a
    hidden test breaks), the result is NOT_GRADED with the reason in its notes.
    """
    if intake.notebook is None:
        return _rejected(bundle, student, intake.rejection or "it cannot be read")
    try:
        try:
            return _graded(bundle, student, intake.notebook, intake.notes)
        except BoxError:  # somebody may have killed the zygote; the next one will do
            _forget_launcher(bundle.unsafe)
            return _graded(bundle, student, intake.notebook, intake.notes)
    except (BoxError, JudgeError) as error:
        return _empty(bundle, student, Status.NOT_GRADED, (*intake.notes, f"Not graded: {error}"))


def prepare(bundle: Bundle) -> None:
    """Make ready in this process what the bundle's first submission would wait for.

    The hidden tests are unpacked while the box server starts in a process of its own. A
    `GraderError` of either is left to the first submission, whose result can tell it.
    """
    unpacking = threading.Thread(target=_ready, args=(_workshop, bundle))
    unpacking.start()
    _ready(_launcher, bundle.unsafe)  # by this thread: the server ends with who started it
    unpacking.join()


def _ready(make: Callable[[Any], object], key: Any) -> None:
    with suppress(GraderError):
        make(key)


def _graded(
    bundle: Bundle, student: str, notebook: Notebook, notes: tuple[str, ...]
) -> SubmissionResult:
    workshop = _workshop(bundle)
    seed = f"{bundle.seed}:{bundle.assignment.id}:{student}"
    box_launcher = _launcher(bundle.unsafe)
    cells = _code_cells(notebook)
    with Session(box_launcher, bundle.files, cells, bundle.limits, bundle.figures) as session:
        outcomes = session.execute_cells()
        verdicts = workshop.hidden_tests.run(
            Student(session),
            workshop.reference,
            seed,
            workshop.catalogue,
            [name for name, q in bundle.assignment.questions.items() if not q.follow_through],
            workshop.wording,
        )
        stopped = session.notes
        notes = (*notes, *stopped)
    if box_launcher.tier is Tier.BOUNDS_ONLY:
        notes = (*notes, "Graded with --unsafe: the box was bounded, but not closed off.")
    questions = tuple(
        _question(bundle, notebook, name, verdicts.get(name, Verdict()))
        for name in bundle.assignment.questions
    )
    broken = [check for question in questions for check in question.checks if check.passed is None]
    notes += tuple(f"Not graded: {check.name}: {check.message}" for check in broken)
    return SubmissionResult(
        student=student,
        assignment=bundle.assignment.id,
        status=Status.NOT_GRADED if broken else Status.GRADED,
        max_score=bundle.assignment.max_score,
        questions=questions,
        notes=notes,
        stopped=stopped,
        notebook=_executed(notebook, outcomes, {q.question: q for q in questions}),
    )


def _question(bundle: Bundle, notebook: Notebook, name: str, verdict: Verdict) -> QuestionResult:
    spec = bundle.assignment.questions[name]
    if spec.manual:
        score = None if _is_answered(bundle, notebook, name) else 0.0
        return QuestionResult(name, score, spec.points, manual=True)
    if not verdict.checks:
        raise JudgeError(f"hidden_tests.py: no test for the question {name!r}; add one")
    is_broken = any(check.passed is None for check in verdict.checks)
    score = None if is_broken else float(sum(check.points for check in verdict.checks))
    found = verdict.diagnosis
    return QuestionResult(
        question=name,
        score=score,
        max_score=spec.points,
        mistakes=found.mistakes,
        checks=verdict.checks,
        hints=found.hints,
        follow_through=verdict.follow_through,
    )


def _is_answered(bundle: Bundle, notebook: Notebook, name: str) -> bool:
    """Whether a manual answer differs from the released text; nbgrader's own rule for a zero."""

    def answers(document: Notebook) -> list[str]:
        cells = document["cells"]
        return [c["source"] for c in cells if is_manual(c) and question_of(c) == name]

    return answers(notebook) != answers(bundle.release)


def _code_cells(notebook: Notebook) -> list[CodeCell]:
    return [
        CodeCell(
            index,
            grade_id(cell) or f"number {index + 1}",
            cell["source"],
            is_answer=is_solution(cell),
        )
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and cell["source"].strip()
    ]


def _executed(
    notebook: Notebook, outcomes: dict[int, CellOutcome], questions: dict[str, QuestionResult]
) -> Notebook:
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            outcome = outcomes.get(index, CellOutcome(ok=True))
            outputs = (*outcome.outputs, *_obituary(outcome))
            cell = {**cell, "outputs": list(outputs), "execution_count": outcome.count}
            question = questions.get(question_of(cell) or "")
            if is_check(cell) and question is not None:
                cell["outputs"] = check_cell_outputs(outputs, question)
        cells.append(cell)
    return {**notebook, "cells": cells}


def _obituary(outcome: CellOutcome) -> tuple[dict[str, Any], ...]:
    if not outcome.died:
        return ()
    return ({"output_type": "stream", "name": "stderr", "text": f"[{outcome.died}]\n"},)


def _rejected(bundle: Bundle, student: str, reason: str) -> SubmissionResult:
    questions = tuple(
        QuestionResult(name, 0.0, spec.points, manual=spec.manual)
        for name, spec in bundle.assignment.questions.items()
    )
    result = _empty(bundle, student, Status.REJECTED, (f"Rejected: {reason}",))
    return replace(result, questions=questions)


def _empty(
    bundle: Bundle, student: str, status: Status, notes: tuple[str, ...]
) -> SubmissionResult:
    return SubmissionResult(
        student, bundle.assignment.id, status, bundle.assignment.max_score, notes=notes
    )


class _Workshop:
    """An assignment unpacked for this process: hidden tests on disk, reference loaded."""

    def __init__(self, bundle: Bundle) -> None:
        self._folder = folder = new_folder("judge")
        Finalize(None, self.close, exitpriority=0)  # at exit of a pool's worker too
        for name, data in bundle.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        path = folder / "hidden_tests.py"
        path.write_text(bundle.hidden_tests, encoding="utf-8")
        self.hidden_tests = HiddenTests(path)
        self.reference = Reference(bundle.reference, folder)
        self.wording = wording = Wording.from_text(bundle.messages, bundle.language)
        self.catalogue = lru_cache(lambda: Catalogue.from_source(bundle.mistakes, wording.hints))

    def close(self) -> None:
        """Remove what was unpacked."""
        self.hidden_tests.close()
        shutil.rmtree(self._folder, ignore_errors=True)


_workshops: dict[str, _Workshop] = {}


def _workshop(bundle: Bundle) -> _Workshop:
    """The bundle's workshop, made once per process; only the latest is kept."""
    if bundle.digest not in _workshops:
        for workshop in _workshops.values():
            workshop.close()
        _workshops.clear()
        _workshops[bundle.digest] = _Workshop(bundle)
    return _workshops[bundle.digest]


_launchers: dict[bool, Launcher] = {}


def _launcher(unsafe: bool) -> Launcher:
    """This process's own zygote; it ends with the process."""
    if unsafe not in _launchers:
        _launchers[unsafe] = launcher(unsafe=unsafe)
        Finalize(None, _launchers[unsafe].close, exitpriority=0)
    return _launchers[unsafe]


def _forget_launcher(unsafe: bool) -> None:
    if unsafe in _launchers:
        _launchers.pop(unsafe).close()
