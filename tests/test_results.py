"""Results: what they add up to, and that they come back from JSON as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.results import (
    CheckResult,
    Difference,
    Example,
    Note,
    NoteKind,
    QuestionResult,
    Status,
    SubmissionResult,
)
from tests.kit.fuzzing import FUZZ

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
points = st.floats(0, 100)
scores = st.none() | points
texts = st.lists(text, max_size=3).map(tuple)
rows = st.lists(st.lists(st.floats(-1, 1), max_size=3).map(tuple), max_size=3).map(tuple)
checks = st.builds(
    CheckResult, text, text, st.none() | st.booleans(), points, points, text,
    st.none() | st.builds(Difference, text, rows),
)  # fmt: skip
questions = st.builds(
    QuestionResult, text, scores, points, texts, st.lists(checks, max_size=2).map(tuple),
    st.booleans(), texts, texts, st.lists(st.builds(Example, text, texts), max_size=2).map(tuple),
)  # fmt: skip
notebooks = st.none() | st.dictionaries(text, st.lists(text, max_size=2) | points, max_size=3)
notes = st.lists(st.builds(Note, st.sampled_from(NoteKind), text), max_size=3).map(tuple)
results = st.builds(
    SubmissionResult, text, text, st.sampled_from(Status), points,
    st.lists(questions, max_size=3).map(tuple), notes, notebooks, text,
    st.dictionaries(text, points, max_size=3),
)  # fmt: skip


@pytest.mark.slow
@given(results)
@settings(max_examples=100 * FUZZ, deadline=None)
def test_a_record_comes_back_from_json_as_it_was(result: SubmissionResult) -> None:
    assert SubmissionResult.from_json(result.to_json()) == result


def make(status: Status = Status.GRADED, *given: float | None) -> SubmissionResult:
    rows = tuple(QuestionResult(f"q{i}", score, 5.0) for i, score in enumerate(given))
    return SubmissionResult("amy", "one", status, 10.0, rows)


@pytest.mark.parametrize(
    "given,score", [((), 0.0), ((1.0, 2.5), 3.5), ((1.0, None), 1.0), ((None,), 0.0)]
)
def test_the_score_is_the_sum_of_what_is_graded_so_far(given: Any, score: float) -> None:
    assert make(Status.GRADED, *given).score == score
    assert isinstance(make(Status.GRADED, *given).score, float)


def test_without_a_grade_there_is_no_score_and_a_rejection_is_zero() -> None:
    assert make(Status.NOT_GRADED, 3.0).score is None
    assert make(Status.REJECTED, 0.0).score == 0.0


def test_a_humans_score_replaces_one_questions_only() -> None:
    before = make(Status.GRADED, 1.0, None)
    after = before.with_manual_score("q1", 4.0)
    assert (after.score, before.score) == (5.0, 1.0)
    assert after.with_manual_score("absent", 4.0) == after
    assert after.with_manual_score("q1", None) == before


def test_the_previous_score_is_the_sum_of_its_questions_or_none() -> None:
    assert make().previous_score is None
    before = {"q0": 1.0, "q1": 2.5}
    assert replace(make(), previous_scores=before).previous_score == 3.5
    assert replace(make(), previous_scores={"q0": 0.0}).previous_score == 0.0


def test_notes_on_stopped_work_are_found_by_their_kind() -> None:
    stopped, repaired = Note(NoteKind.STOPPED, "Too long."), Note(NoteKind.REPAIRED, "Too long.")
    result = replace(make(), notes=(repaired, stopped))
    assert result.stopped == (stopped,)
    assert result.note_texts == ("Too long.", "Too long.")


def test_a_question_is_found_by_name_or_a_key_error() -> None:
    assert make(Status.GRADED, 1.0).question("q0").score == 1.0
    with pytest.raises(KeyError):
        make().question("q0")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "FINE"},
        {"more": 1},
        {"max_score": "10"},
        {"questions": [{}]},
        {"questions": None},
        {"notes": ["a sentence"]},
        {"notes": [{"kind": "gossip", "text": "a sentence"}]},
    ],
)
def test_another_form_is_refused_not_guessed(change: dict[str, Any]) -> None:
    data = {**json.loads(make().to_json()), **change}
    with pytest.raises(ValueError):
        SubmissionResult.from_json(json.dumps(data))


def every_part(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each key of a record and of the records in it."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        if isinstance(data, dict):
            yield (*path, key)
        if isinstance(value, dict | list):
            yield from every_part(value, (*path, key))


def test_a_record_in_which_any_key_is_missing_or_more_is_refused() -> None:
    difference = Difference("dW", ((0.5, 0.0),))
    check = CheckResult("test_q", "claim", False, 0.0, 1.0, "why", difference)
    examples = (Example("f(1.0)", ("f should be 2, but it is 1",)),)
    question = QuestionResult("q", 0.0, 1.0, checks=(check,), examples=examples)
    note = Note(NoteKind.REPAIRED, "Put back.")
    whole = replace(make(), questions=(question,), notes=(note,)).to_json()
    paths = list(every_part(json.loads(whole)))
    assert len(paths) == 10 + 9 + 7 + 2 + 2 + 2
    for *above, key in paths:
        for change in (lambda of, key=key: of.pop(key), lambda of: of.update(new=1)):
            data = json.loads(whole)
            change(reduce(getitem, above, data))
            with pytest.raises(ValueError):
                SubmissionResult.from_json(json.dumps(data))


def test_checks_lost_for_the_same_reason_are_together_and_passed_ones_left_out() -> None:
    def check(name: str, passed: bool | None, message: str) -> CheckResult:
        return CheckResult(name, name, passed, 0.0, 1.0, message)

    checks = (
        *(check("a", False, "no"), check("b", True, "no"), check("c", False, "other")),
        *(check("d", None, "no"), check("e", False, "no"), check("f", False, "")),
        check("g", False, ""),
    )
    groups = QuestionResult("q", 0.0, 7.0, checks=checks).lost_by_reason
    assert [[check.name for check in group] for group in groups] == [
        *(["a", "e"], ["c"], ["d"], ["f"], ["g"]),
    ]
