"""Hidden tests of `backprop`.

Every step is asked at several random inputs before the first answer is judged, so that a mistake
shows on all of them. Gradients are held to complex-step derivatives of the instructor's own
functions. A broken assumption of ours raises something other than AssertionError.
"""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from grader.judge import (
    Formula,
    StudentFailure,
    assert_close,
    assert_shape,
    assert_true,
    assert_unchanged,
    complex_step_gradient,
    expect_array,
    expect_float,
    expect_tuple,
    say,
)

TRIES = 5
SIGNS = np.array([-1.0, 1.0])


def exact_gradient(reference, name, point):
    """Slopes of the instructor's value at a point, by the complex step; never trivially zero."""
    function = getattr(reference, name)
    exact = complex_step_gradient(lambda inputs: function(*inputs)[0], np.array(point))
    return trusted(exact, np.array(function(*point)[1:]))


def trusted(exact, analytic):
    """The exact gradient, if the instructor's backward pass agrees and there is one at all."""
    if np.abs(exact).max() < 1e-9 or not np.allclose(exact, analytic):
        raise RuntimeError("the reference gradient is trivially zero, or not that of its value")
    return exact


def logistic(x):
    """A sigmoid, written differently from the one in the notebook."""
    return np.exp(-np.logaddexp(0, -np.asarray(x)))


def away_from_zero(rng, shape=()):
    """Random numbers between 0.5 and 3 of either sign, so that no product hides a mistake."""
    return rng.uniform(0.5, 3, size=shape) * SIGNS[rng.integers(2, size=shape)]


def draw_numbers(rng, count):
    """Points of random numbers: the first negative, the second of either sign and growing."""
    points = [away_from_zero(rng, count) for _ in range(TRIES)]
    points[0] = -np.abs(points[0])
    points[1] = np.sort(np.abs(points[1])) * (-1.0) ** np.arange(count)
    return [tuple(map(float, point)) for point in points]


def draw_shape(rng, axes):
    """Sizes from 2 to 4, all different, so that no axis can be taken for another."""
    return tuple(map(int, rng.permutation([2, 3, 4])[:axes]))


def as_array(value, shape=None):
    """A list as an array, and an array of as many entries in this shape.

    Kind and shape of a result have a check of their own; its numbers are judged by themselves.
    """
    try:
        array = np.asarray(value) if isinstance(value, list | tuple) else value
        is_other = isinstance(array, np.ndarray) and shape is not None and array.shape != shape
        return array.reshape(shape) if is_other and array.size == np.prod(shape) else array
    except ValueError:  # its rows differ in length
        return value


def is_single(value):
    return getattr(value, "dtype", None) == np.float32


def assert_numbers(actual, expected, name, rtol=1e-6, atol=1e-9):
    """The numbers alone, of a list and in any shape too, and as precise as their type allows."""
    if np.ndim(expected):
        actual = as_array(actual, np.shape(expected))
    if is_single(actual):
        rtol, atol = max(rtol, 1e-4), max(atol, 1e-5 * np.abs(expected).max())
    assert_close(actual, expected, name, rtol, atol)


# numerical_gradient -------------------------------------------------------------------------


def square_and_line(factors):
    return Formula("lambda a: float(np.sum(c * np.asarray(a, float) ** 2 + a))", c=factors)


def draw_small_shape(rng):
    """Two or three rows."""
    return tuple(map(int, rng.permutation([2, 3])))


def slopes_of(student, functions, points):
    """numerical_gradient of each function at its point, asked in one go."""
    return student.many("numerical_gradient", list(zip(functions, points, strict=True)))


@pytest.mark.question("numerical_gradient", points=0.5)
def test_gradient_is_shaped_like_x(student, rng):
    points = [rng.normal(size=shape) for shape in ((4,), draw_small_shape(rng), (2, 1, 2))]
    factors = [away_from_zero(rng, x.shape) for x in points]
    curve = "float(np.sum(c * a + np.square(a)))"
    curves = [Formula(f"lambda a: {curve}", c=c) for c in factors]
    curves.append(Formula(f"lambda a: -{curve}", c=factors[0]))
    *slopes, opposite = slopes_of(student, curves, [*points, points[0]])
    for x, actual in zip(points, slopes, strict=True):
        expect_array(actual, say("gradient"), x.shape, "f")
    opposite = expect_array(opposite, say("gradient"), points[0].shape, "f")
    is_other = np.allclose(slopes[0], -opposite, 1e-3) and np.any(opposite)
    assert_true(is_other, say("gradient_ignores_f"))


