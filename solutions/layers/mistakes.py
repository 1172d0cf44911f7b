"""What goes wrong in `layers`, and what merely looks different.

Each entry replaces the functions of the same name in the solution cell. Of several mistakes that
explain the same numbers, the first one listed is named. The hints are in messages.yml.
"""

import numpy as np

from grader.judge.catalogue import Alternative, Mistake

LISTED = {1: "overfitting", 2: "rate too low", 3: "bug in the update"}
LISTED |= {4: "right", 5: "rate too high", 6: "no learning"}


def _is_a_quotient(found, right):
    """A rule: almost the gradient and never quite, but closer than single precision comes."""

    def holds(requests):
        calls = [call for request in requests for call in request.calls if not call.error]
        pairs = [(np.asarray(found(call)), right(*call.arguments)) for call in calls]
        away = [np.abs(v - exact).max() / (np.abs(exact).max() + 1e-9) for v, exact in pairs]
        is_double = all(value.dtype == float for value, _ in pairs)
        return len(away) >= 3 and is_double and 1e-13 < np.median(away) < 5e-9 and max(away) < 1e-4

    return holds


def _right_dscores(scores, y):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (p / p.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) / len(y)


def _right_dW2(X, y, W1, b1, W2, b2):
    hidden = np.maximum(0, X @ W1 + b1)
    return hidden.T @ _right_dscores(hidden @ W2 + b2, y)


def _is_written_out(requests):
    """A rule: all numbers are right, so that only a call of the layers can be missing."""
    calls = [call for request in requests for call in request.calls if not call.error]
    pairs = [(call.value[1]["W2"], _right_dW2(*call.arguments)) for call in calls]
    return len(pairs) >= 3 and all(np.allclose(*pair, rtol=1e-9, atol=1e-13) for pair in pairs)


def _answers(requests):
    return requests[0].calls[0].value


def _are_swapped(first, second):
    """A rule: the names of these two curves stand at each other's place, and no other is wrong."""
    swapped = {**LISTED, first: LISTED[second], second: LISTED[first]}
    return lambda requests: _answers(requests) == swapped


def _names_all_alike(requests):
    """A rule: every curve has the same name."""
    names = list(_answers(requests).values())
    return len(names) > 2 and len(set(names)) == 1


def _starts_at_zero(requests):
    """A rule: the curves are numbered from 0."""
    return 0 in _answers(requests) and 6 not in _answers(requests)


def _is_list(requests):
    """A rule: the names come without the numbers of their curves."""
    return isinstance(_answers(requests), list | tuple) and len(_answers(requests)) == 6


