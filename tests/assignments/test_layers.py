"""What steps of `layers` earn: any cache, after a mistaken step, unfinished, idle or nudged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trial, Trials

from tests.kit.marks import first_is_fast

POINTS = {
    "relative_error": 3,
    "affine": 10,
    "relu": 4,
    "softmax_cross_entropy": 8,
    "two_layers": 7,
    "gradient_check": 4,
    "diagnose_curves": 4,
}


@pytest.fixture(scope="module")
def layers() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("layers", Path(folder))


def failed(trial: Trial) -> set[str]:
    return {check.name for check in trial.checks if not check.passed}


def catalogued(layers: Trials, name: str) -> str:
    code = {entry.id: entry.code for entry in layers.catalogue.mistakes}
    return code[name]


CACHES = {
    "an object of its own": """
class Kept:
    pass


def affine_forward(X, W, b):
    kept = Kept()
    kept.X, kept.W = X, W
    return X @ W + b, kept


def affine_backward(dout, cache):
    return dout @ cache.W.T, cache.X.T @ dout, dout.sum(axis=0)
""",
    "a function": """
def affine_forward(X, W, b):
    return X @ W + b, lambda dout: (dout @ W.T, X.T @ dout, dout.sum(axis=0))


def affine_backward(dout, cache):
    return cache(dout)
""",
    "a dict whose keys are tuples": """
def affine_forward(X, W, b):
    return X @ W + b, {("in", 0): X, ("in", 1): W}


def affine_backward(dout, cache):
    X, W = cache.values()
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    "one array": """
def affine_forward(X, W, b):
    return X @ W + b, np.concatenate([X, W.T])


def affine_backward(dout, cache):
    X, W = cache[: len(dout)], cache[len(dout) :].T
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
}


@pytest.mark.parametrize("code", CACHES.values(), ids=CACHES)
def test_a_cache_of_any_kind_keeps_all_points(layers: Trials, code: str) -> None:
    assert failed(layers.judge("affine", code)) == set()


WITHOUT_FORWARD = {
    "affine": """
def affine_forward(X, W, b):
    raise NotImplementedError


def affine_backward(dout, cache):
    X, W, b = cache
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    "relu": """
def relu_forward(x):
    raise NotImplementedError


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)
""",
}


@pytest.mark.parametrize("question", WITHOUT_FORWARD)
def test_a_right_backward_needs_no_forward(layers: Trials, question: str) -> None:
    lost = failed(layers.judge(question, WITHOUT_FORWARD[question]))
    assert not [name for name in lost if "gradient" in name or "alone" in name]
    assert f"test_{question}_output" in lost


def test_a_cache_that_does_not_fit_costs_one_check_and_is_told(layers: Trials) -> None:
    trial = layers.judge("affine", catalogued(layers, "affine.cache_is_the_output"))
    (message,) = [check.message for check in trial.checks if not check.passed]
    assert message.startswith("affine_backward works on what the docstring names, but not on the")


def test_a_stub_is_named_as_the_student_knows_it(layers: Trials) -> None:
    stubs = "".join(
        f"def {name}(*arguments):\n    raise NotImplementedError\n\n\n"
        for name in ("affine_forward", "affine_backward", "relu_forward", "relu_backward")
    )
    for question in ("affine", "relu"):
        trial = layers.judge(question, stubs)
        assert trial.points == 0
        told = {check.message for check in trial.checks}
        halves = {f"{question}_forward", f"{question}_backward"}
        assert told == {f"{name} is not implemented yet" for name in halves}


def test_each_check_of_a_stub_says_that_it_is_one(layers: Trials) -> None:
    stub = "def two_layers(*arguments):\n    raise NotImplementedError"
    told = {check.message for check in layers.judge("two_layers", stub).checks}
    assert told == {"two_layers is not implemented yet"}


