"""What goes wrong in `backprop`, and what merely looks different.

Each entry replaces the functions of the same name in the solution cell. Of several mistakes that
explain the same numbers, the first one listed is named. The hints are in messages.yml.
"""

import numpy as np

from grader.judge.catalogue import Alternative, Mistake


def _moves_at_one_rate(requests):
    """A rule: the step is the gradient times one number, whatever the learning rate."""
    calls = [call for request in requests for call in request.calls]
    steps = [((w - call.value) / dw).ravel() for call in calls for w, dw in [call.arguments[:2]]]
    rates = np.concatenate(steps)
    is_one = np.allclose(rates, rates[0], rtol=1e-5, atol=0) and not np.isclose(rates[0], 1)
    return rates[0] > 0 and is_one and len({call.arguments[2] for call in calls}) >= 3


def _is_cut_off(requests):
    """A rule: no entry of a gradient moves its weight by more than some number does."""
    calls = [call for request in requests for call in request.calls]
    steps = np.concatenate([np.ravel(c.arguments[0] - c.value) / c.arguments[2] for c in calls])
    grads = np.concatenate([np.ravel(call.arguments[1]) for call in calls])
    bound = np.abs(steps).max()
    is_cut = np.abs(grads) > 1.001 * bound
    return (
        bound > 0
        and is_cut.sum() >= 3
        and np.allclose(steps, np.clip(grads, -bound, bound), rtol=1e-5)
    )


def _is_single(requests):
    """A rule: numbers in single precision, where half of the digits of a difference are lost."""
    values = [call.value for request in requests for call in request.calls if not call.error]
    return len(values) >= 3 and all(value.dtype == np.float32 for value in values)