MISTAKES = [
    Mistake(
        id="relative_error.absolute",
        question="relative_error",
        code="""
def relative_error(a, b):
    return float(np.max(np.abs(a - b)))
""",
    ),
    Mistake(
        id="relative_error.mean",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float(np.mean(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.sum_of_sizes",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.abs(a) + np.abs(b), 1e-8)
    return float(np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.by_a",
        question="relative_error",
        code="""
def relative_error(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), 1e-8)))
""",
    ),
    Mistake(
        id="relative_error.by_b",
        question="relative_error",
        code="""
def relative_error(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-8)))
""",
    ),
    Mistake(
        id="relative_error.by_the_smaller",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.minimum(np.abs(a), np.abs(b)), 1e-8)
    return float(np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.zero_by_zero",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return float(np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.floor_of_one",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1.0)
    return float(np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.signed_difference",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float(np.max((a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.signed_sizes",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(a, b), 1e-8)
    return float(np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.of_the_maxima",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = max(np.max(np.abs(a)), np.max(np.abs(b)), 1e-8)
    return float(np.max(np.abs(a - b)) / size)
""",
    ),
    Mistake(
        id="relative_error.of_the_norms",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = max(np.sqrt(np.sum(a**2)), np.sqrt(np.sum(b**2)), 1e-8)
    return float(np.sqrt(np.sum((a - b) ** 2)) / size)
""",
    ),
    Mistake(
        id="relative_error.every_entry",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return np.abs(a - b) / size
""",
    ),
    Mistake(
        id="relative_error.percent",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float(100 * np.max(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.smallest",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float(np.min(np.abs(a - b) / size))
""",
    ),
    Mistake(
        id="relative_error.changes_a",
        question="relative_error",
        code="""
def relative_error(a, b):
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    a -= b
    return float(np.max(np.abs(a) / size))
""",
    ),
    Mistake(
        id="affine.no_bias",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W, (X, W)
""",
    ),
    Mistake(
        id="affine.bias_twice",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + 2 * b, (X, W)
""",
    ),
    Mistake(
        id="affine.bias_taken_off",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W - b, (X, W)
""",
    ),
    Mistake(
        id="affine.bias_summed",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b.sum(), (X, W)
""",
    ),
    Mistake(
        id="affine.with_relu",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return np.maximum(0, X @ W + b), (X, W)
""",
    ),
    Mistake(
        id="affine.no_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b
""",
    ),
    Mistake(
        id="affine.cache_is_the_output",
        question="affine",
        code="""
def affine_forward(X, W, b):
    out = X @ W + b
    return out, (out, W)
""",
    ),
    Mistake(
        id="affine.three_results",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b, X, W
""",
    ),
    Mistake(
        id="affine.cache_in_other_order",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b, (W, X)
""",
    ),
    Mistake(
        id="affine.mean_for_dW",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout / len(X), dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.mean_for_db",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.mean(axis=0)
""",
    ),
    Mistake(
        id="affine.mean_for_both",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout / len(X), dout.mean(axis=0)
""",
    ),
    Mistake(
        id="affine.mean_for_dX",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T / len(X), X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.db_not_summed",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout
""",
    ),
    Mistake(
        id="affine.db_over_units",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.sum(axis=1)
""",
    ),
    Mistake(
        id="affine.db_as_a_row",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.sum(axis=0, keepdims=True)
""",
    ),
    Mistake(
        id="affine.db_total",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.sum()
""",
    ),
    Mistake(
        id="affine.db_ones",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, np.ones(W.shape[1])
""",
    ),
    Mistake(
        id="affine.db_rows",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, np.full(W.shape[1], float(len(X)))
""",
    ),
    Mistake(
        id="affine.db_zeros",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, np.zeros(W.shape[1])
""",
    ),
    Mistake(
        id="affine.db_first_row",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout[0]
""",
    ),
    Mistake(
        id="affine.db_last_row",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    for row in dout:
        db = 1.0 * row
    return dout @ W.T, X.T @ dout, db
""",
    ),
    Mistake(
        id="affine.dW_transposed",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, dout.T @ X, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dX_transposed",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return W @ dout.T, X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dW_ignores_dout",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ np.ones_like(dout), dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dX_ignores_dout",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return np.ones_like(dout) @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dW_first_row",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, np.outer(X[0], dout[0]), dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dW_last_row",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    dW = np.zeros_like(W)
    for row in range(len(X)):
        dW = np.outer(X[row], dout[row])
    return dout @ W.T, dW, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.dX_is_dout_of_the_total",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return dout.sum(axis=1, keepdims=True) * W.sum(axis=1), X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.signs",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return -(dout @ W.T), -(X.T @ dout), -dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.other_order",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.lists",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    return (dout @ W.T).tolist(), (X.T @ dout).tolist(), dout.sum(axis=0).tolist()
""",
    ),
    Mistake(
        id="affine.divides_dout",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    dout /= len(dout)
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.changes_X",
        question="affine",
        code="""
def affine_forward(X, W, b):
    X -= X.mean(axis=0)
    return X @ W + b, (X, W)
""",
    ),
    Mistake(
        id="affine.clipped",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    dout = np.clip(dout, -5, 5)
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    ),
    Mistake(
        id="affine.numerical",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    nudge = 1e-5
    gradients = []
    for variable, of_dX in ((X, True), (W, False)):
        slopes = np.zeros(variable.shape)
        for index in np.ndindex(variable.shape):
            step = np.zeros(variable.shape)
            step[index] = nudge
            above = (X + step) @ W if of_dX else X @ (W + step)
            below = (X - step) @ W if of_dX else X @ (W - step)
            slopes[index] = np.sum(dout * (above - below)) / (2 * nudge)
        gradients.append(slopes)
    return gradients[0], gradients[1], dout.sum(axis=0)
""",
        rule=_is_a_quotient(lambda c: c.value[1], lambda dout, X, W, b: X.T @ dout),
    ),
    Mistake(
        id="affine.db_numerical",
        question="affine",
        code="""
def affine_backward(dout, cache):
    X, W = cache
    nudge = 1e-5
    db = np.zeros(W.shape[1])
    for unit in range(len(db)):
        step = np.zeros(len(db))
        step[unit] = nudge
        db[unit] = np.sum(dout * ((X @ W + step) - (X @ W - step))) / (2 * nudge)
    return dout @ W.T, X.T @ dout, db
""",
        rule=_is_a_quotient(lambda c: c.value[2], lambda dout, X, W, b: dout.sum(axis=0)),
    ),
    Mistake(
        id="relu.absolute",
        question="relu",
        code="""
def relu_forward(x):
    return np.abs(x), x
""",
    ),
    Mistake(
        id="relu.leaky",
        question="relu",
        code="""
def relu_forward(x):
    return np.where(x > 0, x, 0.01 * x), x
""",
    ),
    Mistake(
        id="relu.capped",
        question="relu",
        code="""
def relu_forward(x):
    return np.clip(x, 0, 6), x
""",
    ),
    Mistake(
        id="relu.minimum",
        question="relu",
        code="""
def relu_forward(x):
    return np.minimum(0, x), x
""",
    ),
    Mistake(
        id="relu.zero_or_one",
        question="relu",
        code="""
def relu_forward(x):
    return 1.0 * (x > 0), x
""",
    ),
    Mistake(
        id="relu.as_it_is",
        question="relu",
        code="""
def relu_forward(x):
    return 1.0 * x, x
""",
    ),
    Mistake(
        id="relu.no_cache",
        question="relu",
        code="""
def relu_forward(x):
    return np.maximum(0, x)
""",
    ),
    Mistake(
        id="relu.changes_x",
        question="relu",
        code="""
def relu_forward(x):
    mask = x > 0
    x[~mask] = 0
    return x, mask
""",
    ),
    Mistake(
        id="relu.passes_all",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return 1.0 * dout
""",
    ),
    Mistake(
        id="relu.sign_of_dout",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * (dout > 0)
""",
    ),
    Mistake(
        id="relu.of_dout_too",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return np.maximum(0, dout) * (cache > 0)
""",
    ),
    Mistake(
        id="relu.passes_values",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * np.maximum(0, cache)
""",
    ),
    Mistake(
        id="relu.times_the_cache",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * cache
""",
    ),
    Mistake(
        id="relu.reversed",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * (cache < 0)
""",
    ),
    Mistake(
        id="relu.ignores_dout",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return 1.0 * (cache > 0)
""",
    ),
    Mistake(
        id="relu.sign",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * np.sign(cache)
""",
    ),
    Mistake(
        id="relu.threshold",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * (cache > 1e-5)
""",
    ),
    Mistake(
        id="relu.one_for_all",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * (cache.max() > 0)
""",
    ),
    Mistake(
        id="relu.changes_dout",
        question="relu",
        code="""
def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout
""",
    ),
    Mistake(
        id="relu.numerical",
        question="relu",
        code="""
def relu_backward(dout, cache):
    nudge = 1e-5
    return dout * (np.maximum(0, cache + nudge) - np.maximum(0, cache - nudge)) / (2 * nudge)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.no_shift",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.one_shift_for_all",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.log_of_zero",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.adds_something_small",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -np.log(np.exp(log_p[rows, y]) + 1e-12).mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.sum_of_losses",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].sum()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.loss_of_each_row",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y]
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.sign_of_loss",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.base_two",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean() / np.log(2)
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.most_probable",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p.max(axis=1).mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.columns_of_all",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[:, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.mean_of_all_entries",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    one_hot = np.eye(scores.shape[1])[y]
    loss = -(one_hot * log_p).mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.labels_from_one",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y - 1].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.probability",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = 1 - np.exp(log_p[rows, y]).mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.over_the_rows",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=0, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.dscores_no_mean",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores
""",
    ),
    Mistake(
        id="softmax_cross_entropy.sum_for_both",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].sum()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores
""",
    ),
    Mistake(
        id="softmax_cross_entropy.dscores_by_classes",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / scores.shape[1]
""",
    ),
    Mistake(
        id="softmax_cross_entropy.mean_twice",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y) ** 2
""",
    ),
    Mistake(
        id="softmax_cross_entropy.sign_of_dscores",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, -dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.no_one_hot",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    return loss, np.exp(log_p) / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.one_hot_only",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.zeros_like(scores)
    dscores[rows, y] = -1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.gradient_of_p",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.zeros_like(scores)
    dscores[rows, y] = -1 / np.exp(log_p[rows, y])
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.one_hot_in_all_rows",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[:, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.mean_for_p_only",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p) / len(y)
    dscores[rows, y] -= 1
    return loss, dscores
""",
    ),
    Mistake(
        id="softmax_cross_entropy.log_p_for_p",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = log_p.copy()
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.not_normalised",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(shifted)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.probabilities_returned",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    return loss, np.exp(log_p)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.other_order",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return dscores / len(y), loss
""",
    ),
    Mistake(
        id="softmax_cross_entropy.loss_only",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    return loss
""",
    ),
    Mistake(
        id="softmax_cross_entropy.changes_scores",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / len(y)
""",
    ),
    Mistake(
        id="softmax_cross_entropy.numerical",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    nudge = 1e-5

    def loss_of(scores):
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(y)), y].mean()

    dscores = np.zeros(scores.shape)
    for index in np.ndindex(scores.shape):
        step = np.zeros(scores.shape)
        step[index] = nudge
        dscores[index] = (loss_of(scores + step) - loss_of(scores - step)) / (2 * nudge)
    return loss_of(scores), dscores
""",
        rule=_is_a_quotient(lambda c: c.value[1], _right_dscores),
    ),
    Mistake(
        id="two_layers.no_relu",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden = before
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = dhidden
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.relu_forwards_only",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = dhidden
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.relu_backwards_only",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    _, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(before, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.relu_at_the_end",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    scores, end_cache = relu_forward(scores)
    loss, dscores = softmax_cross_entropy(scores, y)
    dscores = relu_backward(dscores, end_cache)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.no_b1",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, 0 * b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.no_b2",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, 0 * b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.mean_again",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores / len(y), output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.sum_for_mean",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(len(y) * dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.times_the_loss",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(loss * dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.with_penalty",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    loss += 0.5 * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1 + W1, "b1": db1, "W2": dW2 + W2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.weights_swapped",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW2, "b1": db2, "W2": dW1, "b2": db1}
""",
    ),
    Mistake(
        id="two_layers.names_of_gradients",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
""",
    ),
    Mistake(
        id="two_layers.no_dict",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, (dW1, db1, dW2, db2)
""",
    ),
    Mistake(
        id="two_layers.weights_only",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "W2": dW2}
""",
    ),
    Mistake(
        id="two_layers.output_layer_only",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    return loss, {"W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.gradient_of_X_too",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    dX, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"X": dX, "W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.other_order",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, loss
""",
    ),
    Mistake(
        id="two_layers.takes_a_step",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden, relu_cache = relu_forward(before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = relu_backward(dhidden, relu_cache)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    W1 -= 0.1 * dW1
    W2 -= 0.1 * dW2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
    ),
    Mistake(
        id="two_layers.written_out",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    hidden = np.maximum(0, X @ W1 + b1)
    scores = hidden @ W2 + b2
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    dscores = p / len(y)
    dbefore = dscores @ W2.T * (hidden > 0)
    grads = {"W1": X.T @ dbefore, "b1": dbefore.sum(axis=0)}
    grads.update({"W2": hidden.T @ dscores, "b2": dscores.sum(axis=0)})
    return loss, grads
""",
        rule=_is_written_out,
        twins=("two_layers.relu_written_out",),
    ),
    Mistake(
        id="two_layers.relu_written_out",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, affine_cache = affine_forward(X, W1, b1)
    hidden = np.maximum(0, before)
    scores, output_cache = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, output_cache)
    dbefore = dhidden * (before > 0)
    _, dW1, db1 = affine_backward(dbefore, affine_cache)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""",
        twins=("two_layers.written_out",),
    ),
    Mistake(
        id="two_layers.numerical",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    def loss_of(W1, b1, W2, b2):
        hidden, _ = relu_forward(affine_forward(X, W1, b1)[0])
        return softmax_cross_entropy(affine_forward(hidden, W2, b2)[0], y)[0]

    nudge = 1e-5
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {}
    for key, values in params.items():
        grads[key] = np.zeros(values.shape)
        for index in np.ndindex(values.shape):
            step = np.zeros(values.shape)
            step[index] = nudge
            above = loss_of(**{**params, key: values + step})
            grads[key][index] = (above - loss_of(**{**params, key: values - step})) / (2 * nudge)
    return loss_of(**params), grads
""",
        rule=_is_a_quotient(lambda c: c.value[1]["W2"], _right_dW2),
    ),
    Mistake(
        id="gradient_check.forward_only",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        below = f(point)
        point[index] = original + h
        above = f(point)
        point[index] = original
        slopes[index] = (above - below) / h
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.backward_only",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / h
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.one_sided_by_2h",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        below = f(point)
        point[index] = original + h
        above = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.divides_by_h",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / h
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.times_h",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / 2 * h
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.sum_of_both",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above + below) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.slope_sign",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (below - above) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.fixed_h",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + 1e-5
        above = f(point)
        point[index] = original - 1e-5
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / 2e-5
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.absolute",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return float(np.max(np.abs(gradient - slopes)))
""",
    ),
    Mistake(
        id="gradient_check.mean",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    size = np.maximum(np.maximum(np.abs(gradient), np.abs(slopes)), 1e-8)
    return float(np.mean(np.abs(gradient - slopes) / size))
""",
    ),
    Mistake(
        id="gradient_check.smallest",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    size = np.maximum(np.maximum(np.abs(gradient), np.abs(slopes)), 1e-8)
    return float(np.min(np.abs(gradient - slopes) / size))
""",
    ),
    Mistake(
        id="gradient_check.by_the_slopes",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return float(np.max(np.abs(gradient - slopes) / np.maximum(np.abs(slopes), 1e-8)))
""",
    ),
    Mistake(
        id="gradient_check.of_the_norms",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(np.sum(gradient**2) ** 0.5, np.sum(slopes**2) ** 0.5)
""",
    ),
    Mistake(
        id="gradient_check.of_the_sums",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient.sum(), slopes.sum())
""",
    ),
    Mistake(
        id="gradient_check.yes_or_no",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient, slopes) < 1e-7
""",
    ),
    Mistake(
        id="gradient_check.slopes_returned",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return slopes
""",
    ),
    Mistake(
        id="gradient_check.every_entry",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    size = np.maximum(np.maximum(np.abs(gradient), np.abs(slopes)), 1e-8)
    return np.abs(gradient - slopes) / size
""",
    ),
    Mistake(
        id="gradient_check.first_entry",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient.flat[0], slopes.flat[0])
