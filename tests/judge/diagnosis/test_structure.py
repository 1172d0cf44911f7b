"""Simple forms of wrong numbers, found on inputs of our own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.box.protocol import Rng, Unknown
from grader.judge.diagnosis.evidence import Evidence
from grader.judge.diagnosis.replay import same
from grader.judge.diagnosis.structure import structural_hints

E = [np.random.default_rng(i).normal(size=(4, 3)) for i in range(3)]
N = [5, 6, 7]


def hint(
    actual: list[Any], expected: list[Any], arguments: list[dict[str, Any]], **more: Any
) -> str:
    pairs = zip(actual, expected, strict=True)
    wrong = tuple(i for i, (left, right) in enumerate(pairs) if not same(left, right))
    rows = (tuple(actual), tuple(expected), wrong, tuple(arguments))
    return " ".join(structural_hints([Evidence("backward", "dW1", *rows, **more)]))


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
        return Evidence("f", name, wrong, tuple(E), (0, 1, 2), ({}, {}, {}))

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
        [np.exp(e) for e in E],
        [np.zeros_like(e) for e in E],
        [2 * E[0], 2 * E[1], np.exp(E[2])],
        ["x"] * 3,
    ],
)
def test_what_has_no_simple_form_gets_no_hint(actual: list[Any]) -> None:
    assert of_batches(actual, E) == ""


def test_an_empty_array_has_a_wrong_shape() -> None:
    text = of_batches([np.zeros((0, 3))] * 3, E)
    assert text == "dW1: the shape is (0, 3) instead of (4, 3)."


def test_a_step_is_told_by_what_it_moves_by() -> None:
    after = [1 - 0.25 * e for e in E]
    starts = tuple(np.ones_like(e) for e in E)
    text = hint(after, [1 - e for e in E], [{}] * 3, is_value=False, before=starts)
    assert (
        text
        == "dW1 after backward(…): what it moves by: every number is 0.25 times what it should be."
    )


def test_a_form_that_does_not_fit_the_right_calls_is_not_named() -> None:
    text = of_batches([E[0], 2 * E[1], 2 * E[2]], E)
    assert "twice" not in text
    assert "right up to a factor, but not always the same one" in text
    assert of_batches([E[0], E[1] + 1, E[2] + 1], E) == ""


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
    arguments: list[dict[str, Any]] = [{"W": w, "reg": r} for w, r in zip(W, REGS, strict=True)]

    def right(call: int, **changed: Any) -> Any:
        named = arguments[call] | changed
        return 1 + named["reg"] * named["W"]

    return hint(actual, expected, arguments, expected_with=right)


@pytest.mark.parametrize("factor,words", ADDED.values(), ids=ADDED.keys())
def test_a_right_data_term_with_wrong_regularisation_is_recognised(
    factor: float, words: str
) -> None:
    assert words in regularised([factor] * 6)


@pytest.mark.slow
def test_regularisation_wrong_in_no_simple_way_is_still_located() -> None:
    text = regularised([np.array([1, 2, 3])] * 6)
    assert "right when reg is 0, and wrong otherwise" in text


def test_regularisation_where_none_belongs_is_recognised() -> None:
    arguments = [{"reg": reg} for reg in REGS]
    actual = [1 + reg * w for reg, w in zip(REGS, W, strict=True)]
    ones = [np.ones((2, 3))] * 6
    text = hint(actual, ones, arguments, expected_with=lambda call, **changed: ones[0])
    assert "adds something that should not be there" in text


def test_two_calls_without_reg_prove_nothing_about_it() -> None:
    arguments = [{"reg": reg} for reg in REGS[1:]]
    actual = [1 + 2 * reg * w for reg, w in zip(REGS[1:], W, strict=False)]
    expected = [1 + reg * w for reg, w in zip(REGS[1:], W, strict=False)]
    assert "reg" not in hint(actual, expected, arguments)


def test_right_whole_numbers_in_floats_are_told_so() -> None:
    labels = [np.array([0, 2, 1]), np.array([1, 1, 0]), np.array([2, 0, 1])]
    text = of_batches([label.astype(float) for label in labels], labels)
    assert text == "dW1: the docstring asks for whole numbers; yours are of another type."


def test_a_step_that_draws_is_not_explained_by_form() -> None:
    arguments = [{"rng": Rng(i)} for i in range(3)]
    assert hint([2 * e for e in E], E, arguments) == ""


def test_an_argument_may_be_left_out_in_some_calls() -> None:
    arguments = [{"x": 1.0, "h": 0.1}, {"x": 2.0}, {"x": 3.0}]
    assert "twice as large" in hint([2 * e for e in E], E, arguments)


ARGUMENT: Any = {"is_value": False}


def test_an_argument_that_should_be_left_alone_is_only_told_to_be_changed() -> None:
    text = hint([2 * e for e in E], E, [{}] * 3, is_left_alone=True, **ARGUMENT)
    assert (
        text == "dW1 after backward(…): not what it was before the call. Which line writes into it?"
    )


def test_an_argument_that_should_change_and_never_does_is_told_so() -> None:
    text = hint([2 * e for e in E], E, [{}] * 3, is_untouched=True, **ARGUMENT)
    assert (
        text
        == "dW1 after backward(…): the same as before the call, but this is what should change."
    )


def test_an_argument_that_is_changed_in_a_wrong_way_is_explained_as_a_value_is() -> None:
    text = hint([2 * e for e in E], E, [{}] * 3, **ARGUMENT)
    assert text == "dW1 after backward(…): every number is twice as large as it should be."


def test_infinite_numbers_in_some_calls_and_wrong_ones_in_others_are_told_as_two() -> None:
    expected = [np.array([1.0, 2, 4]) * i for i in range(1, 9)]
    actual = [2 * e if i < 5 else e * np.inf for i, e in enumerate(expected)]
    sizes = [{"scores": e} for e in expected]
    text = hint(actual, expected, sizes)
    assert "where they are finite: every number is twice as large" in text
    assert "some values are nan or inf" in text


def test_what_a_number_adds_may_be_right_while_the_rest_is_not() -> None:
    arguments: list[dict[str, Any]] = [{"W": w, "reg": r} for w, r in zip(W, REGS, strict=True)]
    data = [np.cos(w) for w in W]
    right = [d + reg * w for d, reg, w in zip(data, REGS, W, strict=True)]
    wrong = [d / np.log(2) + reg * w for d, reg, w in zip(data, REGS, W, strict=True)]
    text = hint(wrong, right, arguments, expected_with=lambda call, **changed: data[call])
    assert text.startswith("dW1: apart from what reg adds: every number is 1.443 times")
    assert "logarithm to the base 2" in text


def test_what_an_argument_adds_may_be_right_while_the_rest_is_not() -> None:
    arguments = [{"b": e[0], "X": np.ones((4, 2))} for e in E]
    right = [e - 0.5 + e[0] for e in E]
    wrong = [np.maximum(e - 0.5, 0) + e[0] for e in E]
    text = hint(wrong, right, arguments)
    assert text == "dW1: apart from b: where a number should be negative, yours is 0."


def test_an_argument_that_stands_where_nothing_should_is_no_missing_number() -> None:
    douts = [np.abs(e) + 1 for e in E]
    right = [0 * douts[0], *(dout * (e > 0) for dout, e in zip(douts[1:], E[1:], strict=True))]
    text = hint([right[0], *douts[1:]], right, [{"dout": dout} for dout in douts])
    assert text == "dW1: right, except where the right number is 0: there yours is another one."


def test_an_unknown_form_where_a_number_is_zero_is_told_for_these_calls() -> None:
    arguments: list[dict[str, Any]] = [{"W": w, "reg": r} for w, r in zip(W, REGS, strict=True)]
    data = [np.cos(w) for w in W]
    right = [d + reg * w for d, reg, w in zip(data, REGS, W, strict=True)]
    wrong = [3 * d + reg * np.exp(w) for d, reg, w in zip(data, REGS, W, strict=True)]
    text = hint(wrong, right, arguments, expected_with=lambda call, **changed: data[call])
    assert text == "dW1: when reg is 0: every number is 3 times what it should be."
