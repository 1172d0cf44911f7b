"""A mistake costs its own step only, and a dummy earns nothing in the steps after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trials

from tests.kit.marks import first_is_fast

HEAD = "def softmax_loss(scores, y, params, reg):\n"
CROSS = """
    top = scores.max(axis=1, keepdims=True)
    logs = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
    rows = logs - scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
"""
GRADIENT = """
def backward(params, X, hidden, scores, y, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) * (SCALE)
    dz = (ds @ params["W2"].T) * (hidden > 0)
    grads = {"W1": X.T @ dz, "b1": dz.sum(axis=0), "W2": hidden.T @ ds, "b2": ds.sum(axis=0)}
    for key in params:
        grads[key] += PENALTY
    return grads
"""
WEIGHTS = '(reg * params[key] if key[0] == "W" else 0)'


def loss(returned: str) -> str:
    return f"{HEAD}{CROSS}    return {returned}\n"


def gradient(scale: str = "1 / len(y)", penalty: str = WEIGHTS) -> str:
    return GRADIENT.replace("SCALE", scale).replace("PENALTY", penalty)


@pytest.fixture(scope="module")
def net() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("two_layer_net", Path(folder))


CONVENTIONS = {
    "sum": (loss("rows.sum() + 0.5 * reg * squares"), gradient("1")),
    "no half": (loss("rows.mean() + reg * squares"), gradient(penalty=f"2 * {WEIGHTS}")),
    "sum, no half": (loss("rows.sum() + reg * squares"), gradient("1", f"2 * {WEIGHTS}")),
    "half the data": (loss("rows.mean() / 2 + 0.5 * reg * squares"), gradient("0.5 / len(y)")),
    "fixed N": (loss("rows.sum() / 5 + 0.5 * reg * squares"), gradient("1 / 5")),
    "over scores": (loss("rows.sum() / scores.size + 0.5 * reg * squares"), gradient("1 / p.size")),
    "biases too": (
        loss("rows.mean() + 0.5 * reg * sum(np.sum(p**2) for p in params.values())"),
        gradient(penalty="reg * params[key]"),
    ),
    "reg over N": (
        loss("rows.mean() + 0.5 * reg * squares / len(y)"),
        gradient(penalty=f"{WEIGHTS} / len(y)"),
    ),
    "not squared": (
        loss('rows.mean() + reg * sum(np.linalg.norm(params[k]) for k in ("W1", "W2"))'),
        gradient(
            penalty='(reg * params[key] / np.linalg.norm(params[key]) if key[0] == "W" else 0)'
        ),
    ),
}


@pytest.mark.parametrize(
    "own_loss,own_gradient", first_is_fast(CONVENTIONS.values()), ids=CONVENTIONS
)
def test_the_exact_gradient_of_ones_own_loss_keeps_all_points(
    net: Trials, own_loss: str, own_gradient: str
) -> None:
    code = own_loss + own_gradient.replace("p.size", "scores.size")
    trial = net.judge("backward", code)
    assert (trial.points, trial.hints, trial.mistakes) == (16, (), ())
    assert len(trial.follow_through) == 1
    assert "your own softmax_loss" in trial.follow_through[0]
    strict = net.judge("backward", code, strict=["backward"], explain=False)
    assert strict.points < 16
    assert strict.follow_through == ()


def test_the_right_gradient_is_right_whatever_the_loss_is(net: Trials) -> None:
    for own_loss in (loss("rows.sum()"), loss("0.0"), ""):
        trial = net.judge("backward", own_loss + gradient())
        assert (trial.points, trial.follow_through) == (16, ())


NUMERICAL = """
def backward(params, X, hidden, scores, y, reg):
    grads = {}
    for key in params:
        grads[key] = np.zeros_like(params[key])
        for index in np.ndindex(params[key].shape):
            losses = []
            for step in (H, -H):
                moved = {name: value.copy() for name, value in params.items()}
                moved[key][index] += step
                losses.append(softmax_loss(forward(moved, X)[0], y, moved, reg))
            grads[key][index] = (losses[0] - losses[1]) / (2 * H)
    return grads