""",
    ),
    Mistake(
        id="gradient_check.last_entry",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
        error = relative_error(gradient[index], slopes[index])
    return error
""",
    ),
    Mistake(
        id="gradient_check.rows",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for row in range(len(point)):
        original = point[row].copy()
        point[row] = original + h
        above = f(point)
        point[row] = original - h
        below = f(point)
        point[row] = original
        slopes[row] = (above - below) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.all_at_once",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return relative_error(gradient, np.full(np.shape(x), slope))
""",
    ),
    Mistake(
        id="gradient_check.x_left_above",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.relative_step",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h * original
        above = f(point)
        point[index] = original - h * original
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h * original)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.large_h",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-1):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient, slopes)
""",
    ),
    Mistake(
        id="gradient_check.changes_gradient",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    error = relative_error(gradient, slopes)
    gradient -= slopes
    return error
""",
    ),
    Mistake(
        id="gradient_check.gradient_against_itself",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    point = np.array(x, dtype=float)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        slopes[index] = (above - below) / (2 * h)
    return relative_error(gradient, gradient)
""",
    ),
    Mistake(
        id="diagnose_curves.slow_or_stuck",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "no learning",
        3: "bug in the update",
        4: "right",
        5: "rate too high",
        6: "rate too low",
    }
""",
        rule=_are_swapped(2, 6),
    ),
    Mistake(
        id="diagnose_curves.bug_or_rate_too_high",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "rate too low",
        3: "rate too high",
        4: "right",
        5: "bug in the update",
        6: "no learning",
    }
""",
        rule=_are_swapped(3, 5),
    ),
    Mistake(
        id="diagnose_curves.bug_or_overfitting",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "bug in the update",
        2: "rate too low",
        3: "overfitting",
        4: "right",
        5: "rate too high",
        6: "no learning",
    }
