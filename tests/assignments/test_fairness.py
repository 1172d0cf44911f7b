"""`backprop`: the same work earns every student the same, and a quotient is no backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trials

from tests.kit.marks import first_is_fast

STUDENTS = 4

COMPLEX_STEP = """
def slopes(f, *point):
    found = []
    for i in range(len(point)):
        changed = [complex(v) for v in point]
        changed[i] += 1j * STEP
        found.append(f(*changed).imag / STEP)
    return found


def exp(value):
    import cmath
    return cmath.exp(value)


def larger(a, b):
    return a if a.real >= b.real else b
"""
QUOTIENT = """
from decimal import Decimal, getcontext
from fractions import Fraction
getcontext().prec = 60


def slopes(f, *point):
    found = []
    for i in range(len(point)):
        above, below = [[NUMBER(float(v)) for v in point] for _ in range(2)]
        above[i] += NUMBER(STEP)
        below[i] -= NUMBER(STEP)
        found.append(float((f(*above) - f(*below)) / (2 * NUMBER(STEP))))
    return found


def exp(value):
    return value.exp() if isinstance(value, Decimal) else np.exp(value)


larger = max
"""
DISGUISES = {
    **{
        f"complex {step}": COMPLEX_STEP.replace("STEP", step)
        for step in ("1e-8", "1e-30", "1e-100")
    },
    **{
        number: QUOTIENT.replace("STEP", step).replace("NUMBER", number)
        for number, step in (("float", "1e-5"), ("np.longdouble", "1e-6"), ("Decimal", "1e-20"))
    },
}
# Numbers with room for steps that no number of 64 bits has.
LONG = """
H = np.longdouble("1e-1000")


def slopes(f, *point):
    found = []
    for i in range(len(point)):
        changed = [np.clongdouble(float(v)) for v in point]
        changed[i] += np.clongdouble(1j) * H
        found.append(float(f(*changed).imag / H))
    return found


def exp(value):
    return np.exp(value)


def larger(a, b):
    return a if a.real >= b.real else b
"""
NUDGED = {
    "circuit": """
def circuit(x, y, z):
    return ((x + y) * z, *slopes(lambda x, y, z: (x + y) * z, x, y, z))
""",
    "patterns": """
def patterns(x, y, z, w):
    def f(x, y, z, w):
        return 2 * (x * y + larger(z, w))

    return (2 * (x * y + max(z, w)), *slopes(f, x, y, z, w))
""",
    "neuron": """
def neuron(w, x):
    def f(a, b, c, d, e):
        return 1 / (1 + exp(-(a * d + b * e + c)))

    found = np.array(slopes(f, *w, *x))
    return sigmoid(w[0] * x[0] + w[1] * x[1] + w[2]), found[:3], found[3:]
""",
    "staged": """
def staged(x, y):
    def s(value):
        return 1 / (1 + exp(-value))

    f = (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2)
    return (f, *slopes(lambda x, y: (x + s(y)) / (s(x) + (x + y) ** 2), x, y))
""",
    "output_delta": """
def squared_error_delta(y, a):
    if np.ndim(a):
        flat = [squared_error_delta(b, c) for b, c in zip(y.ravel(), a.ravel())]
        return np.array(flat).reshape(a.shape)
    (found,) = slopes(lambda q: loss_of(y, q), np.log(a / (1 - a)))
    return found


def loss_of(y, q):
    return (type(q)(float(y)) - 1 / (1 + exp(-q))) ** 2 / 2


def softmax_delta(p, y):
    def row(scores, label):
        def loss(*scores):
            total = sum(exp(s) for s in scores)
            log = total.ln() if hasattr(total, "ln") else np.log(total)
            return log - scores[label]

        return slopes(loss, *scores)

    return np.array([row(np.log(r), label) for r, label in zip(p, y)]) / len(y)
""",
}
KEPT = {"circuit": 1.0, "patterns": 1.0, "neuron": 3.0, "staged": 2.0, "output_delta": 1.0}

NEURON = """
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dw, dx = f * (1 - f) * np.append(x, 1.0), f * (1 - f) * w[:2]
    return RESULT
"""
STAGED = """
def staged(x, y):
    def s(value):
        return FORMULA

    top, bottom = x + s(y), s(x) + (x + y) ** 2
    back = -top / bottom**2
    dx = 1 / bottom + back * (s(x) * (1 - s(x)) + 2 * (x + y))
    return top / bottom, dx, s(y) * (1 - s(y)) / bottom + back * 2 * (x + y)