"""
STEPS = {h: NUMERICAL.replace("H", h) for h in ("1e-3", "1e-4", "1e-5", "1e-6", "1e-7")}


@pytest.mark.slow
@pytest.mark.parametrize("code", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("own_loss", ["", loss("rows.sum() + reg * squares")], ids=["right", "sum"])
def test_a_difference_quotient_is_not_the_gradient(net: Trials, own_loss: str, code: str) -> None:
    trial = net.judge("backward", own_loss + code, explain=False)
    assert trial.points <= 9.5
    assert trial.follow_through == () or own_loss


DUMMY_LOSSES = {
    "constant": loss("1.0"),
    "zero": loss("0.0"),
    "linear": HEAD + "    return float(scores.sum() - 2 * scores[np.arange(len(y)), y].sum())\n",
    "linear with reg": loss("scores.sum() - 2 * scores[np.arange(len(y)), y].sum() + reg*squares"),
    "hinge": loss("np.maximum(0, scores - scores[np.arange(len(y)), y][:, None] + 9).sum() + reg"),
    "blind to y": loss("logs.mean() + 0.5 * reg * squares"),
    "blind to scores": loss("0.5 * reg * squares"),
    "of reg alone": loss("reg"),
    "of W alone": loss("squares"),
    "next to nothing": loss("1e-9 * (rows.mean() + 0.5 * reg * squares)"),
    "huge": loss("1e9 * (rows.mean() + 0.5 * reg * squares)"),
    "negative": loss("-rows.mean() + 0.5 * reg * squares"),
    "text": loss("'none'"),
    "nan": loss("np.nan"),
    "one number per row": loss("rows"),
    "random": loss("np.random.random()"),
}
ZEROS = """
def backward(params, X, hidden, scores, y, reg):
    return {key: np.zeros_like(value) for key, value in params.items()}
"""
NOISE = """
def backward(params, X, hidden, scores, y, reg):
    return {key: 1e-12 * np.random.normal(size=value.shape) for key, value in params.items()}
"""
LINEAR = gradient("1 - 2 * np.eye(scores.shape[1])[y]").replace(
    "(e / e.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) *", "1.0 *"
)
DUMMY_BACKWARDS = {"zeros": ZEROS, "noise": NOISE, "linear": LINEAR, "numerical": STEPS["1e-5"]}
DATA = 3 + 2 + 4 + 2


@pytest.mark.parametrize(
    "code", first_is_fast(DUMMY_BACKWARDS.values()), ids=DUMMY_BACKWARDS.keys()
)
@pytest.mark.parametrize("own_loss", first_is_fast(DUMMY_LOSSES.values()), ids=DUMMY_LOSSES.keys())
def test_a_dummy_loss_earns_nothing_in_backward(net: Trials, own_loss: str, code: str) -> None:
    trial = net.judge("backward", own_loss + code, explain=False)
    assert trial.follow_through == ()
    assert trial.points <= 16 - DATA


PENALTIES = {
    "a constant": ("rows.mean() + reg", "0"),
    "none": ("rows.mean()", "0"),
    "of the scores": ("rows.mean() + reg * np.sum(scores**2)", "0"),
    "shrinking": ("rows.mean() + reg / squares", "-2*reg*params[key]/squares**2"),
    "next to nothing": ("rows.mean() + 1e-9 * reg * squares", f"2e-9 * {WEIGHTS}"),
}


@pytest.mark.parametrize("returned,added", PENALTIES.values(), ids=PENALTIES.keys())
def test_a_dummy_penalty_earns_nothing_in_backward(net: Trials, returned: str, added: str) -> None:
    own = gradient(penalty=added).replace("grads = {", "squares = 9\n    grads = {")
    trial = net.judge("backward", loss(returned) + own, explain=False)
    assert (trial.points, trial.follow_through) == (14, ())


FORWARD = """
def forward(params, X):
    z = X @ params["W1"] + params["b1"]
    hidden = BEND
    return hidden @ params["W2"] + params["b2"], hidden