""",
        rule=_are_swapped(1, 3),
    ),
    Mistake(
        id="diagnose_curves.slow_or_right",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "right",
        3: "bug in the update",
        4: "rate too low",
        5: "rate too high",
        6: "no learning",
    }
""",
        rule=_are_swapped(2, 4),
    ),
    Mistake(
        id="diagnose_curves.right_or_overfitting",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "right",
        2: "rate too low",
        3: "bug in the update",
        4: "overfitting",
        5: "rate too high",
        6: "no learning",
    }
""",
        rule=_are_swapped(1, 4),
    ),
    Mistake(
        id="diagnose_curves.bug_or_stuck",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "rate too low",
        3: "no learning",
        4: "right",
        5: "rate too high",
        6: "bug in the update",
    }
""",
        rule=_are_swapped(3, 6),
    ),
    Mistake(
        id="diagnose_curves.high_or_stuck",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "rate too low",
        3: "bug in the update",
        4: "right",
        5: "no learning",
        6: "rate too high",
    }
""",
        rule=_are_swapped(5, 6),
    ),
    Mistake(
        id="diagnose_curves.high_or_low",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "rate too high",
        3: "bug in the update",
        4: "right",
        5: "rate too low",
        6: "no learning",
    }
""",
        rule=_are_swapped(2, 5),
    ),
    Mistake(
        id="diagnose_curves.bug_or_slow",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "overfitting",
        2: "bug in the update",
        3: "rate too low",
        4: "right",
        5: "rate too high",
        6: "no learning",
    }
