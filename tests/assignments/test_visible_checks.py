"""What a student reads below an exercise: a sentence for each usual slip, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from grader.box.launch import Launcher, launcher
from grader.box.session import CodeCell, Session
from grader.course.folder import helper_files
from grader.course.settings import Limits
from grader.notebook import CHECK_PREFIX, error_text, grade_id, is_solution, loads
from tests.kit.files import ROOT
from tests.kit.marks import first_is_fast

STUB = "raise NotImplementedError()"
REGION = re.compile("### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
NEEDED = ("set_up", "small_example", "slopes_of_your_loss", "two_layer_net")


@pytest.fixture(scope="module")
def boxes() -> Iterator[Launcher]:
    opened = launcher(own_code=True)
    yield opened
    opened.close()


def said(boxes: Launcher, assignment: str, check: str, answers: dict[str, str]) -> str:
    """What the check of one question says; other answers are those of the solution.

    Args:
        boxes: opens the box.
        assignment: its id.
        check: the question.
        answers: code by question; STUB leaves an answer as it was released.
    """
    folder = ROOT / "solutions" / assignment
    cells: list[CodeCell] = []
    for cell in loads((folder / f"{assignment}.ipynb").read_bytes())["cells"]:
        name, source = str(grade_id(cell)), cell["source"]
        if is_solution(cell) and cell["cell_type"] == "code":
            given = answers.get(name, source)
            source = REGION.sub(STUB, source) if given == STUB else given
        elif name not in (*NEEDED, CHECK_PREFIX + check):
            continue
        cells.append(CodeCell(len(cells), name, source))
    with Session(boxes, helper_files(folder), cells, Limits()) as session:
        outcomes = session.execute_cells()
    (place,) = (cell.index for cell in cells if cell.label == CHECK_PREFIX + check)
    error = outcomes[place].exception
    if error is None:
        return "passed"
    (line,) = error["traceback"]  # all that the notebook shows
    assert error_text(error) in line
    return error_text(error)


NET, GATES = "two_layer_net", "backprop"
FORWARD = """def forward(params, X):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    return scores, hidden
"""
LOSS = """def softmax_loss(scores, y, params, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].mean()
    weight_loss = 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return data_loss + weight_loss
"""
BACKWARD = """def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dh = (p @ params["W2"].T) * (hidden > 0)
    grads = {"W1": X.T @ dh + reg * params["W1"], "W2": hidden.T @ p + reg * params["W2"]}
    return grads | {"b1": dh.sum(axis=0), "b2": p.sum(axis=0)}
"""
PREDICT = "def predict(params, X):\n    return forward(params, X)[0].argmax(axis=1)"
CIRCUIT = """def circuit(x, y, z):
    q = x + y
    dq, dz = multiply_backward(1.0, q, z)
    dx, dy = add_backward(dq, x, y)
    return q * z, dx, dy, dz
