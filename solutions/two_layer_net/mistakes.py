"""Known mistakes of `two_layer_net`, and other right ways; the hints are in messages.yml.

An entry's code holds definitions that replace those of the same name in the solution cell. Every
mistake must lose points in its own question and in no other; every alternative gets full marks.
"""

import numpy as np

from grader.judge.catalogue import Alternative, Mistake

FORWARD_MISTAKES = [
    Mistake(
        id="forward.hidden_before_relu",
        question="forward",
        code="""
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    scores = np.maximum(0, hidden) @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.only_scores",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"]
""",
    ),
    Mistake(
        id="forward.no_relu",
        question="forward",
        code="""
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.relu_on_scores",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = np.maximum(0, hidden @ params["W2"] + params["b2"])
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.clipped",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.clip(X @ params["W1"] + params["b1"], 0, 6)
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.hard_coded_columns",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X[:, :4] @ params["W1"][:4] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.relu_only_on_scores",
        question="forward",
        code="""
def forward(params, X):
    hidden = X @ params["W1"] + params["b1"]
    scores = np.maximum(0, hidden @ params["W2"] + params["b2"])
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.no_b1",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.no_b2",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.bias_after_relu",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"]) + params["b1"]
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.sigmoid",
        question="forward",
        code="""
def forward(params, X):
    hidden = 1 / (1 + np.exp(-(X @ params["W1"] + params["b1"])))
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.probabilities",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True), hidden
""",
    ),
    Mistake(
        id="forward.swapped_results",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return hidden, scores
""",
    ),
    Mistake(
        id="forward.global_inputs",
        question="forward",
        code="""
def forward(params, X):
    random = np.random.RandomState(0)
    W1, W2 = 0.1 * random.randn(4, 10), 0.1 * random.randn(10, 3)
    toy = 10 * np.random.RandomState(1).randn(5, 4)
    hidden = np.maximum(0, toy @ W1)
    return hidden @ W2, hidden
""",
    ),
    Mistake(
        id="forward.hard_coded_rows",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.zeros((5, params["W1"].shape[1]))
    for i in range(5):
        hidden[i] = np.maximum(0, X[i] @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.centres_X_in_place",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    X -= X.mean(axis=0)
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.squeezed",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return np.squeeze(scores), np.squeeze(hidden)
""",
    ),
    Mistake(
        id="forward.scores_before_relu",
        question="forward",
        code="""
def forward(params, X):
    z = X @ params["W1"] + params["b1"]
    scores = z @ params["W2"] + params["b2"]
    return scores, np.maximum(0, z)
""",
    ),
    Mistake(
        id="forward.leaky",
        question="forward",
        code="""
def forward(params, X):
    z = X @ params["W1"] + params["b1"]
    hidden = np.where(z > 0, z, 0.01 * z)
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.softplus",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.log(1 + np.exp(X @ params["W1"] + params["b1"]))
    return hidden @ params["W2"] + params["b2"], hidden
""",
    ),
    Mistake(
        id="forward.minimum",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.minimum(0, X @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"], hidden
""",
    ),
    Mistake(
        id="forward.tanh",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.absolute",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.abs(X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.only_the_mask",
        question="forward",
        code="""
def forward(params, X):
    hidden = (X @ params["W1"] + params["b1"] > 0).astype(float)
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.transposed",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, params["W1"].T @ X.T + params["b1"][:, np.newaxis])
    scores = params["W2"].T @ hidden + params["b2"][:, np.newaxis]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.caches_in_params",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    params["hidden"] = hidden
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.reshapes_params",
        question="forward",
        code="""
def forward(params, X):
    params["b1"] = params["b1"].reshape(1, -1)
    params["b2"] = params["b2"].reshape(1, -1)
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.log_probabilities",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), hidden
""",
    ),
    Mistake(
        id="forward.standardises",
        question="forward",
        code="""
def forward(params, X):
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.centres_X",
        question="forward",
        code="""
def forward(params, X):
    X = X - X.mean(axis=0)
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.scales_X",
        question="forward",
        code="""
def forward(params, X):
    X = X / X.max()
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
""",
    ),
    Mistake(
        id="forward.bias_multiplied",
        question="forward",
        code="""
def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] * params["b1"])
    scores = hidden @ params["W2"] * params["b2"]
    return scores, hidden
""",
    ),
]


def _is_capped_by(cap):
    """A rule: the loss is that of probabilities that were kept from zero by some small number."""

    def rule(requests):
        calls = [call for request in requests for call in request.calls if not call.arguments[3]]
        given = np.array([call.value for call in calls], dtype=float)
        logs = [_log_shares_of_the_labels(call) for call in calls]
        plain = np.array([-shares.mean() for shares in logs])
        capped = (
            np.array([-np.log(cap(np.exp(shares), bound)).mean() for shares in logs])
            for bound in (np.finfo(float).eps, np.finfo(float).tiny, *10.0 ** -np.arange(2, 41))
        )
        return any(_is_capped(given, plain, losses) for losses in capped)

    return rule


def _is_capped(given, plain, capped):
    is_felt = np.abs(capped - plain) > 1e-6 * plain
    return is_felt.sum() >= 2 and np.allclose(given, capped, rtol=1e-7, atol=0)


def _log_shares_of_the_labels(call):
    """The logarithm of the label's probability in each row; it is finite for scores of any size."""
    scores, y, *_ = call.arguments
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(y)), y]


SOFTMAX_LOSS_MISTAKES = [
    Mistake(
        id="softmax_loss.no_shift",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.global_shift",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - np.max(scores))
    p = e / e.sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.shift_by_column",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=0))
    p = e / e.sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.global_normaliser",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum()
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.wrong_axis",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=0)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.log_eps",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y] + 1e-8).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
        rule=_is_capped_by(np.add),
    ),
    Mistake(
        id="softmax_loss.clipped",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(np.clip(scores, -500, 500))
    p = e / e.sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.sum_for_mean",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].sum()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.mean_over_classes",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    one_hot = np.eye(scores.shape[1])[y]
    data_loss = -np.mean(one_hot * log_p)
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.hard_coded_batch",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].sum() / 5
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.sign",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.per_row",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y]
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.no_half",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.quarter",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    weights = 0.5 * np.sum(params["W1"] ** 2) + 0.5 * np.sum(params["W2"] ** 2)
    return data_loss + 0.5 * reg * weights
""",
    ),
    Mistake(
        id="softmax_loss.reg_missing",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean()
""",
    ),
    Mistake(
        id="softmax_loss.reg_capped",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return data_loss + 0.5 * min(reg, 1) * squares
""",
    ),
    Mistake(
        id="softmax_loss.reg_over_N",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(y)), y].sum()
    loss += 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return loss / len(y)
""",
    ),
    Mistake(
        id="softmax_loss.only_W1",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * np.sum(params["W1"] ** 2)
""",
    ),
    Mistake(
        id="softmax_loss.biases_regularised",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * sum(np.sum(value ** 2) for value in params.values())
""",
    ),
    Mistake(
        id="softmax_loss.norm_not_squared",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.linalg.norm(params["W1"]) + np.linalg.norm(params["W2"]))
