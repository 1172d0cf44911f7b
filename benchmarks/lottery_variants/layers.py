"""Wrong and right answers to `layers` that luck may hide, apart from the catalogue."""

from grader.judge.catalogue import Alternative, Mistake

ERROR = """
def relative_error(a, b):
    a, b = np.ravel(a), np.ravel(b)
    {first}
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)
    return float({result})
"""
ERROR_OF_EACH = "np.max(np.abs(a - b) / size)"
BACKWARD = """
def affine_backward(dout, cache):
    X, W = cache
    {first}
    dX, dW, db = dout @ W.T, X.T @ dout, dout.sum(axis=0)
    {last}
    return dX, dW, db
"""
SOFTMAX = """
def softmax_cross_entropy(scores, y):
    {first}
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    losses = -log_p[rows, y]
    {last}
    return losses.mean(), dscores / len(y)
"""
NET = """
def two_layers(X, y, W1, b1, W2, b2):
    {first}
    before, first = affine_forward(X, W1, b1)
    hidden, gate = relu_forward(before)
    scores, second = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_cross_entropy(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, second)
    _, dW1, db1 = affine_backward(relu_backward(dhidden, gate), first)
    {last}
    return loss, {{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}}
"""
CHECK = """
def gradient_check(f, x, gradient, h=1e-5):
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        slopes[index] = (f(x + step) - f(x - step)) / (2 * h)
    {last}
    return relative_error(gradient, slopes)
"""


def error(first: str = "pass", result: str = ERROR_OF_EACH) -> str:
    """A relative_error with another first line or another result."""
    return ERROR.format(first=first, result=result)


def with_lines(text: str, first: str = "pass", last: str = "pass") -> str:
    """A function with lines of its own before or after the work."""
    return text.format(first=first, last=last)


WRONG = {
    "relative_error.first_hundred": error(first="a, b = a[:100], b[:100]"),
    "relative_error.rounded": error(result=f"np.round({ERROR_OF_EACH}, 3)"),
    "relative_error.at_most_one": error(result=f"min({ERROR_OF_EACH}, 1.0)"),
    "affine.dW_clipped": with_lines(BACKWARD, last="dW = np.clip(dW, -500, 500)"),
    "affine.dX_clipped": with_lines(BACKWARD, last="dX = np.clip(dX, -500, 500)"),
    "affine.tiny_dropped": with_lines(BACKWARD, first="dout = dout * (np.abs(dout) > 1e-4)"),
    "affine.rows_beyond_a_hundred": with_lines(BACKWARD, last="dW = X[:100].T @ dout[:100]"),
    "affine.units_beyond_a_hundred": with_lines(BACKWARD, last="db[100:] = 0"),
    "relu.up_to_a_thousand": "def relu_forward(x):\n    return np.clip(x, 0, 1000), x",
    "relu.opens_at_a_ten_millionth": (
        "def relu_backward(dout, cache):\n    return dout * (cache > 1e-7)"
    ),
    "relu.ignores_large": (
        "def relu_backward(dout, cache):\n    return dout * (cache > 0) * (cache < 1e5)"
    ),
    "softmax_cross_entropy.scores_up_to_500": with_lines(
        SOFTMAX, first="scores = np.clip(scores, -500, 500)"
    ),
    "softmax_cross_entropy.rows_beyond_a_hundred": with_lines(
        SOFTMAX, last="losses = losses[:100]"
    ),
    "softmax_cross_entropy.columns_beyond_fifty": with_lines(SOFTMAX, last="dscores[:, 50:] = 0"),
    "softmax_cross_entropy.tiny_dropped": with_lines(
        SOFTMAX, last="dscores[np.abs(dscores) < 1e-3] = 0"
    ),
    "two_layers.rows_beyond_a_hundred": with_lines(NET, first="X, y = X[:100], y[:100]"),
    "two_layers.dW1_clipped": with_lines(NET, last="dW1 = np.clip(dW1, -0.1, 0.1)"),
    "gradient_check.four_entries": with_lines(
        CHECK, last="gradient, slopes = gradient.ravel()[:4], slopes.ravel()[:4]"
    ),
    "gradient_check.small_entries_dropped": with_lines(
        CHECK, last="gradient = np.where(np.abs(gradient) > 1e-3, gradient, slopes)"
    ),
}
RIGHT = {
    "relative_error.as_an_array": error(result=f"np.array({ERROR_OF_EACH})"),
    "affine.views": with_lines(BACKWARD, last="dW = (dout.T @ X).T"),
    "affine.in_integers_too": with_lines(BACKWARD, first="X = X + 0"),
    "relu.copies": (
        "def relu_backward(dout, cache):\n    return np.copy(dout) * np.heaviside(cache, 0)"
    ),
    "softmax_cross_entropy.sorted_rows": with_lines(SOFTMAX, last="losses = np.sort(losses)"),
    "two_layers.labels_as_list": with_lines(NET, first="y = np.array(list(y))"),
    "gradient_check.flat": with_lines(
        CHECK, last="gradient, slopes = gradient.ravel(), slopes.ravel()"
    ),
}
MISTAKES = [Mistake(name, name.partition(".")[0], code=code) for name, code in WRONG.items()]
ALTERNATIVES = [Alternative(name, name.partition(".")[0], code) for name, code in RIGHT.items()]