"""
ADD = "def add_backward(dout, x, y):\n    return dout, dout\n"
MULTIPLY = "def multiply_backward(dout, x, y):\n    return dout * y, dout * x\n"
STEP = "def sgd_step(w, dw, learning_rate):\n    return [w - learning_rate * dw]"
MANY = "(np.array(...) makes an array of it)"
NOT_ONE_HOT = "; y has the number of each row's class, not one-hot rows"
FLAT = "(one axis too many: take it away, for example with .ravel())"


def without_return(code: str) -> str:
    return "\n".join(line for line in code.split("\n") if "return" not in line)


SLIPS = [
    # A forgotten return.
    (
        *(NET, "forward", without_return(FORWARD)),
        "✗ forward: expected 2 values (scores, hidden), got None (is a return missing?)",
    ),
    (
        *(NET, "softmax_loss", without_return(LOSS)),
        "✗ softmax_loss: expected a value, got None (is a return missing?)",
    ),
    (
        *(GATES, "circuit", without_return(CIRCUIT)),
        "✗ circuit: expected a value, got None (is a return missing?)",
    ),
    # What was released is still there.
    (NET, "forward", STUB, "✗ forward is not started"),
    (NET, "sgd_update", STUB, "✗ sgd_update is not started"),
    (GATES, "gates", STUB, "✗ add_backward is not started"),
    (
        *(NET, "forward", f"{without_return(FORWARD)}    raise NotImplementedError()"),
        "✗ forward still has the line `raise NotImplementedError()`",
    ),
    # A list for an array.
    (
        *(NET, "forward", FORWARD.replace("return scores", "return scores.tolist()")),
        f"✗ scores: expected an array of shape (5, 3), got a list {MANY}",
    ),
    (
        *(NET, "backward", BACKWARD.replace("p.sum(axis=0)}", "list(p.sum(axis=0))}")),
        f"✗ grads['b2']: expected an array of shape (2,), got a list {MANY}",
    ),
    (
        *(GATES, "sgd_step", STEP),
        f"✗ new weights: expected an array of shape (3,), got a list {MANY}",
    ),
    # Labels that are one-hot, or in a column.
    (
        *(NET, "predict", PREDICT.replace("return", "return np.eye(3)[") + "]"),
        "✗ labels: expected an array of shape (5,), got an array of shape (5, 3) "
        "(one-hot rows? give the number of each row's class)",
    ),
    (
        *(NET, "predict", PREDICT + "[:, None]"),
        f"✗ labels: expected an array of shape (5,), got an array of shape (5, 1) {FLAT}",
    ),
    (
        *(NET, "softmax_loss", LOSS.replace("-log_p[np.arange(len(y)), y]", "-(y * log_p)")),
        "✗ softmax_loss stopped at `data_loss = -(y * log_p).mean()`: ValueError: operands could "
        "not be broadcast together with shapes (5,) (5,3). "
        f"Shapes: scores (5, 3), y (5,){NOT_ONE_HOT}",
    ),
    (
        *(NET, "softmax_loss", LOSS.replace("len(y)), y]", "len(y)), y[:, 0]]")),
        "✗ softmax_loss stopped at `data_loss = -log_p[np.arange(len(y)), y[:, 0]].mean()`: "
        "IndexError: too many indices for array: array is 1-dimensional, but 2 were indexed. "
        f"Shapes: scores (5, 3), y (5,){NOT_ONE_HOT}",
    ),
    # A global instead of an argument.
    (
        *(NET, "forward", FORWARD.replace("X @", "toy_X @")),
        "✗ forward reads toy_X from outside: use its arguments (params, X)",
    ),
    (
        *(NET, "backward", BACKWARD.replace("len(y)), y]", "len(toy_y)), toy_y]")),
        "✗ backward reads toy_y from outside: use its arguments "
        "(params, X, hidden, scores, y, reg)",
    ),
    (NET, "softmax_loss", f"EPS, one = 0, 1\n{LOSS[:-1]} * one + EPS", "passed"),
    # A gradient with an axis too many, a wrong line, a result for nothing.
    (
        *(NET, "backward", BACKWARD.replace("dh.sum(axis=0)", "dh.sum(axis=0, keepdims=True)")),
        f"✗ grads['b1']: expected an array of shape (3,), got an array of shape (1, 3) {FLAT}",
    ),
    (
        *(NET, "forward", FORWARD.replace('["b1"]', '["b_1"]')),
        '✗ forward stopped at `hidden = np.maximum(0, X @ params["W1"] + params["b_1"])`: '
        "KeyError: 'b_1'",
    ),
    (
        *(NET, "softmax_loss", LOSS.replace("return data_loss", "return dataloss")),
        "✗ softmax_loss stopped at `return dataloss + weight_loss`: NameError: name 'dataloss' is "
        "not defined. Is it misspelt, or did its cell not run to its end?",
    ),
    (
        *(NET, "sgd_update", "def sgd_update(params, grads, learning_rate):\n    pass"),
        "✗ not so: the arrays in params have changed",
    ),
    (NET, "forward", "def forward(params, X)\n    pass", "name 'forward' is not defined"),
    # An argument that is changed.
    (
        *(NET, "softmax_loss", LOSS.replace("shifted =", "scores -= 1; shifted =")),
        "✗ softmax_loss changes its argument scores: work on a copy of it",
    ),
    (
        *(NET, "backward", BACKWARD.replace("dh =", 'params["W2"] = params["W2"] + 0; dh =')),
        "✗ backward changes its argument params: work on a copy of it",
    ),
    (
        *(GATES, "sgd_step", "def sgd_step(w, dw, rate):\n    w -= rate * dw\n    return w"),
        "✗ sgd_step changes its argument w: work on a copy of it",
    ),
    (NET, "tune", "def tune():\n    return [1]", "✗ not so: tune returns a dict"),
    (
        *(NET, "forward", "def forward(X):\n    return X, X"),
        "✗ forward stopped: TypeError: forward() takes 1 positional argument but 2 were given",
    ),
    (
        *(NET, "sgd_update", "def sgd_update(params, grads, learning_rate):\n    return params"),
        "✗ sgd_update: expected that nothing is returned, got a dict with the keys W1, W2, b1, b2",
    ),
]


@pytest.mark.parametrize(("assignment", "question", "code", "sentence"), first_is_fast(SLIPS))
def test_a_slip_has_its_sentence(
    boxes: Launcher, assignment: str, question: str, code: str, sentence: str
) -> None:
    assert said(boxes, assignment, question, {question: code}) == sentence


LAYERS = "layers"
SLIPS_IN_LAYERS = [
    (
        *(
            "relative_error",
            "float(np.max(np.abs(a - b) / size))",
            "np.abs(a - b).max() / size.max()",
        ),
        "✗ error of two arrays, at the worst entry: expected 0.2, got 0.000999001",
    ),
    (
        *("relative_error", "float(np.max(np.abs(a - b) / size))", "np.abs(a - b) / size"),
        "✗ error of zeros and zeros: expected a number, got an array of shape (3,)",
    ),
    (
        *("affine", "return X @ W + b, (X, W)", "return X @ W + b"),
        "✗ affine_forward: expected 2 values (out, cache), got an array of shape (3, 4)",
    ),
    (
        *("affine", "X.T @ dout,", "dout.T @ X,"),
        "✗ affine_backward: dW: expected an array of shape (2, 4), got an array of shape (4, 2)",
    ),
    (
        *("affine", "dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"),
        "✗ affine_backward: db: expected an array of shape (4,), "
        f"got an array of shape (1, 4) {FLAT}",
    ),
    ("relu", "(cache > 0)", "(dout > 0)", "✗ relu_backward: dx[1, 1]: expected -5, got -0"),
    (
        *("relu", "return np.maximum(0, x), x", "x[x < 0] = 0; return x, x"),
        "✗ relu_forward changes its argument x: work on a copy of it",
    ),
    (
        *("softmax_cross_entropy", "scores.max(axis=1, keepdims=True)", "0 * scores"),
        "✗ loss of scores far apart, each row kept finite: expected 1.4227151, got nan",
    ),
    (
        *("two_layers", "relu_backward(dhidden, relu_cache)", "dhidden"),
        "✗ grads['b1'][1]: expected 0.0320415, got -0.36254696. Look first at what two_layers "
        "calls: affine_backward, affine_forward, relu_forward, softmax_cross_entropy",
    ),
    (
        *("gradient_check", "point[index] = original - h", "point[index] = original"),
        "✗ error of a right gradient: expected 0, got 0.5000025. "
        "Look first at what gradient_check calls: relative_error",
    ),
    (
        *("gradient_check", "np.array(x, dtype=float)", "x"),
        "passed",  # each entry is put back
    ),
    (
        *("diagnose_curves", "no learning", "not learning"),
        "✗ not so: 'not learning', of curve 6, is a name of the table",
    ),
    (
        *("diagnose_curves", "no learning", "right"),
        "✗ not so: each name is there once (missing: no learning)",
    ),
]


@pytest.mark.parametrize(("question", "right", "wrong", "sentence"), SLIPS_IN_LAYERS)
def test_a_slip_in_layers_has_its_sentence(
    boxes: Launcher, question: str, right: str, wrong: str, sentence: str
) -> None:
    notebook = loads((ROOT / "solutions" / LAYERS / f"{LAYERS}.ipynb").read_bytes())
    (source,) = (cell["source"] for cell in notebook["cells"] if grade_id(cell) == question)
    assert right in source
    answers = {question: source.replace(right, wrong)}
    assert said(boxes, LAYERS, question, answers) == sentence


FITS = "✗ your backward fits the given loss; look at softmax_loss first, then at forward "
TURNED = FORWARD.replace("return scores", "return -scores")
SWAPPED = MULTIPLY.replace("dout * y, dout * x", "dout * x, dout * y")
UPHILL = "def sgd_update(params, grads, learning_rate):\n    pass"

ELSEWHERE = [
    # Not started: the check waits for it, if it can do without.
    (NET, "predict", {"forward": STUB}, "passed"),
    (NET, "backward", {"forward": STUB}, "passed"),
    (NET, "backward", {"softmax_loss": STUB}, "passed"),
    (NET, "train", {"forward": STUB}, "✗ train calls forward, which is not started"),
    (NET, "train", {"sgd_update": STUB}, "✗ train calls sgd_update, which is not started"),
    (GATES, "circuit", {"gates": STUB}, "✗ circuit calls multiply_backward, which is not started"),
    (GATES, "neuron", {"gates": STUB}, "✗ neuron calls sigmoid, which is not started"),
    (
        *(LAYERS, "two_layers", {"relu": STUB}),
        "✗ two_layers calls relu_forward, which is not started",
    ),
    (LAYERS, "affine", {"relative_error": STUB}, "passed"),
    # Wrong: it is named.
    (
        *(NET, "backward", {"softmax_loss": LOSS.replace(".mean()", ".sum()")}),
        f"{FITS}(slope of your loss, grads['W1'][",
    ),
    (
        NET,
        "backward",
        {"softmax_loss": without_return(LOSS)},
        f"{FITS}(softmax_loss: expected a",
    ),
    (NET, "backward", {"forward": TURNED}, f"{FITS}(slope of your loss, grads["),
    (
        *(NET, "predict", {"forward": TURNED}),
        "✗ your predict fits the given scores; look at forward first (labels from your own",
    ),
    (
        *(NET, "train", {"sgd_update": UPHILL}),
        "✗ not so: the loss ends below 0.1. Look first at what train calls: backward, forward, "
        "predict, sample_minibatch, sgd_update, softmax_loss",
    ),
    (
        *(GATES, "circuit", {"gates": ADD + SWAPPED, "circuit": CIRCUIT}),
        "✗ circuit(-2, 5, -4): dx: expected -4, got 3. "
        "Look first at what circuit calls: add_backward, multiply_backward",
    ),
    (
        *(
            GATES,
            "circuit",
            {"gates": ADD + MULTIPLY.replace("return", "dx, dy ="), "circuit": CIRCUIT},
        ),
        "✗ circuit stopped at `dq, dz = multiply_backward(1.0, q, z)`: TypeError: cannot unpack "
        "non-iterable NoneType object. Perhaps a return is missing in what circuit calls: "
        "add_backward, multiply_backward",
    ),
    (
        *(GATES, "circuit", {"gates": ADD + MULTIPLY[:-1] + ", 1", "circuit": CIRCUIT}),
        "✗ circuit stopped at `dq, dz = multiply_backward(1.0, q, z)`: ValueError: too many values "
        "to unpack",
    ),
    (
        *(GATES, "neuron", {"gates": "def sigmoid(x):\n    return [x]"}),
        "✗ neuron stopped",
    ),
]


@pytest.mark.parametrize(
    ("assignment", "question", "answers", "sentence"), first_is_fast(ELSEWHERE)
)
def test_no_check_fails_because_of_another_function_without_saying_so(
    boxes: Launcher, assignment: str, question: str, answers: dict[str, str], sentence: str
) -> None:
    assert said(boxes, assignment, question, answers).startswith(sentence)


def test_a_gradient_that_misses_the_given_loss_is_told_first(boxes: Launcher) -> None:
    """The student's own loss has the same slip, so the gradient would fit it."""
    slips = {
        "softmax_loss": LOSS.replace(".mean()", ".sum()"),
        "backward": BACKWARD.replace("p /= len(y)", "pass"),
    }
    assert said(boxes, NET, "backward", slips).startswith("✗ grads['b1'][")
