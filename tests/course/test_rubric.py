"""The rubric of a written question in course.yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.bundle import load_bundle
from grader.course.settings import Course
from tests.kit.course import ID, release_by_hand
from tests.kit.settings import GOOD, load, problem

MANUAL = "{points: 2.5, manual: true}"
WHERE = "assignment one: questions.b"


def with_rubric(*items: str, question: str = MANUAL) -> str:
    rubric = f"{question[:-1]}, rubric: [{', '.join(items)}]}}"
    return GOOD.replace(MANUAL, rubric)


def test_a_rubric_has_lines_with_points_and_text(tmp_path: Path) -> None:
    items = ["{points: 2, text: names it}", "{points: 0.5, text: why}", "{points: -1, text: wrong}"]
    rubric = load(tmp_path, with_rubric(*items)).assignments[0].questions["b"].rubric
    assert [(item.points, item.text) for item in rubric] == [
        (2, "names it"),
        (0.5, "why"),
        (-1, "wrong"),
    ]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (
            ["{points: 2, text: x}"],
            ": its rubric gives 2 points in all, the question 2.5; make them equal (lines below 0",
        ),
        (["{points: 2.5, text: x}", "{points: 0, text: y}"], ": its rubric has a line with 0 p"),
        (["{points: 2, text: x}", "{points: .5, text: x}"], ": two lines of its rubric have the"),
        (["{points: 2.5}"], ".rubric.1.text: missing; this key is required"),
        (["{points: 2.5, text: 3}"], ".rubric.1.text: must be text (a number needs quotes)"),
        (["{points: 2.5, text: ''}"], ".rubric.1.text: must be one line of text"),
        (['{points: 2.5, text: "a\\nb"}'], ".rubric.1.text: must be one line of text"),
        ([f"{{points: 2.5, text: {'x' * 301}}}"], ".rubric.1.text: must have at most 300 char"),
        (
            ["{points: 2.5, text: x}", "{points: a, text: y}"],
            ".rubric.2.points: must be a number (",
        ),
        (["{points: .nan, text: x}"], ".rubric.1.points: must be"),
        (["{points: -.inf, text: x}"], ".rubric.1.points: must be at least -1000"),
        (["{points: 2.5, words: x}"], ".rubric.1.words: unknown key; remove it or correct its s"),
        (["full marks"], ".rubric.1: must have keys with values"),
        ([f"{{points: 1, text: t{n}}}" for n in range(41)], ".rubric: must have at most 40 lines"),
    ],
)
def test_a_wrong_rubric_is_one_line_with_place_and_remedy(
    tmp_path: Path, items: list[str], message: str
) -> None:
    assert problem(tmp_path, with_rubric(*items)).startswith(WHERE + message)


def test_a_rubric_belongs_to_a_question_that_is_graded_by_hand(tmp_path: Path) -> None:
    text = with_rubric("{points: 2.5, text: x}", question="{points: 2.5}")
    told = problem(tmp_path, text)
    assert told.startswith(f"{WHERE}: only a question with `manual: true` has a rubric; remove it")


def test_a_rubric_may_change_and_nothing_is_graded_again(course: Course) -> None:
    release_by_hand(course)
    before = load_bundle(course, ID).digest
    path = course.root / "course.yml"
    text = path.read_text(encoding="utf-8")
    rubric = "manual: true, rubric: [{points: 3, text: x}]"
    path.write_text(text.replace("manual: true", rubric), encoding="utf-8")
    changed = Course.load(course.root)
    assert changed.assignment(ID).questions["why"].rubric
    assert load_bundle(changed, ID).digest == before