""",
    ),
    Mistake(
        id="softmax_loss.matrix_square",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    squares = np.sum(params["W1"].T @ params["W1"]) + np.sum(params["W2"].T @ params["W2"])
    return data_loss + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.scores_in_place",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.params_in_place",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(y)), y].mean()
    for key in ("W1", "W2"):
        weights = params[key]
        weights *= weights
        loss += 0.5 * reg * np.sum(weights)
    return loss
""",
    ),
    Mistake(
        id="softmax_loss.log10",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean() / np.log(10)
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.predicted_class",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p.max(axis=1).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.no_log",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = (1 - np.exp(log_p)[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.minus_probability",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.exp(log_p)[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.log_of_mean",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -np.log(np.exp(log_p)[np.arange(len(y)), y].mean())
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.whole_columns",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[:, y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.all_classes",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p.sum() / len(y)
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.wrong_classes_too",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    p, one_hot = np.exp(log_p), np.eye(scores.shape[1])[y]
    data_loss = -np.sum(one_hot * log_p + (1 - one_hot) * np.log(1 - p)) / len(y)
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.squared_error",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = np.mean((np.exp(log_p) - np.eye(scores.shape[1])[y]) ** 2)
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.hinge",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    margins = np.maximum(0, scores - scores[np.arange(len(y)), y][:, None] + 1)
    margins[np.arange(len(y)), y] = 0
    penalty = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return margins.sum() / len(y) + 0.5 * reg * penalty
""",
    ),
    Mistake(
        id="softmax_loss.shift_not_undone",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    data_loss = np.mean(log_total - scores[np.arange(len(y)), y])
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.shift_of_one_score",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(scores).sum(axis=1))
    data_loss = np.mean(log_total - shifted[np.arange(len(y)), y])
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.no_normaliser",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    data_loss = -shifted[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.divides_by_maximum",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores / np.abs(scores).max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.probabilities_clipped",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-12, 1)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
        rule=_is_capped_by(np.maximum),
    ),
    Mistake(
        id="softmax_loss.only_W2",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * np.sum(params["W2"] ** 2)
""",
    ),
    Mistake(
        id="softmax_loss.half_of_W1_only",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * np.sum(params["W1"] ** 2) + reg * np.sum(params["W2"] ** 2)
""",
    ),
    Mistake(
        id="softmax_loss.weights_not_squared",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"]) + np.sum(params["W2"]))
""",
    ),
    Mistake(
        id="softmax_loss.absolute_weights",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * sum(np.sum(np.abs(params[key])) for key in ("W1", "W2"))
""",
    ),
    Mistake(
        id="softmax_loss.square_of_sum",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"]) ** 2 + np.sum(params["W2"]) ** 2)
""",
    ),
    Mistake(
        id="softmax_loss.mean_of_squares",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.mean(params["W1"] ** 2) + np.mean(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.penalty_sign",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss - 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.last_row_only",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows[-1] / len(y) + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.first_row_skipped",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows[1:].sum() / len(y) + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.only_the_true_score",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    rows = -scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows.mean() + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.labels_from_one",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y - 1]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows.mean() + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.W2_without_reg",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2)
    return rows.mean() + 0.5 * reg * squares + np.sum(params["W2"] ** 2)
""",
    ),
    Mistake(
        id="softmax_loss.penalty_per_row",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    rows = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows.mean() + 0.5 * len(y) * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.entropy",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    rows = -(p * np.log(p)).sum(axis=1)
    squares = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return rows.mean() + 0.5 * reg * squares
""",
    ),
    Mistake(
        id="softmax_loss.W1_twice",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W1"] ** 2))
""",
    ),
    Mistake(
        id="softmax_loss.W2_twice",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W2"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
]

DSCORES = """
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = e / e.sum(axis=1, keepdims=True)
    ds[np.arange(len(y)), y] -= 1
    ds /= len(y)
"""

RESULT = """
    return {
        "W1": X.T @ dz + reg * params["W1"],
        "b1": dz.sum(axis=0),
        "W2": hidden.T @ ds + reg * params["W2"],
        "b2": ds.sum(axis=0),
    }
"""


def _backward(ds=DSCORES, dz='(ds @ params["W2"].T) * (hidden > 0)', result=RESULT, first=""):
    """A whole `backward` of which one part is another."""
    return f"""
def backward(params, X, hidden, scores, y, reg):
    {first}
    {ds.strip()}
    dz = {dz}
    {result.strip()}
"""


def _fails_in_a_large_net(requests):
    """The distances to the gradient in small nets, if nothing was asked after them.

    Then the large net got no answer, for which checks wait before they ask anything else. What
    they ask next has units of ten thousand.
    """
    calls = [call for request in requests for call in request.calls]
    is_stopped = all(np.max(call.arguments[2]) < 1000 for call in calls)
    return [_distance_to_the_gradient(call) for call in calls] if is_stopped else []


def _is_a_quotient(requests):
    """Almost the gradient and never quite."""
    distances = _fails_in_a_large_net(requests)
    return len(distances) >= 3 and 1e-12 < min(distances) <= max(distances) < 1e-3


def _is_an_exact_quotient(requests):
    distances = _fails_in_a_large_net(requests)
    return len(distances) >= 3 and max(distances) < 1e-12


def _distance_to_the_gradient(call):
    """The largest difference of an entry, compared with the largest entry."""
    exact = _exact_gradient(call)
    return max(
        np.abs(call.value[key] - exact[key]).max() / (np.abs(exact[key]).max() + 1e-9)
        for key in exact
    )


def _exact_gradient(call):
    params, X, hidden, scores, y, reg = call.arguments
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) / len(y)
    return _gradient_from(ds, params, X, hidden, reg)


def _gradient_from(ds, params, X, hidden, reg):
    """The right walk from any gradient of the scores."""
    dz = (ds @ params["W2"].T) * (hidden > 0)
    grads = {"W1": X.T @ dz + reg * params["W1"], "b1": dz.sum(axis=0)}
    return grads | {"W2": hidden.T @ ds + reg * params["W2"], "b2": ds.sum(axis=0)}


def _is_right(call):
    """For each gradient, whether the data part of it is right; only calls without reg can tell."""
    exact = _exact_gradient(call)
    return {
        key: np.shape(call.value[key]) == exact[key].shape
        and np.allclose(call.value[key], exact[key], rtol=1e-4, atol=1e-7)
        for key in exact
    }


def _data_calls(requests):
    calls = [call for request in requests for call in request.calls if not call.arguments[5]]
    return [call for call in calls if isinstance(call.value, dict)]


def _only_wrong(*keys):
    """A rule: the data gradients of these parameters are wrong, and all others are right."""

    def rule(requests):
        found = [_is_right(call) for call in _data_calls(requests)]
        named = {key: [right[key] for right in found] for key in ("W1", "b1", "W2", "b2")}
        wrong = {key for key, right in named.items() if right.count(False) >= 3}
        return wrong == set(keys) and all(all(r) for k, r in named.items() if k not in wrong)

    return rule


def _starts_elsewhere(requests):
    """A rule: all four gradients follow from one gradient of the scores, which is another."""
    starts = [(_start_of(call), call) for call in _data_calls(requests)]
    known = [(ds, call) for ds, call in starts if ds is not None]
    fits = [_fits_start(ds, call) for ds, call in known]
    wrong = [call for _, call in known if not any(_is_right(call).values())]
    return len(wrong) >= 3 and all(fits)


def _start_of(call):
    """The gradient of the scores, if W2 and b2 leave no choice; else None."""
    hidden = call.arguments[2]
    rows = np.vstack([hidden.T, np.ones(len(hidden))])
    if len(rows) < len(hidden) or not np.linalg.cond(rows) < 1e4:
        return None
    return np.linalg.lstsq(rows, np.vstack([call.value["W2"], call.value["b2"]]), rcond=None)[0]


def _fits_start(ds, call):
    params, X, hidden, *_ = call.arguments
    grads = _gradient_from(ds, params, X, hidden, 0.0)
    return all(
        np.allclose(call.value[k], grads[k], 1e-5, 1e-6 * np.abs(grads[k]).max()) for k in grads
    )


BACKWARD_MISTAKES = [
    Mistake(
        id="backward.mean_missing",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds /= len(y)", "")),
    ),
    Mistake(
        id="backward.bias_averaged",
        question="backward",
        code=_backward(result=RESULT.replace("dz.sum(", "dz.mean(").replace("ds.sum(", "ds.mean(")),
    ),
    Mistake(
        id="backward.mean_twice",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds /= len(y)", "ds /= len(y) ** 2")),
    ),
    Mistake(
        id="backward.hard_coded_batch",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds /= len(y)", "ds /= 5")),
    ),
    Mistake(
        id="backward.labels_not_subtracted",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds[np.arange(len(y)), y] -= 1", "")),
    ),
    Mistake(
        id="backward.subtracts_columns",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds[np.arange(len(y)), y] -= 1", "ds[:, y] -= 1")),
    ),
    Mistake(
        id="backward.ascent",
        question="backward",
        code=_backward(ds=DSCORES + "    ds = -ds\n"),
    ),
    Mistake(
        id="backward.scores_as_probabilities",
        question="backward",
        code=_backward(
            ds="""
    ds = scores.copy()
    ds[np.arange(len(y)), y] -= 1
    ds /= len(y)
"""
        ),
    ),
    Mistake(
        id="backward.softmax_wrong_axis",
        question="backward",
        code=_backward(ds=DSCORES.replace("e.sum(axis=1, keepdims=True)", "e.sum(axis=0)")),
    ),
    Mistake(
        id="backward.b1_from_scores",
        question="backward",
        code=_backward(
            result=RESULT.replace("dz.sum(axis=0)", '(ds @ params["W2"].T).sum(axis=0)')
        ),
    ),
    Mistake(
        id="backward.no_mask",
        question="backward",
        code=_backward(dz='ds @ params["W2"].T'),
    ),
    Mistake(
        id="backward.mask_from_gradient",
        question="backward",
        code=_backward(dz='np.maximum(0, ds @ params["W2"].T)'),
    ),
    Mistake(
        id="backward.mask_from_inputs",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * (X @ params["W1"] > 0)'),
    ),
    Mistake(
        id="backward.mask_inverted",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * (hidden <= 0)'),
    ),
    Mistake(
        id="backward.mask_overwrites",
        question="backward",
        code=_backward(dz="(hidden > 0).astype(float)"),
    ),
    Mistake(
        id="backward.times_hidden",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * hidden'),
    ),
    Mistake(
        id="backward.b2_total",
        question="backward",
        code=_backward(result=RESULT.replace("ds.sum(axis=0)", "np.full(ds.shape[1], ds.sum())")),
    ),
    Mistake(
        id="backward.b1_total",
        question="backward",
        code=_backward(result=RESULT.replace("dz.sum(axis=0)", "np.full(dz.shape[1], dz.sum())")),
    ),
    Mistake(
        id="backward.bias_row_shape",
        question="backward",
        code=_backward(result=RESULT.replace("sum(axis=0)", "sum(axis=0, keepdims=True)")),
    ),
    Mistake(
        id="backward.bias_unreduced",
        question="backward",
        code=_backward(
            result=RESULT.replace("dz.sum(axis=0)", "dz").replace("ds.sum(axis=0)", "ds")
        ),
    ),
    Mistake(
        id="backward.bias_wrong_axis",
        question="backward",
        code=_backward(result=RESULT.replace("sum(axis=0)", "sum(axis=1)")),
    ),
    Mistake(
        id="backward.bias_missing",
        question="backward",
        code=_backward(
            result='return {"W1": X.T @ dz + reg * params["W1"],'
            ' "W2": hidden.T @ ds + reg * params["W2"]}'
        ),
    ),
    Mistake(
        id="backward.transposed",
        question="backward",
        code=_backward(
            result=RESULT.replace("X.T @ dz + reg *", "dz.T @ X + reg *")
            .replace('params["W1"],', 'params["W1"].T,')
            .replace("hidden.T @ ds + reg *", "ds.T @ hidden + reg *")
            .replace('params["W2"],', 'params["W2"].T,')
        ),
    ),
    Mistake(
        id="backward.W2_before_relu",
        question="backward",
        code=_backward(
            result=RESULT.replace("hidden.T @ ds", '(X @ params["W1"] + params["b1"]).T @ ds')
        ),
    ),
    Mistake(
        id="backward.reg_only_W2",
        question="backward",
        code=_backward(result=RESULT.replace(' + reg * params["W1"]', "")),
    ),
    Mistake(
        id="backward.reg_missing",
        question="backward",
        code=_backward(
            result=RESULT.replace(' + reg * params["W1"]', "").replace(' + reg * params["W2"]', "")
        ),
    ),
    Mistake(
        id="backward.reg_doubled",
        question="backward",
        code=_backward(result=RESULT.replace("reg *", "2 * reg *")),
    ),
    Mistake(
        id="backward.reg_halved",
        question="backward",
        code=_backward(result=RESULT.replace("reg *", "0.5 * reg *")),
    ),
    Mistake(
        id="backward.reg_sign",
        question="backward",
        code=_backward(result=RESULT.replace("+ reg *", "- reg *")),
    ),
    Mistake(
        id="backward.reg_over_N",
        question="backward",
        code=_backward(result=RESULT.replace("reg *", "reg / len(y) *")),
    ),
    Mistake(
        id="backward.reg_squared",
        question="backward",
        code=_backward(
            result=RESULT.replace('params["W1"],', 'params["W1"] ** 2,').replace(
                'params["W2"],', 'params["W2"] ** 2,'
            )
        ),
    ),
    Mistake(
        id="backward.biases_regularised",
        question="backward",
        code=_backward(
            result=RESULT.replace("dz.sum(axis=0)", 'dz.sum(axis=0) + reg * params["b1"]').replace(
                "ds.sum(axis=0)", 'ds.sum(axis=0) + reg * params["b2"]'
            )
        ),
    ),
    Mistake(
        id="backward.W2_updated_first",
        question="backward",
        code=_backward(first='params["W2"] -= 0.1 * reg * params["W2"]'),
    ),
    Mistake(
        id="backward.scores_in_place",
        question="backward",
        code=_backward(first="scores -= scores.max(axis=1, keepdims=True)"),
    ),
    Mistake(
        id="backward.hidden_in_place",
        question="backward",
        code=_backward(
            result="dW2 = hidden.T @ ds\n    hidden[hidden > 0] = 1"
            + RESULT.replace("hidden.T @ ds", "dW2")
        ),
    ),
    Mistake(
        id="backward.numerical",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    grads = {}
    for key in params:
        grads[key] = np.zeros_like(params[key])
        for index in np.ndindex(params[key].shape):
            losses = []
            for sign in (1, -1):
                moved = {name: value.copy() for name, value in params.items()}
                moved[key][index] += sign * 1e-5
                losses.append(softmax_loss(forward(moved, X)[0], y, moved, reg))
            grads[key][index] = (losses[0] - losses[1]) / 2e-5
    return grads
""",
        rule=_is_a_quotient,
    ),
    Mistake(
        id="backward.complex_step",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    def loss(moved):
        z = X @ moved["W1"] + moved["b1"]
        s = np.where(z.real > 0, z, 0) @ moved["W2"] + moved["b2"]
        s = s - s.real.max(axis=1, keepdims=True)
        rows = np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]
        return rows.mean() + reg / 2 * sum((moved[key] ** 2).sum() for key in ("W1", "W2"))

    grads = {}
    for key in params:
        grads[key] = np.zeros_like(params[key])
        for index in np.ndindex(params[key].shape):
            moved = {**params, key: params[key].astype(complex)}
            moved[key][index] += 1e-30j
            grads[key][index] = loss(moved).imag / 1e-30
    return grads
""",
        rule=_is_an_exact_quotient,
    ),
    Mistake(
        id="backward.mask_threshold",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * (hidden > 1e-5)'),
    ),
    Mistake(
        id="backward.clipped",
        question="backward",
        code=_backward(
            result=RESULT.replace("return", "grads =")
            + "    return {key: np.clip(grads[key], -500, 500) for key in grads}\n"
        ),
    ),
    Mistake(
        id="backward.hidden_layer_missing",
        question="backward",
        code=_backward(
            result='return {"W2": hidden.T @ ds + reg * params["W2"], "b2": ds.sum(axis=0)}'
        ),
    ),
    Mistake(
        id="backward.lists",
        question="backward",
        code=_backward(
            result=RESULT.replace("return", "grads =")
            + "    return {key: grads[key].tolist() for key in grads}\n"
        ),
    ),
    Mistake(
        id="backward.assigns_instead_of_adding",
        question="backward",
        code=_backward(
            result="""grads = {"W1": X.T @ dz, "b1": dz.sum(axis=0),
             "W2": hidden.T @ ds, "b2": ds.sum(axis=0)}
    if reg:
        for key in ("W1", "W2"):
            grads[key] = reg * params[key]
    return grads"""
        ),
    ),
    Mistake(
        id="backward.reg_only_W1",
        question="backward",
        code=_backward(result=RESULT.replace(' + reg * params["W2"]', "")),
    ),
    Mistake(
        id="backward.reg_without_weights",
        question="backward",
        code=_backward(
            result=RESULT.replace('reg * params["W1"]', "reg").replace('reg * params["W2"]', "reg")
        ),
    ),
    Mistake(
        id="backward.fixed_reg",
        question="backward",
        code=_backward(result=RESULT.replace("reg *", "0.1 *")),
    ),
    Mistake(
        id="backward.global_normaliser",
        question="backward",
        code=_backward(ds=DSCORES.replace("e.sum(axis=1, keepdims=True)", "e.sum()")),
    ),
    Mistake(
        id="backward.predicted_class",
        question="backward",
        code=_backward(ds=DSCORES.replace("y] -= 1", "scores.argmax(axis=1)] -= 1")),
    ),
    Mistake(
        id="backward.softmax_slope_again",
        question="backward",
        code=_backward(
            ds=DSCORES + "    p = e / e.sum(axis=1, keepdims=True)\n    ds *= p * (1 - p)\n"
        ),
    ),
    Mistake(
        id="backward.mean_over_entries",
        question="backward",
        code=_backward(ds=DSCORES.replace("ds /= len(y)", "ds /= ds.size")),
    ),
    Mistake(
        id="backward.mean_of_weights_only",
        question="backward",
        code=_backward(
            ds=DSCORES.replace("ds /= len(y)", ""),
            result=RESULT.replace("X.T @ dz", "X.T @ dz / len(y)").replace(
                "hidden.T @ ds", "hidden.T @ ds / len(y)"
            ),
        ),
    ),
    Mistake(
        id="backward.relu_on_scores",
        question="backward",
        code=_backward(ds=DSCORES + "    ds *= scores > 0\n"),
    ),
    Mistake(
        id="backward.W1_before_mask",
        question="backward",
        code=_backward(result=RESULT.replace("X.T @ dz", 'X.T @ (ds @ params["W2"].T)')),
    ),
    Mistake(
        id="backward.biases_swapped",
        question="backward",
        code=_backward(
            result=RESULT.replace('"b1"', '"b"').replace('"b2"', '"b1"').replace('"b"', '"b2"')
        ),
    ),
    Mistake(
        id="backward.other_keys",
        question="backward",
        code=_backward(result=RESULT.replace(": ", ": ").replace('        "', '        "d')),
    ),
    Mistake(
        id="backward.further_keys",
        question="backward",
        code=_backward(result=RESULT.replace('"b2": ', '"scores": ds,\n        "b2": ')),
    ),
    Mistake(
        id="backward.updates_params",
        question="backward",
        code=_backward(
            result=RESULT.replace("return", "grads =")
            + "    for key in params:\n        params[key] -= 0.1 * grads[key]\n    return grads\n"
        ),
    ),
    Mistake(
        id="backward.other_start",
        question="backward",
        code=_backward(
            ds="""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    ds = p - np.eye(p.shape[1])[y]
    ds = 2 * p * (ds - (p * ds).sum(axis=1, keepdims=True)) / len(y)
"""
        ),
        rule=_starts_elsewhere,
        is_vague=True,
    ),
    Mistake(
        id="backward.lost_at_the_hidden_layer",
        question="backward",
        code=_backward(dz="(ds @ (hidden.T @ ds).T) * (hidden > 0)"),
        rule=_only_wrong("W1", "b1"),
        is_vague=True,
    ),
    Mistake(
        id="backward.lost_at_W1",
        question="backward",
        code=_backward(result=RESULT.replace("X.T @ dz", "(X - X.mean(axis=0)).T @ dz")),
        rule=_only_wrong("W1"),
        is_vague=True,
    ),
    Mistake(
        id="backward.lost_at_W2",
        question="backward",
        code=_backward(result=RESULT.replace("hidden.T @ ds", "np.tanh(hidden).T @ ds")),
        rule=_only_wrong("W2"),
        is_vague=True,
    ),
    Mistake(
        id="backward.lost_at_the_biases",
        question="backward",
        code=_backward(
            result=RESULT.replace("dz.sum(axis=0)", "dz.max(axis=0)").replace(
                "ds.sum(axis=0)", "ds.max(axis=0)"
            )
        ),
        rule=_only_wrong("b1", "b2"),
        is_vague=True,
    ),
    Mistake(
        id="backward.last_row_only",
        question="backward",
        code=_backward(ds=DSCORES + "    ds[:-1] = 0\n"),
    ),
    Mistake(
        id="backward.first_row_skipped",
        question="backward",
        code=_backward(ds=DSCORES + "    ds[0] = 0\n"),
    ),
    Mistake(
        id="backward.label_after_mean",
        question="backward",
        code=_backward(
            ds=DSCORES.replace(
                "    ds[np.arange(len(y)), y] -= 1\n    ds /= len(y)",
                "    ds /= len(y)\n    ds[np.arange(len(y)), y] -= 1",
            )
        ),
    ),
    Mistake(
        id="backward.labels_from_one",
        question="backward",
        code=_backward(ds=DSCORES.replace("y] -= 1", "y - 1] -= 1")),
    ),
    Mistake(
        id="backward.reshaped",
        question="backward",
        code=_backward(
            result=RESULT.replace("X.T", "X.reshape(X.shape[::-1])").replace(
                "hidden.T", "hidden.reshape(hidden.shape[::-1])"
            )
        ),
    ),
    Mistake(
        id="backward.sigmoid_slope",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores /= dscores.sum(axis=1, keepdims=True)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dhidden = dscores @ params["W2"].T
    dhidden = dhidden * hidden * (1 - hidden)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"],
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
    Mistake(
        id="backward.tanh_slope",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores /= dscores.sum(axis=1, keepdims=True)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dhidden = dscores @ params["W2"].T
    dhidden = dhidden * (1 - hidden**2)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"],
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
    Mistake(
        id="backward.no_normaliser",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dhidden = dscores @ params["W2"].T
    dhidden = dhidden * (hidden > 0)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"],
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
    Mistake(
        id="backward.label_numbers",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores /= dscores.sum(axis=1, keepdims=True)
    dscores -= y[:, np.newaxis]
    dscores /= N
    dhidden = dscores @ params["W2"].T
    dhidden = dhidden * (hidden > 0)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"],
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
    Mistake(
        id="backward.through_the_gradient_of_W2",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores /= dscores.sum(axis=1, keepdims=True)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dhidden = dscores @ (hidden.T @ dscores + reg * params["W2"]).T
    dhidden = dhidden * (hidden > 0)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"],
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
    Mistake(
        id="backward.penalty_of_the_sum",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = len(X)
    dscores = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores /= dscores.sum(axis=1, keepdims=True)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dhidden = dscores @ params["W2"].T
    dhidden = dhidden * (hidden > 0)
    return {
        "W2": hidden.T @ dscores + reg * params["W2"].sum(),
        "b2": dscores.sum(axis=0),
        "W1": X.T @ dhidden + reg * params["W1"].sum(),
        "b1": dhidden.sum(axis=0),
    }
""",
    ),
]


