"""Each catalogued mistake is told from all others, in any form, alone or in a pair.

Every entry is tried, but only some of the pairs and rewritten versions.
``python benchmarks/diagnosis.py --pairs 1000`` tries all of them.
"""

from __future__ import annotations

import pytest
from diagnosis import (
    SOLUTIONS,
    Trial,
    Trials,
    named_as,
    pairs_told_apart,
)
from rewriting import REWRITINGS

from grader.judge.catalogue import Catalogue, Mistake
from tests.assignments.conftest import Judged

pytestmark = pytest.mark.slow

NAMES = [path.parent.name for path in sorted(SOLUTIONS.glob("*/mistakes.py"))]
CATALOGUES = {
    name: Catalogue.from_source((SOLUTIONS / name / "mistakes.py").read_text(encoding="utf-8"))
    for name in NAMES
}
MISTAKES = [(name, mistake) for name in NAMES for mistake in CATALOGUES[name].mistakes]
RIGHT = [(name, other) for name in NAMES for other in CATALOGUES[name].alternatives]
DISGUISED = [
    (name, mistake, kind)
    for number, kind in enumerate(REWRITINGS)
    for name, mistake in MISTAKES[number :: 2 * len(REWRITINGS)]
    if REWRITINGS[kind](mistake.code) != mistake.code
]
OTHERWISE = {
    "numerical_gradient.large_h": "single_precision",
    "staged.numerical": "single_precision",
    "two_layers.numerical": "single_precision",
    "neuron.complex_step": "single_precision",  # which is near enough
}


@pytest.mark.parametrize("name,mistake", MISTAKES, ids=[m.id for _, m in MISTAKES])
def test_a_mistake_is_named_as_itself_or_as_a_listed_twin(
    benches: dict[str, Trials], judged: Judged, name: str, mistake: Mistake
) -> None:
    bench = benches[name]
    trial = judged(name, mistake)
    assert named_as(mistake, trial) in ("itself", "twin"), trial.mistakes
    named = next(m for m in bench.catalogue.mistakes if m.id == trial.mistakes[0])
    assert trial.hints[0] == named.hint != ""
    by_id = {m.id: m for m in bench.catalogue.mistakes}
    assert all(bench.does_the_same(by_id[twin], trial.requests) for twin in mistake.twins)


def test_twins_are_listed_with_each_other() -> None:
    for catalogue in CATALOGUES.values():
        twins = {m.id: set(m.twins) for m in catalogue.mistakes}
        assert all(name in twins[other] for name, others in twins.items() for other in others)


@pytest.mark.parametrize("name,other", RIGHT, ids=[other.id for _, other in RIGHT])
def test_a_right_alternative_is_neither_suspected_nor_looked_up(
    benches: dict[str, Trials], monkeypatch: pytest.MonkeyPatch, name: str, other: Mistake
) -> None:
    bench = benches[name]
    monkeypatch.setattr(bench, "catalogue", None)  # so that a look at it raises
    trial = bench.judge(other.question, other.code)
    assert trial == Trial(trial.checks, lost=False, mistakes=(), hints=(), diagnosis_ms=0.0)


@pytest.mark.parametrize(
    "name,mistake,kind", DISGUISED, ids=[f"{m.id}-{kind}" for _, m, kind in DISGUISED]
)
def test_a_mistake_written_in_another_way_is_named_as_before(
    benches: dict[str, Trials], name: str, mistake: Mistake, kind: str
) -> None:
    if OTHERWISE.get(mistake.id) == kind:
        pytest.skip("written so, it does something else")
    trial = benches[name].judge(mistake.question, REWRITINGS[kind](mistake.code), small=False)
    assert named_as(mistake, trial) in ("itself", "twin"), trial.mistakes


BY_HAND = {
    "softmax_loss.sum_for_mean": """
def softmax_loss(scores, y, params, reg):
    total = 0.0
    for i in range(scores.shape[0]):
        row = [s - max(scores[i]) for s in scores[i]]
        below = 0.0
        for s in row:
            below += np.exp(s)
        total += np.log(below) - row[y[i]]
    squares = sum(w * w for key in ("W1", "W2") for w in params[key].flatten())
    return total + reg * squares / 2
""",
    "softmax_loss.no_shift": """
def softmax_loss(scores, y, params, reg):
    loss = 0
    for row, label in zip(scores, y):
        exps = [np.exp(s) for s in row]
        loss -= np.log(exps[label] / sum(exps))
    loss = loss / len(scores)
    return loss + 0.5 * reg * (params["W1"]**2).sum() + 0.5 * reg * (params["W2"]**2).sum()
""",
    "backward.no_mask": """
def backward(params, X, hidden, scores, y, reg):
    N, C = scores.shape
    g = {k: np.zeros(v.shape) for k, v in params.items()}
    for n in range(N):
        top = scores[n].max()
        total = sum(np.exp(scores[n, c] - top) for c in range(C))
        for c in range(C):
            d = (np.exp(scores[n, c] - top) / total - (c == y[n])) / N
            g["b2"][c] += d
            for h in range(hidden.shape[1]):
                g["W2"][h, c] += hidden[n, h] * d
                g["b1"][h] += params["W2"][h, c] * d
                g["W1"][:, h] += X[n] * params["W2"][h, c] * d
    return {k: g[k] + (reg * params[k] if k[0] == "W" else 0) for k in g}
""",
    "forward.no_b1": """
def forward(params, X):
    H, C = params["W2"].shape
    hidden, scores = np.empty((len(X), H)), np.empty((len(X), C))
    for n, x in enumerate(X):
        for h in range(H):
            z = sum(x[d] * params["W1"][d, h] for d in range(len(x)))
            hidden[n, h] = z if z > 0 else 0.0
        for c in range(C):
            scores[n, c] = params["b2"][c] + hidden[n] @ params["W2"][:, c]
    return scores, hidden
""",
    "output_delta.no_mean": """
def softmax_delta(p, y):
    rows = []
    for row, label in zip(p, y):
        rows.append([value - 1 if c == label else value for c, value in enumerate(row)])
    return np.array(rows)
""",
    "numerical_gradient.divides_by_h": """
def numerical_gradient(f, x, h=1e-5):
    slopes = []
    for i in range(x.size):
        right, left = x.astype(float).ravel(), x.astype(float).ravel()
        right[i] += h
        left[i] -= h
        slopes.append((f(right.reshape(x.shape)) - f(left.reshape(x.shape))) / h)
    return np.reshape(slopes, x.shape)
""",
}


