"""Simple forms of wrong values that need no catalogue: a factor, a transpose, a missing entry.

A form is named only if it fits every call of which it speaks, the right ones included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.judge.diagnosis.amounts import (
    amount,
    constant,
    factor_in_words,
    scaled_or_bounded,
)
from grader.judge.diagnosis.arrangement import container, result, shape
from grader.judge.diagnosis.comparisons import sum_of_arguments, terms
from grader.judge.diagnosis.evidence import Evidence, Pairs, close, numbers, pairs_of
from grader.judge.diagnosis.formulas import formula
from grader.judge.diagnosis.replay import hashable
from grader.judge.diagnosis.scales import by_parts
from grader.judge.diagnosis.standins import stood_in
from grader.judge.diagnosis.whereabouts import condition, not_finite, whereabouts
from grader.judge.wording import say

__all__ = ["located_hints", "structural_hints"]

MIN_CALLS = 3


def structural_hints(parts: Iterable[Evidence]) -> list[str]:
    """A sentence for each simple form, with the names of all aspects that have it.

    The form that most aspects have comes first.
    """
    found: dict[str, list[Evidence]] = {}
    for evidence in parts:
        whole = result(evidence)
        if whole:
            evidence = replace(evidence, name=f"{evidence.function}(…)", is_one_of_many=False)
        for form in [whole] if whole else _forms(evidence):
            found.setdefault(form, []).append(evidence)
    return _sentences(found)


@np.errstate(all="ignore")  # wrong numbers may be inf, nan or near overflow
def located_hints(parts: Iterable[Evidence]) -> list[str]:
    """A sentence on what is right, and so where to look, when nothing else is known."""
    found: dict[str, list[Evidence]] = {}
    for evidence in parts:
        form = "" if evidence.is_random else _rest(pairs_of(evidence) or [], evidence)
        if not form and evidence.is_value and evidence.right and not evidence.is_random:
            form = say("form_others_right", others=", ".join(evidence.right))
        if form:
            found.setdefault(form, []).append(evidence)
    return _sentences(found)


def _sentences(found: dict[str, list[Evidence]]) -> list[str]:
    ordered = sorted(found, key=lambda form: -len(found[form]))
    return [say("form", name=_names(found[form]), form=form) for form in ordered]


def _names(parts: Iterable[Evidence]) -> str:
    """The names of some aspects, those of one function together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for evidence in parts:
        key = "of_the_function" if evidence.is_one_of_many else ""
        key = key if evidence.is_value else "after_the_call"
        groups.setdefault((key, evidence.function), []).append(evidence.name)
    return ", ".join(
        say(key, result=names, argument=names, name=function) if key else names
        for (key, function), listed in groups.items()
        for names in [", ".join(dict.fromkeys(listed))]
    )


@np.errstate(all="ignore")
def _forms(evidence: Evidence) -> list[str]:
    """What the wrong values have in common, at best one sentence, at most two."""
    if evidence.is_left_alone:
        return [say("form_changed")]
    if evidence.is_untouched:
        return [say("form_untouched")]
    if text := container(evidence) or (condition(evidence) if evidence.raised else ""):
        return [text]
    pairs = pairs_of(evidence)
    if pairs is None or evidence.is_random:
        return []
    finite = [i for i, (actual, _) in enumerate(pairs) if np.isfinite(actual).all()]
    if text := not_finite(pairs, evidence):
        return [text]
    text = _form(pairs, evidence)
    if not text and MIN_CALLS <= len(finite) < len(pairs):
        return _in_two_parts(evidence, finite)
    return [text] if text else []


def _in_two_parts(evidence: Evidence, finite: list[int]) -> list[str]:
    """One sentence on the calls that gave nan or inf, and one on the others."""
    some = evidence.only(finite)
    text = _form([*(pairs_of(some) or [])], some) if some.wrong else ""
    if not text:
        return []
    infinite = evidence.only([i for i in range(len(evidence.actual)) if i not in finite])
    return [say("form_where_finite", form=text), not_finite(pairs_of(infinite) or [], infinite)]


def _form(pairs: Pairs, evidence: Evidence) -> str:
    explanations = (
        _only_with,
        shape,
        constant,
        scaled_or_bounded,
        _movement,
        sum_of_arguments,
        _but_for_argument,
        amount,
        _but_for,
        stood_in,
        formula,
        _adds_otherwise,
        _without,
        whereabouts,
        by_parts,
        lambda _, evidence: condition(evidence),
    )
    return next((text for explain in explanations if (text := explain(pairs, evidence))), "")


# A number among the arguments that may be zero -----------------------------------------------


