"""What grading yields: frozen records, and their JSON form.

A check has three outcomes: passed, failed, or broken by our own fault (`passed is None`).
A question's score is None while a human has still to grade it, or when a check broke.
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
    """What a note tells of, for those who ask what happened and not how it is worded."""

    RENAMED = "renamed"  # graded under the name that the assignment's notebook has
    REPAIRED = "repaired"  # put back into the shape of the released notebook
    STOPPED = "stopped"  # killed, or not run for want of time
    UNSAFE = "unsafe"  # graded in a box that was not closed off
    REJECTED = "rejected"  # why nothing could be graded
    NOT_GRADED = "not_graded"  # how we failed to grade


@dataclass(frozen=True)
class Note:
    """Something about a submission that student and teacher should know.

    Args:
        kind: what it tells of.
        text: one sentence or two, in the language of the course.
    """

    kind: NoteKind
    text: str


@dataclass(frozen=True)
class Difference:
    """Where a student's array is wrong, without the array, ours, or the input.

    Args:
        name: what the student calls the array.
        rows: student minus expected, as a share of the largest difference, in tenths from -1 to
            1; 0 where it is right. A vector is one row.
    """

    name: str
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class CheckResult:
    """One hidden test on one submission.

    Args:
        name: the test function's name.
        claim: the test's docstring: the sentence the student reads.
        passed: True, False, or None when the check itself broke.
        points: points earned.
        max_points: points the check is worth.
        message: why it failed, in a teacher's words; when it passed, what was credited as
            consistent with a mistake before it, or nothing.
        difference: where the array that failed it is wrong, if that can be drawn.
    """

    name: str
    claim: str
    passed: bool | None
    points: float
    max_points: float
    message: str = ""
    difference: Difference | None = None


@dataclass(frozen=True)
class QuestionResult:
    """The checks of one question and what they add up to.

    Args:
        question: its name in course.yml.
        score: points earned; None while a human has still to grade it, or a check broke.
        max_score: points it is worth.
        mistakes: ids of the known mistakes that explain the lost points.
        checks: the hidden tests' outcomes.
        manual: whether a human grades it.
        hints: what to look at, the most telling first; those of `mistakes` in their order, then
            others.
        follow_through: why points were kept in spite of a mistake in an earlier question.
    """

    question: str
    score: float | None
    max_score: float
    mistakes: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    manual: bool = False
    hints: tuple[str, ...] = ()
    follow_through: tuple[str, ...] = ()

    @property
    def shown_hints(self) -> list[str]:
        """Each hint once: mistakes may share one."""
        return list(dict.fromkeys(filter(None, self.hints)))

    @property
    def waits(self) -> bool:
        """Whether a human has still to give it points."""
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
        previous_scores: what the grading before this one gave, by question, without points by
            hand; empty at the first grading.
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

    @property
    def score(self) -> float | None:
        """Sum of the questions graded so far; None when we failed to grade."""
        if self.status is Status.NOT_GRADED:
            return None
        return float(sum(q.score for q in self.questions if q.score is not None))

    @property
    def previous_score(self) -> float | None:
        """Sum of what the grading before this one gave; None at the first grading."""
        return float(sum(self.previous_scores.values())) if self.previous_scores else None

    @property
    def note_texts(self) -> tuple[str, ...]:
        """The notes as sentences."""
        return tuple(note.text for note in self.notes)

    @property
    def stopped(self) -> tuple[Note, ...]:
        """The notes that tell what was killed, or not run for want of time."""
        return tuple(note for note in self.notes if note.kind is NoteKind.STOPPED)

    def question(self, name: str) -> QuestionResult:
        """The result of one question; KeyError when there is none."""
        for result in self.questions:
            if result.question == name:
                return result
        raise KeyError(name)

    def with_manual_score(self, question: str, score: float | None) -> SubmissionResult:
        """A copy in which a human's score stands for the question."""
        questions = tuple(
            replace(q, score=score) if q.question == question else q for q in self.questions
        )
        return replace(self, questions=questions)

    def with_manual_scores(self, by_hand: Mapping[str, float]) -> SubmissionResult:
        """A copy with all scores that a human gave, by question.

        Where we failed to grade there are none: a part of the score would pass for the whole.
        """
        if self.status is Status.NOT_GRADED:
            return self
        result = self
        for question, score in by_hand.items():
            result = result.with_manual_score(question, score)
        return result

    def to_json(self) -> str:
        """The record as JSON text, notebook included; the fingerprint comes first.

        On one line: only so does Python write JSON by its encoder in C, ten times as quick.
        """
        data = {"fingerprint": self.fingerprint, **vars(self)}
        return json.dumps(data, ensure_ascii=False, default=vars) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> SubmissionResult:
        """Read back what `to_json` wrote.

        Raises:
            ValueError: it is not JSON, or not of exactly this form: another version wrote it.
        """
        return _reader().validate_json(text)


@cache
def _reader() -> TypeAdapter[SubmissionResult]:
    """Reads records; made once, since making it takes as long as reading dozens."""
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