MISTAKES = [
    Mistake(
        id="numerical_gradient.forward_only",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        below = f(point)
        point[index] = original + h
        above = f(point)
        point[index] = original
        gradient[index] = (above - below) / h
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.divides_by_h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / h
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.sign",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (below - above) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.sum_of_both",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (f(x + step) + f(x - step)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.fixed_h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + 1e-5
        above = f(point)
        point[index] = original - 1e-5
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / 2e-5
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.large_h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-2):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.not_restored",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        original = x[index]
        x[index] = original + h
        above = f(x)
        x[index] = original - h
        below = f(x)
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.integers_cut",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        original = x[index]
        x[index] = original + h
        above = f(x)
        x[index] = original - h
        below = f(x)
        x[index] = original
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.integer_gradient",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.all_at_once",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h) * np.ones_like(x)
""",
    ),
    Mistake(
        id="numerical_gradient.flat",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = []
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient.append((f(x + step) - f(x - step)) / (2 * h))
    return np.array(gradient)
""",
    ),
    Mistake(
        id="numerical_gradient.aliased",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right = left = np.array(x, dtype=float)
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.backward_only",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        here = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (here - below) / h
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.one_sided_by_2h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original
        below = f(point)
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.times_h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / 2 * h
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.whole_rows",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for row in range(len(x)):
        right, left = np.array(x, dtype=float), np.array(x, dtype=float)
        right[row] += h
        left[row] -= h
        gradient[row] = (f(right) - f(left)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.left_below",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.left_below_in_place",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.relative_step",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] *= 1 + h
        below[index] *= 1 - h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.first_entry_only",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * h)
        return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.single_precision",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=np.float32)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
        rule=_is_single,
    ),
    Mistake(
        id="numerical_gradient.fixed_at_a_thousandth",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient, h = np.zeros(x.shape), 1e-3
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.relative_step_by_itself",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        step = h * original
        point[index] = original + step
        above = f(point)
        point[index] = original - step
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.step_grows_with_x",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        step = h * max(1, abs(original))
        point[index] = original + step
        above = f(point)
        point[index] = original - step
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.step_grows_from_h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        step = h * (1 + abs(original))
        point[index] = original + step
        above = f(point)
        point[index] = original - step
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.half_step",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h / 2
        above = f(point)
        point[index] = original - h / 2
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / h
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.half_step_by_2h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h / 2
        above = f(point)
        point[index] = original - h / 2
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.double_step_by_2h",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + 2 * h
        above = f(point)
        point[index] = original - 2 * h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.double_step",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + 2 * h
        above = f(point)
        point[index] = original - 2 * h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / (4 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.no_brackets_on_top",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = above - below / (2 * h)
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.second_derivative",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - 2 * f(point) + below) / h**2
    return gradient
""",
    ),
    Mistake(
        id="numerical_gradient.by_h_squared",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        original = point[index]
        point[index] = original + h
        above = f(point)
        point[index] = original - h
        below = f(point)
        point[index] = original
        gradient[index] = (above - below) / h**2
    return gradient
""",
    ),
    Mistake(
        id="gates.add_halves",
        question="gates",
        code="""
def add_backward(dout, x, y):
    return dout / 2 * np.ones_like(x), dout / 2 * np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.add_ignores_upstream",
        question="gates",
        code="""
def add_backward(dout, x, y):
    return np.ones_like(x), np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.multiply_not_switched",
        question="gates",
        code="""
def multiply_backward(dout, x, y):
    return dout * x, dout * y
""",
    ),
    Mistake(
        id="gates.multiply_ignores_upstream",
        question="gates",
        code="""
def multiply_backward(dout, x, y):
    return y + 0 * dout, x + 0 * dout
""",
    ),
    Mistake(
        id="gates.max_to_both",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return dout * np.ones_like(x), dout * np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.max_reversed",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return dout * np.less(x, y), dout * np.greater_equal(x, y)
""",
    ),
    Mistake(
        id="gates.max_numbers_only",
        question="gates",
        code="""
def max_backward(dout, x, y):
    if x > y:
        return dout, 0.0
    return 0.0, dout
""",
    ),
    Mistake(
        id="gates.max_tie_to_both",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return dout * np.greater_equal(x, y), dout * np.greater_equal(y, x)
""",
    ),
    Mistake(
        id="gates.max_tie_to_none",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return dout * np.greater(x, y), dout * np.greater(y, x)
""",
    ),
    Mistake(
        id="gates.max_passes_values",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return x * np.greater_equal(x, y), y * np.less(x, y)
""",
    ),
    Mistake(
        id="gates.sigmoid_sign",
        question="gates",
        code="""
def sigmoid(x):
    return 1 / (1 + np.exp(x))
""",
    ),
    Mistake(
        id="gates.sigmoid_overflows",
        question="gates",
        code="""
def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))
""",
    ),
    Mistake(
        id="gates.sigmoid_numbers_only",
        question="gates",
        code="""
def sigmoid(x):
    import math
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
""",
    ),
    Mistake(
        id="gates.sigmoid_is_tanh",
        question="gates",
        code="""
def sigmoid(x):
    return np.tanh(x)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_twice",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    t = 1 / (1 + np.exp(-s))
    return dout * t * (1 - t)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_plus",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    return dout * s * (1 + s)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_no_upstream",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    return s * (1 - s) + 0 * dout
""",
    ),
    Mistake(
        id="gates.max_ignores_upstream",
        question="gates",
        code="""
def max_backward(dout, x, y):
    x_wins = np.greater_equal(x, y)
    return 1.0 * x_wins, 1.0 * ~x_wins
""",
    ),
    Mistake(
        id="gates.add_like_multiply",
        question="gates",
        code="""
def add_backward(dout, x, y):
    return dout * x, dout * y
""",
    ),
    Mistake(
        id="gates.add_switched",
        question="gates",
        code="""
def add_backward(dout, x, y):
    return dout * y, dout * x
""",
    ),
    Mistake(
        id="gates.multiply_gradient_last",
        question="gates",
        code="""
def multiply_backward(x, y, dout):
    return dout * y, dout * x
""",
    ),
    Mistake(
        id="gates.multiply_by_the_product",
        question="gates",
        code="""
def multiply_backward(dout, x, y):
    return dout * x * y, dout * x * y
""",
    ),
    Mistake(
        id="gates.max_of_the_whole",
        question="gates",
        code="""
def max_backward(dout, x, y):
    if np.sum(x) > np.sum(y):
        return dout, 0.0 * dout
    return 0.0 * dout, dout
""",
    ),
    Mistake(
        id="gates.sigmoid_narrow",
        question="gates",
        code="""
def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -10, 10)))
""",
    ),
    Mistake(
        id="gates.sigmoid_minus",
        question="gates",
        code="""
def sigmoid(x):
    return 1 / (1 - np.exp(-x))
""",
    ),
    Mistake(
        id="gates.sigmoid_without_brackets",
        question="gates",
        code="""
def sigmoid(x):
    return 1 / 1 + np.exp(-x)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_gradient_last",
        question="gates",
        code="""
def sigmoid_backward(s, dout):
    return dout * s * (1 - s)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_of_tanh",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    return dout * (1 - s**2)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_half",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    return dout * (1 - s)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_without_brackets",
        question="gates",
        code="""
def sigmoid_backward(dout, s):
    return dout * s * 1 - s
""",
    ),
    Mistake(
        id="gates.max_by_size",
        question="gates",
        code="""
def max_backward(dout, x, y):
    x_wins = np.abs(x) >= np.abs(y)
    return dout * x_wins, dout * ~x_wins
""",
    ),
    Mistake(
        id="circuit.sum_swallows",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, q, q, q
""",
    ),
    Mistake(
        id="circuit.switched",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, q, q, z
""",
    ),
    Mistake(
        id="circuit.ones",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, 1.0, 1.0, q
""",
    ),
    Mistake(
        id="circuit.product_of_all",
        question="circuit",
        code="""
def circuit(x, y, z):
    return x * y * z, y * z, x * z, x * y
""",
    ),
    Mistake(
        id="circuit.numerical",
        question="circuit",
        code="""
def circuit(x, y, z):
    def f(point):
        return float((point[0] + point[1]) * point[2])

    dx, dy, dz = numerical_gradient(f, np.array([x, y, z]))
    return (x + y) * z, dx, dy, dz
""",
    ),
    Mistake(
        id="circuit.complex_step",
        question="circuit",
        code="""
def circuit(x, y, z):
    def slopes(f, *point):
        steps = 1e-30j * np.eye(len(point))
        return [f(*(np.array(point) + step)).imag / 1e-30 for step in steps]

    return ((x + y) * z, *slopes(lambda x, y, z: (x + y) * z, x, y, z))
""",
    ),
    Mistake(
        id="circuit.exact_quotient",
        question="circuit",
        code="""
def circuit(x, y, z):
    from fractions import Fraction

    def f(point):
        return (point[0] + point[1]) * point[2]

    slopes = []
    for i in range(3):
        above, below = [[Fraction(float(v)) for v in (x, y, z)] for _ in range(2)]
        above[i] += 1
        below[i] -= 1
        slopes.append(float((f(above) - f(below)) / 2))
    return ((x + y) * z, *slopes)
""",
    ),
    Mistake(
        id="circuit.starts_with_f",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    f = q * z
    return f, f * z, f * z, f * q
""",
    ),
    Mistake(
        id="circuit.no_brackets",
        question="circuit",
        code="""
def circuit(x, y, z):
    return x + y * z, 1.0, z, y
""",
    ),
    Mistake(
        id="circuit.results_reversed",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, q, z, z
""",
    ),
    Mistake(
        id="circuit.value_last",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return z, z, q, q * z
""",
    ),
    Mistake(
        id="circuit.own_values",
        question="circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, x * z, y * z, q
""",
    ),
    Mistake(
        id="patterns.no_factor",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), y, x, 1.0 * z_wins, 1.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.max_to_both",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0, 2.0
""",
    ),
    Mistake(
        id="patterns.max_reversed",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0 * (not z_wins), 2.0 * z_wins
""",
    ),
    Mistake(
        id="patterns.always_z",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0, 0.0
""",
    ),
    Mistake(
        id="patterns.not_switched",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * x, 2 * y, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.numerical",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    def f(point):
        return float(2 * (point[0] * point[1] + max(point[2], point[3])))

    dx, dy, dz, dw = numerical_gradient(f, np.array([x, y, z, w]))
    return 2 * (x * y + max(z, w)), dx, dy, dz, dw
""",
    ),
    Mistake(
        id="patterns.complex_step",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    def slopes(f, *point):
        steps = 1e-30j * np.eye(len(point))
        return [f(*(np.array(point) + step)).imag / 1e-30 for step in steps]

    return (
        2 * (x * y + max(z, w)),
        *slopes(lambda x, y, z, w: 2 * (x * y + np.maximum(z, w)), x, y, z, w),
    )
""",
    ),
    Mistake(
        id="patterns.two_on_the_product_only",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * x * y + max(z, w), 2 * y, 2 * x, 1.0 * z_wins, 1.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.factor_twice",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 4 * y, 4 * x, 4.0 * z_wins, 4.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.max_passes_values",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2 * z * z_wins, 2 * w * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.minimum",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z < w
    return 2 * (x * y + min(z, w)), 2 * y, 2 * x, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.starts_with_f",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    f = 2 * (x * y + max(z, w))
    return f, 2 * f * y, 2 * f * x, 2 * f * (z > w), 2 * f * (z <= w)
""",
    ),
    Mistake(
        id="patterns.max_by_size",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = abs(z) >= abs(w)
    f = 2.0 * (x * y + (z if z_wins else w))
    return f, 2.0 * y, 2.0 * x, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Mistake(
        id="neuron.no_sigmoid_slope",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = 1.0
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.only_f",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.slope_sign",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (f - 1)
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.bias_gradient_one",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    dw = np.array([dq * x[0], dq * x[1], 1.0])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.bias_gradient_missing",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, dq * x, dq * w[:2]
""",
    ),
    Mistake(
        id="neuron.bias_gradient_zero",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, np.array([dq * x[0], dq * x[1], 0.0]), dq * w[:2]
""",
    ),
    Mistake(
        id="neuron.bias_times_weight",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    dw = np.array([dq * x[0], dq * x[1], dq * w[2]])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.not_switched",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    dw = np.array([dq * w[0], dq * w[1], dq])
    dx = np.array([dq * x[0], dq * x[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.dx_in_reverse",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[1], dq * w[0]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.rounded",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = round(float(f * (1 - f)), 2)
    return f, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * w[0], dq * w[1]])
""",
    ),
    Mistake(
        id="neuron.no_bias",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1])
    dq = f * (1 - f)
    return f, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * w[0], dq * w[1]])
