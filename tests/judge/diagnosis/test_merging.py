"""Two wrong variants become one with both mistakes, or nothing if they do not fit together."""

from __future__ import annotations

import pytest

from grader.judge.diagnosis.merging import merged

RIGHT = "def f(w, d): return w - d / 2"
SIGN = "def f(w, d): return w + d / 2"
NO_HALF = "def f(w, d): return w - d"


def test_edits_at_different_places_are_both_made() -> None:
    assert merged(SIGN, NO_HALF, (RIGHT,)).split() == "def f(w, d): return w + d".split()


@pytest.mark.parametrize(
    "second",
    [
        "def f(w, d): return w * d / 2",  # changes the same place
        "def g(w, d): return w - d",  # another function
        RIGHT,
    ],
)
def test_what_does_not_compose_gives_nothing(second: str) -> None:
    assert merged(SIGN, second, (RIGHT,)) == ""


def test_code_that_parses_but_does_not_compile_gives_nothing() -> None:
    right, first = "def f(w, d): return w - 2 * d", "def f(w, d): return -2 * d"
    assert merged(first, "def f(w, d): return w * (1 - 2 * d)", (right,)) == ""
