"""What `backward` earns: each right part, in whatever form, and no gradient without work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trial, Trials

HEAD = "def backward(params, X, hidden, scores, y, reg):\n"
WORK = """
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) / len(y)
    dz = (ds @ params["W2"].T) * (hidden > 0)
    grads = {
        "W1": X.T @ dz + reg * params["W1"],
        "b1": dz.sum(axis=0),
        "W2": hidden.T @ ds + reg * params["W2"],
        "b2": ds.sum(axis=0),
    }
"""


def backward(returned: str, *changed: tuple[str, str], first: str = "") -> str:
    """The whole function, with some text changed, that returns this."""
    code = f"{HEAD}{first}{WORK}    return {returned}\n"
    for before, after in changed:
        assert before in code
        code = code.replace(before, after)
    return code


@pytest.fixture(scope="module")
def net() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("two_layer_net", Path(folder))


def lost(trial: Trial) -> dict[str, str]:
    """By the name of the check that it lost, what the student reads."""
    return {check.name: check.message for check in trial.checks if not check.passed}


PARTS = {  # what is returned: the points, and the checks that are lost
    'dict(W2=grads["W2"], b2=grads["b2"])': (9, "shapes W1 b1"),
    'dict(b2=grads["b2"])': (4, "shapes W2 W1 b1 regularisation"),
    'dict(W1=grads["W1"], b1=grads["b1"])': (10, "shapes W2 b2"),
    "dict(grads, W1=None)": (11, "shapes W1"),
    'dict(grads, b1="later")': (13, "shapes b1"),
    "dict(grads, W1=0 * X.T)": (11, "shapes W1"),
    "dict(grads, scores=ds)": (15, "shapes"),
    '{f"d{key}": value for key, value in grads.items()}': (15, "shapes"),
    "{key: value.tolist() for key, value in grads.items()}": (15, "shapes"),
    "{key: np.atleast_2d(value) for key, value in grads.items()}": (15, "shapes"),
    'dict(grads, b1=grads["b1"][:, None])': (15, "shapes"),
    'dict(grads, W1=grads["W1"].T)': (11, "shapes W1"),
    "{key: value.T for key, value in grads.items()}": (6, "shapes W2 W1 regularisation"),
    'dict(grads, b1=grads["b1"] + 0j)': (13, "shapes b1"),
}
CHECKS = {
    "shapes": "test_gradients_have_the_shapes_of_params",
    "regularisation": "test_gradient_of_the_regularisation",
    **{key: f"test_gradient_of_{key}" for key in ("W1", "b1", "W2", "b2")},
}


@pytest.mark.parametrize("returned", PARTS)
def test_each_part_that_is_right_keeps_its_points(net: Trials, returned: str) -> None:
    points, checks = PARTS[returned]
    trial = net.judge("backward", backward(returned), explain=False)
    assert list(lost(trial)) == [CHECKS[check] for check in checks.split()]
    assert trial.points == points


UNFINISHED = {
    "empty": f"{HEAD}    grads = {{}}\n    return grads\n",
    "not implemented": f"{HEAD}    raise NotImplementedError\n",
    "no return": f"{HEAD}    pass\n",
    "none for each": f"{HEAD}    return dict.fromkeys(params)\n",
    "a loss": f"{HEAD}    return 1.0\n",
    "other names": backward('{"w": grads["W1"]}'),
}


@pytest.mark.parametrize("code", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_nothing_earns_nothing_and_says_so_with_one_sentence(net: Trials, code: str) -> None:
    trial = net.judge("backward", code, explain=False)
    assert trial.points == 0
    assert len(set(lost(trial).values())) == 1


FILLER = {
    "zeros": "{key: np.zeros_like(value) for key, value in params.items()}",
    "ones": "{key: np.ones_like(value) for key, value in params.items()}",
    "noise": "{key: np.random.normal(size=value.shape) for key, value in params.items()}",
    "params": "{key: 2 * value for key, value in params.items()}",
    "labels": "{key: value * y[0] for key, value in params.items()}",
    "products": "dict(W1=X.T @ hidden, b1=hidden.sum(0), W2=hidden.T @ scores, b2=scores.sum(0))",
}


@pytest.mark.parametrize("returned", FILLER.values(), ids=FILLER.keys())
def test_filler_of_the_right_shapes_earns_nothing(net: Trials, returned: str) -> None:
    assert net.judge("backward", f"{HEAD}    return {returned}\n", explain=False).points == 0


SINGLE = """    X, hidden, scores = (array.astype(np.float32) for array in (X, hidden, scores))
    params = {key: value.astype(np.float32) for key, value in params.items()}