@pytest.mark.parametrize(
    "mistake",
    first_is_fast(
        [
            *("affine.no_bias", "affine.dW_transposed", "affine.no_cache", "relu.passes_all"),
            *("relu.changes_x", "softmax_cross_entropy.sum_for_both"),
            *("softmax_cross_entropy.loss_only", "softmax_cross_entropy.changes_scores"),
        ]
    ),
)
def test_a_mistaken_layer_costs_two_layers_nothing(layers: Trials, mistake: str) -> None:
    assert failed(layers.judge("two_layers", catalogued(layers, mistake))) == set()


@pytest.mark.parametrize("mistake", ["relative_error.absolute", "relative_error.every_entry"])
def test_a_mistaken_relative_error_costs_the_gradient_check_nothing(
    layers: Trials, mistake: str
) -> None:
    assert failed(layers.judge("gradient_check", catalogued(layers, mistake))) == set()


IDLE = {
    "relative_error": "def relative_error(a, b):\n    return 0.0",
    "affine": """
def affine_forward(X, W, b):
    return np.zeros((len(X), W.shape[1])), (X, W, b)


def affine_backward(dout, cache):
    return tuple(map(np.zeros_like, cache))
""",
    "relu": """
def relu_forward(x):
    return np.zeros_like(x), x


def relu_backward(dout, cache):
    return np.zeros_like(dout)
""",
    "softmax_cross_entropy": """
def softmax_cross_entropy(scores, y):
    return 0.0, np.zeros_like(scores)
""",
    "two_layers": """
def two_layers(X, y, W1, b1, W2, b2):
    return 0.0, {"W1": 0 * W1, "b1": 0 * b1, "W2": 0 * W2, "b2": 0 * b2}
""",
    "gradient_check": "def gradient_check(f, x, gradient, h=1e-5):\n    return 0.0",
    "diagnose_curves": "def diagnose_curves():\n    return dict.fromkeys(range(1, 7), 'right')",
}


@pytest.mark.parametrize("question", first_is_fast(POINTS))
def test_a_function_that_does_no_work_earns_nothing(layers: Trials, question: str) -> None:
    assert layers.judge(question, IDLE[question]).points == 0


@pytest.mark.slow
def test_points_add_up(layers: Trials) -> None:
    for question, points in POINTS.items():
        assert layers.judge(question, "").points == points


UNFINISHED = {  # the question, what is there, and the checks that it costs
    "dW is missing yet": (
        "affine",
        "def affine_backward(dout, cache):\n"
        "    X, W = cache\n    return dout @ W.T, None, dout.sum(axis=0)",
        {"gradients_have_the_shapes_of_their_variables", "gradient_of_W"},
    ),
    "biases are missing yet": (
        "two_layers",
        "two_layers.weights_only",
        {"loss_and_grads_have_their_form", "gradient_of_b1", "gradient_of_b2"},
    ),
    "the second half is missing yet": (
        "two_layers",
        "two_layers.output_layer_only",
        {"loss_and_grads_have_their_form", "gradient_of_b1", "gradient_of_W1"},
    ),
    "names have a d": ("two_layers", "two_layers.names_of_gradients", {"grads_have_their_form"}),
    "the loss alone": (
        "softmax_cross_entropy",
        "softmax_cross_entropy.loss_only",
        {"loss_and_dscores_have_their_shapes", "dscores_of_large_scores", "test_dscores"},
    ),
    "lists for arrays": ("affine", "affine.lists", {"gradients_have_the_shapes"}),
    "a row for the bias": ("affine", "affine.db_as_a_row", {"gradients_have_the_shapes"}),
    "three curves named": (
        "diagnose_curves",
        "def diagnose_curves():\n"
        "    return {1: 'overfitting', 2: 'Rate too low', '3': 'bug_in_the_update'}",
        {"curve_4", "curve_5", "curve_6"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("question,code,lost", UNFINISHED.values(), ids=UNFINISHED)
def test_unfinished_work_earns_what_it_has(
    layers: Trials, question: str, code: str, lost: set[str]
) -> None:
    code = code if "\n" in code else catalogued(layers, code)
    for seed in ("one student", "another"):
        found = failed(layers.judge(question, code, seed=seed))
        assert len(found) == len(lost)
        assert all(any(part in name for name in found) for part in lost)