def _draws_anew(requests):
    """Whether the same arguments, generator included, gave other minibatches, three times over."""
    batches = {}
    for request in requests:
        used = set()
        for call in request.calls:
            generator = id(call.arguments[3])
            if generator in used:  # it has moved on since an earlier call
                continue
            used.add(generator)
            if not call.error and not call.is_lost:
                batches.setdefault(_key(call.arguments), set()).add(_key(call.value))
    return sum(len(different) > 1 for different in batches.values()) >= 3


def _key(value):
    """Hashable, and other for other values."""
    if isinstance(value, tuple | list):
        return tuple(map(_key, value))
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else repr(value)


def _answered(requests):
    calls = [call for request in requests for call in request.calls]
    return [call for call in calls if not call.error and not call.is_lost]


def _same_rows(contiguous):
    """A rule: other generators give the same minibatch, whose rows are neighbours, or not."""

    def rule(requests):
        batches, calls = {}, {}
        for call in _answered(requests):
            X, y, size, generator = call.arguments
            batches.setdefault((_key((X, y)), size), set()).add(_key(call.value))
            calls.setdefault((_key((X, y)), size), {})[id(generator)] = call
        several = [key for key, drawn in calls.items() if len(drawn) > 1]
        is_fixed = len(several) >= 3 and all(len(batches[key]) == 1 for key in batches)
        return is_fixed and all(_are_neighbours(*d.values()) for d in calls.values()) is contiguous

    return rule


