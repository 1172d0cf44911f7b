"""Wrong and right answers to `two_layer_net` that luck may hide, apart from the catalogue."""

from grader.judge.catalogue import Alternative, Mistake

MISTAKES = [
    Mistake(
        "forward.hidden_at_most_ten",
        "forward",
        code="""
def forward(params, X):
    hidden = np.minimum(np.maximum(0, X @ params["W1"] + params["b1"]), 10)
    return hidden @ params["W2"] + params["b2"], hidden
""",
    ),
    Mistake(
        "forward.small_is_zero",
        "forward",
        code="""
def forward(params, X):
    z = X @ params["W1"] + params["b1"]
    hidden = np.where(z > 0.01, z, 0)
    return hidden @ params["W2"] + params["b2"], hidden
""",
    ),
    Mistake(
        "forward.first_hundred_rows",
        "forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    scores[100:] = scores[:1]
    return scores, hidden
""",
    ),
    Mistake(
        "softmax_loss.log_of_at_least",
        "softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    data = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-3)).mean()
    return data + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        "softmax_loss.shift_only_if_large",
        "softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    top = scores.max()
    shifted = scores - (top if top > 300 else 0)
    e = np.exp(shifted)
    data = -np.log(e[np.arange(len(y)), y] / e.sum(axis=1)).mean()
    return data + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        "softmax_loss.reg_at_most_two",
        "softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    penalty = 0.5 * min(reg, 2) * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return -log_p[np.arange(len(y)), y].mean() + penalty
""",
    ),
    Mistake(
        "softmax_loss.divided_by_classes_if_more",
        "softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data = -log_p[np.arange(len(y)), y].sum() / max(len(y), y.max() + 1)
    return data + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        "backward.mask_from_a_threshold",
        "backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dhidden = (p @ params["W2"].T) * (hidden > 0.05)
    return {
        "W1": X.T @ dhidden + reg * params["W1"], "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ p + reg * params["W2"], "b2": p.sum(axis=0),
    }
""",
    ),
    Mistake(
        "backward.clipped_at_one",
        "backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dhidden = (p @ params["W2"].T) * (hidden > 0)
    grads = {
        "W1": X.T @ dhidden + reg * params["W1"], "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ p + reg * params["W2"], "b2": p.sum(axis=0),
    }
    return {key: np.clip(value, -2, 2) for key, value in grads.items()}
""",
    ),
    Mistake(
        "backward.sure_rows_left_out",
        "backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p[np.abs(p).max(axis=1) < 0.05] = 0
    p /= len(y)
    dhidden = (p @ params["W2"].T) * (hidden > 0)
    return {
        "W1": X.T @ dhidden + reg * params["W1"], "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ p + reg * params["W2"], "b2": p.sum(axis=0),
    }
""",
    ),
    Mistake(
        "sample_minibatch.without_the_last_rows",
        "sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(0, min(len(X), 200), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        "sample_minibatch.in_blocks_of_three",
        "sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    starts = rng.integers(0, len(X), size=(batch_size + 2) // 3)
    rows = ((starts[:, None] + np.arange(3)).ravel() % len(X))[:batch_size]
    return X[rows], y[rows]
""",
    ),
    Mistake(
        "sample_minibatch.every_other_row",
        "sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = (rng.integers(len(X)) + 2 * rng.integers(0, len(X), size=batch_size)) % len(X)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        "sample_minibatch.first_row_twice_as_often",
        "sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(-1, len(X), size=batch_size).clip(0)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        "sgd_update.large_gradients_scaled",
        "sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        norm = np.sqrt(np.sum(grads[key] ** 2))
        params[key] -= learning_rate * grads[key] * min(1, 1000 / norm)
""",
    ),
    Mistake(
        "sgd_update.rate_of_at_least",
        "sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= max(learning_rate, 0.0015) * grads[key]
""",
    ),
    Mistake(
        "predict.relu_before_argmax",
        "predict",
        code="""
def predict(params, X):
    return np.argmax(np.maximum(0, forward(params, X)[0]), axis=1)
""",
    ),
    Mistake(
        "predict.largest_size",
        "predict",
        code="""
def predict(params, X):
    return np.argmax(np.abs(forward(params, X)[0]), axis=1)
""",
    ),
    Mistake(
        "predict.last_of_nearly_equal",
        "predict",
        code="""
def predict(params, X):
    scores = forward(params, X)[0]
    near = scores > scores.max(axis=1, keepdims=True) - 0.02
    return scores.shape[1] - 1 - np.argmax(near[:, ::-1], axis=1)
""",
    ),
    Mistake(
        "predict.rounded",
        "predict",
        code="""
def predict(params, X):
    return np.argmax(np.round(forward(params, X)[0], 1), axis=1)
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        "forward.row_by_row",
        "forward",
        code="""
def forward(params, X):
    hidden = np.array([np.maximum(0, row @ params["W1"] + params["b1"]) for row in X])
    scores = np.array([row @ params["W2"] + params["b2"] for row in hidden])
    return scores, hidden
""",
    ),
    Alternative(
        "sample_minibatch.choice_by_label",
        "sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.choice(np.arange(len(y)), batch_size, replace=batch_size > len(y))
    return X[rows].copy(), y[rows].copy()
""",
    ),
    Alternative(
        "predict.by_sorting",
        "predict",
        code="""
def predict(params, X):
    return np.argsort(forward(params, X)[0], axis=1)[:, -1]
""",
    ),
]
