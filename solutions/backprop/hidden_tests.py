"""Hidden tests of `backprop`.

Every step is asked at several random inputs before the first answer is judged, so that a mistake
shows on all of them. Gradients are held to complex-step derivatives of the instructor's own
functions. A broken assumption of ours raises something other than AssertionError.
"""

import numpy as np
import pytest

from grader.judge import (
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
    return rng.uniform(0.5, 3, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def draw_numbers(rng, count):
    return [tuple(map(float, away_from_zero(rng, count))) for _ in range(TRIES)]


# numerical_gradient -------------------------------------------------------------------------


def square_and_line(factors):
    return lambda a: float(np.sum(factors * a**2 + a))


def slopes_of(student, functions, points):
    """numerical_gradient of each function at its point, asked in one go."""
    return student.many("numerical_gradient", list(zip(functions, points, strict=True)))


@pytest.mark.question("numerical_gradient", points=0.5)
def test_gradient_is_shaped_like_x(student, rng):
    points = [rng.normal(size=shape) for shape in ((4,), (2, 3), (2, 1, 3))]
    functions = [square_and_line(away_from_zero(rng, x.shape)) for x in points]
    for x, actual in zip(points, slopes_of(student, functions, points), strict=True):
        gradient = expect_array(actual, say("gradient"), x.shape, "f")
        assert_true(np.ptp(gradient) > 0, say("gradient_ignores_f"))


@pytest.mark.question("numerical_gradient", points=1)
def test_slope_of_a_polynomial(student, rng):
    points = [away_from_zero(rng, shape) for shape in ((4,), (2, 3), (2, 1, 3), (5,))]
    factors = [away_from_zero(rng, x.shape) for x in points]
    cubics = [lambda a, c=c: float(np.sum(c * a**3 + a)) for c in factors]
    slopes = slopes_of(student, cubics, points)
    for x, c, actual in zip(points, factors, slopes, strict=True):
        assert_close(actual, 3 * c * x**2 + 1, say("gradient"), rtol=1e-6, atol=1e-6)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_slope_at_whole_numbers(student, rng):
    points = [rng.integers(-4, 5, size=shape) for shape in ((3,), (2, 3), (5,))]
    factors = [away_from_zero(rng, x.shape) for x in points]
    slopes = slopes_of(student, map(square_and_line, factors), points)
    for x, c, actual in zip(points, factors, slopes, strict=True):
        name = say("gradient_at_integers")
        assert_close(actual, 2 * c * x + 1, name, rtol=1e-3, atol=1e-3)


@pytest.mark.question("numerical_gradient", points=1)
def test_difference_is_centred_and_uses_h(student, rng):
    x, steps = away_from_zero(rng, 3), (0.1, 0.25, 0.4)
    calls = [(lambda a: float(np.sum(a**5) + np.sum(a) ** 2), x, h) for h in steps]
    for h, actual in zip(steps, student.many("numerical_gradient", calls), strict=True):
        expected = 5 * x**4 + 10 * x**2 * h**2 + h**4 + 2 * np.sum(x)
        assert_close(actual, expected, say("gradient_with_h", h=h), rtol=1e-6)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_x_is_restored(student, rng):
    x, asked = rng.normal(size=(2, 3)), []

    def f(a):
        asked.append(float(np.sum(a**2)))
        return asked[-1]

    seen = student.observe("numerical_gradient", f, x)
    expect_array(seen.value, say("gradient"), x.shape, "f")
    assert_true(len(set(asked)) > 1, say("f_asked_once"))
    # Nudged in place and back, an entry may differ in its last bit; a forgotten h is far more.
    assert_close(seen.args[1], x, say("x_after_call"), rtol=0, atol=1e-12)


@pytest.mark.question("numerical_gradient", points=0.5)
def test_one_entry_at_a_time(student, rng):
    points, W = [rng.normal(size=4) for _ in range(3)], away_from_zero(rng, (4, 4))
    for x, actual in zip(
        points, slopes_of(student, [lambda a: float(a @ W @ a)] * 3, points), strict=True
    ):
        assert_close(actual, (W + W.T) @ x, say("gradient_of_product"), 1e-3, 1e-3)


# gates --------------------------------------------------------------------------------------

SHAPE = (2, 3)


def check_gate(student, name, rng, local, pairs):
    """A gate's backward at numbers and at arrays; `local` gives its two slopes."""
    calls = [(float(away_from_zero(rng)), x, y) for x, y in pairs]
    calls += [tuple(away_from_zero(rng, SHAPE) for _ in range(3)) for _ in range(2)]
    for (dout, x, y), value in zip(calls, student.many(name, calls), strict=True):
        dx, dy = expect_tuple(value, 2, say("result_of", name=name))
        key = "gate_gradient_of_arrays" if np.ndim(x) else "gate_gradient"
        for entry, actual, slope in zip(("dx", "dy"), (dx, dy), local(x, y), strict=True):
            assert_close(actual, dout * slope, say(key, entry=entry, name=name))


@pytest.mark.question("gates", points=0.5)
def test_gates_keep_the_shape_of_arrays(student, rng):
    dout, x, y = (away_from_zero(rng, SHAPE) for _ in range(3))
    for name in ("add_backward", "multiply_backward", "max_backward"):
        result = expect_tuple(getattr(student, name)(dout, x, y), 2, say("result_of", name=name))
        for gradient, label in zip(result, ("dx", "dy"), strict=True):
            expect_array(gradient, say("gate_gradient", entry=label, name=name), SHAPE, "f")
    expect_array(student.sigmoid(x), say("sigmoid_of_array"), SHAPE, "f")
    passed_back = student.sigmoid_backward(dout, logistic(x))
    expect_array(passed_back, say("dx_of_sigmoid_backward"), SHAPE, "f")


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
    inputs = [4 * rng.normal(size=shape) for shape in (SHAPE, (4,), (1, 2))]
    inputs += [*map(float, 4 * rng.normal(size=3)), 0.0]
    for x, value in zip(inputs, student.many("sigmoid", [(x,) for x in inputs]), strict=True):
        name = say("sigmoid_of_array") if np.ndim(x) else say("sigmoid_of_number")
        assert_close(value, logistic(x), name)


@pytest.mark.question("gates", points=0.5)
def test_sigmoid_far_out(student):
    inputs = [sign * np.array([30.0, 700.0, 1000.0]) for sign in (1, -1)]
    inputs += [np.array([-1000.0, 0.0, 1000.0]), np.array([800.0, -40.0])]
    for x, value in zip(inputs, student.many("sigmoid", [(x,) for x in inputs]), strict=True):
        assert_close(value, logistic(x), say("sigmoid_of_large_numbers"))


@pytest.mark.question("gates", points=1.5)
def test_sigmoid_backward(student, rng):
    shapes = ((3, 2), (4,), (), ())
    calls = [(away_from_zero(rng, shape), logistic(rng.normal(size=shape))) for shape in shapes]
    calls = [(d, s) if np.ndim(d) else (float(d), float(s)) for d, s in calls]
    for (dout, s), value in zip(calls, student.many("sigmoid_backward", calls), strict=True):
        assert_close(value, dout * s * (1 - s), say("dx_of_sigmoid_backward"))


# circuit and patterns -----------------------------------------------------------------------

GATES = ("add_backward", "multiply_backward", "max_backward", "sigmoid", "sigmoid_backward")


def with_right_gates(student, reference, check):
    """Run the check; if it fails, again with the reference's gates, so that none costs twice."""
    try:
        check(student)
    except AssertionError:
        check(student.standing_in(**{name: getattr(reference, name) for name in GATES}))


def results_of(student, name, points, length):
    values = student.many(name, points)
    return [expect_tuple(value, length, say("result_of", name=name)) for value in values]


def check_value(student, reference, name, points, length):
    def check(student):
        for point, result in zip(points, results_of(student, name, points, length), strict=True):
            assert_close(result[0], getattr(reference, name)(*point)[0], "f")

    with_right_gates(student, reference, check)


def draw_large_numbers(rng, count):
    """A few points so large that a difference quotient loses its digits, and a gradient none."""
    return [tuple(1e8 * value for value in point) for point in draw_numbers(rng, count)[:3]]


def check_gradients(student, reference, name, points, gradients):
    """The gradients of the inputs that are named in order, each at every point."""

    def check(student):
        results = results_of(student, name, points, len(points[0]) + 1)
        for point, (_, *actual) in zip(points, results, strict=True):
            exact = exact_gradient(reference, name, point)
            for index, label in gradients:
                assert_close(actual[index], exact[index], label)

    with_right_gates(student, reference, check)


@pytest.mark.question("circuit", points=1)
def test_circuit_value(student, reference, rng):
    check_value(student, reference, "circuit", draw_numbers(rng, 3), 4)


@pytest.mark.question("circuit", points=2)
def test_circuit_gradients_of_x_and_y(student, reference, rng):
    points = draw_numbers(rng, 3) + draw_large_numbers(rng, 3)
    check_gradients(student, reference, "circuit", points, [(0, "dx"), (1, "dy")])


@pytest.mark.question("circuit", points=1)
def test_circuit_gradient_of_z(student, reference, rng):
    points = draw_numbers(rng, 3) + draw_large_numbers(rng, 3)
    check_gradients(student, reference, "circuit", points, [(2, "dz")])


def draw_patterns(rng, scale=1.0):
    """Points with z ahead and points with w ahead, by a gap of this scale."""
    ahead = [(x, y, z, z - scale * abs(gap)) for x, y, z, gap in draw_numbers(rng, 4)]
    return ahead + [(x, y, w, z) for x, y, z, w in ahead]


@pytest.mark.question("patterns", points=1)
def test_patterns_value(student, reference, rng):
    check_value(student, reference, "patterns", draw_patterns(rng), 5)


@pytest.mark.question("patterns", points=1.5)
def test_patterns_gradients_through_the_product(student, reference, rng):
    points = draw_patterns(rng) + draw_large_numbers(rng, 4)
    check_gradients(student, reference, "patterns", points, [(0, "dx"), (1, "dy")])


@pytest.mark.question("patterns", points=1.5)
def test_patterns_gradients_through_the_maximum(student, reference, rng):
    points = draw_patterns(rng) + draw_patterns(rng, 1e-7)  # a quotient reaches across the tie
    check_gradients(student, reference, "patterns", points, [(2, "dz"), (3, "dw")])


# neuron -------------------------------------------------------------------------------------


def draw_neurons(rng):
    return [(0.7 * away_from_zero(rng, 3), away_from_zero(rng, 2)) for _ in range(TRIES)]


def draw_stretched_neurons(rng, stretch):
    """Weights so much smaller than inputs, or larger, that a small nudge takes the sigmoid far."""
    points = [(w, x / stretch) for w, x in draw_neurons(rng)[:3]]
    for w, x in points:
        w[:2] *= stretch
        w[2] = rng.uniform(0.5, 2) - w[:2] @ x
    return points


def neuron_results(student, points):
    return results_of(student, "neuron", points, 3)


def exact_neuron_gradient(reference, w, x, which):
    """dw (which = 1) or dx (which = 2) of the instructor's neuron."""

    def output(point):
        return reference.neuron(*((point, x) if which == 1 else (w, point)))[0]

    return trusted(
        complex_step_gradient(output, w if which == 1 else x), reference.neuron(w, x)[which]
    )


@pytest.mark.question("neuron", points=1)
def test_neuron_output(student, reference, rng):
    points = draw_neurons(rng)

    def check(student):
        for (w, x), (f, _, _) in zip(points, neuron_results(student, points), strict=True):
            assert_close(f, reference.neuron(w, x)[0], "f")

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=1)
def test_neuron_gradients_are_arrays(student, reference, rng):
    points = draw_neurons(rng)

    def check(student):
        results = neuron_results(student, points)
        for _, dw, dx in results:
            assert_shape(expect_array(dw, "dw", kind="f"), (3,), "dw")
            assert_shape(expect_array(dx, "dx", kind="f"), (2,), "dx")
        for gradients in list(zip(*results, strict=True))[1:]:
            varies = len({gradient.tobytes() for gradient in gradients}) > 1
            assert_true(varies, say("gradients_ignore_inputs"))

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=2)
def test_neuron_gradient_of_the_weights(student, reference, rng):
    points = draw_neurons(rng) + draw_stretched_neurons(rng, 1e-4)

    def check(student):
        for (w, x), (_, dw, _) in zip(points, neuron_results(student, points), strict=True):
            assert_close(dw, exact_neuron_gradient(reference, w, x, 1), "dw")

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=1)
def test_neuron_gradient_of_the_inputs(student, reference, rng):
    points = draw_neurons(rng) + draw_stretched_neurons(rng, 1e4)

    def check(student):
        for (w, x), (_, _, dx) in zip(points, neuron_results(student, points), strict=True):
            assert_close(dx, exact_neuron_gradient(reference, w, x, 2), "dx")

    with_right_gates(student, reference, check)