""",
    ),
    Mistake(
        id="neuron.changes_w",
        question="neuron",
        code="""
def neuron(w, x):
    w[:2] *= x
    f = sigmoid(w[0] + w[1] + w[2])
    dq = f * (1 - f)
    return f, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * w[0] / x[0], dq * w[1] / x[1]])
""",
    ),
    Mistake(
        id="neuron.lists",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, [dq * x[0], dq * x[1], dq], [dq * w[0], dq * w[1]]
""",
    ),
    Mistake(
        id="neuron.numerical",
        question="neuron",
        code="""
def neuron(w, x):
    def f(w, x):
        return float(sigmoid(w[0] * x[0] + w[1] * x[1] + w[2]))

    dw = numerical_gradient(lambda weights: f(weights, x), w)
    dx = numerical_gradient(lambda inputs: f(w, inputs), x)
    return f(w, x), dw, dx
""",
    ),
    Mistake(
        id="neuron.complex_step",
        question="neuron",
        code="""
def neuron(w, x):
    def f(p):
        return 1 / (1 + np.exp(-(p[0] * p[3] + p[1] * p[4] + p[2])))

    point = np.append(w, x)
    slopes = np.array([f(point + step).imag / 1e-30 for step in 1e-30j * np.eye(5)])
    return f(point), slopes[:3], slopes[3:]
""",
    ),
    Mistake(
        id="neuron.slope_of_q",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[0] * x[0] + w[1] * x[1] + w[2]
    f = sigmoid(q)
    dq = q * (1 - q)
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.starts_with_f",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * f * (1 - f)
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.slope_of_tanh",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = 1 - f**2
    dw = np.array([dq * x[0], dq * x[1], dq])
    dx = np.array([dq * w[0], dq * w[1]])
    return f, dw, dx
""",
    ),
    Mistake(
        id="neuron.no_sigmoid",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[0] * x[0] + w[1] * x[1] + w[2]
    return q, np.array([x[0], x[1], 1.0]), np.array([w[0], w[1]])
""",
    ),
    Mistake(
        id="neuron.bias_first",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] + w[1] * x[0] + w[2] * x[1])
    dq = f * (1 - f)
    return f, np.array([dq, dq * x[0], dq * x[1]]), np.array([dq * w[1], dq * w[2]])
