"""The results of grading as frozen dataclasses, and their form in JSON.

A check has three outcomes: passed, failed, or broken by our own fault (`passed is None`).
A question's score is None while a human still has to grade it, or when a check broke.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "CheckResult",
    "Difference",
    "Example",
    "Note",
    "NoteKind",
    "QuestionResult",
    "Status",
    "SubmissionResult",
]


class Status(StrEnum):
    """How a submission ended."""

    GRADED = "GRADED"
    NOT_GRADED = "NOT_GRADED"  # our own failure: no score, never a zero
    REJECTED = "REJECTED"  # nothing in it could be graded, with a reason for the student


class NoteKind(StrEnum):
    """What a note is about, so that no code has to read its words."""

    RENAMED = "renamed"  # handed in under another name than the assignment's notebook has
    PASSED_OVER = "passed_over"  # other notebooks lay beside the one that was graded
    SHARED = "shared"  # the work of a group, and who handed it in; no one needs to look at that
    REPAIRED = "repaired"  # put back into the shape of the released notebook
    STOPPED = "stopped"  # killed, or not run because time ran out
    SET_ASIDE = "set_aside"  # cells without which a function was judged, since they undo it
    UNSAFE = "unsafe"  # graded in a box that was not closed off
    REJECTED = "rejected"  # why nothing could be graded
    NOT_GRADED = "not_graded"  # how we failed to grade


@dataclass(frozen=True)
class Note:
    """Something about a submission that student and teacher should know.

    Args:
        kind: what it is about.
        text: one sentence or two, in the language of the course.
    """

    kind: NoteKind
    text: str


@dataclass(frozen=True)
class Difference:
    """Where a student's array is wrong; the arrays and the input themselves are not kept.

    Args:
        name: the array's name in the question.
        rows: student minus expected, as a share of the largest difference, in tenths from -1 to
            1; 0 where it is right. A vector is one row.
    """

    name: str
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one hidden test on one submission.

    Args:
        name: the test function's name.
        claim: what the test asks for, in the sentence that the student reads.
        passed: True, False, or None when the check itself broke.
        points: points earned.
        max_points: points the check is worth.
        message: why it failed, in a teacher's words. If it passed: what earned points because
            it is consistent with an earlier mistake, or empty.
        difference: where the student's array is wrong, if that can be drawn.
    """

    name: str
    claim: str
    passed: bool | None
    points: float
    max_points: float
    message: str = ""
    difference: Difference | None = None


@dataclass(frozen=True)
class Example:
    """Small numbers on which a step goes wrong, for the student to type in.

    Args:
        code: a call in Python, one line for each argument.
        told: sentences on what it gives and what it should give.
    """

    code: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class QuestionResult:
    """The checks of one question and what they add up to.

    Args:
        question: its name in course.yml.
        score: points earned; None while a human still has to grade it, or when a check broke.
        max_score: points it is worth.
        mistakes: ids of the known mistakes that explain the lost points.
        checks: the hidden tests' outcomes.
        manual: whether a human grades it.
        hints: what to look at, the most useful first: the hints of `mistakes` in the same
            order, then others.
        follow_through: why points were kept in spite of a mistake in an earlier question.
        examples: small inputs on which its functions go wrong.
    """

    question: str
    score: float | None
    max_score: float
    mistakes: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    manual: bool = False
    hints: tuple[str, ...] = ()
    follow_through: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def lost_by_reason(self) -> list[tuple[CheckResult, ...]]:
        """The checks that were not passed; those that were lost for the same reason are together.

        Unfinished work loses many checks for one reason, and pages say it once for such a group.
        """
        groups: dict[str, list[CheckResult]] = {}
        for check in self.checks:
            if check.passed is not True:
                reason = check.message if check.passed is False else ""
                groups.setdefault(reason or check.name, []).append(check)
        return [tuple(group) for group in groups.values()]

    @property
    def shown_hints(self) -> list[str]:
        """Each hint once: mistakes may share one."""
        return list(dict.fromkeys(filter(None, self.hints)))

    @property
    def waits(self) -> bool:
        """Whether a human still has to grade it."""
        return self.manual and self.score is None