@pytest.mark.question("numerical_gradient", points=1)
def test_slope_of_a_polynomial(student, rng):
    points = [
        away_from_zero(rng, shape) for shape in ((4,), draw_small_shape(rng), (2, 1, 2), (5,))
    ]
    factors = [away_from_zero(rng, x.shape) for x in points]
    for x, c in zip(points, factors, strict=True):  # a steep slope, and a small one
        x.flat[:2], c.flat[:2] = (4, 0.9), (5, -0.5)
    cubics = [Formula("lambda a: float(np.sum(c * a**3 + a))", c=c) for c in factors]
    slopes = slopes_of(student, cubics, points)
    for x, c, actual in zip(points, factors, slopes, strict=True):
        # a step of 1e-3 errs by less; that it is not h costs the check that is about h
        assert_close(as_array(actual, x.shape), 3 * c * x**2 + 1, say("gradient"), 1e-6, 1e-5)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_slope_at_whole_numbers(student, rng):
    points = [rng.integers(-4, 5, size=shape) for shape in ((3,), draw_small_shape(rng), (5,))]
    factors = [away_from_zero(rng, x.shape) for x in points]
    for x, c in zip(points, factors, strict=True):
        x.flat[0], c.flat[0] = 4, 3  # in single precision, 4 ± h is not as far off as h
        x.flat[1], c.flat[1] = -1, 0.6  # a small slope
    points[0][2] = 0  # a step that is a share of x does not move it
    name, slopes = (
        say("gradient_at_integers"),
        slopes_of(student, map(square_and_line, factors), points),
    )
    for x, c, actual in zip(points, factors, slopes, strict=True):
        assert_close(as_array(actual, x.shape), 2 * c * x + 1, name, 3e-4, 3e-4)


@pytest.mark.question("numerical_gradient", points=1)
def test_difference_is_centred_and_uses_h(student, rng):
    x, steps = np.append(rng.uniform(2, 3, size=2), -rng.uniform(0.5, 1)), (0.1, 0.25, 0.4)
    f = Formula("lambda a: float(np.sum(np.asarray(a, float) ** 5) + np.sum(a) ** 2)")
    slopes = student.many("numerical_gradient", [(f, x, h) for h in steps])
    for h, actual in zip(steps, slopes, strict=True):
        expected = 5 * x**4 + 10 * x**2 * h**2 + h**4 + 2 * np.sum(x)
        assert_close(as_array(actual, x.shape), expected, say("gradient_with_h", h=h), 1e-4, 1e-4)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_x_is_restored(student, rng):
    x, asked = rng.normal(size=draw_small_shape(rng)), []

    def f(a):
        asked.append(float(np.sum(np.asarray(a, float) ** 2)))
        return asked[-1]

    seen = student.observe("numerical_gradient", f, x)
    is_number = isinstance(seen.value, float)  # as test_gradient_is_shaped_like_x says
    value = np.array(seen.value) if is_number else as_array(seen.value)
    expect_array(value, say("gradient"), kind="f")
    assert_true(len(set(asked)) > 1, say("f_asked_once"))
    # Nudged in place and back, an entry may differ in its last bit; a forgotten h is far more.
    assert_close(seen.args[1], x, "x", rtol=0, atol=1e-12)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_one_entry_at_a_time(student, rng):
    points = [size * rng.normal(size=4) for size in (1, 1, 0.02)]  # slopes of any size
    points[0][0] = 2.0  # a step that grows with x shows beyond 1
    W = away_from_zero(rng, (4, 4))
    product = Formula("lambda a: float(np.asarray(a, float) @ W @ np.asarray(a, float))", W=W)
    products = [product] * len(points)
    for x, actual in zip(points, slopes_of(student, products, points), strict=True):
        expected = (W + W.T) @ x
        assert_close(as_array(actual, x.shape), expected, say("gradient_of_product"), 3e-4, 3e-4)


# gates --------------------------------------------------------------------------------------

MAGNITUDES = (1e-4, 1.0, 1e4)  # of inputs: a limit to gradients shows at the large ones


def draw_arrays(rng, magnitude=1.0):
    """dout, x and y of a gate; x is ahead of y in one corner, and y in the other."""
    shape = draw_shape(rng, 2)
    dout, x, y = (magnitude * away_from_zero(rng, shape) for _ in range(3))
    x[0, 0], y[-1, -1] = y[0, 0] + magnitude, x[-1, -1] + magnitude
    dout[0, 0], dout[-1, -1] = -abs(dout[0, 0]), abs(dout[-1, -1])
    return dout, x, y


def check_gate(student, name, rng, local, pairs):
    """A gate's backward at numbers and at arrays; `local` gives its two slopes."""
    calls = [(float(away_from_zero(rng)), x, y) for x, y in pairs]
    calls += [draw_arrays(rng, magnitude) for magnitude in MAGNITUDES]
    for (dout, x, y), value in zip(calls, student.many(name, calls), strict=True):
        gradients = expect_tuple(value, 2, say("result_of", name=name))
        key = "gate_gradient_of_arrays" if np.ndim(x) else "gate_gradient"
        for entry, actual, slope in zip(("dx", "dy"), gradients, local(x, y), strict=True):
            told = say(key, entry=entry, name=name)
            assert_numbers(actual, dout * slope, told, atol=1e-12)


