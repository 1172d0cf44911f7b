"""What unfinished, slightly wrong or idle steps of `two_layer_net` earn, for all alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trials

from tests.kit.marks import first_is_fast

STUDENTS = [f"student {number}" for number in range(5)]


@pytest.fixture(scope="module")
def net() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("two_layer_net", Path(folder))


def earned(net: Trials, question: str, code: str) -> tuple[float, set[str]]:
    """The points of a step and the checks that it failed; the same for each of several students."""
    outcomes = []
    for student in STUDENTS:
        trial = net.judge(question, code, seed=student, explain=False)
        failed = {check.name for check in trial.checks if not check.passed}
        outcomes.append((trial.points, failed))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    return outcomes[0]


FORWARD = """
def forward(params, X):
    X, W1, b1, W2, b2 = X, *params.values()
    hidden = np.maximum(0, X @ W1 + b1)
    scores = hidden @ W2 + b2
    return scores, hidden
"""
LOSS = """
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = -log_p[np.arange(len(y)), y]
    penalty = 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return rows.mean() + penalty
"""
PREDICT = """
def predict(params, X):
    scores = forward(params, X)[0]
    return np.argmax(scores, axis=1)
"""
UPDATE = """
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
"""
TUNE = """
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 400, "batch_size": 64}
"""
MINIBATCH = """
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], y[rows]
"""
RIGHT = {
    "forward": FORWARD,
    "softmax_loss": LOSS,
    "predict": PREDICT,
    "sgd_update": UPDATE,
    "tune": TUNE,
    "sample_minibatch": MINIBATCH,
}


def changed(question: str, change: str) -> str:
    """The right step with one piece of its code replaced: "old → new"."""
    old, new = change.split(" → ")
    assert old in RIGHT[question]
    return RIGHT[question].replace(old, new)


FORMS = {  # a right answer in another form → the check that is about the form
    (
        "forward",
        "return scores, hidden → return scores.tolist(), hidden.tolist()",
    ): "forward_shapes",
    ("forward", "return scores, hidden → return hidden, scores"): "forward_shapes",
    ("forward", "return scores, hidden → return dict(scores=scores, hidden=hidden)"): (
        "forward_shapes"
    ),
    ("forward", "return scores, → return scores[0] if len(X) == 1 else scores,"): "forward_shapes",
    ("forward", "return scores, → return scores.T,"): "forward_shapes",
    ("softmax_loss", "rows.mean() + penalty → np.array([rows.mean() + penalty])"): (
        "loss_is_one_number"
    ),
    ("softmax_loss", "rows.mean() + penalty → (rows.mean() + penalty, rows)"): (
        "loss_is_one_number"
    ),
    ("predict", "axis=1) → axis=1).astype(float)"): "predict_returns_labels",
    ("predict", "axis=1) → axis=1)[:, None]"): "predict_returns_labels",
    ("predict", "np.argmax(scores, axis=1) → [int(row.argmax()) for row in scores]"): (
        "predict_returns_labels"
    ),
    ("sgd_update", "grads[key] → grads[key]\n    return params"): "update_returns_nothing",
    ("sgd_update", "grads[key] → grads[key]\n        params[key] = params[key].tolist()"): (
        "update_returns_nothing"
    ),
    ("sample_minibatch", "X[rows], y[rows] → y[rows], X[rows]"): "minibatch_shapes",
    ("tune", 'learning_rate" → lr"'): "settings_are_complete",
    (
        "tune",
        '"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay → '
        '"hidden": 64, "lr": 1.0, "decay',
    ): "settings_are_complete",
    (
        "tune",
        '"reg": 1e-3, "num_iters": 400, "batch_size" → '
        '"Reg": 1e-3, "iterations": 400, "momentum": 0.9, "batchSize"',
    ): "settings_are_complete",
    ("tune", "400 → 4e2"): "settings_are_complete",
    ("tune", "400 → '400'"): "settings_are_complete",
    ("tune", '"reg": 1e-3, → '): "settings_are_complete",
    ("tune", "0.95 → 95"): "settings_are_complete",
    ("tune", "400 → 501"): "settings_are_complete",
}


@pytest.mark.parametrize(
    ("variant", "check"), first_is_fast(FORMS.items()), ids=[" ".join(key) for key in FORMS]
)
def test_another_form_costs_one_point(net: Trials, variant: tuple[str, str], check: str) -> None:
    question = variant[0]
    points, failed = earned(net, question, changed(*variant))
    full = sum(c.max_points for c in net.judge(question, RIGHT[question], explain=False).checks)
    assert (points, failed) == (full - 1, {f"test_{check}"})


SINGLE = {
    "forward": "X, W1, b1, W2, b2 = X, *params.values() → X, W1, b1, W2, b2 = "
    "(a.astype(np.float32) for a in (X, *params.values()))",
    "softmax_loss": "shifted = scores → scores = scores.astype(np.float32)\n    shifted = scores",
    "sgd_update": "grads[key] → grads[key]\n        params[key] = params[key].astype(np.float32)",
}


@pytest.mark.parametrize("question", first_is_fast(RIGHT))
def test_right_work_keeps_its_points_in_single_precision_too(net: Trials, question: str) -> None:
    code = changed(question, SINGLE[question]) if question in SINGLE else RIGHT[question]
    assert earned(net, question, code)[1] == set()


NARROW = {  # right for some sizes or magnitudes only → points that are left
    ("forward", "X @ W1 → X[:, :5] @ W1[:5]"): 4,
    ("forward", "X @ W1 → X[:, :200] @ W1[:200]"): 4,
    ("forward", "hidden @ W2 → hidden[:, :200] @ W2[:200]"): 4,
    ("forward", "hidden @ W2 + b2 → np.where(np.arange(len(b2)) < 100, hidden @ W2 + b2, 0)"): 4,
    ("forward", "X @ W1 + b1) → X @ W1 + b1) * (np.arange(len(X)) < 1000)[:, None]"): 4,
    ("forward", "X @ W1 + b1) → X @ W1 + b1).clip(0, 6)"): 4,
    ("forward", "X @ W1 + b1) → X @ W1 + b1).clip(0, 1e4)"): 4,
    ("forward", "X @ W1 + b1) → X @ W1 + b1).round(6)"): 4,
    ("forward", "hidden @ W2 + b2 → np.clip(hidden @ W2 + b2, -500, 500)"): 4,
    ("forward", "return scores → scores[scores.max(axis=1) < 0] = 0\n    return scores"): 4,
    ("softmax_loss", "0.5 * reg → 0.5 * min(reg, 2)"): 6,
    ("softmax_loss", "0.5 * reg → 0.5 * (reg if reg > 1e-3 else 0)"): 6,
    ("softmax_loss", "rows.mean() → rows[:1000].sum() / len(y)"): 6,
    ("softmax_loss", "rows.mean() → rows.sum() / max(len(y), 2)"): 4,
    ("softmax_loss", "shifted = scores → y = np.minimum(y, 9)\n    shifted = scores[:, :10]"): 6,
    ("softmax_loss", "rows.mean() → np.minimum(rows, 50).mean()"): 6,
    ("softmax_loss", "rows.mean() → np.mean([rows[y == c].mean() for c in set(y)])"): 4,
    ("predict", "argmax(scores → argmax(np.maximum(0, scores)"): 1,
    ("predict", "argmax(scores → argmax(scores[:, :5]"): 1,
    ("predict", "argmax(scores → argmax(scores[:, :100]"): 1,
    ("predict", "argmax(scores → argmax(scores[:, :199]"): 1,
    ("predict", "argmax(scores → argmax(np.round(scores, 3)"): 1,
    ("predict", "argmax(scores → argmax(np.clip(scores, -100, 100)"): 1,
    ("predict", "argmax(scores → argmax(1 / (1 + np.exp(-scores))"): 1,
    ("predict", "argmax(scores, axis=1) → argmax(scores, axis=1) * (np.arange(len(X)) < 1000)"): 1,
    ("sgd_update", "grads[key] → np.clip(grads[key], -500, 500)"): 2,
    ("sgd_update", "learning_rate * → min(learning_rate, 100) *"): 2,
    ("sgd_update", "learning_rate * → max(learning_rate, 1e-5) *"): 2,
    ("sgd_update", "grads[key] → grads[key] * (np.abs(grads[key]) > 1e-6)"): 2,
    ("sgd_update", "params[key] -= learning_rate * grads[key] → "
     "params[key][:200] -= learning_rate * grads[key][:200]"): 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "left"), first_is_fast(NARROW.items()), ids=[" ".join(key) for key in NARROW]
)
def test_right_for_some_sizes_only_is_wrong_for_everybody(
    net: Trials, variant: tuple[str, str], left: float
) -> None:
    assert earned(net, variant[0], changed(*variant))[0] == left


HEADS = {question: code.strip().splitlines()[0] + "\n    " for question, code in RIGHT.items()}
IDLE = [
    (
        "forward",
        'return np.zeros((len(X), len(params["b2"]))), np.zeros((len(X), 1)) + params["b1"]',
    ),
    ("forward", 'return [np.random.randn(len(X), len(params[key])) for key in ("b2", "b1")]'),
    ("forward", 'return [np.resize(X, (len(X), len(params[key]))) for key in ("b2", "b1")]'),
    ("forward", 'return X, params["W1"]'),
    ("forward", 'hidden = np.zeros((len(X), 1)) + params["b1"]; '
     'return hidden @ params["W2"] + params["b2"], hidden'),
    ("softmax_loss", "return 1.0"),
    ("softmax_loss", "return np.random.random()"),
    ("softmax_loss", "return reg"),
    ("softmax_loss", "return float(np.abs(scores).sum())"),
    ("softmax_loss", 'return abs(scores.sum() + y.sum() + reg * params["W1"].sum())'),
    ("predict", "return np.zeros(len(X), dtype=int)"),
    ("predict", 'return np.arange(len(X)) % len(params["b2"])'),
    ("predict", 'return np.random.randint(len(params["b2"]), size=len(X))'),
    ("predict", "return X"),
    ("sgd_update", "pass"),
    ("sample_minibatch", "return X[:batch_size], y[:batch_size]"),
    ("sgd_update", "params.update(grads)"),
    ("sgd_update", "for key in params: params[key] = params[key] - learning_rate"),
    ("sgd_update", "for key in params: params[key] = np.random.normal(size=params[key].shape)"),
    ("sgd_update", "for key in params: params[key] = 0 * params[key]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "body"), first_is_fast(IDLE), ids=[" ".join(pair) for pair in IDLE]
)
def test_functions_that_do_no_work_earn_nothing(net: Trials, question: str, body: str) -> None:
    assert earned(net, question, f"{HEADS[question]}{body}\n")[0] == 0


UNFINISHED = {  # → points for what is there
    ("forward", "return scores, hidden → return scores"): 3,
    ("forward", "np.maximum(0, X @ W1 + b1) → X @ W1 + b1"): 4,
    ("forward", "np.maximum(0, X @ W1 + b1) → np.tanh(X @ W1)"): 4,
    ("forward", "np.maximum(0, X @ W1 + b1) → X @ W1 + b1; b2 = 0 * b2"): 2,
    ("forward", "return scores, hidden → return None, hidden"): 3,
    ("forward", "hidden @ W2 + b2 → np.zeros((len(X), len(b2)))"): 3,
    ("softmax_loss", "rows.mean() + penalty → rows.mean()"): 6,
    ("softmax_loss", "rows.mean() + penalty → penalty"): 4,
    ("softmax_loss", "rows.mean() + penalty → rows + penalty"): 3,
    ("sgd_update", 'in params → in ("W1", "W2")'): 4,
    ("sgd_update", "for key in params:\n        params[key] -= learning_rate * grads[key] → "
     "return {key: params[key] - learning_rate * grads[key] for key in params}"): 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "points"), UNFINISHED.items(), ids=[" ".join(key) for key in UNFINISHED]
)
def test_unfinished_work_earns_what_is_there(
    net: Trials, variant: tuple[str, str], points: float
) -> None:
    assert earned(net, variant[0], changed(*variant))[0] == points


def test_any_class_with_the_best_score_is_right_at_a_tie(net: Trials) -> None:
    last = "argmax(scores, axis=1) → argmax(scores[:, ::-1], axis=1)"
    code = changed("predict", last).replace("return ", "return scores.shape[1] - 1 - ")
    assert earned(net, "predict", code)[1] == set()


def messages(net: Trials, question: str, code: str) -> dict[str, str]:
    checks = net.judge(question, code).checks
    return {check.name: check.message for check in checks if not check.passed}


def test_rows_and_labels_in_the_other_order_are_named_so(net: Trials) -> None:
    code = changed("sample_minibatch", "X[rows], y[rows] → y[rows], X[rows]")
    (message,) = messages(net, "sample_minibatch", code).values()
    assert "the order should be X_batch, y_batch" in message


def test_the_first_rows_each_time_are_told_in_one_way(net: Trials) -> None:
    change = "rng.integers(len(X), size=batch_size) → np.arange(batch_size) % len(X)"
    code = changed("sample_minibatch", change)
    assert len(set(messages(net, "sample_minibatch", code).values())) == 1


@pytest.mark.slow
def test_a_missing_setting_is_named_instead_of_an_accuracy_without_it(net: Trials) -> None:
    code = changed("tune", '"learning_rate": 1.0, → ')
    assert set(messages(net, "tune", code).values()) == {
        "the result of tune has no key 'learning_rate'"
    }


def test_gradients_left_alone_without_a_step_are_not_called_changed(net: Trials) -> None:
    told = messages(net, "sgd_update", HEADS["sgd_update"] + "pass\n")
    reason = told["test_update_leaves_the_gradients_alone"]
    assert reason.startswith("leaving the gradients alone counts only together with a step")


@pytest.mark.slow
def test_a_check_fails_with_what_its_claim_asks_for(net: Trials) -> None:
    trial = net.judge("softmax_loss", f"{HEADS['softmax_loss']}return 1.0\n")
    (check,) = (c for c in trial.checks if c.name == "test_loss_leaves_its_arguments_alone")
    assert "computes its result from the arguments" in check.claim
    assert (
        check.message == "the loss should be the same for the same arguments, and change with them"
    )
