"""Small inputs of `layers`: a student sees the smallest on which a step goes wrong.

Whole numbers, since they are typed in by hand. An x of a ReLU is never 0: there, more than one
gradient is right.
"""

import numpy as np

from grader.judge.small_inputs import Formula, SmallInputs

NUMBERS = (1.0, -1.0, 2.0, -2.0, 3.0)
SIZES = ((1, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 1), (2, 2, 1), (2, 1, 2), (2, 2, 3))  # N, D, M
SHAPES = ((1,), (2,), (1, 2), (2, 1), (2, 2))
LAYERS = (
    *("affine_forward", "affine_backward", "relu_forward", "relu_backward"),
    "softmax_cross_entropy",
)
FORMULAS = [
    Formula(f"lambda x: {text}") for text in ("np.sum(x ** 2)", "np.sum(x ** 3)", "np.sum(x) ** 2")
]


def arrays(count, tries=8, numbers=NUMBERS):
    """Arrays of the same shape, `count` at a time, always the same."""
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        for _ in range(tries):
            yield tuple(rng.choice(numbers, shape) for _ in range(count))


def error_calls(reference):
    for a, b in arrays(2, numbers=(0.0, *NUMBERS)):
        yield a, b
        yield a, a + 1
        yield a, 0 * b
        yield 0 * a, b


def layer_calls(reference):
    """dout, X, W and b."""
    rng = np.random.default_rng(0)
    for N, D, M in SIZES:
        for _ in range(10):
            yield tuple(rng.choice(NUMBERS, shape) for shape in ((N, M), (N, D), (D, M), (M,)))
    for dout, X, W, b in list(layer_calls_of_two_rows(rng)):
        yield 100 * dout, X, W, b


def layer_calls_of_two_rows(rng):
    for _ in range(4):
        yield tuple(rng.choice(NUMBERS, shape) for shape in ((2, 2), (2, 1), (1, 2), (2,)))


def output_calls(reference):
    return (call[1:] for call in layer_calls(reference))


def relu_calls(reference):
    yield from arrays(2)
    yield from ((dout, 10 * x) for dout, x in arrays(2, 2))


def relu_output_calls(reference):
    return ((x,) for _, x in relu_calls(reference))


def batch_calls(reference):
    """Scores and labels; also rows far apart, and a wrong class far ahead."""
    rng = np.random.default_rng(0)
    for N, C in ((1, 1), (1, 2), (2, 2), (1, 3), (3, 2), (2, 3)):
        for _ in range(8):
            scores = rng.choice((0.0, *NUMBERS), (N, C))
            yield scores, rng.integers(C, size=N)
        yield 1000 * scores, rng.integers(C, size=N)
        yield scores + 1000 * np.arange(1, N + 1)[:, np.newaxis], rng.integers(C, size=N)


def net_calls(reference):
    """X, y, W1, b1, W2, b2; no hidden unit is at the kink of its ReLU."""
    rng = np.random.default_rng(0)
    for N, D, H, C in ((1, 1, 1, 2), (2, 1, 1, 2), (1, 1, 2, 2), (2, 2, 1, 2), (2, 2, 2, 3)):
        for _ in range(16):
            X, W1, b1, W2, b2 = (
                rng.choice(NUMBERS, shape) for shape in ((N, D), (D, H), (H,), (H, C), (C,))
            )
            if (X @ W1 + b1 != 0).all():
                yield X, rng.integers(C, size=N), W1, b1, W2, b2


def check_calls(reference):
    """f, x, a claimed gradient, and sometimes h; no claim is so near that rounding shows."""
    for f in FORMULAS:
        for x, gradient in arrays(2, 4):
            yield f, x, 10 * gradient
            yield f, x, 10 * gradient + 1, 0.5


SMALL_INPUTS = [
    SmallInputs("relative_error", "relative_error", error_calls, ("error",)),
    SmallInputs("affine", "affine_output", output_calls, ("out",)),
    SmallInputs("affine", "affine_gradients", layer_calls, ("dX", "dW", "db")),
    SmallInputs("relu", "relu_output", relu_output_calls, ("out",)),
    SmallInputs("relu", "relu_gradient", relu_calls, ("dx",)),
    SmallInputs("softmax_cross_entropy", "softmax_cross_entropy", batch_calls, ("loss", "dscores")),
    SmallInputs("two_layers", "two_layers", net_calls, ("loss", "grads"), LAYERS),
    SmallInputs("gradient_check", "gradient_check", check_calls, ("error",), ("relative_error",)),
]