@dataclass(frozen=True)
class SubmissionResult:
    """One graded (or rejected, or ungradable) submission.

    Args:
        student: student id.
        assignment: assignment id.
        status: how grading ended.
        max_score: points of the whole assignment.
        questions: results in the order of course.yml; may be empty when not graded.
        notes: what was repaired, rejected or killed, and why.
        notebook: the executed notebook as nbformat JSON, or None.
        fingerprint: digest of everything the result depends on.
        previous_scores: points of the previous grading by question, without those given by
            hand; empty at the first grading.
        figures: what the notebook has of its figures: `keep` if all, `skip` if none, `later` if
            cells that no answer needs have not been executed yet.
    """

    __pydantic_config__ = {"extra": "forbid", "strict": True}  # noqa: RUF012 — for `from_json`

    student: str
    assignment: str
    status: Status
    max_score: float
    questions: tuple[QuestionResult, ...] = ()
    notes: tuple[Note, ...] = ()
    notebook: dict[str, Any] | None = None
    fingerprint: str = ""
    previous_scores: dict[str, float] = field(default_factory=dict)
    figures: str = "keep"

    @property
    def score(self) -> float | None:
        """Sum of the questions graded so far; None when we failed to grade."""
        if self.status is Status.NOT_GRADED:
            return None
        return float(sum(q.score for q in self.questions if q.score is not None))

    @property
    def previous_score(self) -> float | None:
        """Sum of the points of the previous grading; None at the first grading."""
        return float(sum(self.previous_scores.values())) if self.previous_scores else None

    @property
    def note_texts(self) -> tuple[str, ...]:
        """The notes as sentences."""
        return tuple(note.text for note in self.notes)

    @property
    def incidents(self) -> tuple[Note, ...]:
        """The notes on what somebody may want to look at."""
        return tuple(note for note in self.notes if note.kind is not NoteKind.SHARED)

    @property
    def stopped(self) -> tuple[Note, ...]:
        """The notes on what was killed, or not run because time ran out."""
        return tuple(note for note in self.notes if note.kind is NoteKind.STOPPED)

    def question(self, name: str) -> QuestionResult:
        """The result of one question.

        Raises:
            KeyError: there is none of that name.
        """
        for result in self.questions:
            if result.question == name:
                return result
        raise KeyError(name)

    def with_manual_score(self, question: str, score: float | None) -> SubmissionResult:
        """A copy with the score that a human gave for one question.

        Args:
            question: its name in course.yml.
            score: points, or None to leave the question ungraded.
        """
        questions = tuple(
            replace(q, score=score) if q.question == question else q for q in self.questions
        )
        return replace(self, questions=questions)

    def with_manual_scores(self, by_hand: Mapping[str, float]) -> SubmissionResult:
        """A copy with all scores that a human gave.

        If we failed to grade, no score is put in: a part would be taken for the whole score.

        Args:
            by_hand: points, by the name of the question.
        """
        if self.status is Status.NOT_GRADED:
            return self
        result = self
        for question, score in by_hand.items():
            result = result.with_manual_score(question, score)
        return result

    def to_json(self, notebook: str = "") -> str:
        """The record as JSON text on one line, notebook included.

        The fingerprint and the state of the figures come first, so that they are quick to read.

        Args:
            notebook: JSON text that stands for the notebook, if there is one already.
        """
        data = {"fingerprint": self.fingerprint, "figures": self.figures, **vars(self)}
        made = {"notebook": notebook} if notebook else {}
        items = (
            f'"{name}": {made.get(name) or json.dumps(value, ensure_ascii=False, default=vars)}'
            for name, value in data.items()
        )
        return f"{{{', '.join(items)}}}\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> SubmissionResult:
        """Read back what `to_json` wrote.

        Raises:
            ValueError: the text is not JSON, or not exactly of this form; another version of
                the kit may have written it.
        """
        return _reader().validate_json(text)


@cache
def _reader() -> TypeAdapter[SubmissionResult]:
    """The reader of records. It is made once, since that takes as long as reading dozens."""
    from pydantic import GetPydanticSchema, TypeAdapter  # slow, and few read records

    schema = _with_every_key(TypeAdapter(SubmissionResult).core_schema)
    strict = GetPydanticSchema(lambda source, handler: schema)
    return TypeAdapter(Annotated[SubmissionResult, strict])


def _with_every_key(schema: Any) -> Any:
    """The schema without defaults: a record that lacks a key is refused, nothing is filled in."""
    match schema:
        case {"type": "default", "schema": inner}:
            return _with_every_key(inner)
        case dict():
            return {key: _with_every_key(value) for key, value in schema.items()}
        case list():
            return [_with_every_key(value) for value in schema]
    return schema
