"""Which known mistake is this? Compared by numbers, never by reading code.

When a question loses points, every call that its checks made is replayed, outside the box,
with each catalogued variant of the step. A variant that does what the student's function did,
wherever that is wrong, on at least three different inputs, explains it. What a call did is taken
apart into its entries (`dW1`, `db2`, an argument that was changed), so that two mistakes in one
step are found as two; where both act on the same numbers, the two variants are merged into one.
What no variant explains may still have a simple form: a constant factor, a transposed matrix, a
shape with the right numbers in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.judge.catalogue import Catalogue, Mistake
from grader.judge.diagnosis.calls import Part, Record
from grader.judge.diagnosis.merging import merged
from grader.judge.diagnosis.structure import structural_hints
from grader.judge.reference import Reference
from grader.judge.student import Request

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """What explains the wrong numbers of one question, the most telling first.

    Args:
        mistakes: ids of catalogued mistakes.
        hints: one sentence or two for each of these, then for structural explanations.
    """

    mistakes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Explanation:
    """Mistakes that, made together, do what the student's function did.

    Args:
        mistakes: one, or two that were merged.
        parts: the wrong parts that they give exactly.
        is_whole: whether they give all other parts as well.
        is_confined: whether they touch no other part; one that does was not made, or not as a
            whole.
    """

    mistakes: tuple[Mistake, ...]
    parts: frozenset[Part]
    is_whole: bool
    is_confined: bool


def diagnose(
    requests: Sequence[Request], question: str, catalogue: Catalogue, reference: Reference
) -> Diagnosis:
    """Explain what some calls did wrong.

    Args:
        requests: what the checks of one question asked, and what came; functions of which no
            mistake is catalogued belong to other questions and are left out.
        question: that question.
        catalogue: known mistakes, most telling first, and other right ways.
        reference: the instructor's functions.
    """
    mistakes = [m for m in catalogue.mistakes if m.question == question]
    own = frozenset().union(*(mistake.functions for mistake in mistakes))
    record = Record([request for request in requests if request.name in own], reference)
    chosen = _fewest(_explanations(record, mistakes, catalogue, reference), record.wrong)
    found = list(dict.fromkeys(m for explanation in chosen for m in explanation.mistakes))
    found += [m for m in mistakes if m not in found and m.is_recognised_in(record.requests)]
    rest = record.wrong.difference(*(explanation.parts for explanation in chosen))
    forms = structural_hints(record.evidence(part) for part in record.parts if part in rest)
    return Diagnosis(tuple(m.id for m in found), (*(m.hint for m in found), *forms))


def _explanations(
    record: Record, mistakes: Sequence[Mistake], catalogue: Catalogue, reference: Reference
) -> list[_Explanation]:
    """Every mistake that explains something, and pairs of them if that is not enough."""
    if not record.wrong:
        return []
    tried = [_explanation(record, (m,), reference.variant(m.code)) for m in mistakes]
    rest = record.wrong.difference(*(explanation.parts for explanation in tried))
    if rest:
        variants = {m: reference.variant(m.code) for m in mistakes}
        suspects = [m for m in mistakes if record.touches(variants[m], m.functions)]
        right = (*(other.code for other in catalogue.alternatives), reference.source)
        for pair in combinations(suspects, 2):
            code = merged(*(m.code for m in pair), right)
            if code:
                tried.append(_explanation(record, pair, reference.variant(code)))
    return [explanation for explanation in tried if explanation.parts]


def _explanation(record: Record, mistakes: tuple[Mistake, ...], variant: Reference) -> _Explanation:
    functions = mistakes[0].functions
    parts, is_whole = record.explained(variant, functions)
    is_confined = is_whole or (bool(parts) and record.is_confined(variant, functions, parts))
    return _Explanation(mistakes, parts, is_whole, is_confined)


def _fewest(explanations: Sequence[_Explanation], wrong: frozenset[Part]) -> list[_Explanation]:
    """The explanations that leave least unexplained, each as telling as can be."""
    chosen: list[_Explanation] = []
    while any(explanation.parts & wrong for explanation in explanations):
        best = max(explanations, key=lambda e: _rank(e, wrong))
        chosen.append(best)
        wrong -= best.parts
    return chosen


def _rank(explanation: _Explanation, wrong: frozenset[Part]) -> tuple[int, int, bool, bool]:
    """What to prefer, the first thing first."""
    count = len(explanation.parts & wrong)
    return count, -len(explanation.mistakes), explanation.is_whole, explanation.is_confined