def _are_neighbours(call, *_):
    places = _places(call)
    rows = [places[row.tobytes()] for row in call.value[0]]
    return set(np.diff(rows)) <= {1, 1 - len(call.arguments[0])}


def _places(call):
    """The number of each row of X, by its bytes in the precision of the minibatch."""
    X = call.arguments[0].astype(call.value[0].dtype)
    return {row.tobytes(): number for number, row in reversed([*enumerate(X)])}


def _needs_enough_rows(requests):
    """A rule: an exception whenever more rows are asked for than there are, and only then."""
    calls = [c for request in requests for c in request.calls if not c.is_lost]
    is_larger = [call.arguments[2] > len(call.arguments[0]) for call in calls]
    return sum(is_larger) >= 3 and is_larger == [bool(call.error) for call in calls]


def _counts(rows_of):
    """A rule: so many rows come, in at least three calls in which others were asked for."""

    def rule(requests):
        calls = _answered(requests)
        counts = [len(call.value[0]) for call in calls]
        others = [call.arguments[2] != n for call, n in zip(calls, counts, strict=True)]
        return sum(others) >= 3 and all(
            rows_of(*call.arguments[:3], n) for call, n in zip(calls, counts, strict=True)
        )

    return rule


def _labels_first(requests):
    """A rule: the labels are the first of all, and the rows are not."""
    calls = _answered(requests)
    firsts = [call.arguments[1][: len(call.value[1])] for call in calls]
    is_first = [np.array_equal(y, c.value[1]) for y, c in zip(firsts, calls, strict=True)]
    return len(calls) >= 3 and all(is_first) and not all(_are_neighbours(c) for c in calls)


def _invented_rows(requests):
    """A rule: rows that are no rows of X."""
    return sum(map(_count_invented, _answered(requests))) >= 3


def _count_invented(call):
    known, X, batch = _places(call), call.arguments[0], call.value[0]
    return sum(row.tobytes() not in known for row in batch) if batch.shape[1:] == X.shape[1:] else 0


def _missing_rows(requests):
    """A rule: a row that never comes, though that is next to impossible for so many draws."""
    drawn = {}
    for call in _answered(requests):
        drawn.setdefault(_key(call.arguments[:1]), []).append(call)
    return any(_never_comes(calls) for calls in drawn.values())


def _never_comes(calls):
    rows, N = [row for call in calls for row in call.value[0]], len(calls[0].arguments[0])
    by_chance = N * (1 - 1 / N) ** len(rows)
    return by_chance < 1e-6 and len(set(map(_key, rows))) < N


