"""How one variant fares as several students, whose inputs are drawn from different seeds.

The first student is asked all questions. The others are asked those that can judge the variant
differently from the solution, which has full marks in the rest. All are judged in one box, since
opening one for each would take as long again. If they then fare differently, the reason may be
what the variant kept from one student to the next. So each is judged again in a box of its own, as
in grading, and only that counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from grader.box.session import Session
from grader.course.bundle import Bundle
from grader.errors import BoxError, JudgeError
from grader.grading.submission import judge_session, session_of
from grader.grading.workshop import forget_launcher
from grader.notebook import Notebook
from grader.release.variants import SEED, Variant, handed_in
from grader.results import CheckResult, QuestionResult

__all__ = ["Loss", "Losses", "difference", "fares", "for_proof", "name_of"]


class Loss(NamedTuple):
    """A check that failed."""

    question: str
    check: str


Losses = tuple[Loss, ...]


def for_proof(bundle: Bundle) -> Bundle:
    """The bundle without what only students look at: hints, examples and figures.

    Inputs are drawn from a seed of the proof's own. A course draws others for each of its students
    anyway, so what holds for several students who were made up here holds there as well.
    """
    bundle = replace(bundle, mistakes="", small_inputs="", figures="skip", seed=SEED)
    return replace(bundle, digest=f"{bundle.digest}, proof")


def name_of(number: int) -> str:
    """The name of a student of the proof, from 1."""
    return f"proof-{number}"


def fares(
    bundle: Bundle, source: Notebook, variant: Variant, judges: Collection[str], count: int
) -> dict[str, Losses]:
    """Grade a variant as several students.

    Args:
        bundle: the assignment.
        source: the solution notebook.
        variant: the variant.
        judges: the questions that can judge it differently from the solution.
        count: how many students.

    Returns:
        What each student lost, by name.

    Raises:
        BoxError: no box can be opened.
        JudgeError: the variant could not be graded.
    """
    notebook = handed_in(source, variant)
    names = [name_of(number) for number in range(1, count + 1)]
    try:
        return _fares(bundle, notebook, judges, names)
    except BoxError:  # as in grading: the zygote may have been killed from outside
        forget_launcher(bundle.unsafe)
        return _fares(bundle, notebook, judges, names)


def _fares(
    bundle: Bundle, notebook: Notebook, judges: Collection[str], names: Sequence[str]
) -> dict[str, Losses]:
    with closing(_Boxes(bundle, notebook)) as boxes:
        first = boxes.losses(names[0])
        asked = {*judges, *(loss.question for loss in first)}
        given = [question for question in bundle.assignment.questions if question not in asked]
        fared = {names[0]: first, **{name: boxes.losses(name, given) for name in names[1:]}}
        if difference(fared):
            fared = {name: boxes.fresh().losses(name, given) for name in names}
    return fared


def difference(fared: Mapping[str, Losses]) -> str:
    """A check that one student passes and another fails, in words; "" if all fare alike."""
    one, *others = fared
    for other in others:
        for loss in dict.fromkeys([*fared[one], *fared[other]]):
            passing = [name for name in (one, other) if loss not in fared[name]]
            if passing:
                (failing,) = {one, other} - set(passing)
                return f"student {passing[0]} passes `{loss.check}`, {failing} fails it"
    return ""


class _Boxes:
    """Judges a notebook as one student after the other, in as few boxes as possible."""

    def __init__(self, bundle: Bundle, notebook: Notebook) -> None:
        self._bundle, self._notebook = bundle, notebook
        self._session: Session | None = None

    def close(self) -> None:
        if self._session is not None:
            self._session.__exit__()
            self._session = None

    def fresh(self) -> _Boxes:
        """These boxes, of which the next student gets a new one."""
        self.close()
        return self

    def losses(self, student: str, given: Collection[str] = ()) -> Losses:
        if self._session is None:
            self._session = session_of(self._bundle, self._notebook)
            self._session.execute_cells()
        results = judge_session(self._bundle, student, self._notebook, self._session, given)
        if self._session.notes:  # a call that ended the box is not made again in this session
            self.close()
        return _losses(results)


def _losses(results: Sequence[QuestionResult]) -> Losses:
    found = [(result.question, check) for result in results for check in result.checks]
    return tuple(_loss(question, check) for question, check in found if not check.passed)


def _loss(question: str, check: CheckResult) -> Loss:
    if check.passed is None:
        raise JudgeError(f"hidden_tests.py: {check.name}: {check.message}")
    return Loss(question, check.name)