""",
    ),
    Mistake(
        id="neuron.dx_of_the_bias",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, np.array([dq * x[0], dq * x[1], dq]), dq * w
""",
    ),
    Mistake(
        id="neuron.results_swapped",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, np.array([dq * w[0], dq * w[1]]), np.array([dq * x[0], dq * x[1], dq])
""",
    ),
    Mistake(
        id="neuron.changes_x",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    dw = np.array([dq * x[0], dq * x[1], dq])
    x[:] = dq * w[:2]
    return f, dw, x.copy()
""",
    ),
    Mistake(
        id="neuron.dx_of_the_next_weight",
        question="neuron",
        code="""
def neuron(w, x):
    f = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    dq = f * (1 - f)
    return f, dq * np.array([x[0], x[1], 1.0]), dq * w[1:]
""",
    ),
    Mistake(
        id="neuron.returns_q",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[0] * x[0] + w[1] * x[1] + w[2]
    f = sigmoid(q)
    dq = sigmoid_backward(1.0, f)
    return q, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * w[0], dq * w[1]])
""",
    ),
    Mistake(
        id="neuron.inputs_by_inputs",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[0] * x[0] + w[1] * x[1] + w[2]
    f = sigmoid(q)
    dq = sigmoid_backward(1.0, f)
    return f, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * x[0], dq * x[1]])
""",
    ),
    Mistake(
        id="neuron.one_weight_for_both",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[0] * x[0] + w[1] * x[1] + w[2]
    f = sigmoid(q)
    dq = sigmoid_backward(1.0, f)
    return f, np.array([dq * x[0], dq * x[1], dq]), np.array([dq * w[0], dq * w[0]])
""",
    ),
    Mistake(
        id="staged.overwrites_x",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dtotal
    dx = ddenominator * sx * (1 - sx)
    dx = dnumerator
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.overwrites_y",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy)
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.overwrites_both",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator
    dy = dnumerator * sy * (1 - sy)
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.forgets_square",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx)
    dy = dnumerator * sy * (1 - sy)
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.denominator_sign",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.denominator_not_squared",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.square_without_two",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.sigmoid_slope_missing",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator + dtotal
    dy = dnumerator + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.forgets_numerator",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.numerical",
        question="staged",
        code="""
def staged(x, y):
    def f(point):
        x, y = point
        return float((x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2))

    dx, dy = numerical_gradient(f, np.array([x, y]))
    return f((x, y)), dx, dy
""",
    ),
    Mistake(
        id="staged.slope_of_the_input",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * x * (1 - x) + dtotal
    dy = dnumerator * y * (1 - y) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.denominator_without_numerator",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -1 / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.forgets_sigmoid_of_x",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.forgets_sigmoid_of_y",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.squares_apart",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    numerator, denominator = x + sy, sx + x**2 + y**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dx = dnumerator + ddenominator * (sx * (1 - sx) + 2 * x)
    dy = dnumerator * sy * (1 - sy) + ddenominator * 2 * y
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.results_swapped",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dy, dx
""",
    ),
    Mistake(
        id="staged.square_twice",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + 2 * dtotal
    dy = dnumerator * sy * (1 - sy) + 2 * dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.no_square",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.sigmoids_swapped",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sx, sy + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator * (1 + sx * (1 - sx)) + dtotal
    dy = ddenominator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.square_split",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dx = dnumerator + ddenominator * sx * (1 - sx) + ddenominator * 2 * x
    dy = dnumerator * sy * (1 - sy) + ddenominator * 2 * y
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.numerator_slope_one",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1.0
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.numerator_slope_denominator",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.square_taken_off_in_x",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) - dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.square_taken_off_in_y",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) - dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.square_for_its_slope",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * total**2
    dy = dnum * sig_y * (1 - sig_y) + dden * total**2
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.slope_of_the_other_sigmoid_in_x",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_y * (1 - sig_y) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.slope_of_the_other_sigmoid_in_y",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_x * (1 - sig_x) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.slope_with_plus",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 + sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.no_sigmoid_in_the_numerator",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.numerator_without_sigmoid_at_all",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.sigmoid_sign",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(-y)
    num = x + sig_y
    sig_x = sigmoid(-x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.sigmoid_sign_of_y",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(-y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.value_without_brackets",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = x + sig_y / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum * sig_y * (1 - sig_y) + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="staged.slope_of_y_missing",
        question="staged",
        code="""
def staged(x, y):
    sig_y = sigmoid(y)
    num = x + sig_y
    sig_x = sigmoid(x)
    total = x + y
    den = sig_x + total**2
    f = num / den
    dnum = 1 / den
    dden = -num / den**2
    dx = dnum + dden * sig_x * (1 - sig_x) + dden * 2 * total
    dy = dnum + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        id="output_delta.squared_error_sign",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return (y - a) * a * (1 - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_no_slope",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return -(y - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_doubled",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return -2 * (y - a) * a * (1 - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_averaged",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return np.mean(-(y - a) * a * (1 - a))
""",
    ),
    Mistake(
        id="output_delta.no_mean",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y] -= 1
    return delta
