"""Hidden tests of `layers`.

Only the student knows what a cache holds. So `affine_output`, `relu_gradient` and their like, which
a locked cell of the notebook defines, call the student's forward and hand its cache on to the
student's backward, all in the box. A broken assumption of ours raises something other than
AssertionError.
"""

from collections import Counter
from contextlib import suppress
from functools import partial, wraps
from itertools import chain
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from grader.judge import (
    Formula,
    StudentFailure,
    assert_close,
    assert_true,
    assert_unchanged,
    complex_step_gradient,
    expect_array,
    expect_dict,
    expect_float,
    expect_numbers,
    expect_tuple,
    say,
)

SINGLE = 2e-6  # of the sizes of its terms: how far a sum may be off in single precision, and more
SIGNS = np.array([-1.0, 1.0])
LARGE = {"N": (200, 300), "D": (200, 300), "H": (200, 300), "C": (100, 130)}


def draw_sizes(rng, names, large=""):
    """A size for each letter, no two alike, so that no axis passes for another.

    Those that are in large are larger than a constant in code would be.
    """
    small = rng.permutation(np.arange(3, 11))
    return [
        int(rng.integers(*LARGE[name]) if name in large else size)
        for name, size in zip(names, small, strict=False)
    ]


def away_from_zero(rng, shape):
    """Random numbers between 0.5 and 3 of either sign, so that no product hides a mistake."""
    return rng.uniform(0.5, 3, size=shape) * SIGNS[rng.integers(2, size=shape)]


def expect_unchanged(seen, before, names):
    """None of the arguments that have a name was changed by the call."""
    for after, argument, name in zip(seen.args, before, names, strict=True):
        assert_unchanged(after, argument, name)


def item(value, place, count):
    """One of several results; without the others too, since another check is about their number.

    An array alone stands for the first of them.
    """
    if size_of(value) and place == 0:
        return value
    items = list(value.values()) if isinstance(value, dict) else value
    if isinstance(items, tuple | list) and place < len(items) != count:
        return items[place]
    return expect_tuple(items, count, say("results"))[place]


def numbers_in(value):
    """All numbers of a result in one row, as far as there are any, in whatever form."""
    items = list(value.values()) if isinstance(value, dict) else value
    try:
        return np.ravel(expect_numbers(items, "")).astype(float)
    except AssertionError:
        rows = map(numbers_in, items) if isinstance(items, tuple | list) else ()
        return np.concatenate([np.empty(0), *rows])


def size_of(value):
    """How many numbers an array or a number has; none for any other value."""
    return np.size(value) if isinstance(value, np.ndarray | np.generic | float | int) else 0


def expect_work(name, first, again, *others):
    """The first two results, of one call, are the same, and the others all differ from it.

    Numbers that do not depend on the arguments take no work, and earn nothing for their form.
    """
    first, again, *others = map(numbers_in, (first, again, *others))
    is_same = first.size > 0 and np.array_equal(first, again, equal_nan=True)
    differ = not any(np.array_equal(first, other, equal_nan=True) for other in others)
    assert_true(is_same and differ, say("takes_no_work", name=name))


def in_one_pass(ask, count):
    """What `ask` gives for so many numbers that one nudge for each takes longer than a call may.

    Ask this last: a call that takes too long is never made again.
    """
    try:
        return ask()
    except StudentFailure as failure:
        raise AssertionError(say("large", count=count, reason=failure)) from None


# relative_error -----------------------------------------------------------------------------


def draw_pairs(rng):
    """Arrays that are close, of any shape; one entry of each is further off than the others."""
    pairs = []
    for shape in ((1,), (5,), (3, 4), (2, 3, 2), (int(rng.integers(300, 400)), 7)):
        a = away_from_zero(rng, shape) * 10.0 ** rng.integers(-2, 5, size=shape)
        b = a * (1 + rng.uniform(1e-4, 1e-3, size=shape) * rng.choice([-1, 1], size=shape))
        b.flat[rng.integers(b.size)] *= rng.uniform(1.2, 1.8)
        pairs.append((a, b))
    return pairs


def check_errors(student, reference, pairs, name):
    for pair, value in zip(pairs, student.many("relative_error", pairs), strict=True):
        actual = expect_numbers(value, name, ())
        # the floor, wherever it is put, is far smaller than these numbers
        assert_close(float(actual), reference.relative_error(*pair), name, 1e-4)


@pytest.mark.question("relative_error", points=0.5)
def test_relative_error_is_one_number(student, rng):
    pairs = draw_pairs(rng)
    values = student.many("relative_error", [*pairs, pairs[0]])
    for value in values:
        expect_float(value, say("relative_error"))
    expect_work(say("relative_error"), values[0], values[-1], *values[1:-1])


@pytest.mark.question("relative_error", points=1.5)
def test_relative_error_is_the_largest(student, reference, rng):
    a, b = draw_pairs(rng)[2]
    pairs = [*draw_pairs(rng), (a, -b), (-a, 3 * b), (1e3 * a, b), (b, 1e3 * a)]
    pairs += [(np.array([2.0, -1e-3]), np.array([2.0, size * 1e-3])) for size in (0.5, -3, 1)]
    pairs += [(float(left), float(right)) for left, right in (a.flat[:2], b.flat[1:3], -a.flat[:2])]
    check_errors(student, reference, pairs, say("relative_error"))