@pytest.mark.question("gates", points=0.5)
def test_gates_keep_the_shape_of_arrays(student, rng):
    dout, x, y = draw_arrays(rng)
    varied = []
    for name in ("add_backward", "multiply_backward", "max_backward"):
        result = expect_tuple(getattr(student, name)(dout, x, y), 2, say("result_of", name=name))
        for gradient, label in zip(result, ("dx", "dy"), strict=True):
            expect_array(gradient, say("gate_gradient", entry=label, name=name), x.shape, "f")
            varied.append(np.ptp(gradient) > 0)
    assert_true(any(varied), say("gates_ignore_inputs"))
    expect_array(student.sigmoid(x), say("sigmoid_of_array"), x.shape, "f")
    passed_back = student.sigmoid_backward(dout, logistic(x))
    expect_array(passed_back, say("dx_of_sigmoid_backward"), x.shape, "f")


@pytest.mark.question("gates", points=1)
def test_add_distributes(student, rng):
    local = lambda x, y: (np.ones_like(x), np.ones_like(y))  # noqa: E731 — two slopes, one line
    check_gate(student, "add_backward", rng, local, draw_numbers(rng, 2))


@pytest.mark.question("gates", points=2)
def test_multiply_switches(student, rng):
    check_gate(student, "multiply_backward", rng, lambda x, y: (y, x), draw_numbers(rng, 2))


@pytest.mark.question("gates", points=1.5)
def test_max_routes(student, rng):
    local = lambda x, y: (np.greater(x, y) * 1.0, np.less(x, y) * 1.0)  # noqa: E731 — as above
    pairs = draw_numbers(rng, 2)
    check_gate(student, "max_backward", rng, local, pairs + [(y, x) for x, y in pairs])


@pytest.mark.question("gates", points=0.5)
def test_max_shares_at_a_tie(student, rng):
    tied = [(float(away_from_zero(rng)), x, x) for x, _ in draw_numbers(rng, 2)]
    calls = [*tied, *((dout, x, x - 1) for dout, x, _ in tied)]
    for (dout, x, y), value in zip(calls, student.many("max_backward", calls), strict=True):
        dx, dy = expect_tuple(value, 2, say("result_of", name="max_backward"))
        dx, dy = expect_float(dx, "dx"), expect_float(dy, "dy")
        share = max(abs(dx), abs(dy)) <= abs(dout) + 1e-9
        assert_true(share, say("max_makes_gradient"))
        assert_close(dx + dy, dout, say("sum_at_tie") if x == y else say("sum_of_dx_dy"))
        assert_true(x == y or abs(dy) < 1e-9, say("share_without_tie"))


@pytest.mark.question("gates", points=0.5)
def test_sigmoid(student, rng):
    inputs = [rng.uniform(-8, 8, size=shape) for shape in (draw_shape(rng, 2), (4,), (1, 2))]
    inputs += [*map(float, rng.uniform(-8, 8, size=3)), 0.0, 8.0, -8.0]
    for x, value in zip(inputs, student.many("sigmoid", [(x,) for x in inputs]), strict=True):
        name = say("sigmoid_of_array") if np.ndim(x) else say("sigmoid_of_number")
        assert_numbers(value, logistic(x), name)


@pytest.mark.question("gates", points=0.5)
def test_sigmoid_far_out(student):
    inputs = [sign * np.array([30.0, 700.0, 1000.0]) for sign in (1, -1)]
    inputs += [np.array([-1000.0, 0.0, 1000.0]), np.array([800.0, -40.0])]
    for x, value in zip(inputs, student.many("sigmoid", [(x,) for x in inputs]), strict=True):
        assert_numbers(value, logistic(x), say("sigmoid_of_large_numbers"))


@pytest.mark.question("gates", points=1.5)
def test_sigmoid_backward(student, rng):
    shapes = ((3, 2), (4,), (), ())
    calls = [(away_from_zero(rng, shape), logistic(rng.normal(size=shape))) for shape in shapes]
    calls = [(d, s) if np.ndim(d) else (float(d), float(s)) for d, s in calls]
    for (dout, s), value in zip(calls, student.many("sigmoid_backward", calls), strict=True):
        assert_numbers(value, dout * s * (1 - s), say("dx_of_sigmoid_backward"))


# values and gradients of circuits -----------------------------------------------------------

GATES = ("add_backward", "multiply_backward", "max_backward", "sigmoid", "sigmoid_backward")


def with_right_gates(student, reference, check):
    """Run the check; if it fails, again with the reference's gates, so that none costs twice."""
    try:
        check(student)
    except AssertionError:
        check(student.standing_in(**{name: getattr(reference, name) for name in GATES}))


def results_of(student, name, points, length):
    """The results at each point; what is missing at the end of one is None."""
    results = []
    for value in student.many(name, points):
        parts = value if isinstance(value, tuple | list) else (value,)
        parts = (*parts, *[None] * (length - len(parts)))
        results.append(expect_tuple(parts, length, say("result_of", name=name)))
    return results


def check_value(student, reference, name, points, length):
    def check(student):
        for point, result in zip(points, results_of(student, name, points, length), strict=True):
            assert_numbers(result[0], getattr(reference, name)(*point)[0], "f")

    with_right_gates(student, reference, check)


