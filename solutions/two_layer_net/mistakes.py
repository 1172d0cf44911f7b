"""Known mistakes of `two_layer_net`, and other right ways; the hints are in messages.yml.

An entry's code holds definitions that replace those of the same name in the solution cell. Every
mistake must lose points in its own question and in no other; every alternative gets full marks.
"""

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
    random = np.random.RandomState(1)
    toy = 10 * random.randn(5, 4)
    hidden = np.maximum(0, toy @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
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
]

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
]


def _draws_anew(requests):
    """Whether the same arguments, generator included, gave other minibatches, three times over."""
    batches = {}
    for request in requests:
        first = request.calls[0]  # the later ones share its generator, which has moved on
        if not first.error and not first.is_lost:
            batches.setdefault(repr(first.arguments), set()).add(repr(first.value))
    return sum(len(different) > 1 for different in batches.values()) >= 3


SAMPLE_MINIBATCH_MISTAKES = [
    Mistake(
        id="sample_minibatch.labels_first",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = rng.integers(len(X), size=batch_size)
    return X[rows], np.resize(y, batch_size)
""",
    ),
    Mistake(
        id="sample_minibatch.first_rows",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.arange(batch_size) % len(X)
    return X[rows], y[rows]
""",
    ),
    Mistake(
        id="sample_minibatch.fixed_seed",
        question="sample_minibatch",
        code="""
def sample_minibatch(X, y, batch_size, rng):
    rows = np.random.default_rng(0).integers(len(X), size=batch_size)
    return X[rows], y[rows]
""",
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
]

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
]

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
]