@pytest.mark.question("relative_error", points=0.5)
def test_relative_error_of_zeros(student, reference, rng):
    some = (1 + np.abs(away_from_zero(rng, 4))) * [1, -1, 1, -1]
    zeros, half = np.zeros(4), some * [0, 1, 0, 1]
    pairs = [(zeros, zeros), (half, 1.001 * half), (some, zeros), (zeros, some), (half, -half)]
    check_errors(student, reference, pairs, say("relative_error_of_zeros"))


@pytest.mark.question("relative_error", points=0.5)
def test_relative_error_leaves_its_arguments_alone(student, rng):
    pairs = draw_pairs(rng)
    observed = student.observe_many("relative_error", [*pairs, pairs[0]])
    values = [seen.value for seen in observed]
    expect_work(say("relative_error"), values[0], values[-1], *values[1:-1])
    for pair, seen in zip(pairs, observed, strict=False):
        expect_unchanged(seen, pair, "ab")


# a layer: its output, and its gradients with whatever cache ---------------------------------

# Caches that a right backward may expect; they stand in where the student's own does not do.
CACHES = {
    "affine": (
        lambda X, W, b: (X @ W + b, (X, W, b)),
        lambda X, W, b: (X @ W + b, (X, W)),
    ),
    "relu": (lambda x: (np.maximum(0, x), x),),
}
JOINED = {"affine": "affine_gradients", "relu": "relu_gradient"}


def outputs(student, layer, calls, expected):
    """What the forward of a layer passes on in each call, with a cache or, mistakenly, without."""
    values = []
    with suppress(StudentFailure):
        values = student.many(f"{layer}_output", calls)
    if values and all(size_of(a) == e.size for a, e in zip(values, expected, strict=True)):
        return values
    try:
        whole = student.many(f"{layer}_forward", calls)
    except StudentFailure:
        if values:  # the cache is what cannot be sent
            return values
        raise
    return [item(value, 0, 2) for value in whole]


def check_outputs(student, layer, calls, expected, terms):
    given = outputs(student, layer, calls, expected)
    for value, right, size in zip(given, expected, terms, strict=True):
        actual = expect_numbers(value, "out", right.shape)
        assert_close(actual, right, "out", 0.0, SINGLE * size)


def check_each(student, name, cases, compare):
    """Compare the value of each call; a failure has the arguments of its call as `case`."""
    for case, value in zip(cases, student.many(name, cases), strict=True):
        try:
            compare(case, value)
        except AssertionError as failure:
            failure.case = case
            raise


def with_some_cache(student, layer, check, ours_first=False):
    """Run the check on the student's own cache; if it fails, on the caches that we would hand on.

    So a forward that is missing or mistaken costs its own points alone. If no cache does, the
    backward is to blame. Returns the student with the cache that did. A call that went wrong is
    tried by itself first: a backward may take long, and another call does not make it right.
    """
    ours = [student.aside().standing_in(**{f"{layer}_forward": f}) for f in CACHES[layer]]
    failures = []
    for caller in (*ours, student) if ours_first else (student, *ours):
        try:
            if failures and hasattr(failures[0], "case"):
                check(caller, [failures[0].case])
            check(caller)
            return caller
        except AssertionError as failure:
            failures.append(failure)
    told = min(failures, key=lambda failure: isinstance(failure, StudentFailure))
    if isinstance(told, StudentFailure):
        raise AssertionError(str(told).replace(JOINED[layer], f"{layer}_backward"))
    raise told


def expect_forward(student, layer, calls, expected):
    """Each forward returns out and a cache; the first three calls differ in what out depends on."""
    values = outputs(student, layer, [calls[0], *calls], [expected[0], *expected])
    for value, right in zip(values[1:], expected, strict=True):
        expect_array(value, "out", right.shape, "f")
    expect_work("out", *values[:4])
    try:
        whole = student.aside().many(f"{layer}_forward", calls)
    except StudentFailure:
        return  # of a type that stays in the box
    for value in whole:
        expect_tuple(value, 2, say("result_of", name=f"{layer}_forward"))


def expect_own_cache(student, layer, name, calls, check):
    """The backward is as right with the student's own cache as it is with ours."""
    try:
        check(student)
    except AssertionError as failure:
        try:
            with_some_cache(student, layer, check)
        except AssertionError:
            return  # then the backward is to blame
        raise AssertionError(say("cache_does_not_fit", name=name, reason=failure)) from None


# affine -------------------------------------------------------------------------------------


def draw_affine(rng, N, D, H):
    """dout, X, W and b."""
    return tuple(away_from_zero(rng, shape) for shape in ((N, H), (N, D), (D, H), (H,)))


def affine_cases(rng):
    """Layers of many sizes: one row, input or unit, faint and strong numbers, zeros, many rows."""
    sizes = [draw_sizes(rng, "NDH", large) for large in ("", "", "N", "D", "H")]
    cases = [draw_affine(rng, *three) for three in sizes]
    N, D, H = draw_sizes(rng, "NDH")
    cases += [draw_affine(rng, *three) for three in ((1, D, H), (N, 1, H), (N, D, 1))]
    cases += [draw_affine(rng, N, N, N) for _ in range(3)]  # no mistake in the order shows in sizes
    cases += [tuple(size * array for array in cases[0]) for size in (1e-6, 1e5)]
    for _ in range(3):  # a nudge of a small number is lost beside large ones
        dout, X, W, b = draw_affine(rng, N, D, H)
        X[:, :2] *= (1e9, 1e-9)
        W[:2] *= np.array([[1e9], [1e-9]])
        cases.append((dout, X, W, b))
    dout, X, W, b = cases[1]
    return [*cases, (dout, 0 * X, W, b), (dout[::-1], X, W, 0 * b), (np.ones_like(dout), X, W, b)]