""",
    ),
    Mistake(
        id="output_delta.mean_twice",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p / len(y)
    delta[np.arange(len(y)), y] -= 1 / len(y)
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.label_after_mean",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p / len(y)
    delta[np.arange(len(y)), y] -= 1
    return delta
""",
    ),
    Mistake(
        id="output_delta.mean_over_classes",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y] -= 1
    return delta / p.shape[1]
""",
    ),
    Mistake(
        id="output_delta.labels_ignored",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    return p / len(y)
""",
    ),
    Mistake(
        id="output_delta.sign",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    return (np.eye(p.shape[1])[y] - p) / len(y)
""",
    ),
    Mistake(
        id="output_delta.whole_columns",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[:, y] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.only_labels",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = np.zeros_like(p)
    rows = np.arange(len(y))
    delta[rows, y] = p[rows, y] - 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.in_place",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
    ),
    Mistake(
        id="output_delta.squared_error_sigmoid_again",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    s = 1 / (1 + np.exp(-a))
    return -(y - a) * s * (1 - s)
""",
    ),
    Mistake(
        id="output_delta.squared_error_loss",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return 0.5 * (y - a) ** 2
""",
    ),
    Mistake(
        id="output_delta.complex_step",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    q = np.log(a / (1 - a)) + 1e-30j
    return np.imag(0.5 * (y - 1 / (1 + np.exp(-q))) ** 2) / 1e-30
""",
    ),
    Mistake(
        id="output_delta.mean_over_entries",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y] -= 1
    return delta / p.size