@pytest.mark.question("neuron", points=1)
def test_neuron_leaves_its_arguments_alone(student, reference, rng):
    calls = draw_neurons(rng)

    def check(student):
        observed = student.observe_many("neuron", calls)
        results = [
            expect_tuple(seen.value, 3, say("result_of", name="neuron")) for seen in observed
        ]
        outputs = [expect_float(f, "f") for f, _, _ in results]
        assert_true(all(0 < f < 1 for f in outputs), say("f_out_of_range"))
        assert_true(len(set(outputs)) > 1, say("f_ignores_inputs"))
        for (w, x), seen in zip(calls, observed, strict=True):
            assert_unchanged(seen.args[0], w, "w")
            assert_unchanged(seen.args[1], x, "x")

    with_right_gates(student, reference, check)


# staged -------------------------------------------------------------------------------------


def draw_staged(rng):
    """Points, the last of them where the denominator almost vanishes and quotients go astray."""
    steep = [(-14 - x, 14 + x + 1e-3 * y) for x, y in rng.uniform(0.5, 1, size=(3, 2))]
    return draw_numbers(rng, 2) + [tuple(map(float, point)) for point in steep]


@pytest.mark.question("staged", points=2)
def test_staged_value(student, reference, rng):
    check_value(student, reference, "staged", draw_numbers(rng, 2), 3)