def some_affine(rng):
    """A call, and others that change its arguments one by one, all but the last: dout, X, W, b."""
    N, D, H = draw_sizes(rng, "NDH")
    first, other = draw_affine(rng, N, D, H), draw_affine(rng, N, D, H)
    return [first, *((*first[:i], other[i], *first[i + 1 :]) for i in range(4))]


def gradient_terms(dout, X, W, b):
    """Right gradients of X, W and b."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def check_affine_gradient(student, rng, place, large=None):
    """One gradient for layers of all kinds, then for one in which nudging takes far too long."""
    name, cases = ("dX", "dW", "db")[place], affine_cases(rng)

    def compare(case, value):
        right = gradient_terms(*case)[place]
        actual = expect_numbers(item(value, place, 3), name, right.shape)
        terms = gradient_terms(*map(np.abs, case))[place]
        assert_close(actual, right, name, 0.0, SINGLE * terms)

    def check(student, cases=cases):
        check_each(student, "affine_gradients", cases, compare)

    with_some_cache(student, "affine", check)
    if large is None:
        return
    # two small cases are enough to tell which cache it takes
    some = partial(check, cases=cases[:2])
    able = with_some_cache(student.aside(), "affine", some, ours_first=True)
    case = draw_affine(rng, *large)
    right = gradient_terms(*case)[place]
    value = in_one_pass(lambda: able.affine_gradients(*case), right.size)
    assert_close(expect_numbers(item(value, place, 3), name, right.shape), right, name, 1e-4, 1e-3)


@pytest.mark.question("affine", points=1)
def test_affine_forward_returns_out_and_cache(student, rng):
    N, D, H = draw_sizes(rng, "NDH")
    sizes = ((1, D, H), (N, 1, H), (N, D, 1))
    cases = [*some_affine(rng)[1:], *(draw_affine(rng, *three) for three in sizes)]
    calls = [case[1:] for case in cases]
    expect_forward(student, "affine", calls, [X @ W + b for X, W, b in calls])

    def check(student):
        for case, value in zip(cases, student.many("affine_gradients", cases), strict=True):
            for place, right in enumerate(gradient_terms(*case)):
                assert_close(item(value, place, 3), right, say("gradient"), 1e-4, 1e-4)

    expect_own_cache(student.aside(), "affine", "affine_backward", cases, check)


@pytest.mark.question("affine", points=2)
def test_affine_output(student, rng):
    calls = [case[1:] for case in affine_cases(rng)]
    expected = [X @ W + b for X, W, b in calls]
    terms = [np.abs(X) @ np.abs(W) + np.abs(b) for X, W, b in calls]
    check_outputs(student, "affine", calls, expected, terms)


@pytest.mark.question("affine", points=1)
def test_affine_gradients_have_the_shapes_of_their_variables(student, rng):
    N, D, H = draw_sizes(rng, "NDH")
    sizes = ((1, D, H), (N, 1, H), (N, D, 1))
    cases = [*some_affine(rng), *(draw_affine(rng, *three) for three in sizes)]

    def check(student):
        values = student.many("affine_gradients", [cases[0], *cases])
        for (_, *variables), value in zip([cases[0], *cases], values, strict=True):
            gradients = expect_tuple(value, 3, say("result_of", name="affine_backward"))
            for gradient, variable, name in zip(gradients, variables, "XWb", strict=True):
                expect_array(gradient, f"d{name}", variable.shape, "f")
        first, again, other_dout, *_ = values
        expect_work(say("gradients"), first, again, other_dout)

    with_some_cache(student, "affine", check)


@pytest.mark.question("affine", points=0.5)
def test_affine_leaves_its_arguments_alone(student, rng):
    cases = some_affine(rng)
    calls = [case[1:] for case in cases]

    def check(student):
        observed = student.observe_many("affine_gradients", [cases[0], *cases])
        expect_work(say("gradients"), *(seen.value for seen in observed[:3]))
        for case, seen in zip(cases, observed[1:], strict=True):
            expect_unchanged(seen, case, ("dout", "X", "W", "b"))

    with suppress(StudentFailure):  # other checks say that
        for case, seen in zip(cases, student.observe_many("affine_output", calls), strict=True):
            expect_unchanged(seen, case[1:], ("X", "W", "b"))
    with_some_cache(student, "affine", check)


@pytest.mark.question("affine", points=1.5)
def test_affine_gradient_of_b(student, rng):
    check_affine_gradient(student, rng, 2)


@pytest.mark.question("affine", points=2)
def test_affine_gradient_of_W(student, rng):
    check_affine_gradient(student, rng, 1, (30, 200, 110))


@pytest.mark.question("affine", points=2)
def test_affine_gradient_of_X(student, rng):
    check_affine_gradient(student, rng, 0, (110, 200, 30))


# relu ---------------------------------------------------------------------------------------


def relu_cases(rng):
    """dout and x of many shapes and sizes; none is 0, where any slope from 0 to 1 is right."""
    shapes = [(5,), (3, 4), (1, 6), (6, 1), (2, 3, 4), (int(rng.integers(300, 400)), 7)]
    cases = [(away_from_zero(rng, shape), away_from_zero(rng, shape)) for shape in shapes]
    for size in (1e-8, 1e-7, 1e-6, 20, 1e4, 1e6):  # a threshold shows, and an upper end
        cases.append((away_from_zero(rng, (4, 3)), size * away_from_zero(rng, (4, 3))))
    for _, x in cases:
        x.flat[0], x.flat[1] = abs(x.flat[0]), -abs(x.flat[1])
    low = -np.abs(cases[1][1])
    return [*cases, (cases[1][0], low), (1e5 * cases[1][0], -low)]


def some_relu(rng):
    """Three calls of one shape, then calls of others."""
    same = [(away_from_zero(rng, (4, 5)), away_from_zero(rng, (4, 5))) for _ in range(3)]
    return [*same, *relu_cases(rng)[:5]]


@pytest.mark.question("relu", points=0.5)
def test_relu_keeps_the_shape_of_x(student, rng):
    cases = some_relu(rng)
    calls = [(x,) for _, x in cases]
    expect_forward(student, "relu", calls, [x for _, x in cases])

    def check(student):
        values = student.many("relu_gradient", [cases[0], *cases])
        for (_, x), value in zip(cases, values[1:], strict=True):
            expect_array(value, "dx", x.shape, "f")
        expect_work("dx", *values[:4])

    def check_numbers(student):
        for (dout, x), value in zip(cases, student.many("relu_gradient", cases), strict=True):
            assert_close(value, dout * (x > 0), "dx", 1e-4)

    expect_own_cache(student.aside(), "relu", "relu_backward", cases, check_numbers)
    with_some_cache(student, "relu", check)


@pytest.mark.question("relu", points=1)
def test_relu_output(student, rng):
    calls = [(x,) for _, x in relu_cases(rng)]
    calls += [(np.array([0.0, -1.0, 2.0]),), (np.zeros((2, 3)),)]
    expected = [np.maximum(0, x) for (x,) in calls]
    check_outputs(student, "relu", calls, expected, [np.abs(x) for (x,) in calls])


@pytest.mark.question("relu", points=2)
def test_relu_gradient(student, rng):
    cases = relu_cases(rng)
    # A quotient reaches across the kink next to some of these, and loses its digits far from it.
    dout, x = away_from_zero(rng, (2, 6)), away_from_zero(rng, (2, 6))
    cases.append((dout, x * 10.0 ** np.array([-30, -12, -7, 0, 8, 20])))

    def check(student):
        for (dout, x), value in zip(cases, student.many("relu_gradient", cases), strict=True):
            actual = expect_numbers(value, "dx", x.shape)
            assert_close(actual, dout * (x > 0), "dx", SINGLE, 0.0)

    with_some_cache(student, "relu", check)


@pytest.mark.question("relu", points=0.5)
def test_relu_leaves_its_arguments_alone(student, rng):
    cases = some_relu(rng)

    def check(student):
        observed = student.observe_many("relu_gradient", [cases[0], *cases])
        expect_work("dx", *(seen.value for seen in observed[:4]))
        for case, seen in zip(cases, observed[1:], strict=True):
            expect_unchanged(seen, case, ("dout", "x"))

    calls = [(x,) for _, x in cases]
    with suppress(StudentFailure):  # other checks say that
        for (x,), seen in zip(calls, student.observe_many("relu_output", calls), strict=True):
            expect_unchanged(seen, (x,), "x")
    with_some_cache(student, "relu", check)


# softmax_cross_entropy ----------------------------------------------------------------------


def draw_batch(rng, N, C, spread=2.0):
    """Scores and labels; those come neither sorted nor equally often."""
    y = rng.choice(rng.permutation(C)[: max(N - 1, 1)], size=N)
    while min(N, C) > 1 and ((np.diff(y) >= 0).all() or len({*np.bincount(y)} - {0}) == 1):
        y = rng.choice(rng.permutation(C)[: max(N - 1, 1)], size=N)
    return rng.uniform(-spread, spread, size=(N, C)), y


def batches(rng):
    """Batches of many sizes: one row, one class, many of either, one label, all scores alike."""
    sizes = [draw_sizes(rng, "NC", large) for large in ("", "", "N", "C")]
    N, C = draw_sizes(rng, "NC")
    some = [draw_batch(rng, *two) for two in (*sizes, (1, C), (N, 1))]
    scores, y = some[0]
    alike = [(scores, np.full_like(y, y[0])), (0 * scores, y), (1e-3 * scores, y)]
    return [*some, *alike, (np.tile(scores, (5, 1)), np.tile(y, 5)), (scores[::-1], y[::-1])]


def large_scores(rng):
    """Rows far apart, confident wrong scores (single precision still has them), large scores."""
    found = []
    for _ in range(2):
        scores, y = draw_batch(rng, *draw_sizes(rng, "NC"))
        shift = rng.permutation(np.linspace(-1500, 1500, len(y)))[:, None]
        wrong = np.arange(scores.shape[1]) != y[:, None]
        found += [scores + shift, y], [scores + 80 * wrong, y], [scores + wrong + 1e5, y]
        found += [scores - 2000, y], [400 * scores, y]
    return [tuple(pair) for pair in found]


def right_result(reference, scores, y):
    """Loss and gradient of the instructor; of several rows alone too, or it is an error of ours."""
    loss, dscores = reference.softmax_cross_entropy(scores, y)
    single = [reference.softmax_cross_entropy(scores[i : i + 1], y[i : i + 1]) for i in range(2)]
    ours = [row_gradient for _, row_gradient in single[: len(y)]]
    if not np.allclose(np.concatenate(ours)[: len(y)] / len(y), dscores[:2]):
        raise RuntimeError("the reference gradient depends on other rows")
    return loss, dscores


def check_losses(student, reference, calls, name):
    """Rounding grows with the scores, from which a loss of any size is left."""
    for call, value in zip(calls, student.many("softmax_cross_entropy", calls), strict=True):
        expected, _ = reference.softmax_cross_entropy(*call)
        tolerance = 1e-6 + SINGLE * abs(expected) + 3e-7 * np.abs(call[0]).max()
        assert_close(loss_in(value), float(expected), name, 0.0, tolerance)


def loss_in(value):
    """The number among the results, in whatever order."""
    items = value if isinstance(value, tuple | list) else (value,)
    alone = [entry for entry in items if size_of(entry) == 1]
    return float(expect_numbers(alone[0] if alone else item(value, 0, 2), say("loss"), ()))


def dscores_in(value, shape):
    """The gradient among the results, in whatever order."""
    items = value if isinstance(value, tuple | list) else (value,)
    arrays = [array for array in items if isinstance(array, np.ndarray) and array.size > 1]
    found = arrays[0] if len(arrays) == 1 else item(value, 1, 2)
    return expect_numbers(found, "dscores", shape)


def check_dscores(student, reference, calls):
    for call, value in zip(calls, student.many("softmax_cross_entropy", calls), strict=True):
        scores, y = call
        _, expected = reference.softmax_cross_entropy(*call)
        actual = dscores_in(value, scores.shape)
        # p and 1 are what is subtracted; scores in single precision are off by their last digit
        tolerance = (SINGLE + 3e-7 * np.abs(scores).max()) * np.ones_like(scores) / len(y)
        assert_close(actual, expected, "dscores", 0.0, tolerance)


def check_improbable(student, reference, rng):
    """The gradient of a class that is next to impossible: no nudge of its score changes a loss."""
    calls = []
    for _ in range(3):
        scores, y = draw_batch(rng, *draw_sizes(rng, "NC"))
        last = scores.shape[1] - 1
        scores[:, last] -= 70
        calls.append((scores, np.where(y == last, 0, y)))
    for call, value in zip(calls, student.many("softmax_cross_entropy", calls), strict=True):
        expected = reference.softmax_cross_entropy(*call)[1]
        actual = dscores_in(value, expected.shape)[:, -1]
        assert_close(actual, expected[:, -1], say("improbable"), 1e-3, 0.0)


def telling_batches(rng):
    """A batch, the same again, and three others of its size; more rows than classes."""
    N, C = int(rng.integers(7, 11)), int(rng.integers(3, 7))
    first, *others = (draw_batch(rng, N, C) for _ in range(4))
    return [first, first, *others]


@pytest.mark.question("softmax_cross_entropy", points=1)
def test_loss_and_dscores_have_their_shapes(student, rng):
    calls = [*telling_batches(rng), *batches(rng)[4:6]]
    values = student.many("softmax_cross_entropy", calls)
    for (scores, _), value in zip(calls, values, strict=True):
        name = say("result_of", name="softmax_cross_entropy")
        loss, dscores = expect_tuple(value, 2, name)
        expect_float(loss, say("loss"))
        expect_array(dscores, "dscores", scores.shape, "f")
    expect_work(say("results"), *values[:5])


@pytest.mark.question("softmax_cross_entropy", points=2)
def test_cross_entropy(student, reference, rng):
    check_losses(student, reference, batches(rng), say("loss"))


@pytest.mark.question("softmax_cross_entropy", points=1)
def test_cross_entropy_of_large_scores(student, reference, rng):
    check_losses(student, reference, large_scores(rng), say("loss_of_large_scores"))


@pytest.mark.question("softmax_cross_entropy", points=1)
def test_softmax_leaves_its_arguments_alone(student, rng):
    calls = telling_batches(rng)
    observed = student.observe_many("softmax_cross_entropy", calls)
    name = say("result_of", name="softmax_cross_entropy")
    expect_work(name, *(seen.value for seen in observed))
    for call, seen in zip(calls, observed, strict=True):
        expect_unchanged(seen, call, ("scores", "y"))


@pytest.mark.question("softmax_cross_entropy", points=1)
def test_dscores_of_large_scores(student, reference, rng):
    check_dscores(student, reference, large_scores(rng))


@pytest.mark.question("softmax_cross_entropy", points=2)
def test_dscores(student, reference, rng):
    calls = batches(rng)
    for scores, y in calls[:2]:
        right_result(reference, scores, y)
    check_dscores(student, reference, calls)
    check_improbable(student, reference, rng)
    large = [draw_batch(rng, 220, 100)]
    count = large[0][0].size
    in_one_pass(lambda: check_dscores(student.aside(), reference, large), count)


# two_layers ---------------------------------------------------------------------------------

KEYS = ("W1", "b1", "W2", "b2")
LAYERS_OF = {
    "affine": ("affine_forward", "affine_backward"),
    "relu": ("relu_forward", "relu_backward"),
    "softmax_cross_entropy": ("softmax_cross_entropy",),
}
LAYERS = tuple(chain(*LAYERS_OF.values()))
LARGE_NET = (120, 200, 40, 250)  # N, D, H, C: so few parameters that lists can hold them, too
ROUNDING = 2e-5  # of the terms that a gradient sums up; single precision stays well below


def our_layers(reference, names=LAYERS):
    return {name: getattr(reference, name) for name in names}


@pytest.fixture
def on_right_layers(student, reference, progress):
    """The student with our layers where theirs lost points: no mistake costs twice."""
    lost = [names for question, names in LAYERS_OF.items() if not progress.full_marks(question)]
    return student.standing_in(**our_layers(reference, chain(*lost))) if lost else student


def draw_net(rng, N, D, H, C, margin=1e-3):
    """X, y, W1, b1, W2, b2: no unit is near the kink of its ReLU, nor off in all of many rows."""
    while True:
        X, W1, W2 = (rng.normal(size=shape) for shape in ((N, D), (D, H), (H, C)))
        W1, W2 = W1 / np.sqrt(D), W2 / np.sqrt(H)  # in a large net too, no class is out of question
        b1, b2 = rng.normal(size=H), rng.normal(size=C)
        dead = (X @ W1 + b1 < 0).all(axis=0) & (N > 1)
        W1[:, dead] *= -1
        b1[dead] *= -1
        z = X @ W1 + b1
        if np.abs(z).min() > margin and (z < 0).any():
            return X, rng.permutation(np.arange(N) % C), W1, b1, W2, b2


def nets(rng):
    """Nets of many sizes: one row, one class, many rows, one label, faint and strong numbers."""
    cases = [draw_net(rng, *draw_sizes(rng, "NDHC")) for _ in range(3)]
    N, D, H, C = draw_sizes(rng, "NDHC")
    many = int(rng.integers(200, 300))
    cases += [draw_net(rng, *four) for four in ((1, D, H, C), (N, D, H, 1), (many, D, H, C))]
    X, y, *params = cases[0]
    cases.append((X, np.full_like(y, y[0]), *params))
    return [*cases, (3 * X, y, *(3 * W for W in params)), (0.1 * X, y, *(0.1 * W for W in params))]


def confirm(reference, net):
    """Fail as an error of ours unless the complex step finds the instructor's gradient.

    Along a direction that leaves no entry out: entry by entry takes as many losses.
    """
    X, y, *params = net
    directions = [np.cos(np.arange(W.size)).reshape(W.shape) for W in params]

    def loss(t):
        moved = [W + t * direction for W, direction in zip(params, directions, strict=True)]
        return reference.two_layers(X, y, *moved)[0]

    grads = reference.two_layers(*net)[1]
    slope = sum(np.sum(d * grads[key]) for d, key in zip(directions, KEYS, strict=True))
    if not np.isclose(slope, complex_step_gradient(loss, np.zeros(())), rtol=1e-9, atol=1e-12):
        raise RuntimeError("the reference gradient is wrong")


def terms_of(X, y, W1, b1, W2, b2):
    """What each entry of the gradients sums up, without signs: rounding grows with it."""
    z = X @ W1 + b1
    scores = np.maximum(0, z) @ W2 + b2
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    ds = e / e.sum(axis=1, keepdims=True) / len(y)
    ds[np.arange(len(y)), y] += 1 / len(y)
    dz = (ds @ np.abs(W2).T) * (z > 0)
    sizes = np.abs(X) @ np.abs(W1) + np.abs(b1)
    terms = {"W1": np.abs(X).T @ dz, "W2": sizes.T @ ds}
    return {**terms, "b1": dz.sum(axis=0), "b2": ds.sum(axis=0)}


def grads_in(value):
    """The dict of gradients among the results of two_layers, or its four values without names."""
    items = value if isinstance(value, tuple | list) else (value,)
    found = next((entry for entry in items if isinstance(entry, dict)), None)
    if found is None:
        found = item(value, 1, 2)
        is_unnamed = isinstance(found, tuple | list) and len(found) == len(KEYS)
        found = dict(zip(KEYS, found, strict=True)) if is_unnamed else found
    return expect_dict(found, (), "grads")


def gradient_at(value, key, shape):
    grads = grads_in(value)
    given = grads.get(key, grads.get(f"d{key}"))
    assert_true(given is not None, say("no_gradient", key=key))
    return expect_numbers(given, f"grads[{key!r}]", shape)


def asked_once(ask):
    """Remember for all checks what a student's function gave, or why it gave nothing."""
    known = WeakKeyDictionary()

    @wraps(ask)
    def remembered(student, *arguments):
        if student not in known:
            try:
                known[student] = ask(student, *arguments)
            except AssertionError as failure:
                known[student] = str(failure)
        assert_true(not isinstance(known[student], str), known[student])
        return known[student]

    return remembered