""",
    ),
    Mistake(
        id="output_delta.label_numbers",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    return (p - y[:, np.newaxis]) / len(y)
""",
    ),
    Mistake(
        id="output_delta.rows_by_label",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[y] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.extra_slope",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y] -= 1
    return delta * p * (1 - p) / len(y)
""",
    ),
    Mistake(
        id="output_delta.gradient_of_p",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    return -np.eye(p.shape[1])[y] / p / len(y)
""",
    ),
    Mistake(
        id="output_delta.classes_seen",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    return (p - np.eye(y.max() + 1)[y]) / len(y)
""",
    ),
    Mistake(
        id="output_delta.predicted_class",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), p.argmax(axis=1)] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.softmax_again",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.list",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y] -= 1
    return (delta / len(y)).tolist()
""",
    ),
    Mistake(
        id="output_delta.slope_of_the_target",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return -(y - a) * y * (1 - y)
""",
    ),
    Mistake(
        id="output_delta.sum_for_difference",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return (-y - a) * a * (1 - a)
""",
    ),
    Mistake(
        id="output_delta.labels_from_one",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), y - 1] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        id="output_delta.squared_error_without_brackets",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return -(y - a) * a * 1 - a
""",
    ),
    Mistake(
        id="sgd_step.ascent",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w + learning_rate * dw
""",
    ),
    Mistake(
        id="sgd_step.in_place",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    w -= learning_rate * dw
    return w
""",
    ),
    Mistake(
        id="sgd_step.no_learning_rate",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - dw
""",
    ),
    Mistake(
        id="sgd_step.fixed_learning_rate",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - 0.1 * dw
""",
        rule=_moves_at_one_rate,
    ),
    Mistake(
        id="sgd_step.only_the_step",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return -learning_rate * dw
""",
    ),
    Mistake(
        id="sgd_step.divides",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - dw / learning_rate
""",
    ),
    Mistake(
        id="sgd_step.scales_gradient",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    dw *= learning_rate
    return w - dw
""",
    ),
    Mistake(
        id="sgd_step.multiplies",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w * (1 - learning_rate * dw)
""",
    ),
    Mistake(
        id="sgd_step.sign_only",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - learning_rate * np.sign(dw)
""",
    ),
    Mistake(
        id="sgd_step.normalised",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - learning_rate * dw / np.linalg.norm(dw)
""",
    ),
    Mistake(
        id="sgd_step.clipped",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - learning_rate * np.clip(dw, -5, 5)
""",
        rule=_is_cut_off,
    ),
    Mistake(
        id="sgd_step.averaged",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - learning_rate * np.mean(dw)
""",
    ),
    Mistake(
        id="sgd_step.rows",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return [a - learning_rate * b for a, b in zip(w, dw)]
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        id="numerical_gradient.in_place_restored",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    x = np.asarray(x, dtype=float)
    iterator = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not iterator.finished:
        index = iterator.multi_index
        original = x[index]
        x[index] = original + h
        above = f(x)
        x[index] = original - h
        below = f(x)
        x[index] = original
        gradient[index] = (above - below) / (2 * h)
        iterator.iternext()
    return gradient
""",
    ),
    Alternative(
        id="numerical_gradient.there_and_back",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    if x.dtype != float:
        x = x.astype(float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        x[index] += h
        gradient[index] = (above - below) / (2 * h)
    return gradient
""",
    ),
    Alternative(
        id="numerical_gradient.step_arrays",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
""",
    ),
    Alternative(
        id="numerical_gradient.unit_vectors",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + step) - f(x - step)) / h / 2 for step in steps]
    return np.array(slopes).reshape(x.shape)