def draw_large_numbers(rng, count):
    """A few points so large that a difference quotient loses its digits, and a gradient none."""
    return [tuple(1e8 * value for value in point) for point in draw_numbers(rng, count)[:3]]


def check_gradients(student, reference, name, points, gradients, chain_rule):
    """The gradients of the inputs that are named in order, each at every point.

    `chain_rule` takes the student and the numbers of all gradients that are right there, and fails
    if a gradient is no more than a difference quotient.
    """

    def check(student):
        results = results_of(student, name, points, len(points[0]) + 1)
        exact = [exact_gradient(reference, name, point) for point in points]
        for slopes, (_, *actual) in zip(exact, results, strict=True):
            for index, label in gradients:
                assert_numbers(actual[index], slopes[index], label)
        numbers = range(len(points[0]))
        chain_rule(student, [i for i in numbers if all(map(partial(is_right, i), exact, results))])

    with_right_gates(student, reference, check)


def is_right(index, slopes, result):
    return agrees(result[index + 1], slopes[index])


def agrees(actual, expected):
    try:
        assert_numbers(actual, expected, "")
    except AssertionError:
        return False
    return True


def expect_chain_rule(student, right, name, extremes):
    """Fail if a gradient that is right elsewhere is wrong at every one of its extremes.

    `extremes` are points with the gradients there, by number, as far as they are judged: points at
    which the chain rule is exact, and a difference quotient or a complex step is not, with any step
    and in any precision. One that an honest formula cannot bear, such as `0 * x` where x is
    infinite, costs nothing if there is another one.
    """
    calls = [tuple(map(np.float64, point)) for point, _ in extremes]  # Python floats may raise
    results = far_out(lambda: results_of(student, name, calls, len(calls[0]) + 1))
    for index in right:
        judged = [
            is_near(result[index + 1], slopes[index])
            for result, (_, slopes) in zip(results, extremes, strict=True)
            if index in slopes
        ]
        assert_true(any(judged) or not judged, say("no_chain_rule"))


def far_out(ask):
    """What `ask` returns for numbers that are right for the chain rule, but too large to nudge."""
    try:
        return ask()
    except StudentFailure:
        raise AssertionError(say("no_chain_rule")) from None


def expect_number(value):
    """The number, or nan for what is none."""
    try:
        return expect_float(value, "")
    except AssertionError:
        return np.nan


def is_near(value, expected):
    """Whether a number is the expected one, relative to its size, however small that is."""
    return abs(expect_number(value) - expected) <= 1e-6 * abs(expected)


def chosen_numbers(rng, count):
    """Points of zeros, of equal numbers, and of very different size."""
    some = draw_numbers(rng, count)
    first, *_ = some[0]
    sized = [tuple(10.0**e * v for v in p) for e, p in zip((-6, 3), some[1:3], strict=True)]
    mixed = tuple(v * 10.0 ** (3 * (-1) ** i) for i, v in enumerate(some[3]))
    return [(0.0, *some[0][1:]), (first,) * count, *sized, mixed]


# circuit ------------------------------------------------------------------------------------


def extremes_of_circuit(rng, numbers):
    """dx and dy are z, however large x and y are, and dz is x + y, however large z is."""
    (x, y, z), (v, w, _), *_ = np.abs(draw_numbers(rng, 3))
    far = (np.inf, -np.inf)
    if numbers == (2,):
        return [((x, y, z), {2: x + y}) for z in far] + [((v, w, z), {2: v + w}) for z in far]
    slopes = {0: z, 1: z}
    return [((x, y, z), slopes) for x in far] + [((x, y, z), slopes) for y in far]


@pytest.mark.question("circuit", points=1)
def test_circuit_value(student, reference, rng):
    points = draw_numbers(rng, 3) + chosen_numbers(rng, 3)
    check_value(student, reference, "circuit", points, 4)


@pytest.mark.question("circuit", points=2)
def test_circuit_gradients_of_x_and_y(student, reference, rng):
    points = draw_numbers(rng, 3) + draw_large_numbers(rng, 3)
    chain_rule = partial(
        expect_chain_rule, name="circuit", extremes=extremes_of_circuit(rng, (0, 1))
    )
    gradients = [(0, "dx"), (1, "dy")]
    check_gradients(student, reference, "circuit", points, gradients, chain_rule)


@pytest.mark.question("circuit", points=1)
def test_circuit_gradient_of_z(student, reference, rng):
    points = draw_numbers(rng, 3) + draw_large_numbers(rng, 3)
    chain_rule = partial(expect_chain_rule, name="circuit", extremes=extremes_of_circuit(rng, (2,)))
    check_gradients(student, reference, "circuit", points, [(2, "dz")], chain_rule)


# patterns -----------------------------------------------------------------------------------


def draw_patterns(rng, scale=1.0):
    """Points with z ahead and points with w ahead, by a gap of this scale."""
    ahead = [(x, y, z, z - scale * abs(gap)) for x, y, z, gap in draw_numbers(rng, 4)]
    ahead += [(x, y, 0.25 * abs(z), -abs(w)) for x, y, z, w in draw_numbers(rng, 4)[:1]]
    return ahead + [(x, y, w, z) for x, y, z, w in ahead]