"""
AGAIN = """    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
"""
RIGHT = {
    "single precision": backward("grads", first=SINGLE),
    "single precision, forward again": backward("grads", first=SINGLE + AGAIN),
    "single precision of P": backward(
        "grads", ("np.exp(", "np.float32(1) * np.exp(np.float32(1) *")
    ),
    "a gate just above 0": backward("grads", ("hidden > 0", "hidden > 1e-8")),
}


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT.keys())
def test_rounding_costs_nothing(net: Trials, code: str) -> None:
    assert net.judge("backward", code, explain=False).points == 16


def test_a_threshold_in_the_mask_loses_one_check_with_a_hint_of_its_own(net: Trials) -> None:
    trial = net.judge("backward", backward("grads", ("hidden > 0", "hidden > 1e-5")))
    assert (trial.points, trial.mistakes) == (14, ("backward.mask_threshold",))
    assert list(lost(trial)) == ["test_gradient_of_b1"]


LOOPS = """
    N, C = scores.shape
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    for n in range(N):
        e = [np.exp(s - max(scores[n])) for s in scores[n]]
        ds = [(e[c] / sum(e) - (c == y[n])) / N for c in range(C)]
        for c in range(C):
            grads["b2"][c] += ds[c]
            for h in range(hidden.shape[1]):
                grads["W2"][h, c] += hidden[n, h] * ds[c]
        for h in range(hidden.shape[1]):
            if hidden[n, h] > 0:
                dz = sum(params["W2"][h, c] * ds[c] for c in range(C))
                grads["b1"][h] += dz
                for d in range(X.shape[1]):
                    grads["W1"][d, h] += X[n, d] * dz
    for key in ("W1", "W2"):
        grads[key] += reg * params[key]
    return grads
"""


LOOP_IN_LOOP = """
    (N, C), (D, H) = scores.shape, params["W1"].shape
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    for n in range(N):
        e = [np.exp(s - max(scores[n])) for s in scores[n]]
        for c in range(C):
            ds = (e[c] / sum(e) - (c == y[n])) / N
            grads["b2"][c] += ds
            for h in range(H):
                grads["W2"][h, c] += hidden[n, h] * ds
                if hidden[n, h] > 0:
                    grads["b1"][h] += params["W2"][h, c] * ds
                    for d in range(D):
                        grads["W1"][d, h] += X[n, d] * params["W2"][h, c] * ds
    for key in ("W1", "W2"):
        grads[key] += reg * params[key]
    return grads
"""


@pytest.mark.parametrize(
    "loops", [LOOPS, LOOP_IN_LOOP], ids=["one after another", "one in another"]
)
def test_slow_loops_keep_all_points(net: Trials, loops: str) -> None:
    assert net.judge("backward", HEAD + loops, explain=False).points == 16


FIXED = {  # a reg of one's own, in place of the given one or beside it
    "0.1": backward("grads", ("reg *", "0.1 *")),
    "0.1 for all four": backward("{key: grads[key] + 0.1 * params[key] for key in grads}"),
    "0.1 more": backward("grads", ("reg *", "(0.1 + reg) *")),
}


@pytest.mark.slow
@pytest.mark.parametrize("code", FIXED.values(), ids=FIXED.keys())
def test_a_reg_of_ones_own_costs_the_check_about_it(net: Trials, code: str) -> None:
    trial = net.judge("backward", code)
    assert (trial.points, [*lost(trial)]) == (14, ["test_gradient_of_the_regularisation"])
    assert "what reg = 0.0 adds" in lost(trial)["test_gradient_of_the_regularisation"]


QUOTIENT = """
def own_loss(moved, X, y, reg):
    z = X @ moved["W1"] + moved["b1"]
    s = (z * (z.real > 0)) @ moved["W2"] + moved["b2"]
    s = s - s.real.max(axis=1, keepdims=True)
    rows = np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]
    return rows.mean() + reg / 2 * ((moved["W1"] ** 2).sum() + (moved["W2"] ** 2).sum())


def backward(params, X, hidden, scores, y, reg):
    grads, X = {}, X.astype(TYPE)
    for key in params:
        moved = {name: value.astype(TYPE) for name, value in params.items()}
        grads[key] = np.zeros(params[key].shape)
        for index in np.ndindex(params[key].shape):
            before = moved[key][index]
            moved[key][index] = before + STEP
            ahead = own_loss(moved, X, y, reg)
            moved[key][index] = before - STEP
            grads[key][index] = (ahead - own_loss(moved, X, y, reg)).PART
            moved[key][index] = before
    return grads
"""
DECIMAL = """
from decimal import Decimal


def decimals(array):
    return np.vectorize(lambda number: Decimal(float(number)), otypes=[object])(array)


def own_loss(moved, X, y, reg):
    s = np.maximum(X.dot(moved["W1"]) + moved["b1"], Decimal(0)).dot(moved["W2"]) + moved["b2"]
    rows = [sum((v - max(row)).exp() for v in row).ln() + max(row) - row[i] for row, i in zip(s, y)]
    squares = np.sum(moved["W1"] ** 2) + np.sum(moved["W2"] ** 2)
    return sum(rows) / len(y) + Decimal(reg) / 2 * squares


