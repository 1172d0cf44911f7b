"""Samplers get what they deserve, whoever hands them in; docs/chance.md says how surely."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, exp, log
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import Trials

HEAD = "def sample_minibatch(X, y, batch_size, rng):\n"
RETURN = "\n    return X[rows], y[rows]\n"
STUDENTS = 4
ALL = ("shapes", "larger", "together", "differ", "every_row", "arguments")
NAMES = {
    "test_minibatch_shapes": "shapes",
    "test_minibatch_larger_than_the_data": "larger",
    "test_minibatch_keeps_rows_and_labels_together": "together",
    "test_minibatches_differ": "differ",
    "test_minibatches_reach_every_row": "every_row",
    "test_minibatch_uses_only_its_arguments": "arguments",
}


def weighted(weights: str) -> str:
    return f"""
    p = np.ones(len(X))
    {weights}
    rows = rng.choice(len(X), batch_size, p=p / p.sum())"""


ROWS = {  # how a sampler finds its rows, and the checks that this loses
    "rows = rng.integers(len(X), size=batch_size)": (),
    "rows = rng.choice(len(X), batch_size, replace=batch_size > len(X))": (),
    "rows = [rng.bit_generator.random_raw() % len(X) for _ in range(batch_size)]": (),
    "rows = np.sort(np.resize(rng.permutation(len(X)), batch_size))": (),
    "rows = (rng.integers(len(X)) + 3 * np.arange(batch_size)) % len(X)": ("differ",),
    "rows = (rng.integers(len(X)) - np.arange(batch_size)) % len(X)": ("differ",),
    "rows = (rng.integers(9) + 2 * rng.integers(len(X), size=batch_size)) % len(X)": ("differ",),
    "rows = (rng.integers(9) + 6 * rng.integers(len(X), size=batch_size)) % len(X)": ("differ",),
    "rows = np.repeat(rng.integers(len(X), size=batch_size), 2)[:batch_size]": ("differ",),
    "rows = np.repeat(rng.integers(len(X), size=batch_size), 4)[:batch_size]": ("differ",),
    "rows = rng.choice(rng.integers(len(X), size=3), batch_size)": ("differ",),
    "rows = 2 * rng.integers((len(X) + 1) // 2, size=batch_size)": ("every_row",),
    "rows = rng.integers(min(len(X), 500), size=batch_size)": ("every_row",),
    "rows = rng.integers(min(len(X), 19_000), size=batch_size)": ("every_row",),
    "rows = (rng.random(batch_size) ** 2 * len(X)).astype(int)": ("every_row",),
    weighted("p[0] = 2"): ("every_row",),
    weighted("p[-1] = 0.5"): ("every_row",),
    weighted("p[0] = p[-1] = 0.5"): ("every_row",),
    "rows = rng.integers(len(X) + 1, size=batch_size)": ("larger", "every_row"),
    "rows = np.arange(batch_size) % len(X)": ALL,
    "rows = np.arange(batch_size)[::-1] % len(X)": ALL,
    "rows = np.zeros(batch_size, dtype=int)": ALL,
    "rows = np.arange(len(X))": ALL,
}
RETURNS = {  # what a sampler with right rows returns, and the checks that this loses
    "X[rows], y[rows].astype(float)": ("shapes",),
    "X[rows], y[rows][:, None]": ("shapes",),
    "X[rows], list(y[rows])": ("shapes",),
    "list(X[rows]), y[rows]": ("shapes",),
    "X[rows][None], y[rows]": ("shapes",),
    "X[rows], y[rows], rows": ("shapes",),
    "X[rows]": ("shapes", "together"),
    "X[rows], y[rows[::-1]]": ("together",),
    "X[rows].astype(np.float32), y[rows]": (),
    "rng.normal(size=(batch_size, X.shape[1])), y[rows]": ALL,
    "np.zeros((batch_size, X.shape[1])), y[rows]": ALL,
    "X, y": ALL,
    "None": ALL,
    "(), ()": ALL,
    "np.empty((0, X.shape[1])), y[:0]": ALL,
}
SAMPLERS = {rows.strip(): (f"{HEAD}    {rows}{RETURN}", lost) for rows, lost in ROWS.items()}
DRAWN = f"{HEAD}    rows = rng.integers(len(X), size=batch_size)\n    return "
SAMPLERS |= {value: (f"{DRAWN}{value}\n", lost) for value, lost in RETURNS.items()}


@pytest.fixture(scope="module")
def bench() -> Iterator[Trials]:
    with TemporaryDirectory() as folder:
        yield Trials("two_layer_net", Path(folder))


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_loses_the_same_checks_for_every_student(bench: Trials, name: str) -> None:
    code, lost = SAMPLERS[name]
    for number in range(STUDENTS):
        trial = bench.judge("sample_minibatch", code, seed=f"student {number}", explain=False)
        assert [NAMES[c.name] for c in trial.checks if not c.passed] == list(lost), number


def at_most(n: int, q: float, p: float) -> float:
    """Chernoff's bound for a share q in n draws of chance p."""
    pairs = ((q, p), (1 - q, 1 - p))
    return exp(-n * sum(a * log(a / b) for a, b in pairs))


def some_part_is_off(n: int, parts: int, slack: float) -> float:
    p = 1 / parts
    return parts * sum(at_most(n, p * (1 + off), p) for off in (slack, -slack))


FEW = max(some_part_is_off(4000, N, 0.18) for N in (3, 4, 5))
BOUNDS = {  # as docs/chance.md says them
    "one of two rows never comes": (2 * 2.0**-28, 8e-9),
    "few rows are unfair": (FEW * some_part_is_off(2000, 3, 0.25), 3e-19),
    "many rows are unfair": (
        (some_part_is_off(3000, 10, 0.4) + 0.994**3000)
        * (some_part_is_off(2000, 10, 0.45) + 0.99**2000),
        4e-16,
    ),
    "large minibatches are the same": (comb(6, 3) ** -6.0, 2e-8),
    "a row is left out": (max(N * at_most(280 * N, 0.1 / N, 1 / N) for N in range(6, 10)), 1e-50),
    "rows agree modulo a number": (2.0**-98, 4e-30),
    "three start alike": (3000.0**-2, 2e-7),
    "sizes start alike": (3000.0**-3, 4e-11),
    "a row twice as likely passes": (at_most(2000, 1.25 / 3, 0.5), 8e-13),
    "a row half as likely passes": (at_most(2000, 0.75 / 3, 0.2), 4e-7),
    "rare ends pass at once": (
        max(at_most(4000, 0.82 / N, 0.5 / (N - 1)) for N in (4, 5)),
        3e-9,
    ),
    "rare ends pass singly": (at_most(2000, 1.25 / 3, 0.5), 3e-9),
    "single rows in one half or in steps": (28 * 2.0**-27 + 2.0**-26, 3e-7),
    "full minibatches pass": (max(some_part_is_off(2000, N, 0.45) for N in range(6, 10)), 2e-9),
    "small ones are the same": (2.0**-23, 2e-7),
    "past the end four times": ((450 / 20_000) ** 4, 3e-7),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_wrong_verdict_is_as_rare_as_the_page_says(name: str) -> None:
    bound, said = BOUNDS[name]
    assert bound <= said < 1e-6
    page = (Path(__file__).parents[2] / "docs" / "chance.md").read_text(encoding="utf-8")
    assert f"{said:.0e}".replace("e-0", "e-") in page
