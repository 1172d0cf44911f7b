"""Words of answers keep what matters, and drop what people change when they copy."""

from __future__ import annotations

import pytest

from grader.pages.words import answers, grams, vocabulary, words_of_code
from tests.kit.honest_class import RELEASE
from tests.kit.notebooks import answered

KNOWN = vocabulary(RELEASE)


def words(source: str) -> list[str]:
    return [word.text for word in words_of_code(source, KNOWN)]


def test_names_comments_docstrings_layout_and_quotes_do_not_count() -> None:
    one = 'def forward(params, X):\n    """Doc."""\n    z = (X @ params["W1"])  #\n    return z, z'
    two = "def forward(p, data):\n\n    # another\n    h = data @ p['W1']\n    return (h, h)\n"
    assert words(one) == words(two)
    first, second = (list(grams(words_of_code(source, KNOWN))) for source in (one, two))
    assert first == second


@pytest.mark.parametrize(
    "one,two",
    [
        ("x = a @ b", "x = a * b"),
        ("x = a.sum(axis=0)", "x = a.sum(axis=1)"),
        ("x = a['W1']", "x = a['W2']"),
        ("x = np.exp(a)", "x = np.log(a)"),
        ("x = f(a)[0]", "x = f(a[0])"),
    ],
)
def test_a_difference_in_meaning_counts(one: str, two: str) -> None:
    assert words(one) != words(two)


def test_functions_count_in_any_order() -> None:
    first, second = "def f(x):\n    return x + 1\n", "def g(x):\n    return x * 2\n"
    assert words(first + second) == words(second + first)


def test_sequences_tell_which_name_is_repeated() -> None:
    def found(source: str) -> set[tuple[str, ...]]:
        return set(grams(words_of_code(source, KNOWN)))

    assert found("x = a * a") == found("y = b * b") != found("x = a * b")


def test_enormous_answers_are_cut() -> None:
    huge = "\n".join(f"x{i} = {i} + y{i}" for i in range(50_000))
    (answer,) = (a for q, a in answers(answered(RELEASE, tune=huge), KNOWN).items() if q == "tune")
    assert len(answer.words) <= 3000
    assert len(answer.source) <= 40_000
