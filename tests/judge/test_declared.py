"""Points of questions, and which depend on chance, read from the source of hidden tests."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grader.errors import JudgeError
from grader.judge.declared import chance_questions, declared_points

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


def test_a_question_with_one_test_of_chance_depends_on_chance() -> None:
    source = HEAD + dedent(
        """
        @pytest.mark.question("a", points=2)
        def test_x(): pass
        @pytest.mark.question("b", points=1)
        @pytest.mark.chance
        def test_y(): pass
        @pytest.mark.question("b", points=0.5)
        def test_z(): pass
        """
    )
    assert chance_questions(source) == {"b"}
    assert declared_points(source) == {"a": 2.0, "b": 1.5}