SAMPLE_MINIBATCH_MISTAKES = [
    Mistake(
        id="sample_minibatch.labels_first",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], np.resize(y, batch_size)
""",
        rule=_labels_first,
    ),
    Mistake(
        id="sample_minibatch.first_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.arange(batch_size) % len(X)
    return X[rows], y[rows]
""",
        rule=_same_rows(contiguous=True),
    ),
    Mistake(
        id="sample_minibatch.fixed_seed",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.random.default_rng(0).integers(len(X), size=batch_size)
    return X[rows], y[rows]
""",
        rule=_same_rows(contiguous=False),
    ),
    Mistake(
        id="sample_minibatch.global_random",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.random.randint(len(X), size=batch_size)
    return X[rows], y[rows]
""",
        rule=_draws_anew,
    ),
    Mistake(
        id="sample_minibatch.misaligned",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    return X[rng.integers(len(X), size=batch_size)], y[rng.integers(len(X), size=batch_size)]
""",
    ),
    Mistake(
        id="sample_minibatch.labels_sorted",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], np.sort(y[rows])
""",
    ),
    Mistake(
        id="sample_minibatch.last_row_never",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(0, len(X) - 1, size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.first_row_never",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(1, len(X), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.one_past_the_end",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(0, len(X), size=batch_size, endpoint=True)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.no_replacement",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.choice(len(X), size=batch_size, replace=False)
    return X[rows], y[rows]
""",
        rule=_needs_enough_rows,
    ),
    Mistake(
        id="sample_minibatch.capped",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.permutation(len(X))[:batch_size]
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.all_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.permutation(len(X))
    return X[rows], y[rows]
""",
        rule=_counts(lambda X, y, size, n: n == len(X)),
    ),
    Mistake(
        id="sample_minibatch.other_count",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size // 2 + 1)
    return X[rows], y[rows]
""",
        rule=_counts(lambda X, y, size, n: True),
        is_vague=True,
    ),
    Mistake(
        id="sample_minibatch.hard_coded_range",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(5, size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.range_of_the_batch",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(min(batch_size, len(X)), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.one_row_repeated",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.full(batch_size, rng.integers(len(X)))
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.window",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    start = rng.integers(len(X))
    rows = (start + np.arange(batch_size)) % len(X)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.shuffles_in_place",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    rows = np.arange(batch_size) % len(X)
    return X[rows].copy(), y[rows].copy()
""",
    ),
    Mistake(
        id="sample_minibatch.shuffle_duplicates",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    half = len(X) // 2
    for array in (X, y):
        array[:half], array[-half:] = array[-half:], array[:half]
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.rows_only",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    return X[rng.integers(len(X), size=batch_size)]
""",
    ),
    Mistake(
        id="sample_minibatch.row_numbers",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], rows
""",
    ),
    Mistake(
        id="sample_minibatch.ends_are_rare",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.round(rng.random(batch_size) * (len(X) - 1)).astype(int)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.smaller_of_two",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.minimum(*rng.integers(len(X), size=(2, batch_size)))
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.padded_with_zeros",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.permutation(len(X))[:batch_size]
    X_batch, y_batch = np.zeros((batch_size, X.shape[1])), np.zeros(batch_size, dtype=int)
    X_batch[: len(rows)], y_batch[: len(rows)] = X[rows], y[rows]
    return X_batch, y_batch
""",
    ),
    Mistake(
        id="sample_minibatch.padded_with_one_row",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.permutation(len(X))[:batch_size]
    rows = np.append(rows, np.zeros(batch_size - len(rows), dtype=int))
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.large_ones_in_order",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.arange(batch_size) % len(X)
    if batch_size <= len(X):
        rows = rng.choice(len(X), size=batch_size, replace=False)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.row_numbers_too",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], y[rows], rows
""",
    ),
    Mistake(
        id="sample_minibatch.column_of_labels",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], y[rows].reshape(-1, 1)
""",
    ),
    Mistake(
        id="sample_minibatch.fixed_stride",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = (rng.integers(len(X)) + 7 * np.arange(batch_size)) % len(X)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.two_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.choice(rng.integers(len(X), size=2), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.pairs_of_neighbours",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    starts = rng.integers(len(X), size=(batch_size + 1) // 2)
    rows = np.column_stack([starts, (starts + 1) % len(X)]).ravel()[:batch_size]
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.known_rows_only",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(min(len(X), 62), size=batch_size)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.first_row_preferred",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    chances = np.ones(len(X))
    chances[0] = 2
    rows = rng.choice(len(X), size=batch_size, p=chances / chances.sum())
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.float_labels",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    y_batch = np.zeros(batch_size)
    y_batch[:] = y[rows]
    return X[rows], y_batch
""",
    ),
    Mistake(
        id="sample_minibatch.invented_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows] + 0.01 * rng.normal(size=X[rows].shape), y[rows]
""",
        rule=_invented_rows,
        is_vague=True,
    ),
    Mistake(
        id="sample_minibatch.some_rows_never",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = 2 * rng.integers((len(X) + 1) // 2, size=batch_size)
    return X[rows], y[rows]
""",
        rule=_missing_rows,
        is_vague=True,
    ),
]


def _moves_at_one_rate(requests):
    """A rule: the step is the gradient times one number, whatever the learning rate."""
    calls = [call for request in requests for call in request.calls]
    rates = np.concatenate([_rates(*call.arguments[:2], call.after[0]) for call in calls])
    is_one = np.allclose(rates, rates[0], rtol=1e-5, atol=0) and not np.isclose(rates[0], 1)
    return rates[0] > 0 and is_one and len({call.arguments[2] for call in calls}) >= 3


def _rates(before, grads, after):
    """The learning rate at which each entry has moved."""
    return np.concatenate([((before[key] - after[key]) / grads[key]).ravel() for key in grads])


def _is_cut_off(requests):
    """A rule: no entry of a gradient moves its parameter by more than some number does."""
    calls = [call for request in requests for call in request.calls if call.after]
    given = [(*call.arguments, call.after[0]) for call in calls]
    steps = np.concatenate([_rates_times_grads(*arguments) for arguments in given])
    grads = np.concatenate([np.ravel(g) for _, grads, _, _ in given for g in grads.values()])
    bound = np.abs(steps).max()
    is_cut = np.abs(grads) > 1.001 * bound
    return (
        bound > 0
        and is_cut.sum() >= 3
        and np.allclose(steps, np.clip(grads, -bound, bound), rtol=1e-5)
    )


def _rates_times_grads(before, grads, learning_rate, after):
    """What each entry has moved by, over the learning rate."""
    return np.concatenate([np.ravel(before[k] - after[k]) / learning_rate for k in grads])


SGD_UPDATE_MISTAKES = [
    Mistake(
        id="sgd_update.ascent",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] += learning_rate * grads[key]
""",
    ),
    Mistake(
        id="sgd_update.weights_only",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in ("W1", "W2"):
        params[key] -= learning_rate * grads[key]
""",
    ),
    Mistake(
        id="sgd_update.W1_forgotten",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params["W2"] -= learning_rate * grads["W2"]
    params["b1"] -= learning_rate * grads["b1"]
    params["b2"] -= learning_rate * grads["b2"]
""",
    ),
    Mistake(
        id="sgd_update.no_learning_rate",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= grads[key]
""",
    ),
    Mistake(
        id="sgd_update.fixed_learning_rate",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= 0.1 * grads[key]
""",
        rule=_moves_at_one_rate,
    ),
    Mistake(
        id="sgd_update.decay",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    learning_rate *= 0.95
    for key in params:
        params[key] -= learning_rate * grads[key]
""",
    ),
    Mistake(
        id="sgd_update.decay_per_key",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
        learning_rate *= 0.95
""",
    ),
    Mistake(
        id="sgd_update.weight_decay",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * (grads[key] + 0.01 * params[key])
""",
    ),
    Mistake(
        id="sgd_update.new_dict",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    return {key: params[key] - learning_rate * grads[key] for key in params}
""",
    ),
    Mistake(
        id="sgd_update.local_dict",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params = {key: params[key] - learning_rate * grads[key] for key in params}
""",
        twins=("sgd_update.local_arrays",),
    ),
    Mistake(
        id="sgd_update.local_arrays",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key, value in params.items():
        value = value - learning_rate * grads[key]
""",
        twins=("sgd_update.local_dict",),
    ),
    Mistake(
        id="sgd_update.returns_params",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
    return params
""",
    ),
    Mistake(
        id="sgd_update.scales_grads",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        grads[key] *= learning_rate
        params[key] -= grads[key]
""",
    ),
    Mistake(
        id="sgd_update.clears_grads",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
        grads[key][...] = 0
""",
    ),
    Mistake(
        id="sgd_update.remembers",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in list(grads):
        params[key] -= learning_rate * grads[key]
    params["last_step"] = learning_rate
""",
    ),
    Mistake(
        id="sgd_update.W2_forgotten",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params["W1"] -= learning_rate * grads["W1"]
    params["b1"] -= learning_rate * grads["b1"]
    params["b2"] -= learning_rate * grads["b2"]
""",
    ),
    Mistake(
        id="sgd_update.b1_forgotten",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params["W1"] -= learning_rate * grads["W1"]
    params["W2"] -= learning_rate * grads["W2"]
    params["b2"] -= learning_rate * grads["b2"]
""",
    ),
    Mistake(
        id="sgd_update.b2_forgotten",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params["W1"] -= learning_rate * grads["W1"]
    params["W2"] -= learning_rate * grads["W2"]
    params["b1"] -= learning_rate * grads["b1"]
""",
    ),
    Mistake(
        id="sgd_update.twice",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in [*params, *params]:
        params[key] -= learning_rate * grads[key]
""",
    ),
    Mistake(
        id="sgd_update.own_values",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * params[key]
""",
    ),
    Mistake(
        id="sgd_update.only_the_step",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] = -learning_rate * grads[key]