""",
        rule=_are_swapped(2, 3),
    ),
    Mistake(
        id="diagnose_curves.high_or_overfitting",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "rate too high",
        2: "rate too low",
        3: "bug in the update",
        4: "right",
        5: "overfitting",
        6: "no learning",
    }
""",
        rule=_are_swapped(1, 5),
    ),
    Mistake(
        id="diagnose_curves.one_name",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return dict.fromkeys(range(1, 7), "right")
""",
        rule=_names_all_alike,
    ),
    Mistake(
        id="diagnose_curves.from_zero",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        0: "overfitting",
        1: "rate too low",
        2: "bug in the update",
        3: "right",
        4: "rate too high",
        5: "no learning",
    }
""",
        rule=_starts_at_zero,
    ),
    Mistake(
        id="diagnose_curves.list",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return [
        "overfitting",
        "rate too low",
        "bug in the update",
        "right",
        "rate too high",
        "no learning",
    ]
""",
        rule=_is_list,
    ),
]

ALTERNATIVES = [
    Alternative(
        id="relative_error.adds_the_floor",
        question="relative_error",
        code="""
def relative_error(a, b):
    return np.max(np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-8))
""",
    ),
    Alternative(
        id="relative_error.loop",
        question="relative_error",
        code="""
def relative_error(a, b):
    worst = 0.0
    for left, right in zip(np.ravel(a), np.ravel(b)):
        size = max(abs(left), abs(right), 1e-8)
        worst = max(worst, abs(left - right) / size)
    return worst
