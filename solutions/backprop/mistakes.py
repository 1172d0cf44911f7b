"""What goes wrong in `backprop`, and what merely looks different.

Each entry replaces the functions of the same name in the question's solution cell. Of several
mistakes that explain the same numbers, the first one listed is named.
"""

from grader.judge.catalogue import Alternative, Mistake

MISTAKES = [
    Mistake(
        id="numerical_gradient.forward_only",
        question="numerical_gradient",
        hint="How far do you look to the left of x? A one-sided difference keeps the curvature in.",
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
        hint="How far apart are the two points at which you ask for f?",
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
        hint="Should the slope of a rising function be positive?",
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
        hint="The caller may choose h. Does your code listen?",
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
        hint="How small is h if the caller does not name it?",
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
        hint="What does entry 0 hold while you nudge entry 1?",
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
        hint="What becomes of 2 + h when it is stored in an array of integers?",
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
        hint="Of which type are the entries of your gradient when x holds integers?",
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
        hint="How many entries move when you nudge? Each slope belongs to one of them.",
        code="""
def numerical_gradient(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h) * np.ones_like(x)
""",
    ),
    Mistake(
        id="numerical_gradient.flat",
        question="numerical_gradient",
        hint="The gradient should have the shape of x, however many axes x has.",
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
        hint="Does a sum of two numbers move by half when one of them moves by one?",
        code="""
def add_backward(dout, x, y):
    return dout / 2 * np.ones_like(x), dout / 2 * np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.add_ignores_upstream",
        question="gates",
        hint="The add gate's own slope is 1. What does it multiply it with?",
        code="""
def add_backward(dout, x, y):
    return np.ones_like(x), np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.multiply_not_switched",
        question="gates",
        hint="If y is large, which of the two inputs moves the product more per nudge?",
        code="""
def multiply_backward(dout, x, y):
    return dout * x, dout * y
""",
    ),
    Mistake(
        id="gates.multiply_ignores_upstream",
        question="gates",
        hint="The local slopes are right. What came from behind?",
        code="""
def multiply_backward(dout, x, y):
    return y + 0 * dout, x + 0 * dout
""",
    ),
    Mistake(
        id="gates.max_to_both",
        question="gates",
        hint="Does the maximum move at all when you nudge the smaller input?",
        code="""
def max_backward(dout, x, y):
    return dout * np.ones_like(x), dout * np.ones_like(y)
""",
    ),
    Mistake(
        id="gates.max_reversed",
        question="gates",
        hint="Which input does the maximum copy: the larger or the smaller?",
        code="""
def max_backward(dout, x, y):
    return dout * np.less(x, y), dout * np.greater_equal(x, y)
""",
    ),
    Mistake(
        id="gates.max_numbers_only",
        question="gates",
        hint="An if asks one question. How many comparisons are there between two arrays?",
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
        hint="Let x and y be equal. How much arrives at your gate, and how much leaves it?",
        code="""
def max_backward(dout, x, y):
    return dout * np.greater_equal(x, y), dout * np.greater_equal(y, x)
""",
    ),
    Mistake(
        id="gates.max_tie_to_none",
        question="gates",
        hint="Let x and y be equal. Which of your two comparisons holds then?",
        code="""
def max_backward(dout, x, y):
    return dout * np.greater(x, y), dout * np.greater(y, x)
""",
    ),
    Mistake(
        id="gates.max_passes_values",
        question="gates",
        hint="The gate hands back gradients. Are these gradients, or the inputs themselves?",
        code="""
def max_backward(dout, x, y):
    return x * np.greater_equal(x, y), y * np.less(x, y)
""",
    ),
    Mistake(
        id="gates.sigmoid_sign",
        question="gates",
        hint="For a large positive x the sigmoid is near 1. Is yours?",
        code="""
def sigmoid(x):
    return 1 / (1 + np.exp(x))
""",
    ),
    Mistake(
        id="gates.sigmoid_overflows",
        question="gates",
        hint="What is e to the power of 1000 for a computer, and what is that divided by itself?",
        code="""
def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))
""",
    ),
    Mistake(
        id="gates.sigmoid_numbers_only",
        question="gates",
        hint="One number comes out right. Which exponential takes a whole array?",
        code="""
def sigmoid(x):
    import math
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
""",
    ),
    Mistake(
        id="gates.sigmoid_is_tanh",
        question="gates",
        hint="Between which two values does the sigmoid lie?",
        code="""
def sigmoid(x):
    return np.tanh(x)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_twice",
        question="gates",
        hint="The argument s has been through the sigmoid already.",
        code="""
def sigmoid_backward(dout, s):
    t = 1 / (1 + np.exp(-s))
    return dout * t * (1 - t)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_plus",
        question="gates",
        hint="Where the sigmoid is flat, near 0 and near 1, its slope must vanish at both ends.",
        code="""
def sigmoid_backward(dout, s):
    return dout * s * (1 + s)
""",
    ),
    Mistake(
        id="gates.sigmoid_backward_no_upstream",
        question="gates",
        hint="The slope is right. What arrives from behind?",
        code="""
def sigmoid_backward(dout, s):
    return s * (1 - s) + 0 * dout
""",
    ),
    Mistake(
        id="circuit.sum_swallows",
        question="circuit",
        hint="What does the sum hand on to x: its own value, or what came from behind?",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, q, q, q
""",
    ),
    Mistake(
        id="circuit.switched",
        question="circuit",
        hint="Which gate does z belong to, and what stands at that gate's other input?",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, q, q, z
""",
    ),
    Mistake(
        id="circuit.ones",
        question="circuit",
        hint="Does z not matter for how strongly x moves f?",
        code="""
def circuit(x, y, z):
    q = x + y
    return q * z, 1.0, 1.0, q
""",
    ),
    Mistake(
        id="circuit.product_of_all",
        question="circuit",
        hint="Look at the value first: which gate joins x and y?",
        code="""
def circuit(x, y, z):
    return x * y * z, y * z, x * z, x * y
""",
    ),
    Mistake(
        id="patterns.no_factor",
        question="patterns",
        hint="The last gate doubles. What does it do to everything that comes from behind?",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), y, x, 1.0 * z_wins, 1.0 * (not z_wins)
""",
    ),
    Mistake(
        id="patterns.max_to_both",
        question="patterns",
        hint="One of z and w has no say in the maximum. What is its gradient?",
        code="""
def patterns(x, y, z, w):
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0, 2.0
""",
    ),
    Mistake(
        id="patterns.max_reversed",
        question="patterns",
        hint="Which of z and w does the maximum copy?",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0 * (not z_wins), 2.0 * z_wins
""",
    ),
    Mistake(
        id="patterns.always_z",
        question="patterns",
        hint="The larger of z and w gets the gradient, whichever that is this time.",
        code="""
def patterns(x, y, z, w):
    return 2 * (x * y + max(z, w)), 2 * y, 2 * x, 2.0, 0.0
""",
    ),
    Mistake(
        id="patterns.not_switched",
        question="patterns",
        hint="In a product, x is steered by y. Is it in yours?",
        code="""
def patterns(x, y, z, w):
    z_wins = z > w
    return 2 * (x * y + max(z, w)), 2 * x, 2 * y, 2.0 * z_wins, 2.0 * (not z_wins)
""",
    ),
    Mistake(
        id="neuron.no_sigmoid_slope",
        question="neuron",
        hint="The gradients stop short of the last gate. How steep is the sigmoid here?",
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
        hint="How steep is a sigmoid whose output is close to 1?",
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
        hint="A larger q gives a larger f. Which sign does the slope of the sigmoid have?",
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
        hint="The bias is added. What does an add gate pass on?",
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
        hint="There are three weights. How many gradients does your dw hold?",
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
        hint="Does the output not move when you nudge the bias?",
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
        hint="The bias is added, not multiplied. What does an add gate pass on?",
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
        hint="A weight is steered by its input, an input by its weight.",
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
        hint="The gradient of x₀ uses the weight that x₀ meets.",
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
        hint="Round for the eye only. What happens to 0.1966 on its way?",
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
        hint="Three weights, two inputs. What is the third weight for?",
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
        hint="Your answer is right, but the caller's w is not what it was.",
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
        hint="The gradients are lists. Arithmetic on them would join instead of add.",
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
        hint="x reaches f along three roads. How many of them does your dx remember?",
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
        hint="y reaches f along two roads. How many of them does your dy remember?",
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
        hint="Where a variable forks, its gradients add up. Look for an = that should be a +=.",
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
        hint="x and y are in the square, too. Does a nudge travel that road?",
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
        hint="When the denominator grows, does f grow?",
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
        hint="How does 1/d change with d? Think of its slope for large d.",
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
        hint="The slope of a square has a factor.",
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
        hint="Two of the roads lead through a sigmoid. How steep is it there?",
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
        hint="x stands in the numerator, too.",
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
        hint="If the output is below the target, should the loss fall or rise with it?",
        code="""
def squared_error_delta(y, a):
    return (y - a) * a * (1 - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_no_slope",
        question="output_delta",
        hint="The squared error has a sigmoid to pass before it reaches q.",
        code="""
def squared_error_delta(y, a):
    return -(y - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_doubled",
        question="output_delta",
        hint="The loss has a factor of one half. Where did it go?",
        code="""
def squared_error_delta(y, a):
    return -2 * (y - a) * a * (1 - a)
""",
    ),
    Mistake(
        id="output_delta.squared_error_averaged",
        question="output_delta",
        hint="One gradient for each entry, please. Did something add them up?",
        code="""
def squared_error_delta(y, a):
    return np.mean(-(y - a) * a * (1 - a))
""",
    ),
    Mistake(
        id="output_delta.no_mean",
        question="output_delta",
        hint="The loss is a mean over the rows. What does that do to each row's gradient?",
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
        hint="How often does the mean over the rows divide by their number?",
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
        hint="You divide the probabilities by N. And the truth that you take off them?",
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
        hint="By which number is the loss divided: rows or classes?",
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
        hint="Prediction minus truth. Where is the truth?",
        code="""
def softmax_delta(p, y):
    return p / len(y)
""",
    ),
    Mistake(
        id="output_delta.sign",
        question="output_delta",
        hint="Should the true class be pushed up or down? The gradient points uphill on the loss.",
        code="""
def softmax_delta(p, y):
    return (np.eye(p.shape[1])[y] - p) / len(y)
""",
    ),
    Mistake(
        id="output_delta.whole_columns",
        question="output_delta",
        hint="Each row has its own label. Does your index pair rows with labels?",
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
        hint="The wrong classes have probabilities, too. What is their gradient?",
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
        hint="The numbers are right, but the caller's probabilities are not what they were.",
        code="""
def softmax_delta(p, y):
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
    ),
    Mistake(
        id="sgd_step.ascent",
        question="sgd_step",
        hint="The gradient points uphill.",
        code="""
def sgd_step(w, dw, learning_rate):
    return w + learning_rate * dw
""",
    ),
    Mistake(
        id="sgd_step.in_place",
        question="sgd_step",
        hint="The caller still needs the old weights.",
        code="""
def sgd_step(w, dw, learning_rate):
    w -= learning_rate * dw
    return w
""",
    ),
    Mistake(
        id="sgd_step.no_learning_rate",
        question="sgd_step",
        hint="How far does one step go? The caller wants a say in it.",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - dw
""",
    ),
    Mistake(
        id="sgd_step.fixed_learning_rate",
        question="sgd_step",
        hint="The learning rate is an argument. Does your step use it?",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - 0.1 * dw
""",
    ),
    Mistake(
        id="sgd_step.only_the_step",
        question="sgd_step",
        hint="You return the step. Where does it start?",
        code="""
def sgd_step(w, dw, learning_rate):
    return -learning_rate * dw
""",
    ),
    Mistake(
        id="sgd_step.divides",
        question="sgd_step",
        hint="A larger learning rate should make a larger step.",
        code="""
def sgd_step(w, dw, learning_rate):
    return w - dw / learning_rate
""",
    ),
    Mistake(
        id="sgd_step.scales_gradient",
        question="sgd_step",
        hint="The new weights are right, but the caller's gradient is not what it was.",
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