""",
    ),
    Mistake(
        id="sgd_update.divides",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= grads[key] / learning_rate
""",
    ),
    Mistake(
        id="sgd_update.sign_only",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * np.sign(grads[key])
""",
    ),
    Mistake(
        id="sgd_update.clipped",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * np.clip(grads[key], -5, 5)
""",
        rule=_is_cut_off,
    ),
    Mistake(
        id="sgd_update.normalised",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key] / np.linalg.norm(grads[key])
""",
    ),
    Mistake(
        id="sgd_update.averaged",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * np.mean(grads[key])
""",
    ),
    Mistake(
        id="sgd_update.gradient_for_parameter",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key][...] = grads[key] - learning_rate * params[key]
""",
    ),
]


def _loses_the_axis_of_one_row(requests):
    """A rule: a single number for a single row, and one label per row otherwise."""
    calls = [call for request in requests for call in request.calls if not call.error]
    shapes = [(np.shape(call.value), len(call.arguments[1])) for call in calls]
    return ((), 1) in shapes and all(s == ((N,) if N > 1 else ()) for s, N in shapes)


def _labels_of_other_scores(requests):
    """A rule: labels of the right form, which are then wrong labels."""
    values = [call.value for request in requests for call in request.calls if not call.error]
    return len(values) >= 3 and all(value.dtype.kind == "i" and value.ndim == 1 for value in values)


PREDICT_MISTAKES = [
    Mistake(
        id="predict.wrong_axis",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0], axis=0)
""",
    ),
    Mistake(
        id="predict.flattened",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0])
""",
    ),
    Mistake(
        id="predict.from_hidden",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[1], axis=1)
""",
    ),
    Mistake(
        id="predict.relu_on_scores",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(np.maximum(0, forward(params, X)[0]), axis=1)
""",
    ),
    Mistake(
        id="predict.argmin",
        question="predict",
        code="""
def predict(params, X):
    return np.argmin(forward(params, X)[0], axis=1)
""",
    ),
    Mistake(
        id="predict.best_score",
        question="predict",
        code="""
def predict(params, X):
    return np.max(forward(params, X)[0], axis=1)
""",
    ),
    Mistake(
        id="predict.scores",
        question="predict",
        code="""
def predict(params, X):
    return forward(params, X)[0]
""",
    ),
    Mistake(
        id="predict.one_hot",
        question="predict",
        code="""
def predict(params, X):
    scores = forward(params, X)[0]
    return (scores == scores.max(axis=1, keepdims=True)).astype(int)
""",
    ),
    Mistake(
        id="predict.counted_from_one",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0], axis=1) + 1
""",
    ),
    Mistake(
        id="predict.float_labels",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0], axis=1).astype(float)
""",
    ),
    Mistake(
        id="predict.column_of_labels",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0], axis=1, keepdims=True)
""",
    ),
    Mistake(
        id="predict.list",
        question="predict",
        code="""
def predict(params, X):
    return [int(np.argmax(row)) for row in forward(params, X)[0]]
""",
    ),
    Mistake(
        id="predict.hard_coded_rows",
        question="predict",
        code="""
def predict(params, X):
    scores = forward(params, X)[0]
    return np.array([scores[i].argmax() for i in range(5)])
""",
    ),
    Mistake(
        id="predict.shifts_X",
        question="predict",
        code="""
def predict(params, X):
    labels = np.argmax(forward(params, X)[0], axis=1)
    X -= X.mean(axis=0)
    return labels
""",
    ),
    Mistake(
        id="predict.softmax_wrong_axis",
        question="predict",
        code="""
def predict(params, X):
    e = np.exp(forward(params, X)[0])
    return np.argmax(e / e.sum(axis=0), axis=1)
""",
    ),
    Mistake(
        id="predict.without_b2",
        question="predict",
        code="""
def predict(params, X):
    hidden = forward(params, X)[1]
    return np.argmax(hidden @ params["W2"], axis=1)
""",
    ),
    Mistake(
        id="predict.without_relu",
        question="predict",
        code="""
def predict(params, X):
    z = X @ params["W1"] + params["b1"]
    return np.argmax(z @ params["W2"] + params["b2"], axis=1)
""",
    ),
    Mistake(
        id="predict.absolute",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(np.abs(forward(params, X)[0]), axis=1)
""",
    ),
    Mistake(
        id="predict.hard_coded_classes",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(forward(params, X)[0][:, :3], axis=1)
""",
    ),
    Mistake(
        id="predict.second_best",
        question="predict",
        code="""
def predict(params, X):
    return np.argsort(forward(params, X)[0], axis=1)[:, -2]
""",
    ),
    Mistake(
        id="predict.one_row_for_all",
        question="predict",
        code="""
def predict(params, X):
    return np.full(len(X), np.argmax(forward(params, X)[0][0]))
""",
    ),
    Mistake(
        id="predict.other_scores",
        question="predict",
        code="""
def predict(params, X):
    return np.argmax(X @ params["W1"], axis=1)
""",
        rule=_labels_of_other_scores,
        is_vague=True,
    ),
    Mistake(
        id="predict.squeezed",
        question="predict",
        code="""
def predict(params, X):
    return np.squeeze(np.argmax(forward(params, X)[0], axis=1))
""",
        rule=_loses_the_axis_of_one_row,
    ),
    Mistake(
        id="predict.all_zero",
        question="predict",
        code="""
def predict(params, X):
    return np.zeros(len(X), dtype=int)
""",
    ),
]

WHOLE = {"hidden_size", "num_iters", "batch_size"}
SETTINGS = WHOLE | {"learning_rate", "learning_rate_decay", "reg"}
BUDGET = 2_000_000


def _settings(is_mistaken):
    """A rule on what tune() returns, every time."""
    return lambda requests: all(is_mistaken(call.value) for r in requests for call in r.calls)


TUNE_MISTAKES = [
    Mistake(
        id="tune.missing_key",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300}
""",
        rule=_settings(lambda settings: not settings.keys() >= SETTINGS),
    ),
    Mistake(
        id="tune.over_budget",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 200, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 500, "batch_size": 200}
""",
        rule=_settings(lambda s: s["hidden_size"] * s["batch_size"] * s["num_iters"] > BUDGET),
    ),
    Mistake(
        id="tune.timid",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1e-3, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: 0 <= settings["learning_rate"] < 0.02),
    ),
    Mistake(
        id="tune.too_bold",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 8.0, "learning_rate_decay": 1.0,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: settings["learning_rate"] > 4),
    ),
    Mistake(
        id="tune.crushed_by_reg",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 0.5, "learning_rate_decay": 0.95,
            "reg": 0.5, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: settings["reg"] > 0.2),
    ),
    Mistake(
        id="tune.decays_to_nothing",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.1,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: 0 <= settings["learning_rate_decay"] < 0.5),
    ),
    Mistake(
        id="tune.percent",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: settings["learning_rate_decay"] > 1),
    ),
    Mistake(
        id="tune.float_sizes",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 3e2, "batch_size": 50}
""",
        rule=_settings(lambda settings: any(isinstance(settings[name], float) for name in WHOLE)),
    ),
    Mistake(
        id="tune.tuple",
        question="tune",
        code="""
def tune():
    return 64, 1.0, 0.95, 1e-3, 300, 50
""",
        rule=_settings(lambda settings: isinstance(settings, tuple | list)),
    ),
    Mistake(
        id="tune.one_hidden_unit",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 2, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: 0 < settings["hidden_size"] < 5),
    ),
    Mistake(
        id="tune.further_key",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50,
            "verbose": True}
""",
        rule=_settings(lambda settings: settings.keys() > SETTINGS),
    ),
    Mistake(
        id="tune.uphill",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": -1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 50}
""",
        rule=_settings(lambda settings: settings["learning_rate"] < 0),
    ),
    Mistake(
        id="tune.too_few_iterations",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 10, "batch_size": 50}
""",
        rule=_settings(lambda settings: 0 < settings["num_iters"] < 40),
    ),
    Mistake(
        id="tune.tiny_batches",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 64, "learning_rate": 1.0, "learning_rate_decay": 0.95,
            "reg": 1e-3, "num_iters": 300, "batch_size": 1}
""",
        rule=_settings(lambda settings: 0 < settings["batch_size"] < 5),
    ),
]

MISTAKES = [
    *FORWARD_MISTAKES,
    *SOFTMAX_LOSS_MISTAKES,
    *BACKWARD_MISTAKES,
    *SAMPLE_MINIBATCH_MISTAKES,
    *SGD_UPDATE_MISTAKES,
    *PREDICT_MISTAKES,
    *TUNE_MISTAKES,
]

ALTERNATIVES = [
    Alternative(
        id="forward.loops",
        question="forward",
        code="""
