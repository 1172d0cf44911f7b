"""Hidden tests of `two_layer_net`.

Every step gets correct inputs from upstream. Gradients are compared with the instructor's, which
the complex-step derivative of the instructor's loss has to confirm, and with the slope of the
student's own loss where its convention differs. A broken assumption of ours raises something
other than AssertionError.
"""

from pathlib import Path

import numpy as np
import pytest

from grader.judge import (
    Rng,
    StudentFailure,
    assert_close,
    assert_shape,
    assert_true,
    assert_unchanged,
    complex_step_gradient,
    expect_array,
    expect_dict,
    expect_float,
    expect_tuple,
    say,
)

KEYS = ("W1", "b1", "W2", "b2")
SIZES = ((7, 4, 6, 3), (3, 5, 8, 4), (9, 3, 4, 2))  # N, D, H, C: no two alike, never the toy's
REG = 0.3


def make_problem(rng, N, D, H, C):
    """Random params (biases non-zero), X and y: no unit dead, none near the kink of its ReLU."""
    while True:
        shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
        params = {key: rng.normal(size=shape) for key, shape in shapes.items()}
        X = rng.normal(size=(N, D))
        dead = (X @ params["W1"] + params["b1"] < 0).all(axis=0)
        params["W1"][:, dead] *= -1
        params["b1"][dead] *= -1
        z = X @ params["W1"] + params["b1"]
        if np.abs(z).min() > 1e-3 and (z < 0).any():
            return params, X, rng.permutation(np.arange(N) % C)


def make_problems(rng):
    return [make_problem(rng, *sizes) for sizes in SIZES]


def expect_informative(array, name):
    """A constant answer earns nothing, not even for leaving its arguments alone."""
    array = expect_array(array, name, kind="f")
    assert_true(array.size > 1 and np.ptp(array) > 0, say("all_entries_equal", name=name))
    return array


def expect_unchanged(seen, before, names):
    """None of the arguments that have a name was changed by the call."""
    for after, argument, name in zip(seen.args, before, names, strict=False):
        assert_unchanged(after, argument, name)


# forward ------------------------------------------------------------------------------------


def forward_pairs(student, problems):
    """(scores, hidden) of the student for every problem."""
    values = student.many("forward", [(params, X) for params, X, _ in problems])
    return [expect_tuple(value, 2, say("result_of", name="forward")) for value in values]


def first_row(problem):
    """The problem with a batch of one, in which an axis of length 1 is easily lost."""
    params, X, y = problem
    return params, X[:1], y[:1]


@pytest.mark.question("forward", points=1)
def test_forward_shapes(student, rng):
    problems = make_problems(rng)
    given = forward_pairs(student, [*problems, *map(first_row, problems)])
    for (N, _, H, C), (scores, hidden) in zip(SIZES, given, strict=False):
        assert_shape(expect_informative(scores, "scores"), (N, C), "scores")
        assert_shape(expect_informative(hidden, "hidden"), (N, H), "hidden")
    for (_, _, H, C), (scores, hidden) in zip(SIZES, given[len(SIZES) :], strict=True):
        expect_array(scores, say("for_one_row", name="scores"), (1, C), "f")
        expect_array(hidden, say("for_one_row", name="hidden"), (1, H), "f")


@pytest.mark.question("forward", points=2)
def test_forward_hidden(student, reference, rng):
    problems = make_problems(rng)
    for (params, X, _), (_, hidden) in zip(problems, forward_pairs(student, problems), strict=True):
        assert_close(hidden, reference.forward(params, X)[1], "hidden")


@pytest.mark.question("forward", points=2)
def test_forward_scores(student, reference, rng):
    problems = make_problems(rng)
    for (params, X, _), (scores, _) in zip(problems, forward_pairs(student, problems), strict=True):
        assert_close(scores, reference.forward(params, X)[0], "scores")


@pytest.mark.question("forward", points=1)
def test_forward_leaves_its_arguments_alone(student, rng):
    calls = [(params, X) for params, X, _ in make_problems(rng)]
    for before, seen in zip(calls, student.observe_many("forward", calls), strict=True):
        expect_informative(
            expect_tuple(seen.value, 2, say("result_of", name="forward"))[0], "scores"
        )
        expect_unchanged(seen, before, ("params", "X"))


# softmax_loss -------------------------------------------------------------------------------


def student_losses(student, calls):
    return [expect_float(value, say("loss")) for value in student.many("softmax_loss", calls)]


def make_scores(rng, sizes, spread=1.5):
    params, _, y = make_problem(rng, *sizes)
    return spread * rng.normal(size=(sizes[0], sizes[3])), y, params


@pytest.mark.question("softmax_loss", points=1)
def test_loss_is_one_number(student, rng):
    losses = student_losses(student, [(*make_scores(rng, sizes), REG) for sizes in SIZES])
    assert_true(all(0 < loss < np.inf for loss in losses), say("loss_not_positive"))
    assert_true(len(set(losses)) == len(losses), say("loss_ignores_inputs"))


@pytest.mark.question("softmax_loss", points=2)
def test_loss_of_the_data(student, reference, rng):
    calls = [(*make_scores(rng, sizes), 0.0) for sizes in SIZES]
    scores, y, params, reg = calls[0]
    calls.append((scores[:1], y[:1], params, reg))
    for call, loss in zip(calls, student_losses(student, calls), strict=True):
        assert_close(loss, reference.softmax_loss(*call), say("data_loss"))


