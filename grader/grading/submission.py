"""One submission → one `SubmissionResult`: intake, execute in the box, judge outside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from grader.box.client import CellOutcome
from grader.box.lean import LeanSession
from grader.box.session import CodeCell, Session
from grader.box.spare import Spare
from grader.box.tiers import Tier
from grader.course.bundle import Bundle
from grader.errors import BoxError, JudgeError
from grader.gradebook.records import fingerprint
from grader.grading import workshop
from grader.intake.submissions import Intake, Submission, read_submission, with_content
from grader.judge.student import Student
from grader.judge.verdict import Verdict
from grader.locale.translations import gettext, in_language
from grader.notebook import Notebook, cell_name, is_added, is_manual, is_solution, question_of
from grader.results import Note, NoteKind, QuestionResult, Status, SubmissionResult
from grader.system.versions import with_versions

__all__ = [
    "draw_submission",
    "execute_and_judge",
    "grade_submission",
    "judge_session",
    "session_of",
]


def grade_submission(bundle: Bundle, submission: Submission) -> SubmissionResult:
    """Grade one submitted file; never raises, so that no submission can stop a batch.

    A result that is NOT_GRADED has no fingerprint, so that the next run tries again.

    Args:
        bundle: the assignment.
        submission: the file; it is read here unless it comes with its content.
    """
    submission = with_content(submission)  # a file replaced from now on counts as changed
    with in_language(bundle.language):
        result = _result_of(bundle, submission)
    if result.status is Status.NOT_GRADED:
        return result
    return replace(result, fingerprint=fingerprint(bundle, submission))


def _result_of(bundle: Bundle, submission: Submission) -> SubmissionResult:
    try:
        intake = read_submission(submission, bundle.release)
        result = execute_and_judge(bundle, submission.drawn_for, intake)
        shared = submission.shared.notes if submission.shared else ()
        return replace(result, student=submission.student, notes=(*shared, *result.notes))
    except Exception as error:  # the worker's edge: an error of ours costs this result only
        text = gettext(
            "Not graded because of an error in the grader: {error}",
            error=f"{type(error).__name__}: {error}",
        )
        note = Note(NoteKind.NOT_GRADED, text)
        return _empty(bundle, submission.student, Status.NOT_GRADED, (note,))


def execute_and_judge(bundle: Bundle, student: str, intake: Intake) -> SubmissionResult:
    """Execute a repaired notebook in the box and judge it outside.

    If the intake was rejected, the result is REJECTED. If our side fails (the box cannot be opened,
    a hidden test breaks), the result is NOT_GRADED, with the reason in its notes.

    Args:
        bundle: the assignment.
        student: whose submission, a student's or a group's; random inputs depend on it.
        intake: the repaired notebook, or the reason why there is none.
    """
    if intake.notebook is None:
        return _rejected(
            bundle, student, intake.rejection or gettext("the notebook cannot be read")
        )
    try:
        try:
            return _graded(bundle, student, intake.notebook, intake.notes)
        except BoxError:  # the zygote may have been killed from outside: try a new one once
            workshop.forget_launcher(bundle.unsafe)
            return _graded(bundle, student, intake.notebook, intake.notes)
    except (BoxError, JudgeError) as error:
        note = Note(NoteKind.NOT_GRADED, gettext("Not graded: {reason}", reason=error))
        return _empty(bundle, student, Status.NOT_GRADED, (*intake.notes, note))


def _graded(
    bundle: Bundle, student: str, notebook: Notebook, notes: tuple[Note, ...]
) -> SubmissionResult:
    with _session_for_scores(bundle, notebook) as session:
        session.execute_cells()
        questions = judge_session(bundle, student, notebook, session)
        notes, outcomes = (*notes, *session.notes), session.outcomes
        is_whole = isinstance(session, LeanSession) and session.is_whole
    if workshop.launcher_of(bundle.unsafe).tier is Tier.BOUNDS_ONLY:
        text = gettext("Graded with --unsafe: the code ran under limits, but it was not isolated.")
        notes = (*notes, Note(NoteKind.UNSAFE, text))
    broken = [check for question in questions for check in question.checks if check.passed is None]
    reasons = [f"{check.name}: {check.message}" for check in broken]
    notes += tuple(
        Note(NoteKind.NOT_GRADED, gettext("Not graded: {reason}", reason=why)) for why in reasons
    )
    return SubmissionResult(
        student=student,
        assignment=bundle.assignment.id,
        status=Status.NOT_GRADED if broken else Status.GRADED,
        max_score=bundle.assignment.max_score,
        questions=questions,
        notes=notes,
        notebook=_executed(notebook, outcomes),
        figures="keep" if is_whole else bundle.figures,
    )


def draw_submission(bundle: Bundle, submission: Submission) -> SubmissionResult:
    """Execute all cells of a submitted file and draw its figures; nothing is judged.

    Args:
        bundle: the assignment.
        submission: a file that was graded; it is read here unless it comes with its content.

    Returns:
        A result with the executed notebook and the fingerprint, but without questions. It is
        NOT_GRADED, with the reason in its notes, if there is no such notebook.
    """
    submission = with_content(submission)
    with in_language(bundle.language):
        try:
            intake = read_submission(submission, bundle.release)
            notebook = _drawn(bundle, intake.notebook) if intake.notebook else None
        except Exception as error:  # the worker's edge: an error of ours costs these figures only
            note = Note(NoteKind.NOT_GRADED, f"{type(error).__name__}: {error}")
            return _empty(bundle, submission.student, Status.NOT_GRADED, (note,))
    result = _empty(bundle, submission.student, Status.GRADED, ())
    return replace(result, notebook=notebook, fingerprint=fingerprint(bundle, submission))


def _drawn(bundle: Bundle, notebook: Notebook) -> Notebook:
    try:
        with session_of(bundle, notebook) as session:
            return _executed(notebook, session.execute_cells())
    except BoxError:  # as in grading: the zygote may have been killed from outside
        workshop.forget_launcher(bundle.unsafe)
        with session_of(bundle, notebook) as session:
            return _executed(notebook, session.execute_cells())


def _session_for_scores(bundle: Bundle, notebook: Notebook) -> Session | LeanSession:
    """A session that leaves out what no answer needs, if figures are drawn later."""
    if bundle.figures != "later":
        return session_of(bundle, notebook)
    asked = workshop.workshop_of(bundle).asked
    launcher, cells = workshop.launcher_of(bundle.unsafe), _code_cells(notebook)
    spare = Spare(cells, asked)
    needed = [cell for place, cell in enumerate(cells) if place not in spare.places]
    return LeanSession(
        Session(launcher, bundle.files, needed, bundle.limits, "skip"),
        lambda used_s: Session(launcher, bundle.files, cells, bundle.limits, used_s=used_s),
        spare,
        bundle.limits,
    )


def session_of(bundle: Bundle, notebook: Notebook) -> Session:
    """A session for a repaired notebook, which has not executed anything yet.

    Args:
        bundle: the assignment.
        notebook: the repaired notebook.
    """
    workshop.workshop_of(bundle)  # unpacked now, before the submission's time begins
    launcher, cells = workshop.launcher_of(bundle.unsafe), _code_cells(notebook)
    return Session(launcher, bundle.files, cells, bundle.limits, bundle.figures)


def judge_session(
    bundle: Bundle,
    student: str,
    notebook: Notebook,
    session: Session | LeanSession,
    given: Collection[str] = (),
) -> tuple[QuestionResult, ...]:
    """Judge a notebook that a session has executed.

    Args:
        bundle: the assignment.
        student: whose submission; random inputs depend on it.
        notebook: the repaired notebook.
        session: has executed its cells.
        given: questions that count as earned without being asked.

    Returns:
        The result of each question, in the order of course.yml.

    Raises:
        BoxError: no box can be opened.
        JudgeError: the hidden tests cannot be run, or miss a question.
    """
    ready = workshop.workshop_of(bundle)
    questions = bundle.assignment.questions
    verdicts = ready.hidden_tests.run(
        Student(session),
        ready.reference,
        f"{bundle.seed}:{bundle.assignment.id}:{bundle.drawn_as(student)}",
        ready.catalogue,
        [name for name, question in questions.items() if not question.follow_through],
        ready.wording,
        given,
        ready.examples_by(session.probe, lambda: session.used_s),
        apart=lambda names: Student(apart) if (apart := session.apart(names)) else None,
    )
    session.note_undone({name: verdict.apart for name, verdict in verdicts.items()})
    return tuple(
        _question(bundle, notebook, name, verdicts.get(name, Verdict())) for name in questions
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
        examples=verdict.examples,
    )


def _is_answered(bundle: Bundle, notebook: Notebook, name: str) -> bool:
    """Whether a manual answer differs from the released text; if not, nbgrader too gives a zero."""

    def answers(document: Notebook) -> list[str]:
        cells = document["cells"]
        return [c["source"] for c in cells if is_manual(c) and question_of(c) == name]

    return answers(notebook) != answers(bundle.release)


def _code_cells(notebook: Notebook) -> list[CodeCell]:
    return [
        CodeCell(
            number - 1,
            cell_name(cell, number),
            cell["source"],
            is_answer=is_solution(cell),
            is_released=not (is_solution(cell) or is_added(cell)),
        )
        for number, cell in enumerate(notebook["cells"], 1)
        if cell["cell_type"] == "code" and cell["source"].strip()
    ]


def _executed(notebook: Notebook, outcomes: Mapping[int, CellOutcome]) -> Notebook:
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            outcome = outcomes.get(index, CellOutcome(ok=True))
            outputs = [*outcome.outputs, *_why_it_ended(outcome)]
            cell = {**cell, "outputs": outputs, "execution_count": outcome.count}
        cells.append(cell)
    return with_versions({**notebook, "cells": cells})


def _why_it_ended(outcome: CellOutcome) -> tuple[dict[str, Any], ...]:
    """The output of a cell that ended its box, or was ended with it."""
    if not outcome.died:
        return ()
    return ({"output_type": "stream", "name": "stderr", "text": f"[{outcome.died}]\n"},)


def _rejected(bundle: Bundle, student: str, reason: str) -> SubmissionResult:
    questions = tuple(
        QuestionResult(name, 0.0, spec.points, manual=spec.manual)
        for name, spec in bundle.assignment.questions.items()
    )
    note = Note(NoteKind.REJECTED, gettext("Rejected: {reason}", reason=reason))
    result = _empty(bundle, student, Status.REJECTED, (note,))
    return replace(result, questions=questions)


def _empty(
    bundle: Bundle, student: str, status: Status, notes: tuple[Note, ...]
) -> SubmissionResult:
    return SubmissionResult(
        student, bundle.assignment.id, status, bundle.assignment.max_score, notes=notes
    )
