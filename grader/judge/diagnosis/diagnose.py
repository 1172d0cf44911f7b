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
from grader.judge.diagnosis.calls import Aspect, CallLog
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
        aspects: the wrong aspects that they give exactly.
        is_whole: whether they give all other aspects as well.
        is_confined: whether they touch no other aspect; one that does was not made, or not as a
            whole.
    """

    mistakes: tuple[Mistake, ...]
    aspects: frozenset[Aspect]
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
    log = CallLog([request for request in requests if request.name in own], reference)
    chosen = _fewest(_explanations(log, mistakes, catalogue, reference), log.wrong)
    found = list(dict.fromkeys(m for explanation in chosen for m in explanation.mistakes))
    found += [m for m in mistakes if m not in found and m.is_recognised_in(log.requests)]
    rest = log.wrong.difference(*(explanation.aspects for explanation in chosen))
    forms = structural_hints(log.evidence(aspect) for aspect in log.aspects if aspect in rest)
    return Diagnosis(tuple(m.id for m in found), (*(m.hint for m in found), *forms))


def _explanations(
    log: CallLog, mistakes: Sequence[Mistake], catalogue: Catalogue, reference: Reference
) -> list[_Explanation]:
    """Every mistake that explains something, and pairs of them if that is not enough."""
    if not log.wrong:
        return []
    tried = [_explanation(log, (m,), reference.variant(m.code)) for m in mistakes]
    rest = log.wrong.difference(*(explanation.aspects for explanation in tried))
    if rest:
        variants = {m: reference.variant(m.code) for m in mistakes}
        suspects = [m for m in mistakes if log.touches(variants[m], m.functions)]
        right = (*(other.code for other in catalogue.alternatives), reference.source)
        for pair in combinations(suspects, 2):
            code = merged(*(m.code for m in pair), right)
            if code:
                tried.append(_explanation(log, pair, reference.variant(code)))
    return [explanation for explanation in tried if explanation.aspects]


def _explanation(log: CallLog, mistakes: tuple[Mistake, ...], variant: Reference) -> _Explanation:
    functions = mistakes[0].functions
    aspects, is_whole = log.explained(variant, functions)
    is_confined = is_whole or (bool(aspects) and log.is_confined(variant, functions, aspects))
    return _Explanation(mistakes, aspects, is_whole, is_confined)


def _fewest(explanations: Sequence[_Explanation], wrong: frozenset[Aspect]) -> list[_Explanation]:
    """The explanations that leave least unexplained, each as telling as can be."""
    chosen: list[_Explanation] = []
    while any(explanation.aspects & wrong for explanation in explanations):
        best = max(explanations, key=lambda e: _rank(e, wrong))
        chosen.append(best)
        wrong -= best.aspects
    return chosen


def _rank(explanation: _Explanation, wrong: frozenset[Aspect]) -> tuple[int, int, bool, bool]:
    """What to prefer, the first thing first."""
    count = len(explanation.aspects & wrong)
    return count, -len(explanation.mistakes), explanation.is_whole, explanation.is_confined