@pytest.mark.question("staged", points=2)
def test_staged_gradient_of_x(student, reference, rng):
    check_gradients(student, reference, "staged", draw_staged(rng), [(0, "dx")])


@pytest.mark.question("staged", points=2)
def test_staged_gradient_of_y(student, reference, rng):
    check_gradients(student, reference, "staged", draw_staged(rng), [(1, "dy")])


# output_delta -------------------------------------------------------------------------------


def draw_probabilities(rng, N, C):
    raw = rng.uniform(0.2, 1, size=(N, C))
    return raw / raw.sum(axis=1, keepdims=True), rng.permutation(np.arange(N) % C)


@pytest.mark.question("output_delta", points=1.5)
def test_squared_error_delta(student, rng):
    calls = [(float(rng.integers(2)), float(rng.uniform(0.1, 0.9))) for _ in range(TRIES)]
    shapes = (SHAPE, (4,), (1, 2))
    calls += [(rng.uniform(size=shape), rng.uniform(0.1, 0.9, size=shape)) for shape in shapes]
    for (y, a), delta in zip(calls, student.many("squared_error_delta", calls), strict=True):
        assert_close(delta, -(y - a) * a * (1 - a), say("squared_error_delta"))


@pytest.mark.question("output_delta", points=0.5)
def test_softmax_delta_shape(student, rng):
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (1, 5), (7, 2))]
    for (p, _), value in zip(calls, student.many("softmax_delta", calls), strict=True):
        delta = expect_array(value, say("delta"), p.shape, "f")
        assert_true(np.ptp(delta) > 0, say("delta_ignores_p"))