""",
    ),
    Alternative(
        id="relative_error.zeros_apart",
        question="relative_error",
        code="""
def relative_error(a, b):
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    size = np.maximum(np.abs(a), np.abs(b))
    error = np.zeros(a.shape)
    error[size > 0] = np.abs(a - b)[size > 0] / size[size > 0]
    return error.max()
""",
    ),
    Alternative(
        id="relative_error.where",
        question="relative_error",
        code="""
def relative_error(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    size = np.where(np.abs(a) > np.abs(b), np.abs(a), np.abs(b))
    return (np.abs(a - b) / np.where(size == 0, 1, size)).max()
""",
    ),
    Alternative(
        id="affine.three_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    cache = (X, W, b)
    return np.dot(X, W) + b, cache


def affine_backward(dout, cache):
    X, W, b = cache
    return np.dot(dout, W.T), np.dot(X.T, dout), np.sum(dout, axis=0)
""",
    ),
    Alternative(
        id="affine.dict_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b, {"X": X, "W": W}


def affine_backward(dout, cache):
    return dout @ cache["W"].T, cache["X"].T @ dout, np.sum(dout, 0)
""",
    ),
    Alternative(
        id="affine.list_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b, [X, W, b]


def affine_backward(dout, cache):
    return dout @ cache[1].T, cache[0].T @ dout, dout.sum(0).reshape(cache[2].shape)
""",
    ),
    Alternative(
        id="affine.object_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    from types import SimpleNamespace

    return X @ W + b, SimpleNamespace(X=X, W=W)


def affine_backward(dout, cache):
    return dout @ cache.W.T, cache.X.T @ dout, dout.sum(axis=0)
""",
    ),
    Alternative(
        id="affine.function_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    def back(dout):
        return dout @ W.T, X.T @ dout, dout.sum(axis=0)

    return X @ W + b, back


def affine_backward(dout, cache):
    return cache(dout)
""",
    ),
    Alternative(
        id="affine.transposed_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return X @ W + b[np.newaxis, :], (X.T, W.T)


def affine_backward(dout, cache):
    XT, WT = cache
    return dout @ WT, XT @ dout, np.ones(len(dout)) @ dout
""",
    ),
    Alternative(
        id="affine.einsum",
        question="affine",
        code="""
def affine_forward(X, W, b):
    return np.einsum("nd,dm->nm", X, W) + b, (X, W)


def affine_backward(dout, cache):
    X, W = cache
    dX = np.einsum("nm,dm->nd", dout, W)
    dW = np.einsum("nd,nm->dm", X, dout)
    return dX, dW, np.einsum("nm->m", dout)
""",
    ),
    Alternative(
        id="affine.row_by_row",
        question="affine",
        code="""
def affine_forward(X, W, b):
    out = np.zeros((len(X), W.shape[1]))
    for row in range(len(X)):
        out[row] = X[row] @ W + b
    return out, (X, W)


def affine_backward(dout, cache):
    X, W = cache
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1])
    for row in range(len(X)):
        dX[row] = W @ dout[row]
        dW += np.outer(X[row], dout[row])
        db += dout[row]
    return dX, dW, db