def backward(params, X, hidden, scores, y, reg):
    X, moved = decimals(X), {key: decimals(value) for key, value in params.items()}
    grads, base = {}, own_loss(moved, X, y, reg)
    for key in params:
        grads[key] = np.zeros(params[key].shape)
        for index in np.ndindex(params[key].shape):
            moved[key][index] += Decimal("1e-14")
            grads[key][index] = (own_loss(moved, X, y, reg) - base) / Decimal("1e-14")
            moved[key][index] -= Decimal("1e-14")
    return grads
"""


def quotient(kind: str, step: str, part: str) -> str:
    return QUOTIENT.replace("TYPE", kind).replace("STEP", step).replace("PART", part)


AT_ONCE = """
def backward(params, X, hidden, scores, y, reg):
    grads = {}
    for key, value in params.items():
        steps = 1e-30j * np.eye(value.size).reshape(-1, *value.shape)
        moved = {
            name: array + steps if name == key else array[None] for name, array in params.items()
        }
        z = X @ moved["W1"] + moved["b1"][:, None]
        s = np.where(z.real > 0, z, 0) @ moved["W2"] + moved["b2"][:, None]
        s = s - s.real.max(axis=2, keepdims=True)
        loss = (np.log(np.exp(s).sum(axis=2)) - s[:, np.arange(len(y)), y]).mean(axis=1)
        for name in ("W1", "W2"):
            loss = loss + reg / 2 * (moved[name] ** 2).sum(axis=(1, 2))
        grads[key] = (loss.imag / 1e-30).reshape(value.shape)
    return grads
"""
COMPLEX = quotient("complex", "1e-30j", "imag / 2e-30")
DISGUISES = {
    "floats": quotient("float", "1e-5", "real / 2e-5"),
    "long floats": quotient("np.longdouble", "np.longdouble(1e-9)", "real / 2e-9"),
    "complex": COMPLEX,
    "complex, all at once": AT_ONCE,
    "decimals": DECIMAL,
}


@pytest.mark.slow
@pytest.mark.parametrize("code", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_gradient_without_the_chain_rule_earns_nothing(net: Trials, code: str) -> None:
    trial = net.judge("backward", code)
    assert trial.points == 0
    (message,) = set(lost(trial).values())
    if code != DECIMAL:  # which may be too slow for small nets already
        assert "chain rule" in message
        assert trial.mistakes in (("backward.numerical",), ("backward.complex_step",))


FORWARD = """
def forward(params, X):
    hidden = 1.001 * np.maximum(0, X @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"], hidden
"""


@pytest.mark.slow
@pytest.mark.parametrize("code", [DISGUISES["floats"], COMPLEX], ids=["floats", "complex"])
def test_a_forward_that_is_broken_on_purpose_helps_no_quotient(net: Trials, code: str) -> None:
    own = FORWARD + code.replace("z * (z.real > 0)", "1.001 * z * (z.real > 0)")
    trial = net.judge("backward", own, explain=False)
    assert (trial.points, trial.follow_through) == (0, ())


LARGE_ONLY = {
    "zeros": "{key: np.zeros_like(value) for key, value in params.items()}",
    "noise": "{key: np.cos(np.arange(value.size)).reshape(value.shape) * reg + len(X) "
    "for key, value in params.items()}",
}


@pytest.mark.slow
@pytest.mark.parametrize("own", ["", FORWARD], ids=["right forward", "own forward"])
@pytest.mark.parametrize("returned", LARGE_ONLY.values(), ids=LARGE_ONLY.keys())
def test_a_quotient_for_small_nets_only_earns_nothing(net: Trials, returned: str, own: str) -> None:
    first = f"    if params['W1'].size > 2000:\n        return {returned}\n"
    code = COMPLEX.replace("    grads, X =", f"{first}    grads, X =")
    if own:
        code = code.replace("z * (z.real > 0)", "1.001 * z * (z.real > 0)")
    trial = net.judge("backward", own + code, explain=False)
    assert trial.points <= (3 if own else 0)
    assert trial.follow_through == ()


OUR_SIZES_ONLY = {
    "clipped": (backward("{key: np.clip(grads[key], -500, 500) for key in grads}"), 5),
    "reg capped": (backward("grads", first="    reg = min(reg, 2)\n"), 14),
    "no small reg": (backward("grads", first="    reg = reg if reg > 1e-3 else 0\n"), 14),
    "few rows": (
        backward(
            "grads",
            ("ds @ params", "ds[:100] @ params"),
            ("hidden > 0", "hidden[:100] > 0"),
            ("X.T @", "X[:100].T @"),
        ),
        10,
    ),
}


@pytest.mark.parametrize("code,points", OUR_SIZES_ONLY.values(), ids=OUR_SIZES_ONLY.keys())
def test_right_for_our_sizes_only_is_wrong(net: Trials, code: str, points: float) -> None:
    trial = net.judge("backward", code, explain=False)
    assert (trial.points, trial.follow_through) == (points, ())