def _switches(evidence: Evidence) -> Iterable[tuple[str, list[int], list[int]]]:
    """Arguments that are zero in some calls: the name, these calls, and the others."""
    for name, values in evidence.scalars.items():
        off = [i for i, value in enumerate(values) if value == 0]
        if MIN_CALLS <= len(off) < len(values):
            yield name, off, [i for i in range(len(values)) if i not in off]


def _only_with(pairs: Pairs, evidence: Evidence) -> str:
    """Right wherever a number among the arguments is zero, and wrong wherever it is not."""
    for name, off, _ in _switches(evidence):
        if not {*off} & {*evidence.wrong}:
            return _what_it_adds(name, pairs, evidence)
    return ""


def _what_it_adds(name: str, pairs: Pairs, evidence: Evidence) -> str:
    added: Pairs = []
    on = [i for i, named in enumerate(evidence.arguments) if named[name] != 0]
    for i in on:
        actual, expected = pairs[i]
        without = numbers(evidence.expected_with(i, **{name: 0.0}))
        if without is None or actual.shape != without.shape:
            return ""
        added.append((actual - without, expected - without))
    if all(close(actual, np.zeros_like(actual)) for actual, _ in added):
        return say("form_ignores", argument=name)
    if all(close(expected, np.zeros_like(expected)) for _, expected in added):
        return say("form_superfluous", argument=name)
    words = factor_in_words(added, evidence.only(on))
    return say("form_adds_factor", argument=name, factor=words) if words else ""


def _adds_otherwise(_: Pairs, evidence: Evidence) -> str:
    """A number among the arguments adds something wrong; no more is known."""
    for name, off, _on in _switches(evidence):
        if not {*off} & {*evidence.wrong}:
            return say("form_adds_other", argument=name)
    return ""


def _but_for(pairs: Pairs, evidence: Evidence) -> str:
    """What a number adds is right; without that, the numbers have a simple form."""
    for name, _, on in _switches(evidence):
        rest = [*pairs]
        for i in on:
            actual, expected = pairs[i]
            without = numbers(evidence.expected_with(i, **{name: 0.0}))
            if without is None or not actual.shape == expected.shape == without.shape:
                break
            rest[i] = (actual - (expected - without), without)
        else:
            if all(close(actual, np.zeros_like(actual)) for actual, _ in rest):
                return say("form_only_added", argument=name)
            if text := amount(rest, evidence):
                return say("form_but_for", argument=name, form=text)
    return ""


def _but_for_argument(pairs: Pairs, evidence: Evidence) -> str:
    """What an argument adds is right; without that, the numbers have a simple form."""
    for name, arrays in terms(evidence, pairs):
        rest = [(a - term, e - term) for (a, e), term in zip(pairs, arrays, strict=True)]
        if not any(np.any(rest[i][0]) for i in evidence.wrong):
            continue  # it is the argument itself: nobody would say that a number is missing
        if text := scaled_or_bounded(rest, evidence) or by_parts(rest, evidence):
            return say("form_beside", argument=name, form=text)
    return ""


def _movement(pairs: Pairs, evidence: Evidence) -> str:
    """What an argument was moved by has a simple form."""
    starts = [numbers(before) for before in evidence.before]
    if not starts or any(
        start is None or not start.shape == a.shape == e.shape
        for start, (a, e) in zip(starts, pairs, strict=True)
    ):
        return ""
    moved = [(a - start, e - start) for start, (a, e) in zip(starts, pairs, strict=True)]
    text = amount(moved, evidence) or by_parts(moved, evidence)
    return say("form_moved", form=text) if text else ""


def _without(pairs: Pairs, evidence: Evidence) -> str:
    """The numbers have a simple form in all calls in which a number is zero."""
    for name, off, _ in _switches(evidence):
        some = evidence.only(off)
        if len(some.wrong) >= MIN_CALLS and (text := amount([pairs[i] for i in off], some)):
            return say("form_when_zero", argument=name, form=text)
    return ""


def _rest(pairs: Pairs, evidence: Evidence) -> str:
    """What a number adds is right wherever two calls differ in nothing else."""
    for name, off, on in _switches(evidence) if pairs else ():
        partners = {_others(evidence, name, i): i for i in off}
        added = [
            (pairs[i][0] - pairs[j][0], pairs[i][1] - pairs[j][1])
            for i in on
            if (j := partners.get(_others(evidence, name, i))) is not None
            if pairs[i][0].shape == pairs[j][0].shape
        ]
        if len(added) >= MIN_CALLS and all(close(a, e) and np.any(e) for a, e in added):
            return say("form_rest", argument=name)
    return ""


def _others(evidence: Evidence, name: str, call: int) -> Any:
    return hashable({key: v for key, v in evidence.arguments[call].items() if key != name})