class Answer(NamedTuple):
    """What two_layers gave for a net, beside our loss and gradients.

    Rounding errors grow with `terms`: what each entry of a gradient sums up, without signs.
    """

    value: object
    loss: float
    grads: dict
    terms: dict


def answer_for(reference, net, value):
    loss, grads = reference.two_layers(*net)
    return Answer(value, float(loss), grads, terms_of(*net))


@asked_once
def answers(student, on_right_layers, reference, rng):
    """For nets of all kinds; each check judges a part of them."""
    cases = nets(rng)
    confirm(reference, cases[0])
    values = on_right_layers.many("two_layers", cases)
    return [answer_for(reference, *pair) for pair in zip(cases, values, strict=True)]


@asked_once
def large_answer(student, reference, rng):
    """For one large net, in which a loss for each parameter takes far more time than a call has.

    On our layers, since the student's may be slow.
    """
    net = draw_net(rng, *LARGE_NET, margin=1e-5)  # a wider one would take a dozen draws
    count = sum(W.size for W in net[2:])
    quick = student.aside().standing_in(**our_layers(reference))
    quick.two_layers(*draw_net(rng, 4, 3, 5, 2))  # what fails here, too, has another reason
    return answer_for(reference, net, in_one_pass(lambda: quick.two_layers(*net), count))