""",
    ),
    Alternative(
        id="affine.single_precision",
        question="affine",
        code="""
def affine_forward(X, W, b):
    X, W = np.float32(X), np.float32(W)
    return X @ W + np.float32(b), (X, W)


def affine_backward(dout, cache):
    X, W = cache
    dout = np.float32(dout)
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
""",
    ),
    Alternative(
        id="affine.copies_in_the_cache",
        question="affine",
        code="""
def affine_forward(X, W, b):
    out = X.dot(W)
    out += b
    return out, (X.copy(), W.copy())
""",
    ),
    Alternative(
        id="relu.mask_in_the_cache",
        question="relu",
        code="""
def relu_forward(x):
    mask = x > 0
    return x * mask, mask


def relu_backward(dout, cache):
    return dout * cache
""",
    ),
    Alternative(
        id="relu.where",
        question="relu",
        code="""
def relu_forward(x):
    return np.where(x > 0, x, 0.0), x.copy()


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.0)
""",
    ),
    Alternative(
        id="relu.output_in_the_cache",
        question="relu",
        code="""
def relu_forward(x):
    out = np.maximum(x, 0)
    return out, out


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx
""",
    ),
    Alternative(
        id="relu.half_of_both",
        question="relu",
        code="""
def relu_forward(x):
    return (x + np.abs(x)) / 2, [x]


def relu_backward(dout, cache):
    return dout * (np.sign(cache[0]) + 1) / 2
""",
    ),
    Alternative(
        id="relu.open_at_zero",
        question="relu",
        code="""
def relu_backward(dout, cache):
    return dout * (cache >= 0)
""",
    ),
    Alternative(
        id="relu.function_in_the_cache",
        question="relu",
        code="""
def relu_forward(x):
    return x.clip(min=0), lambda dout: dout * (x > 0)


def relu_backward(dout, cache):
    return cache(dout)
""",
    ),
    Alternative(
        id="relu.dict_in_the_cache",
        question="relu",
        code="""
def relu_forward(x):
    return np.maximum(x, 0), {"on": (x > 0).astype(float)}


def relu_backward(dout, cache):
    return np.multiply(dout, cache["on"])
