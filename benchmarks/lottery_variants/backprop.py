"""Wrong and right answers to `backprop` that luck may hide, apart from the catalogue."""

from grader.judge.catalogue import Alternative, Mistake

MISTAKES = [
    Mistake(
        "numerical_gradient.tiny_slopes_dropped",
        "numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        x[i] = old
        slope = (up - down) / (2 * h)
        grad[i] = slope if abs(slope) > 0.5 else 0.0
    return grad
""",
    ),
    Mistake(
        "numerical_gradient.capped",
        "numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        x[i] = old
        grad[i] = min(max((up - down) / (2 * h), -60), 60)
    return grad
""",
    ),
    Mistake(
        "numerical_gradient.step_grows_with_x",
        "numerical_gradient",
        code="""
def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        step = h * max(1.0, abs(old))
        x[i] = old + step
        up = f(x)
        x[i] = old - step
        down = f(x)
        x[i] = old
        grad[i] = (up - down) / (2 * h)
    return grad
""",
    ),
    Mistake(
        "gates.max_of_absolutes",
        "gates",
        code="""
def max_backward(dout, x, y):
    first = np.abs(x) > np.abs(y)
    return dout * first, dout * (1 - first)
""",
    ),
    Mistake(
        "gates.max_only_if_positive",
        "gates",
        code="""
def max_backward(dout, x, y):
    first = np.greater(x, y)
    alive = np.maximum(x, y) > 0
    return dout * first * alive, dout * (1 - first) * alive
""",
    ),
    Mistake(
        "gates.multiply_clips_upstream",
        "gates",
        code="""
def multiply_backward(dout, x, y):
    dout = np.clip(dout, -2.9, 2.9)
    return dout * y, dout * x
""",
    ),
    Mistake(
        "gates.add_drops_negative_upstream",
        "gates",
        code="""
def add_backward(dout, x, y):
    dout = dout * (dout > -2.8)
    return dout * np.ones_like(x), dout * np.ones_like(y)
""",
    ),
    Mistake(
        "gates.sigmoid_saturates_early",
        "gates",
        code="""
def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -9, 9)))
""",
    ),
    Mistake(
        "circuit.far_below_zero_flips",
        "circuit",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, z, z, q if q > -5 else -q
""",
    ),
    Mistake(
        "circuit.larger_second_number_subtracts",
        "circuit",
        code="""
def circuit(x, y, z):
    q = x + y if x * y > 0 or abs(x) > abs(y) else y - x
    return q * z, z, z, q
""",
    ),
    Mistake(
        "patterns.winner_by_size",
        "patterns",
        code="""
def patterns(x, y, z, w):
    f = 2 * (x * y + max(z, w))
    z_wins = z > w if z * w > 0 else abs(z) > abs(w)
    return f, 2 * y, 2 * x, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Mistake(
        "patterns.zero_is_a_floor",
        "patterns",
        code="""
def patterns(x, y, z, w):
    f = 2 * (x * y + max(z, w, 0.0))
    return f, 2 * y, 2 * x, 2.0 * (z > w), 2.0 * (w >= z)
""",
    ),
    Mistake(
        "neuron.far_out_is_flat",
        "neuron",
        code="""
def neuron(w, x):
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    f = 1 / (1 + np.exp(-s))
    slope = f * (1 - f) if abs(s) < 6 else 0.0
    return f, slope * np.array([x[0], x[1], 1.0]), slope * np.array([w[0], w[1]])
""",
    ),
    Mistake(
        "neuron.tails_approximated",
        "neuron",
        code="""
def neuron(w, x):
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    f = 1 / (1 + np.exp(-s)) if abs(s) > 0.05 else 0.5 + s / 4
    slope = f * (1 - f) if s > -3 else f
    return f, slope * np.array([x[0], x[1], 1.0]), slope * np.array([w[0], w[1]])
""",
    ),
    Mistake(
        "staged.square_of_sizes",
        "staged",
        code="""
def staged(x, y):
    sig_y, sig_x = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(-x))
    total = x + y if abs(x + y) > 0.2 else 0.0
    num, den = x + sig_y, sig_x + total**2
    f = num / den
    dden = -num / den**2
    dx = 1 / den + dden * (sig_x * (1 - sig_x) + 2 * total)
    dy = sig_y * (1 - sig_y) / den + dden * 2 * total
    return f, dx, dy
""",
    ),
    Mistake(
        "staged.fork_forgotten_if_negative",
        "staged",
        code="""
def staged(x, y):
    sig_y, sig_x = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(-x))
    total = x + y
    num, den = x + sig_y, sig_x + total**2
    dden = -num / den**2
    dx = 1 / den + dden * (sig_x * (1 - sig_x) * (x > -2) + 2 * total)
    dy = sig_y * (1 - sig_y) / den + dden * 2 * total
    return num / den, dx, dy
""",
    ),
    Mistake(
        "output_delta.sure_is_right",
        "output_delta",
        code="""
def squared_error_delta(y, a):
    return np.where(np.abs(y - a) < 0.1, 0.0, -(y - a) * a * (1 - a))
""",
    ),
    Mistake(
        "output_delta.ten_classes_at_most",
        "output_delta",
        code="""
def softmax_delta(p, y):
    delta = p.copy()
    delta[np.arange(len(y)), np.minimum(y, 9)] -= 1
    return delta / min(len(y), 64)
""",
    ),
    Mistake(
        "output_delta.only_likely_entries",
        "output_delta",
        code="""
def softmax_delta(p, y):
    delta = np.where(p > 0.05, p, 0.0)
    delta[np.arange(len(y)), y] -= 1
    return delta / len(y)
""",
    ),
    Mistake(
        "sgd_step.step_of_bounded_length",
        "sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - np.clip(learning_rate * dw, -200, 200)
""",
    ),
    Mistake(
        "sgd_step.rate_at_most_one_half",
        "sgd_step",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - min(learning_rate, 0.5) * dw
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        "gates.sigmoid_by_tanh",
        "gates",
        code="""
def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x)))
""",
    ),
    Alternative(
        "staged.quotient_rule",
        "staged",
        code="""
def staged(x, y):
    sx, sy = 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-y))
    num, den = x + sy, sx + (x + y) ** 2
    dx = (den - num * (sx * (1 - sx) + 2 * (x + y))) / den**2
    dy = (sy * (1 - sy) * den - num * 2 * (x + y)) / den**2
    return num / den, dx, dy
""",
    ),
    Alternative(
        "patterns.half_each_at_a_tie",
        "patterns",
        code="""
def patterns(x, y, z, w):
    share = 0.5 * (1 + np.sign(z - w))
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2 * share, 2 * (1 - share)
""",
    ),
]