def check_gradient(student, on_right_layers, reference, rng, key):
    large = large_answer(student, reference, rng)  # if it fails, that is the reason to tell
    for answer in (*answers(student, on_right_layers, reference, rng), large):
        expected, terms = answer.grads[key], answer.terms[key]
        actual = gradient_at(answer.value, key, expected.shape)
        tolerance = ROUNDING * (terms + 1e-6 * terms.max())
        assert_close(actual, expected, f"grads[{key!r}]", 0.0, tolerance)


def telling_nets(rng):
    """A net, the same again, and three others of its sizes; scores of either sign in each row."""
    sizes = draw_sizes(rng, "NDHC")
    first, *others = (draw_net(rng, *sizes) for _ in range(4))
    for *_, b2 in (first, *others):
        b2[:2] = 20, -20
    return [first, first, *others]


@pytest.mark.question("two_layers", points=1)
def test_loss_and_grads_have_their_form(on_right_layers, reference, rng):
    cases = [*telling_nets(rng), *nets(rng)[3:5]]
    values = on_right_layers.many("two_layers", cases)
    for net, value in zip(cases, values, strict=True):
        loss, grads = expect_tuple(value, 2, say("result_of", name="two_layers"))
        expect_float(loss, say("loss"))
        grads = expect_dict(grads, KEYS, "grads")
        assert_true(len(grads) == len(KEYS), say("should_have_four_keys"))
        for key, W in zip(KEYS, net[2:], strict=True):
            expect_array(grads[key], f"grads[{key!r}]", W.shape, "f")
    expect_work(say("results"), *values[:5])


