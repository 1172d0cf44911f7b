"""How a submission was judged, question by question: points, mistakes, examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from grader.judge.catalogue import Catalogue
from grader.judge.diagnosis.diagnose import Diagnosis, diagnose
from grader.judge.student import Request
from grader.judge.trial import Tally, Trial
from grader.results import CheckResult, Example

__all__ = ["Examples", "Verdict", "verdicts_of"]

Examples: TypeAlias = Callable[[str, Sequence[Request]], tuple[Example, ...]]


@dataclass(frozen=True)
class Verdict:
    """How one question was judged.

    Args:
        checks: its checks, in file order.
        diagnosis: what explains the checks that failed.
        examples: small inputs on which the question's functions go wrong.
        apart: functions that were called apart, since that earned more points.
    """

    checks: tuple[CheckResult, ...] = ()
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    examples: tuple[Example, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def follow_through(self) -> tuple[str, ...]:
        """Why checks passed in spite of an earlier mistake."""
        return tuple(dict.fromkeys(c.message for c in self.checks if c.passed and c.message))


def verdicts_of(
    trial: Trial, catalogue: Callable[[], Catalogue], examples: Examples
) -> Mapping[str, Verdict]:
    """The verdict on each question of a trial, in file order.

    Args:
        trial: has run to its end.
        catalogue: returns the known mistakes; called only if points are lost.
        examples: looks for small inputs; called last, for each question that lost points.

    Raises:
        JudgeError: the catalogue is broken.
    """
    questions = dict.fromkeys(tally.question for tally in trial.tallies.values())
    verdicts = {
        question: _verdict(
            question,
            {name: t for name, t in trial.tallies.items() if t.question == question},
            catalogue,
            trial,
        )
        for question in questions
    }
    return _with_examples(verdicts, trial, examples)


def _verdict(
    question: str,
    tallies: Mapping[str, Tally],
    catalogue: Callable[[], Catalogue],
    trial: Trial,
) -> Verdict:
    checks = tuple(_result(name, tally) for name, tally in tallies.items())
    apart = tuple(sorted(trial.functions(question))) if question in trial.better else ()
    if all(check.passed for check in checks):
        return Verdict(checks, apart=apart)
    requests = [request for tally in tallies.values() for request in tally.requests]
    requests += trial.student.try_again(requests)
    found = diagnose(requests, question, catalogue(), trial.reference)
    return Verdict(checks, found, apart=apart)


def _with_examples(
    verdicts: Mapping[str, Verdict], trial: Trial, examples: Examples
) -> Mapping[str, Verdict]:
    """The verdicts with examples, for questions in which the reference alone says what is right."""
    requests = [request for tally in trial.tallies.values() for request in tally.requests]
    return {
        question: replace(verdict, examples=examples(question, requests))
        if any(check.passed is False for check in verdict.checks) and not verdict.follow_through
        else verdict
        for question, verdict in verdicts.items()
    }


def _result(name: str, tally: Tally) -> CheckResult:
    points = tally.points if tally.passed is True else 0.0
    return CheckResult(
        name, tally.claim, tally.passed, points, tally.points, tally.message, tally.difference
    )
