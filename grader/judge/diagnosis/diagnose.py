"""Which known mistake is this? Numbers are compared; code is never read.

When a question loses points, every call that its checks made is replayed, outside the box,
with each catalogued variant of the step. A variant explains a wrong value if it gives the same
value wherever the student's function is wrong, on at least three different inputs. The outcome of
a call is split into its entries (`dW1`, `db2`, an argument that was changed), so that two mistakes
in one step are found as two. If both change the same numbers, the two variants are merged into one.
Wrong numbers that no variant explains may still have a simple form: a constant factor, a
transposed matrix, the right numbers in a wrong shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.judge.catalogue import Catalogue, Mistake
from grader.judge.diagnosis.calls import Aspect, CallLog
from grader.judge.diagnosis.merging import merged
from grader.judge.diagnosis.structure import located_hints, structural_hints
from grader.judge.reference import Reference
from grader.judge.student import Request

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True)
class Diagnosis:
    """What explains the wrong numbers of one question, the most telling first.

    Args:
        mistakes: ids of catalogued mistakes.
        hints: one or two sentences for each mistake, then one for each simple form.
    """

    mistakes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Explanation:
    """Mistakes that together do what the student's function did.

    Args:
        mistakes: one, or two that were merged.
        aspects: the wrong aspects that they reproduce.
        is_whole: whether they reproduce the right aspects too.
        is_confined: whether they change no other aspect. If they do, the student did not make
            exactly these mistakes.
        is_possible: whether they leave alone what the student has right.
    """

    mistakes: tuple[Mistake, ...]
    aspects: frozenset[Aspect]
    is_whole: bool
    is_confined: bool
    is_possible: bool


def diagnose(
    requests: Sequence[Request], question: str, catalogue: Catalogue, reference: Reference
) -> Diagnosis:
    """Explain what some calls did wrong.

    Args:
        requests: the requests that the checks of one question made. Those of functions that
            neither are nor call one for which it has a mistake belong to other questions, and are
            left out.
        question: the question.
        catalogue: known mistakes, the most telling first, and alternatives.
        reference: the instructor's functions.

    Raises:
        JudgeError: the code of a mistake cannot be executed.
    """
    mistakes = [m for m in catalogue.mistakes if m.question == question]
    known = [mistake for mistake in mistakes if not mistake.is_vague]
    own = reference.with_callers(frozenset().union(*(mistake.functions for mistake in mistakes)))
    asked = [request for request in requests if request.name in own]
    log = CallLog(asked, reference, catalogue.results)
    chosen, rest = _explained(log, log.wrong, known, catalogue, reference)
    found = _ordered(log, chosen, reference)
    forms = [log.evidence(aspect) for aspect in log.aspects if aspect in rest]
    tidy = log.tidied() if rest else None
    if tidy is not None:
        chosen, still = _explained(tidy, tidy.wrong & rest, known, catalogue, reference)
        found += [m for m in _ordered(tidy, chosen, reference) if m not in found]
        forms += [tidy.evidence(aspect) for aspect in tidy.aspects if aspect in still]
    if rest or not found:
        found += [m for m in known if m not in found and _is_recognised(m, log, reference)]
    hints = structural_hints(forms)
    if not found and not hints:
        hints = structural_hints(map(log.evidence, log.changed))
    if not found and not hints:
        found = [m for m in mistakes if m.is_vague and _is_recognised(m, log, reference)]
        hints = [] if found else located_hints(forms)
    return Diagnosis(tuple(m.id for m in found), (*(m.hint for m in found), *hints))


def _is_recognised(mistake: Mistake, log: CallLog, reference: Reference) -> bool:
    return mistake.is_recognised_in(log.requests, reference.with_callers(mistake.functions))


def _explained(
    log: CallLog,
    wrong: frozenset[Aspect],
    mistakes: Sequence[Mistake],
    catalogue: Catalogue,
    reference: Reference,
) -> tuple[list[_Explanation], frozenset[Aspect]]:
    """The explanations of what is wrong, and the aspects that have none."""
    chosen = _best(_explanations(log, mistakes, catalogue, reference) if wrong else [], wrong)
    return chosen, wrong.difference(*(explanation.aspects for explanation in chosen))


def _ordered(log: CallLog, chosen: Sequence[_Explanation], reference: Reference) -> list[Mistake]:
    """The mistakes of some explanations, first the one that has to do with most wrong results."""
    mistakes = list(dict.fromkeys(m for explanation in chosen for m in explanation.mistakes))
    if len(mistakes) < 2:
        return mistakes
    counts = dict.fromkeys(mistakes, 0)
    for explanation in chosen:
        for mistake in explanation.mistakes:
            variant = reference.variant(mistake.code)
            shown_by = reference.with_callers(mistake.functions)
            alone = log.count(variant, shown_by, explanation.aspects)
            counts[mistake] += alone
    return sorted(counts, key=lambda mistake: -counts[mistake])


def _explanations(
    log: CallLog, mistakes: Sequence[Mistake], catalogue: Catalogue, reference: Reference
) -> list[_Explanation]:
    """Every mistake that explains something, and pairs of them if that is not enough."""
    tried = [_explanation(log, (m,), reference.variant(m.code)) for m in mistakes]
    # where nothing came, one of two mistakes would have returned nothing by itself
    rest = log.given(log.wrong.difference(*(explanation.aspects for explanation in tried)))
    if rest:
        suspects = {
            m
            for m in mistakes
            if log.touches(reference.variant(m.code), reference.with_callers(m.functions), rest)
        }
        known = {explanation.mistakes[0] for explanation in tried if explanation.aspects}
        right = (*(other.code for other in catalogue.alternatives), reference.source)
        for pair in combinations([m for m in mistakes if m in suspects | known], 2):
            # what two known mistakes leave unexplained, they do not explain together either
            code = "" if suspects.isdisjoint(pair) else merged(*(m.code for m in pair), right)
            if code:
                tried.append(_explanation(log, pair, reference.variant(code)))
    return [explanation for explanation in tried if explanation.aspects and explanation.is_possible]


def _explanation(log: CallLog, mistakes: tuple[Mistake, ...], variant: Reference) -> _Explanation:
    functions = variant.with_callers(mistakes[0].functions)
    aspects, is_whole = log.explained(variant, functions)
    is_confined = is_whole or (bool(aspects) and log.is_confined(variant, functions, aspects))
    is_possible = is_confined or (bool(aspects) and log.is_confined(variant, functions, log.wrong))
    return _Explanation(mistakes, aspects, is_whole, is_confined, is_possible)


def _best(explanations: Sequence[_Explanation], wrong: frozenset[Aspect]) -> list[_Explanation]:
    """Choose explanations one after the other, each the best for what is still unexplained."""
    chosen: list[_Explanation] = []
    while any(explanation.aspects & wrong for explanation in explanations):
        best = max(explanations, key=lambda e: _rank(e, wrong))
        chosen.append(best)
        wrong -= best.aspects
    return chosen


def _rank(explanation: _Explanation, wrong: frozenset[Aspect]) -> tuple[int, int, bool, bool]:
    """How good an explanation is; the first number counts most."""
    count = len(explanation.aspects & wrong)
    return count, -len(explanation.mistakes), explanation.is_whole, explanation.is_confined
