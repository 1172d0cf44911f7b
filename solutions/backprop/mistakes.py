"""What goes wrong in `backprop`, and what merely looks different.

Each entry replaces the functions of the same name in the solution cell. Of several mistakes that
explain the same numbers, the first one listed is named. The hints are in messages.yml.
"""

from grader.judge.catalogue import Alternative, Mistake

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
]
