"""Simple forms of wrong numbers, found on inputs of our own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.box.protocol import Rng, Unknown
from grader.judge.diagnosis.replay import same
from grader.judge.diagnosis.structure import Evidence, structural_hints

E = [np.random.default_rng(i).normal(size=(4, 3)) for i in range(3)]
N = [5, 6, 7]


def hint(
    actual: list[Any], expected: list[Any], arguments: list[dict[str, Any]], **more: Any
) -> str:
    pairs = zip(actual, expected, strict=True)
    wrong = tuple(i for i, (left, right) in enumerate(pairs) if not same(left, right))
    rows = (tuple(actual), tuple(expected), wrong, tuple(arguments))
    return " ".join(structural_hints([Evidence("dW1", *rows, **more)]))


def of_batches(actual: list[Any], expected: list[Any]) -> str:
    return hint(actual, expected, [{"X": np.ones((n, 2))} for n in N[: len(actual)]])


FORMS = {
    "twice": ([2 * e for e in E], "twice as large"),
    "half": ([e / 2 for e in E], "half as large"),
    "sign": ([-e for e in E], "of the wrong sign"),
    "constant": ([3 * e for e in E], "3 times what it should be"),
    "sum for mean": ([n * e for n, e in zip(N, E, strict=True)], "N times too large"),
    "mean twice": ([e / n for n, e in zip(N, E, strict=True)], "N times too small"),
    "transposed": ([e.T for e in E], "rows and columns are exchanged"),
    "flat": ([e.ravel() for e in E], "the shape is (12,) instead of (4, 3)"),
    "other order": ([e.T.ravel() for e in E], "their axes are in another order"),
    "nan": ([e * np.nan for e in E], "some values are nan or inf; look for"),
    "first row": ([np.vstack([e[:1], e[1:] + 1]) for e in E], "only the first row is right"),
    "two rows": ([np.vstack([e[:2], e[2:] + 1]) for e in E], "only the first few rows are right"),
    "last row": (
        [np.vstack([e[:-1], e[-1:] + 1]) for e in E],
        "every row is right except the last",
    ),
    "not first": (
        [np.vstack([e[:1] + 1, e[1:]]) for e in E],
        "every row is right except the first",
    ),
    "mixed": ([e + np.array([[0], [1], [0], [1]]) for e in E], "some rows are right and some"),
}


@pytest.mark.parametrize("actual,words", FORMS.values(), ids=FORMS.keys())
def test_a_simple_form_is_put_in_words(actual: list[Any], words: str) -> None:
    text = of_batches(actual, E)
    assert text.startswith("dW1: ")
    assert words in text


def test_a_generator_is_as_the_box_shows_it_on_either_side() -> None:
    generator = np.random.default_rng(0)
    assert same(Unknown("Generator"), generator)
    assert same(generator, Unknown("Generator"))


def test_parts_of_the_same_form_share_one_sentence() -> None:
    def evidence(name: str, factor: float) -> Evidence:
        wrong = tuple(factor * e for e in E)
        return Evidence(name, wrong, tuple(E), (0, 1, 2), ({}, {}, {}))

    hints = structural_hints([evidence("dx", 2), evidence("dy", -1), evidence("dz", 2)])
    assert hints == [
        "dx, dz: every number is twice as large as it should be.",
        "dy: every number is of the wrong sign.",
    ]


def test_a_square_matrix_that_is_transposed_is_recognised() -> None:
    expected = [e[:3] for e in E]
    assert "exchanged" in of_batches([e.T for e in expected], expected)


def test_a_sum_along_the_other_axis_is_recognised_by_its_total() -> None:
    text = of_batches([e.sum(axis=1) for e in E], [e.sum(axis=0) for e in E])
    assert "along which axis" in text
    assert "(4,) instead of (3,)" in text


@pytest.mark.parametrize(
    "actual",
    [
        [e + 1 for e in E],
        [np.zeros_like(e) for e in E],
        [2 * E[0], 3 * E[1], 4 * E[2]],
        [2 * E[0], 2 * E[1], E[2] + 1],
        [None] * 3,
        ["x"] * 3,
        [np.zeros((0, 3))] * 3,
        [np.zeros((9, 9))] * 3,
    ],
)
def test_what_has_no_simple_form_gets_no_hint(actual: list[Any]) -> None:
    assert of_batches(actual, E) == ""


def test_a_form_that_does_not_fit_the_right_calls_is_not_named() -> None:
    assert of_batches([E[0], 2 * E[1], 2 * E[2]], E) == ""


LARGE = [{"scores": np.full((2, 2), size)} for size in (1.0, 2, 3, 800, 900, 1000)]


def test_nan_for_large_inputs_only_is_told_from_nan_everywhere() -> None:
    expected = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    text = hint([1.0, 2.0, 3.0, np.nan, np.inf, np.nan], expected, LARGE)
    assert "for large inputs, some values are nan or inf" in text
    text = hint([np.nan] * 6, expected, LARGE)
    assert "nan or inf" in text
    assert "large" not in text
    text = hint([np.nan, 2.0, 3.0, np.nan, 5.0, np.nan], expected, LARGE)
    assert "large" not in text


W = [np.random.default_rng(9 + i).normal(size=(2, 3)) for i in range(6)]
REGS = [0.0, 0.0, 0.0, 0.3, 0.5, 1.7]
ADDED = {
    "missing": (0.0, "What should reg change?"),
    "twice": (2.0, "what reg adds is twice as large"),
    "half": (0.5, "what reg adds is half as large"),
    "sign": (-1.0, "what reg adds is of the wrong sign"),
}


def regularised(factors: Any) -> str:
    """The hint for dW = data + factor · reg · W; in three of the calls reg is 0."""
    actual = [1 + f * reg * w for f, reg, w in zip(factors, REGS, W, strict=True)]
    expected = [1 + reg * w for reg, w in zip(REGS, W, strict=True)]
    arguments = [{"W": w, "reg": reg} for w, reg in zip(W, REGS, strict=True)]
    right = lambda call, reg: 1 + reg * W[call]  # noqa: E731 — as the reference
    return hint(actual, expected, arguments, expected_with=right)


@pytest.mark.parametrize("factor,words", ADDED.values(), ids=ADDED.keys())
def test_a_right_data_term_with_wrong_regularisation_is_recognised(
    factor: float, words: str
) -> None:
    assert words in regularised([factor] * 6)


def test_regularisation_wrong_in_no_simple_way_is_still_located() -> None:
    text = regularised([np.array([1, 2, 3])] * 6)
    assert "right when reg is 0, and wrong otherwise" in text


def test_regularisation_where_none_belongs_is_recognised() -> None:
    arguments = [{"reg": reg} for reg in REGS]
    actual = [1 + reg * w for reg, w in zip(REGS, W, strict=True)]
    ones = [np.ones((2, 3))] * 6
    text = hint(actual, ones, arguments, expected_with=lambda call, reg: ones[0])
    assert "adds something that should not be there" in text


def test_two_calls_without_reg_prove_nothing_about_it() -> None:
    arguments = [{"reg": reg} for reg in REGS[1:]]
    actual = [1 + 2 * reg * w for reg, w in zip(REGS[1:], W, strict=False)]
    expected = [1 + reg * w for reg, w in zip(REGS[1:], W, strict=False)]
    assert "reg" not in hint(actual, expected, arguments)


def test_right_numbers_of_another_type_have_no_form() -> None:
    labels = [np.array([0, 2, 1]), np.array([1, 1, 0]), np.array([2, 0, 1])]
    assert of_batches([label.astype(float) for label in labels], labels) == ""


def test_a_step_that_draws_is_not_explained_by_form() -> None:
    arguments = [{"rng": Rng(i)} for i in range(3)]
    assert hint([2 * e for e in E], E, arguments) == ""


def test_an_argument_that_was_changed_is_not_explained_by_form() -> None:
    assert hint([2 * e for e in E], E, [{}] * 3, is_value=False) == ""


def test_an_argument_may_be_left_out_in_some_calls() -> None:
    arguments = [{"x": 1.0, "h": 0.1}, {"x": 2.0}, {"x": 3.0}]
    assert "twice as large" in hint([2 * e for e in E], E, arguments)