def forward(params, X):
    N, (H, C) = len(X), params["W2"].shape
    hidden, scores = np.zeros((N, H)), np.zeros((N, C))
    for i in range(N):
        z = np.dot(X[i], params["W1"]) + params["b1"]
        hidden[i] = [value if value > 0 else 0 for value in z]
        scores[i] = params["b2"]
        scores[i] += np.dot(hidden[i], params["W2"])
    return scores, hidden
""",
    ),
    Alternative(
        id="forward.einsum",
        question="forward",
        code="""
def forward(params, X):
    z = np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"]
    hidden = z * (z > 0)
    return np.einsum("nh,hc->nc", hidden, params["W2"]) + params["b2"], hidden
""",
    ),
    Alternative(
        id="forward.where",
        question="forward",
        code="""
def forward(params, X):
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    z = np.dot(X, W1) + b1.reshape(1, -1)
    hidden = np.where(z > 0, z, 0)
    return np.dot(hidden, W2) + b2.reshape(1, -1), hidden
""",
    ),
    Alternative(
        id="forward.own_array_in_place",
        question="forward",
        code="""
def forward(params, X):
    hidden = X.dot(params["W1"])
    hidden += params["b1"]
    hidden[hidden < 0] = 0
    scores = hidden.dot(params["W2"])
    scores += params["b2"]
    return [scores, hidden]
""",
    ),
    Alternative(
        id="forward.ones_column",
        question="forward",
        code="""
def forward(params, X):
    one = np.ones((len(X), 1))
    hidden = np.hstack([X, one]) @ np.vstack([params["W1"], params["b1"]])
    hidden = hidden.clip(min=0)
    return np.hstack([hidden, one]) @ np.vstack([params["W2"], params["b2"]]), hidden
""",
    ),
    Alternative(
        id="forward.helpers",
        question="forward",
        code="""
def relu(z):
    return (np.abs(z) + z) / 2


def affine(X, W, b):
    return np.tensordot(X, W, axes=1) + b[None]


def forward(params: dict, X: np.ndarray, *, bend=relu):
    W1, b1, W2, b2 = params.values()
    hidden = bend(affine(X, W1, b1))
    return [affine(hidden, W2, b2), hidden]
""",
    ),
    Alternative(
        id="forward.named_tuple",
        question="forward",
        code="""
def forward(params, X):
    from collections import namedtuple
    Layers = namedtuple("Layers", "scores hidden")
    hidden = np.fmax(X @ params["W1"] + params["b1"], 0)
    return Layers(hidden @ params["W2"] + params["b2"], hidden)
