"""Pictures show where an array is wrong, and sentences say the same."""

from __future__ import annotations

import pytest

from grader.pages.heatmap import heat_map, where_wrong
from grader.results import Difference


@pytest.mark.parametrize(
    "rows,sentence",
    [
        (((1.0, -0.5), (0.1, -0.1)), "All 4 entries are wrong. Too large: 2; too small: 2."),
        (((1.0, 0.4), (0.0, 0.0)), "Only row 0 is wrong. Every wrong entry is too large."),
        (((0.0, -0.4), (0.0, -1.0)), "Only column 1 is wrong. Every wrong entry is too small."),
        (
            ((0.2, 0.0, 1.0), (0.2, 0.0, 1.0)),
            "Only columns 0, 2 are wrong. Every wrong entry is too large.",
        ),
        (((0.2, 0.0), (0.0, 1.0)), "Wrong entries: 2 of 4. Every wrong entry is too large."),
        (((0.2, 0.0, 1.0),), "Only columns 0, 2 are wrong. Every wrong entry is too large."),
        (((1.0,), (0.0,)), "Only row 0 is wrong. Every wrong entry is too large."),
    ],
)
def test_the_sentence_names_the_place_and_the_way(
    rows: tuple[tuple[float, ...], ...], sentence: str
) -> None:
    difference = Difference("dW", rows)
    assert where_wrong(difference) == sentence
    assert f"<desc>{sentence}</desc>" in heat_map(difference)


def test_every_entry_has_a_square_and_every_wrong_one_a_sign() -> None:
    drawing = heat_map(Difference("dW", ((1.0, -0.5, 0.0), (0.0, 0.0, 0.1))))
    assert drawing.count("<rect") == 6
    assert drawing.count(">+<") == 2
    assert drawing.count(">−<") == 1


def test_colours_come_from_the_page_and_say_the_way() -> None:
    drawing = heat_map(Difference("dW", ((1.0, -0.5, 0.0),)))
    assert [drawing.count(f'class="{kind}"') for kind in ("large", "small", "right")] == [1, 1, 1]
    assert "fill=" not in drawing


def test_a_name_is_escaped() -> None:
    assert "<script>" not in heat_map(Difference("<script>", ((1.0, 0.0),)))