@pytest.mark.parametrize("mistake_id", BY_HAND)
def test_a_mistake_written_by_hand_with_loops_is_named(
    benches: dict[str, Trials], mistake_id: str
) -> None:
    ((name, mistake),) = ((name, m) for name, m in MISTAKES if m.id == mistake_id)
    trial = benches[name].judge(mistake.question, BY_HAND[mistake_id])
    assert trial.mistakes == (mistake_id,)


PAIRS_BY_HAND = {
    ("backward.mean_missing", "backward.no_mask"): """
def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(1)[:, None])
    p = p / p.sum(1)[:, None]
    d = p - np.eye(p.shape[1])[y]
    up = d.dot(params["W2"].T)
    return dict(W1=X.T.dot(up) + reg * params["W1"], b1=up.sum(0),
                W2=hidden.T.dot(d) + reg * params["W2"], b2=d.sum(0))
""",
    ("backward.no_mask", "backward.reg_doubled"): """
def backward(params, X, hidden, scores, y, reg):
    p = np.exp(scores - scores.max(1)[:, None])
    d = (p / p.sum(1)[:, None] - np.eye(p.shape[1])[y]) / len(X)
    up = d.dot(params["W2"].T)
    return dict(W1=X.T.dot(up) + 2 * reg * params["W1"], b1=up.sum(0),
                W2=hidden.T.dot(d) + 2 * reg * params["W2"], b2=d.sum(0))
""",
    ("softmax_loss.sum_for_mean", "softmax_loss.no_half"): """
def softmax_loss(scores, y, params, reg):
    top = scores.max(axis=1)
    logs = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    loss = sum(logs[i] - scores[i, y[i]] for i in range(len(y)))
    return loss + reg * np.sum(params["W1"]**2) + reg * np.sum(params["W2"]**2)
""",
    ("forward.no_b1", "forward.relu_on_scores"): """
def forward(params, X):
    hidden = np.clip(X.dot(params["W1"]), 0, None)
    return np.clip(hidden.dot(params["W2"]) + params["b2"], 0, None), hidden
""",
    ("sgd_update.ascent", "sgd_update.no_learning_rate"): """
def sgd_update(params, grads, learning_rate):
    for name in params.keys():
        params[name] = params[name] + grads[name]
""",
    ("staged.overwrites_y", "staged.square_without_two"): """
def staged(x, y):
    top, bottom = x + sigmoid(y), sigmoid(x) + (x + y) ** 2
    slope = lambda s: s * (1 - s)
    back = -top / bottom**2
    dx = 1 / bottom + back * slope(sigmoid(x)) + back * (x + y)
    return top / bottom, dx, slope(sigmoid(y)) / bottom
""",
    ("gates.add_halves", "gates.multiply_not_switched"): """
def add_backward(dout, x, y):
    return 0.5 * dout, 0.5 * dout


def multiply_backward(dout, x, y):
    return x * dout, y * dout
""",
}


@pytest.mark.parametrize("pair", PAIRS_BY_HAND, ids="+".join)
def test_two_mistakes_written_by_hand_are_found_as_two(
    benches: dict[str, Trials], pair: tuple[str, str]
) -> None:
    ((name, mistake),) = ((name, m) for name, m in MISTAKES if m.id == pair[0])
    trial = benches[name].judge(mistake.question, PAIRS_BY_HAND[pair])
    assert set(trial.mistakes) == set(pair)


@pytest.mark.parametrize("name", NAMES)
def test_most_pairs_that_compose_are_found_as_two(benches: dict[str, Trials], name: str) -> None:
    report = pairs_told_apart(benches[name], 8)
    assert report["compose"] >= 15
    assert report["share"] >= 0.85, report["not_told_apart"]


UNKNOWN = {
    "forward": """
def forward(params, X):
    hidden = np.sqrt(np.maximum(0, X @ params["W1"] + params["b1"]) + 1) - 1
    return hidden @ params["W2"] + params["b2"], hidden
""",
    "softmax_loss": """
def softmax_loss(scores, y, params, reg):
    distances = np.cbrt(scores - scores[np.arange(len(y)), y][:, None])
    penalty = np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return distances.sum() / len(y) + 3 + 0.5 * reg * penalty
""",
    "backward": """
def backward(params, X, hidden, scores, y, reg):
    return {key: np.sin(value) + reg for key, value in params.items()}
""",
    "sgd_update": """
def sgd_update(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * np.cbrt(grads[key])
""",
}


@pytest.mark.parametrize("question", UNKNOWN)
def test_a_mistake_that_nobody_catalogued_is_given_no_name(
    benches: dict[str, Trials], question: str
) -> None:
    trial = benches["two_layer_net"].judge(question, UNKNOWN[question])
    assert trial.lost
    assert trial.mistakes == ()