""",
    ),
    Alternative(
        id="softmax_cross_entropy.one_hot",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    one_hot = np.eye(scores.shape[1])[y]
    top = np.max(scores, axis=1, keepdims=True)
    exps = np.exp(scores - top)
    sums = exps.sum(axis=1, keepdims=True)
    loss = np.sum(one_hot * (np.log(sums) + top - scores)) / len(y)
    return loss, (exps / sums - one_hot) / len(y)
""",
    ),
    Alternative(
        id="softmax_cross_entropy.logaddexp",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    picked = np.take_along_axis(log_p, y[:, np.newaxis], axis=1)
    dscores = np.exp(log_p)
    dscores[range(len(y)), y] -= 1
    dscores /= len(y)
    return float(-np.mean(picked)), dscores
""",
    ),
    Alternative(
        id="softmax_cross_entropy.row_by_row",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    loss, dscores = 0.0, np.zeros(scores.shape)
    for row in range(len(y)):
        shifted = scores[row] - max(scores[row])
        total = np.sum(np.exp(shifted))
        loss += np.log(total) - shifted[y[row]]
        dscores[row] = np.exp(shifted) / total
        dscores[row, y[row]] -= 1
    return loss / len(y), dscores / len(y)
""",
    ),
    Alternative(
        id="softmax_cross_entropy.subtracted_at",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    dscores = np.exp(log_p) / len(y)
    np.subtract.at(dscores, (rows, y), 1 / len(y))
    return loss, dscores
""",
    ),
    Alternative(
        id="softmax_cross_entropy.compared",
        question="softmax_cross_entropy",
        code="""
def softmax_cross_entropy(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    is_true = np.arange(scores.shape[1]) == y[:, np.newaxis]
    loss = -np.sum(log_p[is_true]) / len(scores)
    return loss, (np.exp(log_p) - is_true) / len(scores)
""",
    ),
    Alternative(
        id="two_layers.dict_of_caches",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    caches, grads = {}, {}
    out, caches["first"] = affine_forward(X, W1, b1)
    out, caches["relu"] = relu_forward(out)
    out, caches["second"] = affine_forward(out, W2, b2)
    loss, dout = softmax_cross_entropy(out, y)
    dout, grads["W2"], grads["b2"] = affine_backward(dout, caches["second"])
    dout = relu_backward(dout, caches["relu"])
    dout, grads["W1"], grads["b1"] = affine_backward(dout, caches["first"])
    return loss, grads
""",
    ),
    Alternative(
        id="two_layers.by_keyword",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    before, first = affine_forward(X=X, W=W1, b=b1)
    hidden, gate = relu_forward(x=before)
    scores, second = affine_forward(X=hidden, W=W2, b=b2)
    loss, dscores = softmax_cross_entropy(scores=scores, y=y)
    dhidden, dW2, db2 = affine_backward(dout=dscores, cache=second)
    dX, dW1, db1 = affine_backward(relu_backward(dout=dhidden, cache=gate), first)
    return float(loss), dict(W1=dW1, b1=db1, W2=dW2, b2=db2)
""",
    ),
    Alternative(
        id="two_layers.helpers_inside",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    def forwards():
        before, first = affine_forward(X, W1, b1)
        hidden, gate = relu_forward(before)
        scores, second = affine_forward(hidden, W2, b2)
        return scores, (first, gate, second)

    scores, (first, gate, second) = forwards()
    loss, dscores = softmax_cross_entropy(scores, y)
    back = affine_backward(dscores, second)
    grads = {"W2": back[1], "b2": back[2]}
    _, grads["W1"], grads["b1"] = affine_backward(relu_backward(back[0], gate), first)
    return loss, grads
""",
    ),
    Alternative(
        id="two_layers.list_of_steps",
        question="two_layers",
        code="""
def two_layers(X, y, W1, b1, W2, b2):
    steps, out = [], X
    for forward, backward, keys, weights in (
        (affine_forward, affine_backward, ("W1", "b1"), (W1, b1)),
        (relu_forward, relu_backward, (), ()),
        (affine_forward, affine_backward, ("W2", "b2"), (W2, b2)),
    ):
        out, cache = forward(out, *weights)
        steps.append((backward, keys, cache))
    loss, dout = softmax_cross_entropy(out, y)
    grads = {}
    for backward, keys, cache in reversed(steps):
        result = backward(dout, cache)
        dout = result[0] if keys else result
        grads.update(zip(keys, result[1:]) if keys else ())
    return loss, grads
""",
    ),
    Alternative(
        id="gradient_check.unit_vectors",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    worst = 0.0
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        slope = (f(x + step) - f(x - step)) / (2 * h)
        worst = max(worst, relative_error(gradient[index], slope))
    return worst
""",
    ),
    Alternative(
        id="gradient_check.in_place",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    slopes = np.zeros(x.size)
    flat = x.reshape(-1)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + h
        above = f(x)
        flat[i] = old - h
        slopes[i] = (above - f(x)) / 2 / h
        flat[i] = old
    return relative_error(gradient.ravel(), slopes)
""",
    ),
    Alternative(
        id="gradient_check.own_error",
        question="gradient_check",
        code="""
def gradient_check(f, x, gradient, h=1e-5):
    errors = []
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slope = (f(up) - f(down)) / (up[index] - down[index])
        size = max(abs(slope), abs(gradient[index]), 1e-8)
        errors.append(abs(slope - gradient[index]) / size)
    return max(errors)
""",
    ),
    Alternative(
        id="diagnose_curves.capitals",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        1: "Overfitting",
        2: "Rate too low",
        3: "Bug in the update",
        4: "Right",
        5: "Rate too high",
        6: "No learning",
    }
""",
    ),
    Alternative(
        id="diagnose_curves.zipped",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    names = "overfitting,rate too low,bug in the update,right,rate too high,no learning"
    return dict(enumerate(names.split(","), start=1))
""",
    ),
    Alternative(
        id="diagnose_curves.underscores",
        question="diagnose_curves",
        code="""
def diagnose_curves():
    return {
        "1": "overfitting",
        "2": "rate_too_low",
        "3": "bug_in_the_update",
        "4": "right",
        "5": "rate_too_high",
        "6": "no_learning",
    }
""",
    ),
]