@pytest.mark.question("two_layers", points=1)
def test_loss_of_two_layers(student, on_right_layers, reference, rng):
    for answer in answers(student, on_right_layers, reference, rng):
        assert_close(loss_in(answer.value), answer.loss, say("loss"), ROUNDING, 1e-6)


@pytest.mark.question("two_layers", points=1)
def test_two_layers_calls_the_layers(student, reference, rng):
    counts = Counter()

    def counted(name, layer):
        def call(*arguments, **named):
            counts[name] += 1
            return layer(*arguments, **named)

        return call

    layers = {name: counted(name, layer) for name, layer in our_layers(reference).items()}
    cases = telling_nets(rng)[:1]  # with more, code that nudges each number would ask without end
    values = student.aside().standing_in(**layers).many("two_layers", cases)
    missing = [name for name in LAYERS if not counts[name]]
    if missing and not is_right(reference, cases, values):
        missing = [name for name in missing if "relu" not in name]
    assert_true(not missing, say("layers_not_called", names=", ".join(missing)))


def is_right(reference, cases, values):
    """Whether loss and dW1 are right; if not, a ReLU that is missing costs its points elsewhere."""
    try:
        for net, value in zip(cases, values, strict=True):
            loss, grads = reference.two_layers(*net)
            assert_close(loss_in(value), float(loss), "", 1e-4)
            assert_close(gradient_at(value, "W1", net[2].shape), grads["W1"], "", 1e-3, 1e-6)
    except AssertionError:
        return False
    return True


