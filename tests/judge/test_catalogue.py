"""The catalogue of mistakes and alternatives."""

from __future__ import annotations

import pytest

from grader.errors import JudgeError
from grader.judge.catalogue import Alternative, Catalogue, Mistake

HEAD = "from grader.judge.catalogue import Alternative, Mistake\n"


def test_a_catalogue_lists_mistakes_and_alternatives() -> None:
    catalogue = Catalogue.from_source(
        HEAD
        + "MISTAKES = [Mistake('f.a', 'f', 'Hint.', 'def f(): pass\\ndef g(): pass\\nx = 1')]\n"
        + "ALTERNATIVES = [Alternative(id='f.b', question='f', code='def f(): return 1')]\n"
    )
    (mistake,) = catalogue.mistakes
    assert mistake.functions == {"f", "g"}
    assert isinstance(mistake, Mistake)
    assert isinstance(catalogue.alternatives[0], Alternative)


@pytest.mark.parametrize("source", ["", "\n", "MISTAKES = []"])
def test_an_empty_file_is_an_empty_catalogue(source: str) -> None:
    assert Catalogue.from_source(source) == Catalogue()


@pytest.mark.parametrize(
    "source,reason",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("def broken(:", "mistakes.py: line 1: invalid syntax; fix it"),
        ("import nothing_like_this", "ModuleNotFoundError"),
        (HEAD + "MISTAKES = [Mistake('a', 'f', 'H', '')] * 2", "'a' is used twice"),
        (HEAD + "MISTAKES = ['a']", "mistakes.py"),
        (HEAD + "MISTAKES = 5", "mistakes.py"),
        (HEAD + "MISTAKES = [Mistake('a', 'f', 'H', 'def f(:')]", "mistakes.py: a: line 1: "),
    ],
)
def test_a_broken_catalogue_is_one_line_of_ours(source: str, reason: str) -> None:
    with pytest.raises(JudgeError, match=reason) as caught:
        Catalogue.from_source(source)
    assert "\n" not in str(caught.value)