@pytest.mark.question("softmax_loss", points=2)
def test_loss_of_the_weights(student, rng):
    cases = [make_scores(rng, sizes) for sizes in SIZES]
    calls = [(*case, reg) for reg in (0.0, REG, 1.7) for case in cases]
    losses = np.reshape(student_losses(student, calls), (3, len(cases)))
    for (_, _, params), (plain, some, much) in zip(cases, losses.T, strict=True):
        penalty = 0.5 * sum(np.sum(params[key] ** 2) for key in ("W1", "W2"))
        assert_close(some - plain, REG * penalty, say("penalty_at_03"))
        assert_close(much - plain, 1.7 * penalty, say("penalty_at_17"))


def shift_fixture():
    """Scores whose rows differ by 1500, so that only a shift row by row stays finite."""
    W1, b1 = np.array([[1.0, 0, 0], [0, 1, 0]]), np.array([0.0, 0, 1])
    W2, b2 = np.array([[1, 1, 1], [0.5, 0, -0.5], [0, 0, 0]]), np.zeros(3)
    X = np.array([[1500.0, 1], [0, 2], [-3, 1]])
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    return scores, np.array([1, 2, 0]), {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


@pytest.mark.question("softmax_loss", points=2)
def test_loss_of_large_scores(student, reference, rng):
    calls = [(*shift_fixture(), 0.0)]
    for sizes in SIZES:
        scores, y, params = make_scores(rng, sizes)
        shift = rng.permutation(np.linspace(-1500, 1500, len(y)))[:, None]
        unsure = 28 * (np.arange(sizes[3]) != y[:, None])
        for large in (scores + shift, scores + unsure, scores + 2000):
            calls.append((large, y, params, 0.0))
    for call, loss in zip(calls, student_losses(student, calls), strict=True):
        assert_close(loss, reference.softmax_loss(*call), say("loss_of_large_scores"))


@pytest.mark.question("softmax_loss", points=1)
def test_loss_leaves_its_arguments_alone(student, rng):
    calls = [(*make_scores(rng, sizes), REG) for sizes in SIZES]
    shifts = [np.arange(scores.shape[1]) for scores, *_ in calls]
    moved = [(call[0] + shift, *call[1:]) for call, shift in zip(calls, shifts, strict=True)]
    others = student_losses(student, moved)
    observed = student.observe_many("softmax_loss", calls)
    for before, seen, other in zip(calls, observed, others, strict=True):
        value = expect_float(seen.value, say("loss"))
        assert_true(abs(value - other) > 0, say("loss_ignores_scores"))
        expect_unchanged(seen, before, ("scores", "y", "params"))


# backward -----------------------------------------------------------------------------------


def backward_arguments(reference, problem, reg):
    params, X, y = problem
    scores, hidden = reference.forward(params, X)
    return params, X, hidden, scores, y, reg


def student_gradients(student, reference, problems, reg):
    calls = [backward_arguments(reference, problem, reg) for problem in problems]
    values = student.many("backward", calls)
    return [expect_dict(value, KEYS, say("result_of", name="backward")) for value in values]


def exact_gradient(reference, problem, key, reg):
    """Gradient of the instructor's loss by our own backward, which the complex step confirms.

    Along one direction: entry by entry would be as many losses. The direction leaves no entry out,
    so a wrong one shows, unless several cancel.
    """
    params, X, y = problem
    ours = reference.backward(*backward_arguments(reference, problem, reg))[key]
    direction = np.cos(np.arange(ours.size)).reshape(ours.shape)

    def loss(t):
        changed = {**params, key: params[key] + t * direction}
        return reference.softmax_loss(reference.forward(changed, X)[0], y, changed, reg)

    exact = complex_step_gradient(loss, np.zeros(()))
    is_right = np.isclose(np.sum(direction * ours), exact, rtol=1e-9, atol=1e-12)
    if not is_right or np.abs(ours).max() < 1e-6:
        raise RuntimeError(f"the reference gradient d{key} is wrong or trivially zero")
    return ours


def problem_at_kinks(rng, N=5, D=3, H=4, C=3):
    """One row of each hidden unit lies 1e-9 beside the kink of its ReLU, on either side of it.

    The gradient is as clear as anywhere, but a difference quotient reaches across the kink.
    """
    while True:
        params, X, y = make_problem(rng, N, D, H, C)
        rows, units = np.arange(H) % N, np.arange(H)
        z = X @ params["W1"]
        params["b1"] = (units % 2 - 0.5) * 2e-9 - z[rows, units]
        z = np.delete((z + params["b1"]).ravel(), np.ravel_multi_index((rows, units), (N, H)))
        if np.abs(z).min() > 1e-3 and (X @ params["W1"] + params["b1"] > 1e-3).any(axis=0).all():
            return params, X, y


def own_scale(student, reference, problem):
    """The c of a student's loss that is c times ours at reg = 0, for any scores; fails if none is.

    A sum for the mean is such a convention. A loss that is constant, linear or otherwise its own
    invention is not, and neither is one so small that its gradient is next to nothing.
    """
    params, X, y = problem
    scores = reference.forward(params, X)[0]
    tries = (scores, scores[::-1], -0.5 * scores, scores + np.arange(scores.shape[1]))
    calls = [(tried, y, params, 0.0) for tried in tries]
    ratios = student_losses(student, calls) / np.array([reference.softmax_loss(*c) for c in calls])
    assert_true(0.01 < ratios[0] < 100, say("loss_no_cross_entropy"))
    assert_close(ratios, np.full(len(ratios), ratios[0]), say("loss_as_multiple"), 1e-8)
    return ratios[0]


def expect_loss_to_listen(student, reference, problem):
    """The student's own loss depends on y, and on scores in more than a straight line."""
    params, X, y = problem
    scores = reference.forward(params, X)[0]
    others = (y + 1) % scores.shape[1]
    calls = [(factor * scores, y, params, 0.0) for factor in (0.0, 1.0, 2.0)]
    start, middle, end, other = student_losses(student, [*calls, (scores, others, params, 0.0)])
    assert_true(abs(start - 2 * middle + end) > 1e-6, say("loss_linear"))
    assert_true(abs(other - middle) > 1e-6, say("loss_ignores_y"))


def own_penalty_slope(student, reference, problem, key, h=1e-4):
    """Slope along a parameter of what reg adds to the student's own loss; fails if that is dummy.

    It has to grow with the weights, must not depend on the scores, and is no tiny fraction.
    """
    params, X, y = problem
    scores = reference.forward(params, X)[0]

    def penalties(scores, many):
        calls = [(scores, y, changed, reg) for changed in many for reg in (REG, 0.0)]
        losses = np.array(student_losses(student, calls))
        return losses[::2] - losses[1::2]

    plain, double = penalties(scores, (params, {key: 2 * W for key, W in params.items()}))
    ours = 0.5 * REG * sum(np.sum(params[name] ** 2) for name in ("W1", "W2"))
    assert_true(0.01 * ours < plain < 100 * ours, say("penalty_next_to_nothing"))
    assert_true(double > 1.2 * plain, say("penalty_does_not_grow"))
    assert_close(penalties(-scores, (params,))[0], float(plain), say("penalty"), rtol=1e-6)
    values = penalties(scores, nudged(params, key, h))
    return ((values[::2] - values[1::2]) / (2 * h)).reshape(params[key].shape)


def nudged(params, key, h):
    """Copies of params with one entry of a parameter moved up by h, and down, in turn."""
    copies = []
    for index in np.ndindex(params[key].shape):
        for step in (h, -h):
            value = params[key].copy()
            value[index] += step
            copies.append({**params, key: value})
    return copies


def own_results(student, problem, many):
    """(scores, hidden) of the student's own forward for several params, each of the right shape."""
    params, X, _ = problem
    N, H, C = len(X), len(params["b1"]), len(params["b2"])
    results = []
    for value in student.many("forward", [(changed, X) for changed in many]):
        scores, hidden = expect_tuple(value, 2, say("result_of", name="forward"))
        results.append(
            (expect_array(scores, "scores", (N, C)), expect_array(hidden, "hidden", (N, H)))
        )
    return results


def slope_through_own_forward(student, reference, problem, key, h=1e-5):
    """Slope of our loss along a parameter, if the student's own, mistaken forward is one at all."""
    params, _, y = problem
    results = own_results(student, problem, nudged(params, key, h))
    losses = [reference.softmax_loss(scores, y, params, 0.0) for scores, _ in results]
    slope = np.subtract(losses[::2], losses[1::2]).reshape(params[key].shape) / (2 * h)
    assert_true(np.ptp(slope) > 1e-3, say("forward_ignores_inputs"))
    return slope


def fits_own_forward(student, reference, problems, key):
    """Whether the gradient is right for the student's own forward, which is not ours.

    A difference quotient finds no slope here: the loss that it asks for is put out of action.
    """
    aside = student.aside()
    analytic = aside.standing_in(softmax_loss=lambda *_: 0.0, forward=reference.forward)
    try:
        for params, X, y in problems:
            ((scores, hidden),) = own_results(aside, (params, X, y), [params])
            is_ours = np.allclose(scores, reference.forward(params, X)[0])
            assert_true(not is_ours, say("forward_ignores_inputs"))
            slope = slope_through_own_forward(aside, reference, (params, X, y), key)
            grads = analytic.backward(params, X, hidden, scores, y, 0.0)
            grads = expect_dict(grads, KEYS, say("result_of", name="backward"))
            assert_close(grads[key], slope, f"grads[{key!r}]", 1e-5, 1e-7)
    except AssertionError:
        return False
    return True


def assert_gradient(actual, expected, name, follow_through, own, rtol, atol):
    """The gradient of the instructor's loss or, if that is granted, of the student's own.

    So one mistake in the loss (a missing half, a sum for a mean) is not punished again here.
    """
    try:
        assert_close(actual, expected, name, rtol, atol)
    except AssertionError as failure:
        if not follow_through.is_on:
            raise
        try:
            assert_close(actual, own(), name, rtol, atol)
        except AssertionError:
            raise failure from None
        follow_through.credit(say("own_loss"))


def check_gradient(student, reference, rng, key, follow_through):
    """The gradient of a parameter, as it follows from the loss and from forward.

    Both are the student's own where that one is mistaken, so that no mistake costs points twice.
    """
    problems = make_problems(rng)
    try:
        check_exact_gradient(
            student, reference, [*problems, problem_at_kinks(rng)], key, follow_through
        )
    except AssertionError:
        if not follow_through.is_on or not fits_own_forward(student, reference, problems, key):
            raise
        follow_through.credit(say("gradient_of_own_forward"))


def check_exact_gradient(student, reference, problems, key, follow_through):
    """Close to the last digits: a difference quotient, even of the right loss, is no gradient."""
    gradients = student_gradients(student, reference, problems, 0.0)
    for problem, gradient in zip(problems, gradients, strict=True):
        expected = exact_gradient(reference, problem, key, 0.0)

        def own(problem=problem, expected=expected):
            return own_scale(student, reference, problem) * expected

        name = f"grads[{key!r}]"
        assert_gradient(gradient[key], expected, name, follow_through, own, 1e-9, 1e-11)


@pytest.mark.question("backward", points=1)
def test_gradients_have_the_shapes_of_params(student, reference, rng):
    problems = make_problems(rng)
    gradients = student_gradients(student, reference, problems, REG)
    for (params, _, _), gradient in zip(problems, gradients, strict=True):
        assert_true(set(gradient) == set(KEYS), say("should_return_four_keys"))
        for key in KEYS:
            expect_informative(gradient[key], f"grads[{key!r}]")
            assert_shape(gradient[key], params[key].shape, f"grads[{key!r}]")


@pytest.mark.question("backward", points=3)
def test_gradient_of_W2(student, reference, rng, follow_through):
    check_gradient(student, reference, rng, "W2", follow_through)


@pytest.mark.question("backward", points=2)
def test_gradient_of_b2(student, reference, rng, follow_through):
    check_gradient(student, reference, rng, "b2", follow_through)


@pytest.mark.question("backward", points=4)
def test_gradient_of_W1(student, reference, rng, follow_through):
    check_gradient(student, reference, rng, "W1", follow_through)


@pytest.mark.question("backward", points=2)
def test_gradient_of_b1(student, reference, rng, follow_through):
    check_gradient(student, reference, rng, "b1", follow_through)


@pytest.mark.question("backward", points=2)
def test_gradient_of_the_regularisation(student, reference, rng, follow_through):
    problems = make_problems(rng)[:2]
    with_reg = student_gradients(student, reference, problems, REG)
    without = student_gradients(student, reference, problems, 0.0)
    for problem, high, low in zip(problems, with_reg, without, strict=True):
        for key in KEYS:
            name = say("penalty_gradient", REG=REG, key=key)
            shape = problem[0][key].shape
            actual = expect_array(high[key], name, shape) - expect_array(low[key], name, shape)
            expected = REG * problem[0][key] if key in ("W1", "W2") else np.zeros(shape)

            def own(problem=problem, key=key):
                expect_loss_to_listen(student, reference, problem)
                return own_penalty_slope(student, reference, problem, key)

            assert_gradient(actual, expected, name, follow_through, own, 1e-6, 1e-7)


@pytest.mark.question("backward", points=2)
def test_backward_leaves_its_arguments_alone(student, reference, rng):
    calls = [backward_arguments(reference, problem, REG) for problem in make_problems(rng)]
    for before, seen in zip(calls, student.observe_many("backward", calls), strict=True):
        gradient = expect_dict(seen.value, KEYS, say("result_of", name="backward"))
        for key in KEYS:
            expect_informative(gradient[key], f"grads[{key!r}]")
        expect_unchanged(seen, before, ("params", "X", "hidden", "scores", "y"))


# sample_minibatch ---------------------------------------------------------------------------
#
# Chance has a say in these verdicts. The comments say how often it is wrong: for a right sampler,
# however it draws, and for each kind of wrong one. docs/chance.md has the proofs.

MEDIUM = (3000, 5000)  # rows: so many that a few draws rarely go one past the end
MANY = (20_000, 30_000)  # rows: more than a number in a student's code would cover


def make_data(rng, limits, D=3):
    """Rows that tell their own number: X[i, 0] = i, and the label is i's too."""
    N = int(rng.integers(*limits))
    X = np.column_stack([np.arange(N), rng.normal(size=(N, D - 1))])
    return X, rng.permutation(N) + 10


def new_seed(rng):
    return int(rng.integers(1 << 30))


def minibatches(ask, rng, calls):
    """What `ask` gives for calls that are made from a seed.

    A sampler that may go one past the end raises now and then when it draws few of many rows. It
    gets other seeds, up to three, since test_minibatches_reach_every_row is about the end.
    """
    for _ in range(3):
        try:
            return ask("sample_minibatch", calls(new_seed(rng)))
        except StudentFailure:
            continue
    return ask("sample_minibatch", calls(new_seed(rng)))


def in_turn(data, sizes):
    """Calls for minibatches of these sizes, drawn one after the other from one generator."""

    def calls(seed):
        generator = Rng(seed)
        return [(*data, size, generator) for size in sizes]

    return calls


def as_array(value):
    """A list as an array: only test_minibatch_shapes is about the difference."""
    try:
        return np.asarray(value) if isinstance(value, list | tuple) else value
    except ValueError:  # its rows differ in length
        return value


def rows_of(value, X):
    """The row numbers of a minibatch, whatever its labels are; -1 for what is no row of X."""
    batch = value[0] if isinstance(value, tuple | list) and value else value
    batch = expect_array(as_array(batch), "X_batch", kind="f")
    assert_true(batch.size % X.shape[1] == 0, say("no_row_of_X"))
    batch = np.nan_to_num(batch.reshape(-1, X.shape[1]).astype(float))
    numbers = np.clip(batch[:, 0], 0, len(X) - 1).astype(int)
    is_row = (np.abs(batch - X[numbers]) <= 1e-6 * (1 + np.abs(batch))).all(axis=1)
    return np.where(is_row, numbers, -1)


def labels_of(value):
    """The labels of a minibatch, in any shape and kind of number; none if there are none."""
    labels = value[1] if isinstance(value, tuple | list) and len(value) > 1 else ()
    return expect_array(as_array(labels), "y_batch", kind="f").ravel()


def expect_draws(batches, *counts):
    """Rows in a simple order, the same in each call, are not drawn, and earn nothing.

    `counts` are the N of each batch, or one for all.
    """
    assert_true(all(rows.size and (rows >= 0).all() for rows in batches), say("no_row_of_X"))
    counts = np.broadcast_to(counts, len(batches))
    pairs = zip(batches, counts, strict=True)
    steps = [(np.diff(rows) + N // 2) % N - N // 2 for rows, N in pairs]
    sizes = {len(rows) for rows in batches}
    starts = {(len(rows), rows[0]) for rows in batches}
    ends = {(len(rows), N - rows[-1]) for rows, N in zip(batches, counts, strict=True)}
    is_drawn = len(sizes) < min(len(starts), len(ends))
    assert_true(is_drawn or len(set(np.concatenate(steps))) > 1, say("nothing_drawn"))


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatch_shapes(student, rng):
    data = make_data(rng, MEDIUM, D=int(rng.integers(2, 6)))
    sizes = (1, 1, *map(int, rng.integers(5, 12, size=2).repeat(2)))
    values = minibatches(student.many, rng, in_turn(data, sizes))
    for size, value in zip(sizes, values, strict=True):
        X_batch, y_batch = expect_tuple(value, 2, say("result_of", name="sample_minibatch"))
        expect_array(X_batch, "X_batch", (size, data[0].shape[1]), "f")
        expect_array(y_batch, "y_batch", (size,), "i")
    # The first row of each two minibatches of one size is the same with 4e-11.
    expect_draws([rows_of(value, data[0]) for value in values], len(data[0]))


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatch_larger_than_the_data(student, rng):
    data = make_data(rng, (6, 10))
    N = len(data[0])
    sizes = (1, N - 1, N, *[N // 2] * 24, N + 1, *[40 * N + N // 2] * 7)
    calls = [(*data, size, Rng(new_seed(rng))) for size in sizes]
    values = student.many("sample_minibatch", calls)
    batches = [rows_of(value, data[0]) for value in values]
    for size, rows in zip(sizes, batches, strict=True):
        assert_true(len(rows) == size, say("rows_missing", count=size, found=len(rows)))
    expect_draws(batches, N)
    # What a sampler does wrong with small minibatches, too, the other checks say.
    pairs = [is_paired(value, rows, data[1]) for value, rows in zip(values, batches, strict=True)]
    assert_true(all(pairs[-8:]) or not all(pairs[:-8]), say("rows_and_labels_mismatch"))
    # Seven times the same rows come with 2e-8, and 24 times the first or the last with 2e-7.
    small, large = batches[3:-8], batches[-7:]
    assert_true(are_different(large) or not are_different(small), say("same_rows_each_call"))
    # A right sampler leaves a tenth of its share to some row with 1e-50. One that fills up with a
    # few rows fails, unless its single rows look unfair by chance, with 2e-9.
    if np.bincount(np.concatenate(large), minlength=N).min() * N < 0.1 * 7 * sizes[-1]:
        told = unfair(one_by_one(student, rng, data, 2000), N, N, slack=0.45)
        rows = at_once(student, rng, make_data(rng, MANY), 120)
        assert_true(told or dependence(np.sort(rows)), say("rows_fill_up"))


def count_rows(rows):
    return len(set(rows))


def are_different(batches):
    return len({tuple(rows) for rows in batches}) > 1


def is_paired(value, rows, y):
    try:
        return np.array_equal(labels_of(value), y[rows])
    except AssertionError:
        return False


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatch_keeps_rows_and_labels_together(student, rng):
    X, y = make_data(rng, MEDIUM, D=int(rng.integers(2, 6)))
    sizes = [int(rng.integers(12, 16))] * 3
    values = minibatches(student.many, rng, in_turn((X, y), sizes))
    batches = [rows_of(value, X) for value in values]
    expect_draws(batches, len(X))
    # Wrong labels of all rows are right with 1e-9 at most, if sorting leaves 12 labels in place.
    right = [is_paired(value, rows, y) for value, rows in zip(values, batches, strict=True)]
    assert_true(all(right), say("rows_and_labels_mismatch"))


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatches_differ(student, rng):
    data, size = make_data(rng, MANY), int(rng.integers(100, 151))

    def calls(seed):
        return in_turn(data, (size, size))(seed) + in_turn(data, (size,))(seed + 1)

    batches = [np.sort(rows_of(v, data[0])) for v in minibatches(student.many, rng, calls)]
    expect_draws(batches, len(data[0]))
    distinct = {tuple(rows) for rows in batches}
    assert_true(len(distinct) == len(batches), say("same_rows_each_call"))
    told = next(filter(None, (dependence(rows) for rows in batches)), "")
    # Rows from a short stretch of the data look so, too, and test_minibatches_reach_every_row says
    # it. Single rows tell: all are in one half of the data with 2e-7 if each is as likely.
    if told:
        spread = np.ptp(one_by_one(student, rng, data, 28))
        assert_true(spread < len(data[0]) / 2, told)


def dependence(rows):
    """What the sorted rows of a minibatch have in common, in words; "" if nothing.

    Each bound is so far from chance that a right sampler is beyond it with 1e-30.
    """
    if len(rows) < 2:
        return ""
    if count_rows(rows) < len(rows) / 2:
        return say("one_row_repeated" if count_rows(rows) == 1 else "few_rows_repeated")
    gaps, counts = np.unique(np.diff(rows), return_counts=True)
    if counts.max() < len(rows) / 4:
        return ""
    return say("neighbouring_rows" if gaps[counts.argmax()] == 1 else "regular_rows")


def unfair(rows, N, parts, slack, reach=0.0):
    """What is not fair about draws from N rows, in words; "" if each part gets its share."""
    counts = np.bincount(rows[rows >= 0] * parts // N, minlength=parts)
    if not counts.all() or rows.max() + 1 <= reach * N:
        return say("rows_never_came", N=N)
    return "" if np.abs(counts * parts / len(rows) - 1).max() < slack else say("rows_preferred")


def one_by_one(student, rng, data, count):
    """The rows of minibatches of one row each: independent draws, however a sampler draws."""
    values = student.many("sample_minibatch", in_turn(data, (1,) * count)(new_seed(rng)))
    batches = [rows_of(value, data[0]) for value in values]
    for rows in batches:
        assert_true(len(rows) == 1, say("rows_missing", count=1, found=len(rows)))
    return np.concatenate(batches)


def at_once(student, rng, data, count):
    """The rows of one minibatch; none if it cannot be had, which costs another check."""
    try:
        (value,) = student.many("sample_minibatch", in_turn(data, (count,))(new_seed(rng)))
        return rows_of(value, data[0])
    except AssertionError:
        return np.array([], dtype=int)


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatches_reach_every_row(student, rng):
    lone, pair, three = (make_data(rng, (N, N + 1)) for N in (1, 2, 3))
    few, many = make_data(rng, (3, 6)), make_data(rng, MANY, D=1)
    told = unfair(one_by_one(student, rng, lone, 1), 1, 1, slack=1)
    assert_true(not told, told)
    # Two rows: a right sampler fails with 8e-9; one that never draws one of them always fails.
    told = unfair(one_by_one(student, rng, pair, 28), 2, 2, slack=2)
    assert_true(not told, told)
    # A few rows: a right sampler fails with 3e-19. If a row has twice or half the chance of the
    # others, or both ends have half of it, a sampler passes with 4e-7. Rows of one minibatch may
    # depend on each other, which is for test_minibatches_differ: then single rows decide.
    if unfair(at_once(student, rng, few, 4000), N := len(few[0]), N, slack=0.18):
        told = unfair(one_by_one(student, rng, three, 2000), 3, 3, slack=0.25)
        assert_true(not told, told)
    # Many rows: a right sampler fails with 4e-16; one that is blind to the last hundredth, or to
    # a tenth, always fails.
    if unfair(at_once(student, rng, many, 3000), N := len(many[0]), 10, slack=0.4, reach=0.994):
        told = unfair(one_by_one(student, rng, many, 2000), N, 10, slack=0.45, reach=0.99)
        assert_true(not told, told)


@pytest.mark.question("sample_minibatch", points=1)
@pytest.mark.chance
def test_minibatch_uses_only_its_arguments(student, rng):
    data = [make_data(rng, MEDIUM) for _ in range(3)]

    def calls(seed):
        once = [call for i, one in enumerate(data) for call in in_turn(one, (8,))(seed + i)]
        return once + [(*call[:3], Rng(call[3].seed)) for call in once]

    observed = minibatches(student.observe_many, rng, calls)
    rows = [rows_of(seen.value, X) for seen, (X, _) in zip(observed, data * 2, strict=True)]
    expect_draws(rows[:3], *(len(X) for X, _ in data))
    for first, again in zip(rows[:3], rows[3:], strict=True):
        # Another generator draws the same eight rows with 1e-27.
        assert_true(np.array_equal(first, again), say("same_rng_other_rows"))
    for seen, before in zip(observed, data * 2, strict=True):
        expect_unchanged(seen, before, ("X", "y"))


# sgd_update ---------------------------------------------------------------------------------


def observe_updates(student, rng, rates):
    """(params before, grads, observation) of an update for each learning rate and gradient size.

    Params must have moved.
    """
    calls = []
    for rate, size in rates.items():
        params = make_problem(rng, *SIZES[0])[0]
        grads = {key: size * rng.normal(size=value.shape) for key, value in params.items()}
        calls.append((params, grads, rate))
    observed = student.observe_many("sgd_update", calls)
    for (params, _, _), seen in zip(calls, observed, strict=True):
        after = expect_dict(seen.args[0], KEYS, say("params_after_update"))
        arrays = {key: expect_array(after[key], say("entry_after_update", key=key)) for key in KEYS}
        moved = [not np.array_equal(arrays[key], params[key]) for key in KEYS]
        assert_true(any(moved), say("params_as_before"))
    return [(params, grads, seen) for (params, grads, _), seen in zip(calls, observed, strict=True)]


def check_updated(student, rng, keys):
    rates = {0.25: 1.0, 0.02: 100.0, 1e-3: 10.0}  # with the sizes of the gradients
    updates = observe_updates(student, rng, rates)
    for rate, (before, grads, seen) in zip(rates, updates, strict=True):
        for key in keys:
            expected = before[key] - rate * grads[key]
            assert_close(seen.args[0][key], expected, say("entry_after_update", key=key))


@pytest.mark.question("sgd_update", points=1)
def test_update_returns_nothing(student, rng):
    ((before, _, seen),) = observe_updates(student, rng, {0.1: 1.0})
    assert_true(seen.value is None, say("should_return_none"))
    assert_true(set(seen.args[0]) == set(before), say("should_keep_four_keys"))


@pytest.mark.question("sgd_update", points=2)
def test_update_of_the_weights(student, rng):
    check_updated(student, rng, ("W1", "W2"))


@pytest.mark.question("sgd_update", points=1)
def test_update_of_the_biases(student, rng):
    check_updated(student, rng, ("b1", "b2"))


@pytest.mark.question("sgd_update", points=1)
def test_update_leaves_the_gradients_alone(student, rng):
    ((_, grads, seen),) = observe_updates(student, rng, {0.1: 1.0})
    assert_unchanged(seen.args[1], grads, "grads")


# predict ------------------------------------------------------------------------------------


def predicted(student, reference, problems):
    """Labels on the instructor's forward, or on the student's own if that gives none, as observed.

    Their type and shape are right.
    """
    calls = [(params, X) for params, X, _ in problems]
    for caller in (student.standing_in(forward=reference.forward), student):
        try:
            observed = caller.observe_many("predict", calls)
            for (_, X), seen in zip(calls, observed, strict=True):
                expect_array(seen.value, "labels", (len(X),), "i")
            return observed
        except AssertionError as failure:
            reason = failure
    raise reason


def own_scores(student, problem):
    """What the student's own forward calls scores; fails if they cannot tell rows apart."""
    params, X, _ = problem
    value = student.forward(params, X)
    value = tuple(value.values()) if isinstance(value, dict) else value
    parts = value if isinstance(value, tuple | list) else (value,)
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    for array in [*arrays, *(array.T for array in arrays)]:
        if array.shape == (len(X), len(params["b2"])):
            scores = expect_informative(array, "scores")
            assert_true(len(set(scores.argmax(axis=1))) > 1, say("forward_one_label"))
            return scores
    raise AssertionError(say("forward_without_scores"))


def expect_own_forward_to_listen(student, problem, other):
    """The student's own forward depends on X and on params, so that its scores mean something."""
    scores = own_scores(student, problem)
    for params, X in ((problem[0], other[1]), (other[0], problem[1])):
        labels = own_scores(student, (params, X, None)).argmax(axis=1)
        ignores = np.array_equal(labels, scores.argmax(axis=1))
        assert_true(not ignores, say("forward_ignores_inputs"))


def varied_problems(rng, reference):
    """Problems in which the best class varies from row to row."""
    problems = []
    while len(problems) < 3:
        problem = make_problem(rng, 13, 4, 6, 5)
        if len(set(reference.forward(*problem[:2])[0].argmax(axis=1))) > 2:
            problems.append(problem)
    return problems


@pytest.mark.question("predict", points=1)
def test_predict_returns_labels(student, reference, rng):
    problems = varied_problems(rng, reference)
    several = [*problems, *map(first_row, problems)]
    observed = predicted(student, reference, several)
    for seen in observed[: len(problems)]:
        assert_true(np.ptp(seen.value) > 0, say("all_labels_equal"))
    for (params, X, _), seen in zip(several, observed, strict=True):
        expect_unchanged(seen, (params, X), ("params", "X"))


@pytest.mark.question("predict", points=2)
def test_predict_finds_the_best_score(student, reference, rng, follow_through):
    problems = varied_problems(rng, reference)
    given = predicted(student, reference, problems)
    for problem, other, seen in zip(problems, problems[1:] + problems, given, strict=False):
        try:
            assert_close(seen.value, reference.predict(*problem[:2]), "labels")
        except AssertionError:
            if not follow_through.is_on or not predicts_own_scores(student, problem, other):
                raise
            follow_through.credit(say("own_forward"))


def predicts_own_scores(student, problem, other):
    """Whether the labels are right for the student's own forward, mistaken as it may be."""
    try:
        expect_own_forward_to_listen(student, problem, other)
        labels = expect_array(student.predict(*problem[:2]), "labels", kind="i")
        assert_close(labels, own_scores(student, problem).argmax(axis=1), "labels")
    except AssertionError:
        return False
    return True


# train --------------------------------------------------------------------------------------

STEPS = ("forward", "softmax_loss", "backward", "sample_minibatch", "sgd_update", "predict")


def proxies(student, reference, stood_in):
    """The steps that TwoLayerNet calls: the student's in the box, or ours where points were lost.

    What the box answers is checked before our loop uses it.
    """

    def forward(params, X):
        scores, hidden = expect_tuple(
            student.forward(params, X), 2, say("result_of", name="forward")
        )
        N, H, C = len(X), len(params["b1"]), len(params["b2"])
        return expect_array(scores, "scores", (N, C)), expect_array(hidden, "hidden", (N, H))

    def softmax_loss(*arguments):
        return expect_float(student.softmax_loss(*arguments), say("loss"))

    def backward(params, *arguments):
        grads = expect_dict(student.backward(params, *arguments), KEYS, say("gradients"))
        return {key: expect_array(grads[key], f"d{key}", params[key].shape) for key in KEYS}

    def sample_minibatch(X, y, batch_size, rng):
        seed = Rng(int(rng.integers(1 << 30)))
        value = student.sample_minibatch(X, y, batch_size, seed)
        X_batch, y_batch = expect_tuple(value, 2, say("result_of", name="sample_minibatch"))
        expect_array(X_batch, "X_batch", (batch_size, X.shape[1]))
        expect_array(y_batch, "y_batch", (batch_size,), "i")
        is_class = (y_batch >= 0) & (y_batch <= y.max())
        assert_true(is_class.all(), say("label_no_class"))
        return X_batch, y_batch

    def sgd_update(params, grads, learning_rate):
        after = student.observe("sgd_update", params, grads, learning_rate).args[0]
        after = expect_dict(after, KEYS, say("params_after_update"))
        for key in KEYS:
            params[key] = expect_array(after[key], key, params[key].shape)

    def predict(params, X):
        return expect_array(student.predict(params, X), "labels", (len(X),), "i")

    if "forward" in stood_in:  # predict may have been right for the student's own forward only
        stood_in = [*stood_in, "predict"]
    own = (forward, softmax_loss, backward, sample_minibatch, sgd_update, predict)
    return {step.__name__: step for step in own if step.__name__ not in stood_in}


def make_blobs(rng, per_class=24):
    """Three clouds of points in the plane that a small net can separate."""
    y = np.repeat(np.arange(3), per_class)
    centres = 3 * np.array([[np.cos(a), np.sin(a)] for a in (0.5, 2.6, 4.7)])
    return centres[y] + 0.6 * rng.normal(size=(len(y), 2)), y


@pytest.mark.question("train", points=4)
def test_the_net_learns(student, reference, progress, rng, follow_through):
    stood_in = [step for step in STEPS if not progress.full_marks(step)]
    steps = ", ".join(stood_in)
    assert_true(len(stood_in) < 3, say("too_many_steps_wrong", count=len(stood_in), steps=steps))
    if not follow_through.is_on:
        stood_in = []
    elif stood_in:
        follow_through.credit(say("trained_with_ours", steps=steps))
        # what fits the student's own mistake does not fit our step in its place
        stood_in += [step for step in STEPS if progress.followed_through(step)]
    X, y = make_blobs(rng)
    namespace = reference.namespace(**proxies(student, reference, stood_in))
    np.random.seed(int(rng.integers(1 << 30)))
    net = namespace.TwoLayerNet(2, 16, 3, std=0.3)
    with np.errstate(all="ignore"):  # few steps: what it calls, and how often, is the time it takes
        history = net.train(X, y, X, y, learning_rate=1.0, num_iters=5, batch_size=18)
    start, end = history["loss_history"][0], np.mean(history["loss_history"][-3:])
    assert_true(end < 0.5 * start, say("loss_falls_too_little", start=start, end=end))
    accuracy = np.mean(net.predict(X) == y)
    assert_true(accuracy > 0.8, say("training_accuracy_too_low", accuracy=accuracy))


# tune ---------------------------------------------------------------------------------------

WHOLE = {"hidden_size": 200, "num_iters": 500, "batch_size": 200}  # name: the most allowed
REAL = {"learning_rate": 10.0, "learning_rate_decay": 1.0, "reg": 10.0}
BUDGET = 2_000_000  # hidden_size · batch_size · num_iters: about a third of a second
DIGITS = Path(__file__).with_name("digits.npz")


def expect_settings(student):
    """tune()'s dict as sorted pairs of plain numbers, each in the range the question states."""
    settings = expect_dict(student.tune(), (*WHOLE, *REAL), say("result_of", name="tune"))
    pairs = {}
    for name, most in WHOLE.items():
        value = settings[name]
        is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        assert_true(is_whole, say("should_be_int", name=name))
        assert_true(1 <= value <= most, say("between_1_and", name=name, most=most))
        pairs[name] = int(value)
    for name, most in REAL.items():
        pairs[name] = expect_float(settings[name], name)
        assert_true(0 <= pairs[name] <= most, say("between_0_and", name=name, most=most))
    cost = pairs["hidden_size"] * pairs["batch_size"] * pairs["num_iters"]
    assert_true(cost <= BUDGET, say("over_budget"))
    return tuple(sorted(pairs.items()))


def held_out_accuracy(reference, settings):
    """Accuracy on the test split of the reference net trained with these settings.

    Remembered beside the reference, since this module may be loaded anew for each submission.
    """
    memo = vars(reference.train_digits).setdefault("accuracy", {})
    if settings not in memo:
        memo[settings] = train_and_test(reference, settings)
    return memo[settings]


def train_and_test(reference, settings):
    digits = reference.load_digits(DIGITS)
    np.random.seed(7)
    with np.errstate(all="ignore"):
        net, _ = reference.train_digits(dict(settings), digits)
        return float(np.mean(net.predict(digits["X_test"]) == digits["y_test"]))


def check_accuracy(student, reference, wanted):
    accuracy = held_out_accuracy(reference, expect_settings(student))
    assert_true(accuracy >= wanted, say("accuracy_too_low", accuracy=accuracy, wanted=wanted))


@pytest.mark.question("tune", points=1)
def test_settings_are_complete(student):
    settings = expect_dict(student.tune(), (), say("result_of", name="tune"))
    expect_settings(student)
    extra = set(settings) - set(WHOLE) - set(REAL)
    assert_true(not extra, say("should_have_six_keys"))


@pytest.mark.question("tune", points=2)
def test_settings_learn(student, reference):
    check_accuracy(student, reference, 0.85)


@pytest.mark.question("tune", points=3)
def test_settings_learn_well(student, reference):
    check_accuracy(student, reference, 0.95)
