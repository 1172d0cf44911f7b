"""Small inputs of `backprop`: a student sees the smallest on which a step goes wrong.

Whole numbers where that is possible, since they are typed in by hand. Ties of a max gate are left
out: more than one result is right there.
"""

from itertools import product

import numpy as np

from grader.judge.small_inputs import Formula, SmallInputs

NUMBERS = (1.0, -1.0, 2.0, -2.0, 3.0)
SHARES = (0.5, 0.25, 0.75)
SHAPES = ((1,), (2,), (1, 2), (2, 1), (2, 2), (2, 3))
GATES = ("add_backward", "multiply_backward", "max_backward", "sigmoid", "sigmoid_backward")
FORMULAS = [
    Formula(f"lambda x: {text}") for text in ("np.sum(x ** 2)", "np.sum(x ** 3)", "np.sum(x) ** 2")
]


def arrays(count, tries=6, numbers=NUMBERS):
    """Arrays of the same shape, `count` at a time, always the same."""
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        for _ in range(tries):
            yield tuple(rng.choice(numbers, shape) for _ in range(count))


def slope_calls(reference):
    for f in FORMULAS:
        for (x,) in arrays(1):
            yield f, x
            yield f, (10 * x).astype(int)  # other numbers: of two equal calls, one would be left
            yield f, x, 0.5


def gate_calls(reference):
    yield from product(NUMBERS[:4], repeat=3)
    yield from arrays(3)
    yield from ((100 * dout, 100 * x, y) for dout, x, y in arrays(3, 2))


def max_calls(reference):
    return (call for call in gate_calls(reference) if np.all(call[1] != call[2]))


def sigmoid_calls(reference):
    yield from ((x,) for x in (0.0, *NUMBERS, 10.0, -10.0, 1000.0, -1000.0))
    for (x,) in arrays(1):
        yield (x,)
        yield (1000 * x,)


def sigmoid_backward_calls(reference):
    yield from product(NUMBERS, SHARES)
    for (dout,), (s,) in zip(arrays(1, 3), arrays(1, 3, SHARES), strict=True):
        yield dout, s


def circuit_calls(reference):
    yield from product(NUMBERS, repeat=3)


def patterns_calls(reference):
    return (call for call in product(NUMBERS[:4], repeat=4) if call[2] != call[3])


def neuron_calls(reference):
    rng = np.random.default_rng(0)
    for _ in range(60):
        yield rng.choice((0.0, *NUMBERS), 3), rng.choice((0.0, *NUMBERS), 2)


def staged_calls(reference):
    """Sizes that tell x, y, x + y and its square apart."""
    for x, y in product(NUMBERS, repeat=2):
        if abs(x) != abs(y) and abs(x + y) != 1:
            yield x, y


def squared_error_calls(reference):
    yield from product((0.0, 1.0), SHARES)
    for (y,), (a,) in zip(arrays(1, 3, (0.0, 1.0)), arrays(1, 3, SHARES), strict=True):
        yield y, a


def softmax_delta_calls(reference):
    rng = np.random.default_rng(0)
    rows = {1: [[1.0]], 2: [[0.5, 0.5], [0.25, 0.75]], 3: [[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]]}
    for N, C in product((1, 2, 3, 4), rows):
        for _ in range(6):
            yield rng.choice(rows[C], N), rng.integers(C, size=N)


def step_calls(reference):
    for w, dw in arrays(2):
        yield w, dw, 1.0
        yield w, dw, 0.5
        yield w, 100 * dw, 0.5


SMALL_INPUTS = [
    SmallInputs("numerical_gradient", "numerical_gradient", slope_calls, ("gradient",)),
    SmallInputs("gates", "add_backward", gate_calls, ("dx", "dy")),
    SmallInputs("gates", "multiply_backward", gate_calls, ("dx", "dy")),
    SmallInputs("gates", "max_backward", max_calls, ("dx", "dy")),
    SmallInputs("gates", "sigmoid", sigmoid_calls, ("s",)),
    SmallInputs("gates", "sigmoid_backward", sigmoid_backward_calls, ("dx",)),
    SmallInputs("circuit", "circuit", circuit_calls, ("f", "dx", "dy", "dz"), GATES),
    SmallInputs("patterns", "patterns", patterns_calls, ("f", "dx", "dy", "dz", "dw"), GATES),
    SmallInputs("neuron", "neuron", neuron_calls, ("f", "dw", "dx"), GATES),
    SmallInputs("staged", "staged", staged_calls, ("f", "dx", "dy"), GATES),
    SmallInputs("output_delta", "squared_error_delta", squared_error_calls, ("delta",)),
    SmallInputs("output_delta", "softmax_delta", softmax_delta_calls, ("delta",)),
    SmallInputs("sgd_step", "sgd_step", step_calls, ("new_w",)),
]
