"""Points of questions, read from the source of hidden tests."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.errors import JudgeError
from grader.judge.declared import declared_points

HEAD = "import pytest\nfrom grader.judge import *\nquestion = pytest.mark.question\n"


def test_points_are_read_without_running_anything() -> None:
    source = HEAD + dedent(
        """
        1 / 0
        @pytest.mark.question("a", points=2)
        @pytest.mark.parametrize("seed", range(3))
        def test_x(): pass
        @pytest.mark.question("b", points=1)
        def test_y(): pass
        @pytest.mark.question("a", points=0.5)
        def test_z(): pass
        def helper(): pass
        """
    )
    assert declared_points(source) == {"a": 2.5, "b": 1.0}


@pytest.mark.parametrize(
    "marker",
    [
        "",
        "@pytest.mark.question('a')",
        "@pytest.mark.question('a', 2)",
        "@pytest.mark.question(x, points=1)",
    ],
)
def test_points_that_are_no_literals_are_refused_with_their_line(marker: str) -> None:
    with pytest.raises(JudgeError, match="line"):
        declared_points(f"{marker}\ndef test_a(): pass")
