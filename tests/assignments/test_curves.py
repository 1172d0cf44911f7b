"""The loss curves that `layers` asks students to name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.course.solution import reference_source
from grader.judge.reference import Reference
from grader.notebook import loads
from scripts.train_curves import EPOCHS, RUNS, curves
from tests.kit.files import ROOT

FOLDER = ROOT / "solutions" / "layers"
Curve = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def kept() -> dict[str, Curve]:
    with np.load(FOLDER / "curves.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def named(kept: dict[str, Curve]) -> dict[str, tuple[Curve, Curve]]:
    """The curve of each name, on training and on validation images."""
    notebook = loads((FOLDER / "layers.ipynb").read_bytes())
    answers = Reference(reference_source(notebook), FOLDER).diagnose_curves()
    rows = zip(kept["training"], kept["validation"], strict=True)
    return {answers[number]: row for number, row in enumerate(rows, 1)}


@pytest.mark.slow
def test_the_kept_curves_are_those_that_the_script_trains(kept: dict[str, Curve]) -> None:
    """After a change: python scripts/train_curves.py solutions/layers/curves.npz."""
    for name, array in curves(epochs=2).items():
        np.testing.assert_allclose(kept[name][:, :3], array, atol=2e-4)


def test_the_file_holds_numbers_alone(kept: dict[str, Curve]) -> None:
    assert {(name, array.shape) for name, array in kept.items()} == {
        ("training", (len(RUNS), EPOCHS + 1)),
        ("validation", (len(RUNS), EPOCHS + 1)),
    }
    assert all(array.dtype == np.float32 for array in kept.values())


def test_every_curve_starts_at_ln_10(named: dict[str, Any]) -> None:
    assert all(abs(training[0] - np.log(10)) < 0.02 for training, _ in named.values())


def test_each_curve_shows_what_its_name_says(named: dict[str, tuple[Curve, Curve]]) -> None:
    training = {name: curve for name, (curve, _) in named.items()}
    assert training["right"][-1] < 0.1
    assert named["right"][1][-1] < 0.2
    assert np.ptp(training["no learning"]) < 0.02
    slow = training["rate too low"]
    assert np.all(np.diff(slow) < 0)
    assert 1.5 < slow[-1] < 2.1
    assert np.all(np.diff(training["bug in the update"]) > 0)
    jumps = np.diff(training["rate too high"])
    assert np.sum(jumps > 0.3) > 5
    assert np.min(training["rate too high"]) > 0.5
    learnt, others = named["overfitting"]
    assert learnt[-1] < 0.3
    assert others[-1] > others.min() + 0.3