def extremes_of_patterns(rng, numbers):
    """An infinite x does not change dx, nor dz and dw; nor does an infinite y change dy."""
    x, y, z, w = draw_patterns(rng)[0]  # z is ahead
    routed = {2: 2.0, 3: 0.0}
    if numbers == (2, 3):
        return [((np.inf, y, z, w), routed), ((x, -np.inf, z, w), routed)]
    far = (np.inf, -np.inf)
    return [((x, y, z, w), {0: 2 * y}) for x in far] + [((x, y, z, w), {1: 2 * x}) for y in far]


@pytest.mark.question("patterns", points=1)
def test_patterns_value(student, reference, rng):
    points = draw_patterns(rng) + chosen_numbers(rng, 4)
    check_value(student, reference, "patterns", points, 5)


@pytest.mark.question("patterns", points=1.5)
def test_patterns_gradients_through_the_product(student, reference, rng):
    points = draw_patterns(rng) + draw_large_numbers(rng, 4)
    chain_rule = partial(
        expect_chain_rule, name="patterns", extremes=extremes_of_patterns(rng, (0, 1))
    )
    gradients = [(0, "dx"), (1, "dy")]
    check_gradients(student, reference, "patterns", points, gradients, chain_rule)


@pytest.mark.question("patterns", points=1.5)
def test_patterns_gradients_through_the_maximum(student, reference, rng):
    points = draw_patterns(rng) + draw_patterns(rng, 1e-7)  # a quotient reaches across the tie
    chain_rule = partial(
        expect_chain_rule, name="patterns", extremes=extremes_of_patterns(rng, (2, 3))
    )
    gradients = [(2, "dz"), (3, "dw")]
    check_gradients(student, reference, "patterns", points, gradients, chain_rule)


# neuron -------------------------------------------------------------------------------------


def draw_neurons(rng):
    """Weights and inputs; the last two neurons are nearly off, and nearly on."""
    points = [(0.7 * away_from_zero(rng, 3), away_from_zero(rng, 2)) for _ in range(TRIES)]
    for (w, x), sign in zip(points[-2:], (-1, 1), strict=True):
        w[2] = sign * rng.uniform(6.5, 8) - w[:2] @ x
    return points


def draw_stretched_neurons(rng, stretch):
    """Weights so much smaller than inputs, or larger, that a small nudge takes the sigmoid far."""
    points = [(w, x / stretch) for w, x in draw_neurons(rng)[:3]]
    for w, x in points:
        w[:2] *= stretch
        w[2] = rng.uniform(0.5, 2) - w[:2] @ x
    return points


def draw_lopsided_neurons(rng, which):
    """q is 0, and its slopes differ by a factor beyond 2^1200: no one step suits both.

    For dw (which = 1) these are the inputs, for dx (which = 2) the weights. All are powers of two,
    so the large products cancel exactly, in any order.
    """
    points = []
    for exponent, small in rng.integers((640, 10), (680, 20), size=(3, 2)):
        large, sign = 2.0 ** int(exponent), float(rng.choice([-1, 1]))
        ends, plain = np.array([sign * large, 1 / large]), np.array([1.0, 2.0 ** -int(small)])
        w, x = (plain, ends) if which == 1 else (ends, plain)
        points.append((np.append(w, -sign * large), x))
    return points


def draw_rounded_neurons(rng, kind):
    """Products that cancel once they are rounded, and what q may then be in this precision.

    Both products are near the numbers whose last digit is worth 1, and each has a rest. Rounded,
    they leave q = w2; where the processor multiplies and adds in one instruction, one rest stays.
    Both rests stay in wider numbers only, which a nudge needs and the chain rule does not.
    """
    scale = 2.0 ** (np.finfo(kind).nmant / 2)
    found = []
    while len(found) < 3:
        w0, x0, w1 = (kind(scale * u) for u in rng.uniform(1, 1.4, size=3))
        product = w0 * x0
        x1 = -product / w1
        rests = [Fraction(float(a)) * Fraction(float(b)) for a, b in ((w0, x0), (w1, x1))]
        rests = [
            float(rest - Fraction(float(a * b)))
            for rest, a, b in zip(rests, (w0, w1), (x0, x1), strict=True)
        ]
        if w1 * x1 == -product and min(map(abs, rests)) > 0.15 and rests[0] * rests[1] > 0:
            bias = float(rng.choice([-1, 1]))
            w, x = np.array([w0, w1, bias], float), np.array([x0, x1], float)
            found.append(((w, x), [bias, bias + rests[0], bias + rests[1]]))
    return found


def is_rounded(actual, which, point, sums):
    """Whether dw (which = 1) or dx (which = 2) is that of one of these sums."""
    w, x = point
    slopes = [logistic(q) * logistic(-q) for q in sums]
    other = w[:2] if which == 2 else np.append(x, 1.0)
    return any(has_entries(actual, slope * other) for slope in slopes)


