"""Kept records, and the scores that a new one takes over from the one before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.records import fingerprint, kept_fingerprint, load_result, save_result
from grader.notebook import Notebook
from grader.results import Note, NoteKind, Status, SubmissionResult
from tests.kit.course import ID, RIGHT, hand_in, make_result
from tests.kit.notebooks import answered

EMPTY: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
MARK = "0123456789abcdef" * 4


def graded(double: float, square: float = 2.0) -> SubmissionResult:
    return make_result("ada", EMPTY, double=double, square=square, why=None)


def failed() -> SubmissionResult:
    """Our own failure: one check broke, so the other question's score is not reliable either."""
    return replace(
        graded(0.0),
        status=Status.NOT_GRADED,
        notes=(Note(NoteKind.NOT_GRADED, "Not graded: box."),),
    )


def test_the_first_record_has_no_previous_scores(course: Course) -> None:
    assert save_result(course, graded(4.0)).previous_score is None
    assert load_result(course, ID, "ada") == graded(4.0)


def test_a_new_record_tells_the_scores_of_the_one_it_replaces(course: Course) -> None:
    save_result(course, graded(4.0))
    kept = save_result(course, graded(1.0))
    assert kept.previous_scores == {
        "double": 4.0,
        "square": 2.0,
    }  # `why` is graded by hand
    assert (kept.previous_score, kept.score) == (6.0, 3.0)
    assert load_result(course, ID, "ada") == kept
    assert save_result(course, graded(2.0)).previous_score == 3.0


def test_a_grading_that_failed_hands_on_what_was_before_it(course: Course) -> None:
    save_result(course, failed())
    assert save_result(course, failed()).previous_score is None
    assert save_result(course, graded(4.0)).previous_score is None
    for _ in range(2):
        kept = save_result(course, failed())
        assert (kept.previous_score, kept.score) == (6.0, None)
    assert save_result(course, graded(1.0)).previous_score == 6.0


def test_a_rejection_counts_as_zero(course: Course) -> None:
    save_result(course, replace(graded(0.0, square=0.0), status=Status.REJECTED))
    assert save_result(course, graded(4.0)).previous_score == 0.0


def newer(data: dict[str, Any]) -> Any:
    return {**data, "more": 1}


def older(data: dict[str, Any]) -> Any:
    del data["previous_scores"]
    for question in data["questions"]:
        del question["hints"]
    return data


@pytest.mark.parametrize("change", [newer, older])
def test_another_versions_record_still_tells_its_scores(
    course: Course, change: Callable[[dict[str, Any]], Any]
) -> None:
    save_result(course, graded(4.0))
    path = course.result_path(ID, "ada")
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    assert load_result(course, ID, "ada") is None
    assert save_result(course, graded(1.0)).previous_score == 6.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"status": "GRADED"}',
        b'{"status": "GRADED", "questions": [{"question": "double", "score": "x"}]}',
        b'{"status": "NOT_GRADED", "previous_scores": 5}',
    ],
)
def test_a_damaged_record_is_replaced_as_if_there_were_none(course: Course, content: bytes) -> None:
    path = course.result_path(ID, "ada")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert save_result(course, graded(4.0)).previous_scores == {}
    assert load_result(course, ID, "ada") == graded(4.0)


def test_a_record_still_begins_with_its_fingerprint(course: Course) -> None:
    for score in (4.0, 1.0):
        save_result(course, replace(graded(score), fingerprint=MARK))
        assert kept_fingerprint(course, ID, "ada") == MARK


def test_the_fingerprint_changes_with_everything_that_a_score_depends_on(
    course: Course, release: Notebook
) -> None:
    bundle = load_bundle(course, ID)
    submission = hand_in(course, "bob", answered(release, **RIGHT))
    prints = [fingerprint(bundle, submission), fingerprint(replace(bundle, digest="x"), submission)]
    prints.append(fingerprint(bundle, replace(submission, student="eve")))
    prints.append(fingerprint(bundle, hand_in(course, "bob", answered(release))))
    assert len(set(prints)) == 4


@pytest.mark.parametrize("text", ["", "[]", "null", "5", "{}", '{"questions": 5}', "\x00", '"x"'])
def test_an_unreadable_record_is_as_good_as_none(course: Course, text: str) -> None:
    path = course.result_path(ID, "zoe")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert load_result(course, ID, "zoe") is None


def test_a_record_of_another_version_is_as_good_as_none(course: Course) -> None:
    result = SubmissionResult("zoe", ID, Status.GRADED, 9.0)
    data = json.loads(result.to_json())
    path = course.result_path(ID, "zoe")
    path.parent.mkdir(parents=True, exist_ok=True)
    for changed in ({**data, "more": 1}, {**data, "status": "FINE"}):
        path.write_text(json.dumps(changed))
        assert load_result(course, ID, "zoe") is None
