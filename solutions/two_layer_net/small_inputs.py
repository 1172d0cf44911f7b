"""Small inputs of `two_layer_net`: a student sees the smallest on which a step goes wrong.

Whole numbers, since they are typed in by hand. Inputs at the kink of a ReLU, or with two best
scores, are left out: more than one result is right there.
"""

from itertools import islice

import numpy as np

from grader.judge import Rng
from grader.judge.small_inputs import SmallInputs

NUMBERS = ((0, 1, 1, -1), (0, 1, -1, 2, -2, 3))  # to draw from, in turn
TRIES = {  # N, D, H, C: how many inputs of these sizes
    (1, 1, 1, 1): 20,
    (1, 1, 1, 2): 20,
    (2, 1, 1, 1): 4,
    (2, 1, 1, 2): 20,
    (1, 2, 1, 2): 4,
    (1, 1, 2, 2): 8,
    (2, 2, 2, 2): 8,
    (3, 2, 2, 2): 4,
    (2, 3, 2, 2): 4,
    (2, 2, 3, 2): 4,
    (2, 2, 2, 3): 4,
    (4, 3, 2, 3): 4,
}


def problems():
    """params, X and y of every size, always the same."""
    rng = np.random.default_rng(0)
    for (N, D, H, C), tries in TRIES.items():
        shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
        for number in range(tries):
            some = NUMBERS[number % 2]
            params = {key: 1.0 * rng.choice(some, shape) for key, shape in shapes.items()}
            yield params, 1.0 * rng.choice(some, (N, D)), rng.integers(C, size=N)


def forward_calls(reference):
    for number, (params, X, _) in enumerate(problems()):
        yield params, X
        if number % 4 == 0:
            yield params, 100 * X


def loss_calls(reference):
    """Scores with weights that are zero, then weights with scores that are zero."""
    rng = np.random.default_rng(0)
    for N, C in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 2), (2, 3), (4, 3)):
        zeros = {"W1": (1, 1), "b1": 1, "W2": (1, C), "b2": C}
        params = {key: np.zeros(shape) for key, shape in zeros.items()}
        for number in range(9):
            some = NUMBERS[1] if number else (0,)
            scores, y = 1.0 * rng.choice(some, (N, C)), rng.integers(C, size=N)
            yield scores, y, params, 0.0
            if number < 4:
                apart = 1000.0 * np.arange(N)[:, None]
                for large in (scores + apart, scores + 1000, 100 * scores):
                    yield large, y, params, 0.0
    for params, X, y in problems():
        yield np.zeros((len(X), len(params["b2"]))), y, params, 1.0


def backward_calls(reference):
    for params, X, y in problems():
        if (X @ params["W1"] + params["b1"]).all():  # no unit is at its kink
            scores, hidden = reference.forward(params, X)
            for reg in (0.0, 1.0):
                yield params, X, hidden, scores, y, reg


def update_calls(reference):
    rng = np.random.default_rng(1)
    for params, _, _ in islice(problems(), 48):
        grads = {key: 1.0 * rng.choice(NUMBERS[1], W.shape) for key, W in params.items()}
        yield params, grads, 1.0
        yield params, grads, 0.5
        yield params, {key: 100 * dW for key, dW in grads.items()}, 0.5


def predict_calls(reference):
    for params, X, _ in problems():
        scores = np.sort(reference.forward(params, X)[0], axis=1)
        if scores.shape[1] > 1 and (scores[:, -1] > scores[:, -2]).all():
            yield params, X


def minibatch_calls(reference):
    """At least two rows, that tell their own number, and labels that count down."""
    for N, batch_size in ((2, 1), (2, 2), (2, 3), (3, 2), (3, 4), (5, 3), (9, 4)):
        X, y = np.arange(N)[:, None] * 1.0, np.arange(N)[::-1].copy()
        for seed in range(3):
            yield X, y, batch_size, Rng(seed)


def same_rows(value, X, y, batch_size, rng):
    """The labels that belong to the student's own rows; any rows of X are right."""
    X_batch, _ = value
    if np.shape(X_batch) != (batch_size, 1):
        return X[np.zeros(batch_size, int)], y[np.zeros(batch_size, int)]
    return (X_batch, y[X_batch[:, 0].astype(int)]) if np.isin(X_batch, X).all() else None


SMALL_INPUTS = [
    SmallInputs("forward", "forward", forward_calls, ("scores", "hidden")),
    SmallInputs("softmax_loss", "softmax_loss", loss_calls, ("loss",)),
    SmallInputs("backward", "backward", backward_calls, ("grads",)),
    SmallInputs(
        "sample_minibatch",
        "sample_minibatch",
        minibatch_calls,
        ("X_batch", "y_batch"),
        right=same_rows,
    ),
    SmallInputs("sgd_update", "sgd_update", update_calls, ()),
    SmallInputs("predict", "predict", predict_calls, ("labels",), ("forward",)),
]