@pytest.mark.question("output_delta", points=1.5)
def test_softmax_delta(student, rng):
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (1, 5), (7, 2), (3, 4))]
    for (p, y), delta in zip(calls, student.many("softmax_delta", calls), strict=True):
        assert_close(delta, (p - np.eye(p.shape[1])[y]) / len(y), say("softmax_delta"))


@pytest.mark.question("output_delta", points=0.5)
def test_softmax_delta_leaves_p_alone(student, rng):
    calls = [draw_probabilities(rng, N, C) for N, C in ((4, 3), (3, 5), (7, 2))]
    for (p, y), seen in zip(calls, student.observe_many("softmax_delta", calls), strict=True):
        delta = expect_array(seen.value, say("delta"), p.shape, "f")
        assert_true(np.ptp(delta) > 0, say("delta_ignores_p"))
        assert_unchanged(seen.args[0], p, "p")
        assert_unchanged(seen.args[1], y, "y")


# sgd_step -----------------------------------------------------------------------------------


def draw_steps(rng):
    shapes = ((3,), (2, 4), (5,), (1, 2))
    rates = rng.uniform(0.05, 0.8, size=len(shapes))
    return [
        (rng.normal(size=shape), size * away_from_zero(rng, shape), float(rate))
        for shape, size, rate in zip(shapes, (1, 100, 1, 10), rates, strict=True)
    ]


@pytest.mark.question("sgd_step", points=2)
def test_sgd_step_goes_downhill(student, rng):
    calls = draw_steps(rng)
    for (w, dw, rate), new in zip(calls, student.many("sgd_step", calls), strict=True):
        assert_close(new, w - rate * dw, say("new_weights"))


@pytest.mark.question("sgd_step", points=2)
def test_sgd_step_leaves_its_arguments_alone(student, rng):
    calls = draw_steps(rng)
    for (w, dw, _), seen in zip(calls, student.observe_many("sgd_step", calls), strict=True):
        new = expect_array(seen.value, say("new_weights"), w.shape)
        assert_true(not np.array_equal(new, w), say("weights_as_before"))
        assert_unchanged(seen.args[0], w, "w")
        assert_unchanged(seen.args[1], dw, "dw")