def exact_neuron_gradients(reference, w, x):
    """dw and dx of the instructor's neuron."""

    def output(point):
        return reference.neuron(point[:3], point[3:])[0]

    _, dw, dx = reference.neuron(w, x)
    exact = trusted(complex_step_gradient(output, np.append(w, x)), np.append(dw, dx))
    return exact[:3], exact[3:]


def assert_entries(actual, expected, name, atol=1e-9):
    """The entries of dw or dx that there are: another check is about their number."""
    actual = as_array(actual)
    count = len(expected)
    if isinstance(actual, np.ndarray) and 2 <= actual.size <= 3:
        count = min(actual.size, count)
        actual = actual.ravel()[:count]
    assert_numbers(actual, expected[:count], name, atol=atol)


def check_neuron_gradient(student, reference, which, name, points, lopsided, rounded):
    """dw (which = 1) or dx (which = 2) of neurons, and of one at least of each special kind."""

    def check(student):
        exact = [exact_neuron_gradients(reference, w, x) for w, x in points]
        for slopes, result in zip(exact, results_of(student, "neuron", points, 3), strict=True):
            assert_entries(result[which], slopes[which - 1], name)
        exact = [reference.neuron(w, x)[which] for w, x in lopsided]
        given = [result[which] for result in results_of(student, "neuron", lopsided, 3)]
        found = any(map(has_entries, given, exact))
        # The range of single precision is too small to tell.
        assert_true(found or is_single(as_array(given[0])), say("no_chain_rule"))
        aside = student.aside()  # no diagnosis knows in which order a sum was rounded
        results = results_of(aside, "neuron", [point for point, _ in rounded], 3)
        given = zip((result[which] for result in results), rounded, strict=True)
        found = any(is_rounded(actual, which, point, sums) for actual, (point, sums) in given)
        assert_true(found, say("no_chain_rule"))

    with_right_gates(student, reference, check)


def has_entries(actual, expected):
    try:
        assert_entries(actual, expected, "", atol=0.0)
    except AssertionError:
        return False
    return True


@pytest.mark.question("neuron", points=1)
def test_neuron_output(student, reference, rng):
    points = draw_neurons(rng) + draw_stretched_neurons(rng, 1e4)

    def check(student):
        results = results_of(student, "neuron", points, 3)
        for (w, x), (f, _, _) in zip(points, results, strict=True):
            assert_numbers(f, reference.neuron(w, x)[0], "f")

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=1)
def test_neuron_gradients_are_arrays(student, reference, rng):
    points = draw_neurons(rng)

    def check(student):
        results = results_of(student, "neuron", points + points[:1], 3)
        for _, dw, dx in results:
            assert_shape(expect_array(dw, "dw", kind="f"), (3,), "dw")
            assert_shape(expect_array(dx, "dx", kind="f"), (2,), "dx")
        for gradients in list(zip(*results, strict=True))[1:]:
            varies = len({gradient.tobytes() for gradient in gradients}) > 1
            again = np.array_equal(gradients[0], gradients[-1])
            copies = np.array_equal(gradients[0], points[0][len(gradients[0]) == 2])
            assert_true(varies and again and not copies, say("gradients_ignore_inputs"))

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=2)
def test_neuron_gradient_of_the_weights(student, reference, rng):
    points = draw_neurons(rng) + draw_stretched_neurons(rng, 1e-4)
    lopsided = draw_lopsided_neurons(rng, which=1)
    rounded = draw_rounded_neurons(rng, np.float64) + draw_rounded_neurons(rng, np.float32)
    check_neuron_gradient(student, reference, 1, "dw", points, lopsided, rounded)


@pytest.mark.question("neuron", points=1)
def test_neuron_gradient_of_the_inputs(student, reference, rng):
    points = draw_neurons(rng) + draw_stretched_neurons(rng, 1e4)
    lopsided = draw_lopsided_neurons(rng, which=2)
    rounded = draw_rounded_neurons(rng, np.float64) + draw_rounded_neurons(rng, np.float32)
    check_neuron_gradient(student, reference, 2, "dx", points, lopsided, rounded)


@pytest.mark.question("neuron", points=1)
def test_neuron_leaves_its_arguments_alone(student, reference, rng):
    calls = draw_neurons(rng)

    def check(student):
        observed = student.observe_many("neuron", calls + calls[:1])
        values = [seen.value for seen in observed]
        firsts = [v[0] if isinstance(v, tuple | list) and v else v for v in values]
        outputs = [expect_float(f, "f") for f in firsts]
        depends = len(set(outputs)) > 1 and outputs[0] == outputs[-1]
        assert_true(depends, say("f_ignores_inputs"))
        for (w, x), seen in zip(calls, observed, strict=False):
            assert_unchanged(seen.args[0], w, "w")
            assert_unchanged(seen.args[1], x, "x")

    with_right_gates(student, reference, check)


# staged -------------------------------------------------------------------------------------


def draw_staged(rng):
    """Points, the last of them where the denominator almost vanishes and quotients go astray."""
    steep = [(-14 - x, 14 + x + 1e-3 * y) for x, y in rng.uniform(0.5, 1, size=(3, 2))]
    return draw_numbers(rng, 2) + [tuple(map(float, point)) for point in steep]


