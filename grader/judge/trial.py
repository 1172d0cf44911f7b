"""What is noted while one submission runs through the hidden tests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from grader.judge.reference import Reference
from grader.judge.student import Request, Student
from grader.judge.wording import Wording
from grader.results import Difference

__all__ = ["FollowThrough", "Progress", "Tally", "Trial"]


@dataclass
class Tally:
    """What is noted of one check, which has passed until one of its items fails.

    Args:
        question: what it is a check of.
        points: what it is worth.
        claim: the sentence on what it demands.
        passed: None if the check itself broke.
        message: why it failed, or why it passed in spite of an earlier mistake.
        difference: where numbers differ, if it failed because of that.
        requests: what it asked of the student's functions.
    """

    question: str
    points: float
    claim: str
    passed: bool | None = True
    message: str = ""
    difference: Difference | None = None
    requests: list[Request] = field(default_factory=list)


@dataclass
class Progress:
    """How the checks went so far; the tests of later steps can ask."""

    _tallies: dict[str, Tally] = field(default_factory=dict)

    def full_marks(self, question: str) -> bool:
        """Whether every check of the question has run and passed."""
        own = [tally for tally in self._tallies.values() if tally.question == question]
        return bool(own) and all(tally.passed is True for tally in own)

    def followed_through(self, question: str) -> bool:
        """Whether a check of the question passed only because it fits an earlier mistake."""
        own = [tally for tally in self._tallies.values() if tally.question == question]
        return any(tally.passed is True and tally.message for tally in own)


@dataclass
class FollowThrough:
    """Credit for work that is consistent with the student's own earlier, mistaken result.

    Args:
        is_on: whether the course grants it for this question.
        remark: why this check passes; the student reads it.
    """

    is_on: bool
    remark: str = ""

    def credit(self, remark: str) -> None:
        """Give the reason that the student reads if the check passes."""
        self.remark = remark


@dataclass
class Trial:
    """One submission's run through the tests: their inputs and their results.

    Args:
        student: the submission's functions.
        reference: the instructor's functions.
        seed: of the random inputs.
        strict: questions in which a result that only fits an earlier mistake gets no credit.
        wording: the sentences that students read.
        given: questions whose tests count as passed without being run.
        tallies: the results, by the names of the tests.
        better: questions that did better than in an earlier trial.
    """

    student: Student
    reference: Reference
    seed: str
    strict: Collection[str]
    wording: Wording
    given: Collection[str]
    tallies: dict[str, Tally] = field(default_factory=dict)
    better: Collection[str] = ()

    def points(self, question: str) -> float:
        """Points earned so far; none if a check of the question broke."""
        own = [tally for tally in self.tallies.values() if tally.question == question]
        is_whole = all(tally.passed is not None for tally in own)
        return sum(tally.points for tally in own if tally.passed and is_whole)

    def functions(self, question: str) -> Collection[str]:
        """The student's functions that its checks have called."""
        own = [tally for tally in self.tallies.values() if tally.question == question]
        return {request.name for tally in own for request in tally.requests}