"""
STEP = "def sgd_step(w, dw, learning_rate):\n    return "
NONE = "def circuit(x, y, z):\n    return "
WORK = {  # question, code, points: one mistake costs one check, unfinished work scores what it has
    "no dz yet": ("circuit", NONE + "(x + y) * z, z, z\n", 3.0),
    "the value alone": ("circuit", NONE + "(x + y) * z\n", 1.0),
    "a wrong value with right gradients": ("circuit", NONE + "x + y * z, z, z, x + y\n", 3.0),
    "nan where one input is infinite": (
        "circuit",
        NONE + "(x + y) * z, z + 0 * x, z, x + y\n",
        4.0,
    ),
    "lists": ("neuron", NEURON.replace("RESULT", "f, list(dw), list(dx)"), 5.0),
    "columns": ("neuron", NEURON.replace("RESULT", "f, dw[:, None], dx[:, None]"), 5.0),
    "no bias gradient": ("neuron", NEURON.replace("RESULT", "f, dw[:2], dx"), 5.0),
    "no dx yet": ("neuron", NEURON.replace("RESULT", "f, dw"), 4.0),
    "single precision": (
        "neuron",
        NEURON.replace("RESULT", "f, dw.astype(np.float32), dx.astype(np.float32)"),
        6.0,
    ),
    "a sigmoid by tanh": ("staged", STAGED.replace("FORMULA", "(1 + np.tanh(value / 2)) / 2"), 6.0),
    "a clipped sigmoid": (
        "staged",
        STAGED.replace("FORMULA", "1 / (1 + np.exp(-np.clip(value, -500, 500)))"),
        6.0,
    ),
    "single precision steps": (
        "sgd_step",
        STEP + "np.float32(w) - learning_rate * np.float32(dw)\n",
        4.0,
    ),
    "a list of rows": ("sgd_step", STEP + "[a - learning_rate * b for a, b in zip(w, dw)]\n", 2.0),
    "one number instead of a gradient, x as it was": (
        "numerical_gradient",
        "def numerical_gradient(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)\n",
        0.5,
    ),
    "nothing: one more": ("sgd_step", STEP + "w + 1\n", 0.0),
    "nothing: the gradient": ("sgd_step", STEP + "dw.copy()\n", 0.0),
    "nothing: noise": ("sgd_step", STEP + "np.random.random(w.shape)\n", 0.0),
    "nothing: zeros": ("circuit", NONE + "0.0, 0.0, 0.0, 0.0\n", 0.0),
    "nothing: ones": ("neuron", "def neuron(w, x):\n    return 0.5, np.ones(3), np.ones(2)\n", 0.0),
    "nothing: copies": ("neuron", "def neuron(w, x):\n    return 0.5, w.copy(), x.copy()\n", 0.0),
    "nothing: p": (
        "output_delta",
        "def squared_error_delta(y, a):\n    return y - a\n\n\n"
        "def softmax_delta(p, y):\n    return p.copy()\n",
        0.0,
    ),
    "nothing: a flat gradient": (
        "numerical_gradient",
        "def numerical_gradient(f, x, h=1e-5):\n    return np.ones(x.shape)\n",
        0.0,
    ),
}


@pytest.fixture(scope="module")
def bench() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("backprop", Path(folder))


@pytest.mark.parametrize("question", first_is_fast(NUDGED))
@pytest.mark.parametrize("disguise", first_is_fast(DISGUISES))
def test_a_nudge_in_any_number_loses_all_gradients(
    bench: Trials, disguise: str, question: str
) -> None:
    code = DISGUISES[disguise] + NUDGED[question]
    trials = [
        bench.judge(question, code, seed=f"student {n}", explain=False) for n in range(STUDENTS)
    ]
    assert {trial.points for trial in trials} == {KEPT[question]}


@pytest.mark.parametrize("question", KEPT)
def test_a_nudge_in_long_numbers_loses_all_gradients_too(bench: Trials, question: str) -> None:
    assert bench.judge(question, LONG + NUDGED[question], explain=False).points == KEPT[question]


def test_a_nudge_in_long_numbers_does_not_hide_in_single_precision(bench: Trials) -> None:
    single = NUDGED["neuron"].replace("slopes(f, *w, *x))", "slopes(f, *w, *x), np.float32)")
    code = LONG + single
    assert bench.judge("neuron", code, explain=False).points == KEPT["neuron"]


SINGLE_NEURON = """
def neuron(w, x):
    w, x = np.float32(w), np.float32(x)
    f = 1 / (1 + np.exp(-(SUM)))
    return f, f * (1 - f) * np.append(x, np.float32(1)), f * (1 - f) * w[:2]
"""
SUMS = ("w[0] * x[0] + w[1] * x[1] + w[2]", "w[:2] @ x + w[2]", "w @ np.append(x, np.float32(1))")


@pytest.mark.parametrize("total", SUMS)
@pytest.mark.parametrize("kind", ["np.float32", "np.float64"])
def test_a_neuron_in_either_precision_keeps_its_points_in_any_order(
    bench: Trials, kind: str, total: str
) -> None:
    code = SINGLE_NEURON.replace("np.float32", kind).replace("SUM", total)
    trials = [
        bench.judge("neuron", code, seed=f"student {n}", explain=False) for n in range(STUDENTS)
    ]
    assert {trial.points for trial in trials} == {6.0}


@pytest.mark.parametrize("question", ["circuit", "neuron", "staged", "output_delta"])
def test_the_message_names_the_difference_quotient(bench: Trials, question: str) -> None:
    code = DISGUISES["complex 1e-30"] + NUDGED[question]
    messages = [c.message for c in bench.judge(question, code).checks if not c.passed]
    assert all("difference quotient" in message for message in messages)


@pytest.mark.parametrize("name", first_is_fast(WORK))
def test_work_earns_what_it_has_for_every_student(bench: Trials, name: str) -> None:
    question, code, points = WORK[name]
    trials = [
        bench.judge(question, code, seed=f"student {n}", explain=False) for n in range(STUDENTS)
    ]
    assert {trial.points for trial in trials} == {points}


@pytest.mark.slow
@pytest.mark.parametrize("question", KEPT)
def test_all_known_work_loses_the_same_checks_for_every_student(
    bench: Trials, question: str
) -> None:
    known = [(m.id, m.question, m.code) for m in bench.catalogue.mistakes]
    known += [(a.id, a.question, a.code) for a in bench.catalogue.alternatives]
    for name, of, code in known:
        if of == question:
            trials = [
                bench.judge(question, code, seed=f"student {n}", explain=False) for n in range(2)
            ]
            lost = {tuple(c.name for c in t.checks if not c.passed) for t in trials}
            assert len(lost) == 1, name