@pytest.mark.question("two_layers", points=0.5)
def test_two_layers_leaves_its_arguments_alone(on_right_layers, reference, rng):
    cases = telling_nets(rng)
    observed = on_right_layers.observe_many("two_layers", cases)
    expect_work(say("results"), *(seen.value for seen in observed))
    for net, seen in zip(cases, observed, strict=True):
        expect_unchanged(seen, net, ("X", "y", *KEYS))


@pytest.mark.question("two_layers", points=0.5)
def test_two_layers_gradient_of_b2(student, on_right_layers, reference, rng):
    check_gradient(student, on_right_layers, reference, rng, "b2")


@pytest.mark.question("two_layers", points=1)
def test_two_layers_gradient_of_W2(student, on_right_layers, reference, rng):
    check_gradient(student, on_right_layers, reference, rng, "W2")


@pytest.mark.question("two_layers", points=0.5)
def test_two_layers_gradient_of_b1(student, on_right_layers, reference, rng):
    check_gradient(student, on_right_layers, reference, rng, "b1")


@pytest.mark.question("two_layers", points=1.5)
def test_two_layers_gradient_of_W1(student, on_right_layers, reference, rng):
    check_gradient(student, on_right_layers, reference, rng, "W1")


# gradient_check -----------------------------------------------------------------------------


@pytest.fixture
def with_right_error(student, reference, progress):
    """The student with our relative_error, if theirs lost points: no mistake costs twice."""
    if progress.full_marks("relative_error"):
        return student
    return student.standing_in(relative_error=reference.relative_error)


def polynomials(rng, power):
    """(f, x, slopes) for points of several shapes.

    No slope is small, and those of the first polynomial are positive, so that no sum hides one.
    """
    found = []
    for shape in ((4,), tuple(map(int, rng.permutation([2, 3]))), (1,), (2, 1, 2)):
        x, factors = rng.uniform(1, 2, size=shape), 2 * away_from_zero(rng, shape)
        factors += 2 * np.sign(factors)
        factors = factors if found else np.abs(factors)

        terms = f"np.sum(c * np.asarray(a, float) ** {power}) + np.sum(a) ** 2 / 10"
        f = Formula(f"lambda a: float({terms})", c=factors)
        found.append((f, x, power * factors * x ** (power - 1) + x.sum() / 5))
    return found


