"""A value gets the form that was asked for, and keeps its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.judge.diagnosis.replay import same
from grader.judge.diagnosis.tidying import tidied

ROW = np.array([1.0, 2.0])
TIDY: list[tuple[Any, Any, Any]] = [
    ([1.0, 3.0], ROW, np.array([1.0, 3.0])),
    (np.array([[1.0, 3.0]]), ROW, np.array([1.0, 3.0])),
    (np.array([4.0]), 2.0, 4.0),
    (np.array([1.0, 3.0]), np.array([1, 2]), np.array([1, 3])),
    ({"b": [1.0, 3.0], "more": "x"}, {"b": ROW}, {"b": np.array([1.0, 3.0]), "more": "x"}),
    (([1.0, 3.0], 1.0), (ROW, 2.0), (np.array([1.0, 3.0]), 1.0)),
]


@pytest.mark.parametrize("value,wanted,tidy", TIDY)
def test_a_value_gets_the_wanted_form(value: Any, wanted: Any, tidy: Any) -> None:
    assert same(tidied(value, wanted), tidy)


@pytest.mark.parametrize(
    "value,wanted",
    [
        (np.ones((3, 2)), ROW),
        (np.array([1.5, 3.0]), np.array([1, 2])),
        ([[1.0], [1.0, 2.0]], ROW),
        ("text", ROW),
        ((1.0, 2.0, 3.0), (ROW, 2.0)),
        ({"b": ROW}, (ROW,)),
    ],
)
def test_a_value_that_has_no_room_for_the_form_stays(value: Any, wanted: Any) -> None:
    assert same(tidied(value, wanted), value)