def expect_staged_chain_rule(student, right, a, b):
    """Fail if dx is wrong at (-a, a) or dy is at (b, -b), for a near 340 and b near 700.

    There x + y = 0. In the first point the denominator σ(x) is so small that any step above 1e-77
    goes astray. In the second, dy is so small that any step below 1e-4 is lost, or all digits of a
    difference are. A sigmoid that is right up to 1e-16 only cannot bear this: f is wrong, too.
    """
    exact = student.aside().standing_in(sigmoid=logistic)  # no diagnosis knows this sigmoid
    points = [(np.float64(-a), a), (np.float64(b), -b)]
    results = far_out(lambda: results_of(exact, "staged", points, 3))
    (f, dx, _), (_, _, dy) = results
    bears_it = is_near(f, (1 - a) * np.exp(a))
    goes_astray = 0 in right and not is_near(dx, a * np.exp(a))
    loses_digits = 1 in right and not 0 < expect_number(dy) < 1e-150
    assert_true(not bears_it or not (goes_astray or loses_digits), say("no_chain_rule"))


def expect_rounded_numerator(student, right, y):
    """Fail if dy is wrong at (-1, y) for a y at which σ(y) is rounded to 1, so that f is 0.

    Numbers that are wide enough for a tiny nudge see a numerator that is not 0.
    """
    exact = student.aside().standing_in(sigmoid=logistic)
    ((f, _, dy),) = results_of(exact, "staged", [(np.float64(-1), y)], 3)
    bears_it = expect_number(f) == 0
    slope = np.exp(-y) / (logistic(-1) + (y - 1) ** 2)
    is_right = expect_number(dy) == 0 or is_near(dy, slope)
    assert_true(1 not in right or not bears_it or is_right, say("no_chain_rule"))


def check_staged_gradient(student, reference, index, label, rng):
    points, a, b = draw_staged(rng), *map(float, rng.integers((330, 690), (346, 706)))
    y = float(rng.uniform(39, 44))

    def chain_rule(student, right):
        expect_staged_chain_rule(student, right, a, b)
        expect_rounded_numerator(student, right, y)

    check_gradients(student, reference, "staged", points, [(index, label)], chain_rule)


@pytest.mark.question("staged", points=2)
def test_staged_value(student, reference, rng):
    moderate = [(1e-6, 2e-6), (0.1, 0.05), (0.0, 0.0), (-3.0, 3.0), (30.0, 40.0), (-30.0, 50.0)]
    check_value(student, reference, "staged", draw_numbers(rng, 2) + moderate, 3)


@pytest.mark.question("staged", points=2)
def test_staged_gradient_of_x(student, reference, rng):
    check_staged_gradient(student, reference, 0, "dx", rng)


@pytest.mark.question("staged", points=2)
def test_staged_gradient_of_y(student, reference, rng):
    check_staged_gradient(student, reference, 1, "dy", rng)


# output_delta -------------------------------------------------------------------------------


def draw_probabilities(rng, N, C):
    raw = rng.uniform(0.2, 1, size=(N, C))
    return raw / raw.sum(axis=1, keepdims=True), rng.permutation(np.arange(N) % C)


def draw_outputs(rng):
    """Probabilities and labels of any sizes: more classes than rows, one row, all of one class."""
    sizes = [(4, 3), (1, 5), (7, 2), (int(rng.integers(70, 90)), int(rng.integers(11, 15)))]
    calls = [draw_probabilities(rng, N, C) for N, C in sizes]
    p, y = draw_probabilities(rng, 6, 3)
    return [*calls, (p, np.full_like(y, rng.integers(3)))]


def expect_work(deltas, calls):
    """Deltas that vary, are more than copies of p, and the same for the last call as the first."""
    deltas = [expect_array(as_array(delta), say("delta"), kind="f") for delta in deltas]
    assert_true(np.array_equal(deltas[0], deltas[-1]), say("delta_ignores_p"))
    varied = all(delta.size > 1 and np.ptp(delta) > 0 for delta in deltas)
    copied = all(np.array_equal(delta, p) for delta, (p, _) in zip(deltas, calls, strict=True))
    assert_true(varied and not copied, say("delta_ignores_p"))


@pytest.mark.question("output_delta", points=1.5)
def test_squared_error_delta(student, rng):
    calls = [(float(rng.integers(2)), float(rng.uniform(0.1, 0.9))) for _ in range(TRIES)]
    for shape in (draw_shape(rng, 2), (4,), (1, 2)):
        calls.append((rng.uniform(size=shape), rng.uniform(0.1, 0.9, size=shape)))
    for (y, a), delta in zip(calls, student.many("squared_error_delta", calls), strict=True):
        assert_numbers(delta, -(y - a) * a * (1 - a), say("squared_error_delta"))
    # The square of such a y overflows, so there is no loss that one could nudge.
    far = [(float(10.0**e), float(rng.uniform(0.1, 0.9))) for e in rng.integers(190, 250, size=3)]
    deltas = far_out(lambda: student.many("squared_error_delta", far))
    for (y, a), delta in zip(far, deltas, strict=True):
        assert_true(is_near(delta, -y * a * (1 - a)), say("no_chain_rule"))
    # An infinite y has an infinite loss. An a of 0 or 1 comes from an infinite sum, and stays.
    a = float(rng.uniform(0.1, 0.9))
    calls = [(np.float64(y), np.float64(a)) for y, a in ((np.inf, a), (0.5, 0), (-2, 1))]
    found, *still = far_out(lambda: student.many("squared_error_delta", calls))
    is_still = all(expect_number(delta) == 0 for delta in still)
    assert_true(expect_number(found) == -np.inf and is_still, say("no_chain_rule"))