def spoiled(polynomials, *factors):
    """(f, x, gradient) with one entry off by a factor: the smallest, the first or the last."""
    for f, x, slopes in polynomials:
        for factor in factors:
            for place in dict.fromkeys((int(np.abs(slopes).argmin()), 0, slopes.size - 1)):
                gradient = slopes.copy()
                gradient.flat[place] *= factor
                yield f, x, gradient


@pytest.mark.question("gradient_check", points=1)
def test_a_right_gradient_passes(with_right_error, reference, rng):
    right = polynomials(rng, power=3)
    wrong = list(spoiled(right, 2.0))
    values = with_right_error.many("gradient_check", right + wrong)
    values = [expect_float(value, say("largest_error")) for value in values]
    for error in values[: len(right)]:
        # a one-sided difference errs by less; another check is about that
        assert_true(0 <= error < 1e-4, say("error_of_right_gradient", error=error))
    for error in values[len(right) :]:
        assert_true(error > 0.3, say("error_of_wrong_gradient", error=error))


def check_error(with_right_error, reference, calls, name):
    for call, value in zip(calls, with_right_error.many("gradient_check", calls), strict=True):
        actual = expect_numbers(value, name, ())
        assert_close(float(actual), reference.gradient_check(*call), name, 1e-3)


def quartics(rng):
    """(f, x, slopes) in which the error that comes from h is the same at all entries."""
    for shape in ((4,), (2, 3), (1,)):
        x, factors = np.full(shape, rng.uniform(1.3, 2)), away_from_zero(rng, shape)
        f = Formula("lambda a: float(np.sum(c * np.asarray(a, float) ** 4))", c=factors)
        yield f, x, 4 * factors * x**3


def products(rng):
    """(f, x, slopes) in which entries that are not where they were change the other slopes."""
    for _ in range(2):
        x, W = away_from_zero(rng, 4), away_from_zero(rng, (4, 4))
        f = Formula("lambda a: float(np.ravel(a) @ W @ np.ravel(a))", W=W)
        yield f, x, (W + W.T) @ x


@pytest.mark.question("gradient_check", points=1.5)
def test_the_largest_error_is_found(with_right_error, reference, rng):
    calls = list(spoiled(polynomials(rng, power=2), 2.0, 0.5, -1.0, 1.05, 0.0))
    check_error(with_right_error, reference, calls, say("largest_error"))


@pytest.mark.question("gradient_check", points=1)
def test_the_difference_is_centred_and_uses_h(with_right_error, reference, rng):
    cases = [*quartics(rng), *products(rng)]
    calls = [(f, x, s, h) for f, x, s in cases for h in (0.1, 0.25, 0.4)]
    check_error(with_right_error, reference, calls, say("largest_error_with_h"))


@pytest.mark.question("gradient_check", points=0.5)
def test_gradient_check_leaves_its_arguments_alone(with_right_error, reference, rng):
    calls = [(f, x, size * s) for f, x, s in polynomials(rng, power=2) for size in (3.0, 5.0)]
    observed = with_right_error.observe_many("gradient_check", calls)
    values = [numbers_in(seen.value) for seen in observed]
    is_work = all(v.size and v[0] > 0.1 for v in values) and values[0][0] != values[1][0]
    assert_true(is_work, say("takes_no_work", name=say("largest_error")))
    for (_, x, gradient), seen in zip(calls, observed, strict=True):
        # Nudged in place and back, an entry may differ in its last bit; a forgotten h is more.
        assert_close(seen.args[1], x, "x", rtol=0, atol=1e-12)
        assert_unchanged(seen.args[2], gradient, "gradient")


# diagnose_curves ----------------------------------------------------------------------------


def plain(name):
    """A name without what people spell differently."""
    letters = (letter for letter in str(name).lower() if letter.isalnum())
    return "".join(letters)


def check_curve(student, reference, number):
    """One curve has its name, however that is spelt; the same name for all is no diagnosis."""
    answers = expect_dict(student.diagnose_curves(), (), say("result_of", name="diagnose_curves"))
    names = {str(key).strip(): plain(name) for key, name in answers.items()}
    assert_true(str(number) in names, say("no_curve", number=number))
    is_diagnosis = len(names) < 3 or len(set(names.values())) > 1
    assert_true(is_diagnosis, say("one_name_for_all"))
    right = plain(reference.diagnose_curves()[number])
    assert_true(names[str(number)] == right, say("other_name", number=number))


@pytest.mark.question("diagnose_curves", points=0.5)
def test_curve_1(student, reference):
    check_curve(student, reference, 1)


@pytest.mark.question("diagnose_curves", points=0.5)
def test_curve_2(student, reference):
    check_curve(student, reference, 2)


@pytest.mark.question("diagnose_curves", points=0.5)
def test_curve_3(student, reference):
    check_curve(student, reference, 3)


@pytest.mark.question("diagnose_curves", points=0.5)
def test_curve_4(student, reference):
    check_curve(student, reference, 4)


@pytest.mark.question("diagnose_curves", points=1)
def test_curve_5(student, reference):
    check_curve(student, reference, 5)


@pytest.mark.question("diagnose_curves", points=1)
def test_curve_6(student, reference):
    check_curve(student, reference, 6)