""",
    ),
    Alternative(
        id="numerical_gradient.flat_copies",
        question="numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    flat = x.astype(float).ravel()
    gradient = np.empty_like(flat)
    for i, original in enumerate(flat.copy()):
        flat[i] = original + h
        above = f(flat.reshape(x.shape))
        flat[i] = original - h
        gradient[i] = (above - f(flat.reshape(x.shape))) * 0.5 / h
        flat[i] = original
    return gradient.reshape(x.shape)
""",
    ),
    Alternative(
        id="gates.plain_copies",
        question="gates",
        code="""
def add_backward(dout, x, y):
    return dout, dout


def multiply_backward(dout, x, y):
    return [y * dout, x * dout]


def max_backward(dout, x, y):
    return np.where(x > y, dout, 0.0), np.where(x > y, 0.0, dout)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_backward(dout, s):
    return (s - s**2) * dout
""",
    ),
    Alternative(
        id="gates.y_wins_a_tie",
        question="gates",
        code="""
def max_backward(dout, x, y):
    return dout * (x > y), dout * (x <= y)
""",
    ),
    Alternative(
        id="gates.tie_shared",
        question="gates",
        code="""
def max_backward(dout, x, y):
    share = np.greater(x, y) + 0.5 * np.equal(x, y)
    return dout * share, dout * (1 - share)
""",
    ),
    Alternative(
        id="gates.sigmoid_by_cases",
        question="gates",
        code="""
def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))
""",
    ),
    Alternative(
        id="gates.sigmoid_clipped",
        question="gates",
        code="""
def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.clip(x, -709, 709)))
""",
    ),
    Alternative(
        id="gates.entry_by_entry",
        question="gates",
        code="""
def max_backward(dout, x, y):
    if np.ndim(x) == 0:
        return (dout, 0) if x >= y else (0, dout)
    dx, dy = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        winner = dx if x[index] >= y[index] else dy
        winner[index] = dout[index]
    return dx, dy
""",
    ),
    Alternative(
        id="gates.sigmoid_by_masks",
        question="gates",
        code="""
def sigmoid(x):
    x = np.asarray(x, dtype=float)
    out, positive = np.empty(x.shape), x >= 0
    out[positive] = 1 / (1 + np.exp(-x[positive]))
    small = np.exp(x[~positive])
    out[~positive] = small / (1 + small)
    return out
""",
    ),
    Alternative(
        id="gates.sigmoid_logaddexp",
        question="gates",
        code="""
def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))
""",
    ),
    Alternative(
        id="gates.heaviside",
        question="gates",
        code="""
def max_backward(dout, x, y):
    share = np.heaviside(x - y, 0.5)
    return dout * share, dout * (1 - share)
""",
    ),
    Alternative(
        id="circuit.by_hand",
        question="circuit",
        code="""
def circuit(x, y, z):
    return [(x + y) * z, z, z, x + y]
""",
    ),
    Alternative(
        id="circuit.arrays",
        question="circuit",
        code="""
def circuit(x, y, z):
    x, y, z = np.array(x), np.array(y), np.array(z)
    return (x + y) * z, z, z, x + y
""",
    ),
    Alternative(
        id="circuit.gates_by_keyword",
        question="circuit",
        code="""
def circuit(x, y, z):
    dq, dz = multiply_backward(dout=1.0, x=x + y, y=z)
    return [(x + y) * z, *add_backward(dout=dq, x=x, y=y), dz]
""",
    ),
    Alternative(
        id="circuit.walrus",
        question="circuit",
        code="""
def circuit(x, y, z):
    return (q := x + y) * z, (dq := z), dq, q
""",
    ),
    Alternative(
        id="patterns.one_return",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Alternative(
        id="patterns.by_cases",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    if z > w:
        return 2 * (x * y + z), 2 * y, 2 * x, 2, 0
    return 2 * (x * y + w), 2 * y, 2 * x, 0, 2
""",
    ),
    Alternative(
        id="patterns.two_handed_out",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    f = 2 * x * y + 2 * max(z, w)
    return f, *multiply_backward(2.0, x, y), *max_backward(2.0, z, w)
""",
    ),
    Alternative(
        id="patterns.where",
        question="patterns",
        code="""
def patterns(x, y, z, w):
    first = np.where(z >= w, 2.0, 0.0)
    return 2 * (x * y + np.maximum(z, w)), y + y, x + x, first, 2.0 - first
""",
    ),
    Alternative(
        id="neuron.vectors",
        question="neuron",
        code="""
def neuron(w, x):
    extended = np.append(x, 1.0)
    f = 1 / (1 + np.exp(-(w @ extended)))
    return f, f * (1 - f) * extended, f * (1 - f) * w[:2]
""",
    ),
    Alternative(
        id="neuron.without_the_gates",
        question="neuron",
        code="""
def neuron(w, x):
    decay = np.exp(-w[0] * x[0] - w[1] * x[1] - w[2])
    dq = decay / (1 + decay) ** 2
    return 1 / (1 + decay), np.array([x[0], x[1], 1]) * dq, np.array([w[0], w[1]]) * dq
""",
    ),
    Alternative(
        id="neuron.adds_up",
        question="neuron",
        code="""
def neuron(w, x):
    q = w[-1]
    for i in range(2):
        q += w[i] * x[i]
    f = sigmoid(q)
    dw, dx = np.zeros(3), np.zeros(2)
    dw[2] = f - f * f
    for i in range(2):
        dw[i] += dw[2] * x[i]
        dx[i] += dw[2] * w[i]
    return [float(f), dw, dx]
""",
    ),
    Alternative(
        id="staged.sums_of_roads",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = sigmoid(x), sigmoid(y)
    total = x + y
    numerator, denominator = x + sy, sx + total**2
    f = numerator / denominator
    dnumerator, ddenominator = 1 / denominator, -numerator / denominator**2
    dtotal = ddenominator * 2 * total
    dx = dnumerator + ddenominator * sx * (1 - sx) + dtotal
    dy = dnumerator * sy * (1 - sy) + dtotal
    return f, dx, dy
""",
    ),
    Alternative(
        id="staged.quotient_rule",
        question="staged",
        code="""
def staged(x, y):
    sx, sy = 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-y))
    top, bottom = x + sy, sx + (x + y) ** 2
    dx = (bottom - top * (sx * (1 - sx) + 2 * (x + y))) / bottom**2
    dy = (sy * (1 - sy) * bottom - top * 2 * (x + y)) / bottom**2
    return top / bottom, dx, dy