@pytest.mark.question("output_delta", points=0.5)
def test_softmax_delta_shape(student, rng):
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (1, 5), (7, 2))]
    calls.append(calls[0])
    values = student.many("softmax_delta", calls)
    for (p, _), value in zip(calls, values, strict=True):
        expect_array(value, say("delta"), p.shape, "f")
    expect_work(values, calls)


@pytest.mark.question("output_delta", points=1.5)
def test_softmax_delta(student, rng):
    calls = draw_outputs(rng)
    for (p, y), delta in zip(calls, student.many("softmax_delta", calls), strict=True):
        expected = (p - np.eye(p.shape[1])[y]) / len(y)
        assert_numbers(delta, expected, say("softmax_delta"))
    # Of probabilities that were rounded, the row does not sum to 1; any loss of scores divides by
    # that sum again, so that nudging it goes astray in any precision.
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (2, 5), (7, 4))]
    calls = [(np.floor(50 * p) / 50, y) for p, y in calls]
    for (p, y), delta in zip(calls, student.many("softmax_delta", calls), strict=True):
        expected = (p - np.eye(p.shape[1])[y]) / len(y)
        assert_true(agrees(delta, expected), say("delta_of_rounded"))
    calls = [draw_tiny_probability(rng, N) for N in (3, 5, 6)]
    for (p, y), delta in zip(calls, student.many("softmax_delta", calls), strict=True):
        delta = expect_array(as_array(delta, p.shape), say("softmax_delta"), p.shape)
        found, expected = delta[0, y[0] - 1], p[0, y[0] - 1] / len(y)
        is_near = abs(float(found) - expected) <= 1e-323  # two of the smallest numbers that are
        assert_true(is_near or is_single(delta), say("no_chain_rule"))


def draw_tiny_probability(rng, N, C=4):
    """One wrong class is so improbable that no step of its score would change the loss."""
    p, y = draw_probabilities(rng, N, C)
    p[0] = 1 / (C - 1)
    p[0, y[0] - 1] = 5e-324 * int(rng.integers(1000, 4000))
    return p, y


@pytest.mark.question("output_delta", points=0.5)
def test_softmax_delta_leaves_p_alone(student, rng):
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (5, 4), (7, 2))]
    calls.append(calls[0])
    observed = student.observe_many("softmax_delta", calls)
    expect_work([seen.value for seen in observed], calls)
    for (p, y), seen in zip(calls, observed, strict=True):
        assert_unchanged(seen.args[0], p, "p")
        assert_unchanged(seen.args[1], y, "y")


# sgd_step -----------------------------------------------------------------------------------


def draw_steps(rng):
    shapes = ((3,), draw_shape(rng, 2), (5,), (1, 2), (2, 3))
    rates = [*rng.uniform(0.05, 0.8, size=4), 2.5]
    return [
        (rng.normal(size=shape), size * away_from_zero(rng, shape), float(rate))
        for shape, size, rate in zip(shapes, (1, 100, 1, 1e4, 1e-4), rates, strict=True)
    ]


@pytest.mark.question("sgd_step", points=2)
def test_sgd_step_goes_downhill(student, rng):
    calls = draw_steps(rng)
    for (w, dw, rate), new in zip(calls, student.many("sgd_step", calls), strict=True):
        new = expect_array(new, say("new_weights"), w.shape)
        assert_numbers(new, w - rate * dw, say("new_weights"))


@pytest.mark.question("sgd_step", points=2)
def test_sgd_step_leaves_its_arguments_alone(student, rng):
    calls = draw_steps(rng)
    others = [(w, -dw, rate) for w, dw, rate in calls]
    known = [as_array(new) for new in student.many("sgd_step", calls + others)]
    again, moved = known[: len(calls)], known[len(calls) :]
    observed = student.observe_many("sgd_step", calls)
    for (w, dw, _), seen, same, other in zip(calls, observed, again, moved, strict=True):
        new = expect_array(as_array(seen.value), say("new_weights"), w.shape)
        assert_true(not np.array_equal(new, w), say("weights_as_before"))
        is_copy = np.array_equal(new, dw) or np.array_equal(new, other)
        assert_true(np.array_equal(new, same) and not is_copy, say("weights_ignore_dw"))
        assert_unchanged(seen.args[0], w, "w")
        assert_unchanged(seen.args[1], dw, "dw")
