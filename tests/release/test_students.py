"""One variant, graded as several students."""

from __future__ import annotations

from typing import Any

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import BoxError
from grader.grading.submission import session_of
from grader.release.students import Loss, Losses, difference, fares, for_proof
from grader.release.variants import Variant
from tests.kit.course import ID, make_source, release_by_hand

SHAPE, VALUE = Loss("a", "test_shape"), Loss("b", "test_value")


@pytest.mark.parametrize(
    ("fared", "words"),
    [
        ([(), (), ()], ""),
        ([(SHAPE,), (SHAPE,)], ""),
        ([(SHAPE,), (SHAPE,), (SHAPE, VALUE)], "proof-1 passes `test_value`, proof-3 fails it"),
        ([(SHAPE,), (VALUE,)], "proof-2 passes `test_shape`, proof-1 fails it"),
    ],
)
def test_the_first_difference_is_told(fared: list[Losses], words: str) -> None:
    by_student = {f"proof-{number}": losses for number, losses in enumerate(fared, 1)}
    assert difference(by_student).removeprefix("student ") == words


def graded(course: Course, code: str, judges: tuple[str, ...], count: int = 3) -> list[Losses]:
    release_by_hand(course)
    variant = Variant("mistake", "double.x", "double", code=code)
    fared = fares(for_proof(load_bundle(course, ID)), make_source(), variant, judges, count)
    assert list(fared) == [f"proof-{number}" for number in range(1, count + 1)]
    return list(fared.values())


def test_what_the_first_student_loses_is_asked_of_all(course: Course) -> None:
    """Even if nothing told that this question can judge the variant."""
    code = "def double(x):\n    return x - 1"
    for losses in graded(course, code, judges=()):
        assert {loss.check for loss in losses} == {"test_doubles", "test_doubles_zero"}


def test_what_is_asked_of_nobody_counts_as_earned(course: Course) -> None:
    """It can cost the first student nothing, or all would be asked."""
    code = (
        "asked = []\n\n\ndef double(x):\n    asked.append(x)\n    return 2 * x * (len(asked) < 3)"
    )
    assert graded(course, code, judges=()) == [(), (), ()]


@pytest.mark.slow
def test_a_box_that_cannot_be_opened_is_tried_again_with_a_new_zygote(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    def failing_once(*arguments: Any) -> Any:
        opened.append(arguments)
        if len(opened) == 1:
            raise BoxError("the zygote is gone")
        return session_of(*arguments)

    monkeypatch.setattr("grader.release.students.session_of", failing_once)
    assert graded(course, "", ("double",)) == [(), (), ()]
    assert len(opened) == 2