"""
BENDS = {  # what replaces the ReLU, and its slope
    "none": ("z", "1"),
    "sigmoid": ("1 / (1 + np.exp(-z))", "hidden * (1 - hidden)"),
    "tanh": ("np.tanh(z)", "(1 - hidden**2)"),
    "leaky": ("np.where(z > 0, z, 0.1 * z)", "np.where(hidden > 0, 1, 0.1)"),
}


@pytest.mark.parametrize("bend,slope", BENDS.values(), ids=BENDS.keys())
def test_the_gradient_of_ones_own_mistaken_forward_keeps_all_points(
    net: Trials, bend: str, slope: str
) -> None:
    code = FORWARD.replace("BEND", bend) + gradient().replace("(hidden > 0)", slope)
    trial = net.judge("backward", code)
    assert (trial.points, trial.hints) == (16, ())
    assert "your own forward" in trial.follow_through[0]
    assert net.judge("backward", code, strict=["backward"], explain=False).points < 16


IDLE_FORWARDS = {
    "constant": "np.ones_like(z)",
    "blind to X": "np.ones_like(z) * np.sum(z[:1])",
    "zero": "0 * z",
}


@pytest.mark.parametrize("bend", first_is_fast(IDLE_FORWARDS.values()), ids=IDLE_FORWARDS.keys())
@pytest.mark.parametrize(
    "code", first_is_fast([ZEROS, NOISE, STEPS["1e-5"]]), ids=["zeros", "noise", "numerical"]
)
def test_a_dummy_forward_earns_nothing_in_backward(net: Trials, bend: str, code: str) -> None:
    trial = net.judge("backward", FORWARD.replace("BEND", bend) + code, explain=False)
    assert trial.follow_through == ()
    assert trial.points <= 16 - DATA


@pytest.mark.slow
@pytest.mark.parametrize("bend", [bend for bend, _ in BENDS.values()], ids=BENDS.keys())
def test_a_difference_quotient_through_ones_own_forward_earns_nothing(
    net: Trials, bend: str
) -> None:
    trial = net.judge("backward", FORWARD.replace("BEND", bend) + STEPS["1e-5"], explain=False)
    assert trial.follow_through == ()
    assert trial.points <= 16 - DATA


PREDICT = """
def predict(params, X):
    return np.argmax(forward(params, X)[INDEX], axis=1)
"""
MISTAKEN = """
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    return hidden, hidden @ params["W2"] + params["b2"]
"""


def test_predict_on_ones_own_mistaken_forward_keeps_all_points(net: Trials) -> None:
    code = MISTAKEN + PREDICT.replace("INDEX", "1")
    trial = net.judge("predict", code)
    assert trial.points == 3
    assert "your own forward" in trial.follow_through[0]
    assert net.judge("predict", code, strict=["predict"], explain=False).points < 3


@pytest.mark.parametrize(
    "returned,label",
    [('{"a": scores, "b": hidden}', '["a"].argmax(axis=1)'), ("scores.T, hidden", "[0].argmax(0)")],
    ids=["a dict", "transposed"],
)
def test_predict_may_fit_another_form_of_ones_own_scores(
    net: Trials, returned: str, label: str
) -> None:
    forward = FORWARD.replace("BEND", "z").replace("return ", "scores = ")
    forward = forward.replace(", hidden\n", f"\n    return {returned}\n")
    trial = net.judge(
        "predict", f"{forward}\ndef predict(params, X):\n    return forward(params, X){label}\n"
    )
    assert (trial.points, len(trial.follow_through)) == (3, 1)


DUMMY_FORWARDS = {
    "constant": "np.ones((len(X), C))",
    "blind": "np.sin(np.arange(1.0 * len(X) * C)).reshape(-1, C)",
    "blind to params": "np.sin(X @ np.arange(1.0 * X.shape[1] * C).reshape(-1, C))",
    "blind to X": 'np.sin(np.outer(np.arange(len(X)), params["b2"]))',
    "one label": "X[:, :1] * 0 - np.arange(C)",
}


@pytest.mark.parametrize("scores", DUMMY_FORWARDS.values(), ids=DUMMY_FORWARDS.keys())
def test_predict_on_a_dummy_forward_earns_nothing_for_it(net: Trials, scores: str) -> None:
    head = "\ndef forward(params, X):\n    C = len(params['b2'])\n"
    forward = f"{head}    return np.ones((len(X), C + 1)), {scores}\n"
    trial = net.judge("predict", forward + PREDICT.replace("INDEX", "1"))
    assert trial.points < 3
    assert trial.follow_through == ()