""",
    ),
    Alternative(
        id="staged.plain_floats",
        question="staged",
        code="""
def staged(x, y):
    from math import exp
    sx, sy = 1 / (1 + exp(-x)), 1 / (1 + exp(-y))
    q = x + y
    inverse = 1 / (sx + q * q)
    f = (x + sy) * inverse
    roads_x = [inverse, -f * inverse * sx * (1 - sx), -f * inverse * 2 * q]
    roads_y = [inverse * sy * (1 - sy), -f * inverse * 2 * q]
    return [f, sum(roads_x), sum(roads_y)]
""",
    ),
    Alternative(
        id="staged.all_gates",
        question="staged",
        code="""
def staged(x, y):
    sy, sx, q = sigmoid(y), sigmoid(x), x + y
    inverse = 1 / (sx + q * q)
    dnumerator, dinverse = multiply_backward(1.0, x + sy, inverse)
    dsx, dsquare = add_backward(-dinverse * inverse**2, sx, q * q)
    dx, dy = add_backward(sum(multiply_backward(dsquare, q, q)), x, y)
    dx_top, dsy = add_backward(dnumerator, x, sy)
    dx = dx + dx_top + sigmoid_backward(dsx, sx)
    return (x + sy) * inverse, dx, dy + sigmoid_backward(dsy, sy)
""",
    ),
    Alternative(
        id="staged.hyperbolic",
        question="staged",
        code="""
def staged(x, y):
    def slope(value):
        return 0.25 / np.cosh(value / 2) ** 2

    top, bottom = x + sigmoid(y), sigmoid(x) + (x + y) ** 2
    dx = 1 / bottom - top / bottom**2 * (slope(x) + 2 * (x + y))
    dy = slope(y) / bottom - top / bottom**2 * 2 * (x + y)
    return top / bottom, dx, dy
""",
    ),
    Alternative(
        id="output_delta.one_hot",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return (a - y) * (a - a**2)


def softmax_delta(p, y):
    return (p - np.eye(p.shape[1])[y]) / p.shape[0]
""",
    ),
    Alternative(
        id="output_delta.loops",
        question="output_delta",
        code="""
def softmax_delta(p, y):
    delta = np.zeros(p.shape)
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            delta[i, j] = (p[i, j] - (y[i] == j)) / p.shape[0]
    return delta
""",
    ),
    Alternative(
        id="output_delta.compared",
        question="output_delta",
        code="""
def squared_error_delta(y, a):
    return np.subtract(a, y) * sigmoid_backward(1.0, a)


def softmax_delta(p, y):
    is_label = np.arange(p.shape[1]) == y[:, None]
    return np.where(is_label, p - 1, p) / np.float64(p.shape[0])
""",
    ),
    Alternative(
        id="sgd_step.copy_then_subtract",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    new = w.copy()
    new -= learning_rate * dw
    return new
""",
    ),
    Alternative(
        id="sgd_step.array_of_list",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    flat = [a - learning_rate * b for a, b in zip(w.ravel(), dw.ravel())]
    return np.array(flat).reshape(w.shape)
""",
    ),
    Alternative(
        id="sgd_step.ufuncs",
        question="sgd_step",
        code="""
def sgd_step(w, dw, learning_rate=0.1):
    return np.add(w, np.multiply(dw, -learning_rate))
""",
    ),
]