""",
    ),
    Alternative(
        id="softmax_loss.log_of_probabilities",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - np.max(scores, axis=1)[:, np.newaxis])
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.sum(np.log(p[range(len(y)), y])) / scores.shape[0]
    return loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Alternative(
        id="softmax_loss.logaddexp",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    log_total = np.logaddexp.reduce(scores, axis=1)
    loss = np.mean(log_total - scores[np.arange(len(y)), y])
    return float(loss + reg / 2 * sum((params[key] ** 2).sum() for key in ("W1", "W2")))
""",
    ),
    Alternative(
        id="softmax_loss.in_one_return",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Alternative(
        id="softmax_loss.probabilities",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Alternative(
        id="softmax_loss.loops",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    loss = 0.0
    for row, label in zip(scores, y):
        top = max(row)
        loss += np.log(sum(np.exp(s - top) for s in row)) + top - row[label]
    loss /= len(y)
    for W in (params["W1"], params["W2"]):
        for w in W.ravel():
            loss += 0.5 * reg * w * w
    return loss
""",
    ),
    Alternative(
        id="softmax_loss.one_hot",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    N, C = scores.shape
    one_hot = np.zeros((N, C))
    one_hot[np.arange(N), y] = 1
    shifted = scores - np.amax(scores, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    penalty = np.linalg.norm(params["W1"]) ** 2 + np.linalg.norm(params["W2"]) ** 2
    return -np.sum(one_hot * log_p) / N + 0.5 * reg * penalty
""",
    ),
    Alternative(
        id="softmax_loss.shift_by_mean",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.mean(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1)
    loss = np.average(np.log(total) - shifted[np.arange(y.size), y])
    return np.array(loss + 0.5 * reg * (np.vdot(params["W1"], params["W1"])
                                        + np.vdot(params["W2"], params["W2"])))
""",
    ),
    Alternative(
        id="softmax_loss.shift_above_maximum",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    scores = scores.copy()
    scores -= scores.max(axis=1, keepdims=True) + 3
    loss = -scores[np.arange(len(y)), y] + np.log(np.exp(scores).sum(axis=1))
    loss = loss.mean()
    loss += 0.5 * reg * np.sum(params["W1"] * params["W1"])
    loss += 0.5 * reg * np.sum(params["W2"] * params["W2"])
    return loss
""",
    ),
    Alternative(
        id="softmax_loss.relative_to_the_label",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg=0.0):
    ahead = scores - np.take_along_axis(scores, y[:, None], axis=1)
    top = ahead.max(axis=1)
    rows = top + np.log(np.exp(ahead - top[:, None]).sum(axis=1))
    weights = np.concatenate([params[key].ravel() for key in ("W1", "W2")])
    return rows.mean() + reg * weights.dot(weights) / 2
""",
    ),
    Alternative(
        id="softmax_loss.long_double",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    wide = scores.astype(np.longdouble)
    wide -= wide.max(axis=1, keepdims=True)
    rows = np.log(np.exp(wide).sum(axis=1)) - wide[np.arange(len(y)), y]
    penalty = sum(np.einsum("ij,ij->", W, W) for W in params.values() if W.ndim == 2)
    return rows.mean() + 0.5 * reg * penalty
""",
    ),
    Alternative(
        id="softmax_loss.clipped_harmlessly",
        question="softmax_loss",
        code="""
def softmax_loss(scores, y, params, reg):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-300, None)
    data_loss = -np.log(p[np.arange(len(y)), y]).mean()
    return data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
""",
    ),
    Alternative(id="backward.in_pieces", question="backward", code=_backward()),
    Alternative(
        id="backward.einsum",
        question="backward",
        code=_backward(
            dz='np.einsum("nc,hc->nh", ds, params["W2"]) * (hidden > 0)',
            result="""return {
        "W1": np.einsum("nd,nh->dh", X, dz) + reg * params["W1"],
        "b1": np.einsum("nh->h", dz),
        "W2": np.einsum("nh,nc->hc", hidden, ds) + reg * params["W2"],
        "b2": np.einsum("nc->c", ds),
    }""",
        ),
    ),
    Alternative(
        id="backward.mask_from_z",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * (X @ params["W1"] + params["b1"] > 0)'),
    ),
    Alternative(
        id="backward.mask_assigned",
        question="backward",
        code=_backward(
            dz='np.dot(ds, params["W2"].T)\n    dz[hidden <= 0] = 0',
        ),
    ),
    Alternative(
        id="backward.mask_at_zero",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * (X @ params["W1"] + params["b1"] >= 0)'),
    ),
    Alternative(
        id="backward.mask_where",
        question="backward",
        code=_backward(dz='np.where(hidden > 0, ds @ params["W2"].T, 0.0)'),
    ),
    Alternative(
        id="backward.mask_sign",
        question="backward",
        code=_backward(dz='(ds @ params["W2"].T) * np.sign(hidden)'),
    ),
    Alternative(
        id="backward.one_hot",
        question="backward",
        code=_backward(
            ds="""
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
    ds = (p - np.eye(scores.shape[1])[y]) / X.shape[0]
"""
        ),
    ),
    Alternative(
        id="backward.mean_at_the_end",
        question="backward",
        code=_backward(
            ds=DSCORES.replace("ds /= len(y)", ""),
            result="""N = X.shape[0]
    grads = {"W1": X.T.dot(dz) / N, "b1": np.mean(dz, axis=0),
             "W2": hidden.T.dot(ds) / N, "b2": np.mean(ds, axis=0)}
    for key in ("W1", "W2"):
        grads[key] += reg * params[key]
    return grads""",
        ),
    ),
    Alternative(
        id="backward.loops",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    for i in range(len(X)):
        p = np.exp(scores[i] - max(scores[i]))
        p = p / sum(p)
        p[y[i]] -= 1
        p = p / len(X)
        up = params["W2"].dot(p)
        up[hidden[i] == 0] = 0
        grads["b2"] += p
        grads["W2"] += np.outer(hidden[i], p)
        grads["b1"] += up
        grads["W1"] += np.outer(X[i], up)
    grads["W1"] += reg * params["W1"]
    grads["W2"] += reg * params["W2"]
    return grads
""",
    ),
    Alternative(
        id="backward.ones_for_biases",
        question="backward",
        code=_backward(
            result="""ones = np.ones(len(X))
    grads = {"b2": ones @ ds, "b1": ones @ dz}
    grads["W2"] = (ds.T @ hidden).T + reg * params["W2"]
    grads["W1"] = (dz.T @ X).T + reg * params["W1"]
    return grads""",
        ),
    ),
    Alternative(
        id="backward.jacobian",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N, C = scores.shape
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    dp = -np.eye(C)[y] / p / N
    jacobians = p[:, :, None] * (np.eye(C) - p[:, None, :])
    ds = np.einsum("nc,ncd->nd", dp, jacobians)
    dz = np.where(hidden == 0, 0, ds @ params["W2"].T)
    return {"W1": X.T @ dz + reg * params["W1"], "b1": dz.sum(0),
            "W2": hidden.T @ ds + reg * params["W2"], "b2": ds.sum(0)}
""",
    ),
    Alternative(
        id="backward.adds_to_the_penalty",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N = X.shape[0]
    grads = {key: (reg if key[0] == "W" else 0.0) * value for key, value in params.items()}
    ds = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    ds[range(N), y] -= 1.0
    ds *= 1 / N
    dz = np.multiply(ds.dot(params["W2"].T), hidden.astype(bool))
    grads["W2"] += hidden.T.dot(ds)
    grads["b2"] += ds.sum(axis=0)
    grads["W1"] += X.T.dot(dz)
    grads["b1"] += dz.sum(axis=0)
    return grads
""",
    ),
    Alternative(
        id="backward.single_precision",
        question="backward",
        code=_backward(
            first="""X, hidden, scores = (a.astype(np.float32) for a in (X, hidden, scores))
    params = {key: value.astype(np.float32) for key, value in params.items()}"""
        ),
    ),
    Alternative(
        id="backward.single_precision_forward_again",
        question="backward",
        code=_backward(
            first="""X = X.astype(np.float32)
    params = {key: value.astype(np.float32) for key, value in params.items()}
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]"""
        ),
    ),
    Alternative(
        id="backward.rows_and_units",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    N, C = scores.shape
    grads = {key: np.zeros(value.shape) for key, value in params.items()}
    for n in range(N):
        p = np.exp(scores[n] - scores[n].max())
        p /= p.sum()
        for c in range(C):
            d = (p[c] - (y[n] == c)) / N
            grads["b2"][c] += d
            for h in range(hidden.shape[1]):
                grads["W2"][h, c] += hidden[n, h] * d
                if hidden[n, h] > 0:
                    grads["b1"][h] += params["W2"][h, c] * d
                    grads["W1"][:, h] += X[n] * params["W2"][h, c] * d
    for key in ("W1", "W2"):
        grads[key] += reg * params[key]
    return grads
""",
    ),
    Alternative(
        id="backward.forward_again",
        question="backward",
        code="""
def backward(params, X, hidden, scores, y, reg):
    scores, hidden = forward(params, X)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) / len(y)
    dz = ds @ params["W2"].T
    dz[hidden <= 0] = 0
    return dict(b2=ds.sum(0), W2=hidden.T @ ds + reg * params["W2"],
                b1=dz.sum(0), W1=X.T @ dz + reg * params["W1"])
""",
    ),
    Alternative(
        id="sample_minibatch.choice",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.choice(X.shape[0], batch_size)
    return X[rows, :], y[rows]
""",
    ),
    Alternative(
        id="sample_minibatch.replace_if_needed",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.choice(len(y), size=batch_size, replace=batch_size > len(y))
    return X.take(rows, axis=0), y.take(rows)
""",
    ),
    Alternative(
        id="sample_minibatch.permutations",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    N = len(X)
    rounds = -(-batch_size // N)
    rows = np.concatenate([rng.permutation(N) for _ in range(rounds)])[:batch_size]
    return [X[rows], y[rows]]
""",
    ),
    Alternative(
        id="sample_minibatch.uniform_floats",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.floor(rng.random(batch_size) * len(X)).astype(int)
    return X[rows].copy(), y[rows].copy()
""",
    ),
    Alternative(
        id="sample_minibatch.one_by_one",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = [int(rng.integers(0, len(X) - 1, endpoint=True)) for _ in range(batch_size)]
    return np.array([X[i] for i in rows]), np.array([y[i] for i in rows])
""",
    ),
    Alternative(
        id="sample_minibatch.sorted_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.sort(rng.integers(len(X), size=batch_size))
    return X[rows], y[rows]
""",
    ),
    Alternative(
        id="sample_minibatch.shuffled_numbers",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.tile(np.arange(len(X)), batch_size // len(X) + 1)
    rng.shuffle(rows)
    return X[rows[:batch_size]], y[rows[:batch_size]]
""",
    ),
    Alternative(
        id="sample_minibatch.own_generator",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    own = np.random.RandomState(rng.integers(2**31))
    rows = own.randint(0, len(X), batch_size)
    return X[rows], y[rows]
""",
    ),
    Alternative(
        id="sample_minibatch.rows_with_labels",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    both = rng.choice(np.column_stack([X, y]), batch_size, axis=0)
    return both[:, :-1], both[:, -1].astype(int)
""",
    ),
    Alternative(
        id="sample_minibatch.repeated_permutation",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.resize(rng.permutation(len(X)), batch_size)
    return np.take(X, rows, axis=0), np.take(y, rows, axis=0).astype(np.int32)
""",
    ),
    Alternative(
        id="sgd_update.key_by_key",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
""",
    ),
    Alternative(
        id="sgd_update.rebinding",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key in ("W1", "b1", "W2", "b2"):
        params[key] = params[key] - learning_rate * grads[key]
""",
    ),
    Alternative(
        id="sgd_update.written_out",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params["W1"] -= grads["W1"] * learning_rate
    params["W2"] += -learning_rate * grads["W2"]
    np.subtract(params["b1"], learning_rate * grads["b1"], out=params["b1"])
    params["b2"][...] = params["b2"] - learning_rate * grads["b2"]
    return None
""",
    ),
    Alternative(
        id="sgd_update.dict_update",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params.update({key: params[key] - learning_rate * grads[key] for key in params})
""",
    ),
    Alternative(
        id="sgd_update.entry_by_entry",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    for key, weights in params.items():
        for index in np.ndindex(weights.shape):
            weights[index] -= learning_rate * grads[key][index]
""",
    ),
    Alternative(
        id="sgd_update.merged_dict",
        question="sgd_update",
        code="""
def sgd_update(params, grads, learning_rate):
    params |= {key: params[key] + -learning_rate * gradient for key, gradient in grads.items()}
""",
    ),
    Alternative(
        id="predict.softmax_first",
        question="predict",
        code="""
def predict(params, X):
    scores, _ = forward(params, X)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.argmax(e / e.sum(axis=1, keepdims=True), axis=1)
""",
    ),
    Alternative(
        id="predict.without_forward",
        question="predict",
        code="""
def predict(params, X):
    hidden = np.maximum(0, X.dot(params["W1"]) + params["b1"])
    return (hidden.dot(params["W2"]) + params["b2"]).argmax(1)
""",
    ),
    Alternative(
        id="predict.loop",
        question="predict",
        code="""
def predict(params, X):
    labels = np.zeros(len(X), dtype=np.int32)
    for i, row in enumerate(forward(params, X)[0]):
        labels[i] = max(range(len(row)), key=lambda j: row[j])
    return labels
""",
    ),
    Alternative(
        id="predict.argsort",
        question="predict",
        code="""
def predict(params, X):
    return np.argsort(forward(params, X)[0], axis=1)[:, -1].astype(np.uint8)
""",
    ),
    Alternative(
        id="predict.row_by_row",
        question="predict",
        code="""
def predict(params, X):
    rows = [forward(params, X[i : i + 1])[0] for i in range(len(X))]
    return np.array(list(map(np.argmax, rows)))
""",
    ),
    Alternative(
        id="predict.where",
        question="predict",
        code="""
def predict(params, X):
    scores, *_ = forward(params=params, X=X)
    return np.where(scores == scores.max(axis=1, keepdims=True))[1]
""",
    ),
    Alternative(
        id="tune.small_batches",
        question="tune",
        code="""
def tune():
    return {"hidden_size": 100, "learning_rate": 0.5, "learning_rate_decay": 0.98,
            "reg": 1e-4, "num_iters": 500, "batch_size": 40}
""",
    ),
    Alternative(
        id="tune.numpy_scalars",
        question="tune",
        code="""
def tune():
    return dict(hidden_size=np.int64(64), learning_rate=np.float64(1.0), learning_rate_decay=1,
                reg=0, num_iters=np.int32(400), batch_size=64)
""",
    ),
    Alternative(
        id="tune.step_by_step",
        question="tune",
        code="""
def tune():
    found = dict(hidden_size=np.arange(64, 65)[0], num_iters=400)
    found["batch_size"] = np.uint8(64)
    found |= {"learning_rate": np.float32(0.75), "learning_rate_decay": 1.0, "reg": 0}
    return found
""",
    ),
]
