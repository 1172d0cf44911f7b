"""What is wrong with a small_inputs.py: on every small input, one result must be right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.course.bundle import Bundle
from grader.course.solution import definition_lines
from grader.judge.catalogue import Catalogue
from grader.judge.diagnosis.smallest import Trier
from grader.judge.reference import Reference
from grader.judge.small_inputs import declared_inputs
from grader.notebook import Notebook, is_solution, question_of

__all__ = ["small_input_failures"]


def small_input_failures(bundle: Bundle, source: Notebook, folder: Path) -> Iterator[str]:
    """Yield a line for each function whose small inputs do not fit it.

    Args:
        bundle: the assignment.
        source: its solution notebook.
        folder: where its helper files are.

    Raises:
        JudgeError: small_inputs.py, mistakes.py or the reference cannot be executed.
    """
    catalogue = Catalogue.from_source(bundle.mistakes)
    reference = Reference(bundle.reference, folder)
    for declared in declared_inputs(bundle.small_inputs):
        place = f"small_inputs.py: {declared.function}"
        known = reference.with_callers(_defined(source, declared.question))
        if declared.function not in known:
            yield (
                f"{place}: the answer cell {declared.question!r} does not define it, nor does it "
                "call what is defined there; correct one of the two names"
            )
            continue
        try:
            for failure in _failures(Trier(declared, reference), catalogue, reference):
                yield f"{place}: {failure}"
        except Exception as error:  # the instructor's code may raise anything
            yield f"{place}: {type(error).__name__}: {error}; fix its calls"


def _defined(source: Notebook, question: str) -> set[str]:
    answers = [c for c in source["cells"] if question_of(c) == question and is_solution(c)]
    return {name for cell in answers for name in definition_lines(cell["source"])}


def _failures(trier: Trier, catalogue: Catalogue, reference: Reference) -> Iterator[str]:
    if not trier.cases:
        yield "it has no small input; add some, or remove the entry"
    case = trier.differing(reference)
    if case is not None:
        yield f"the solution gives nothing to compare with for {_line(case.code)}; leave it out"
        return
    for other in catalogue.alternatives:
        if other.question == trier.question:
            case = trier.differing(reference.variant(other.code))
            if case is not None:
                yield (
                    f"{other.id} is right too, but has another result for {_line(case.code)}; "
                    "leave such inputs out"
                )


def _line(code: str) -> str:
    return "; ".join(line.strip() for line in code.splitlines())
