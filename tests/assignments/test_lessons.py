"""What the texts of `two_layer_net` say of its figures holds for the solution."""

from __future__ import annotations

import runpy
from contextlib import chdir
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from grader.course.settings import Course
from grader.course.solution import reference_source, without_idle_imports
from grader.notebook import loads
from tests.kit.files import ROOT

FOLDER = Course.load(ROOT).solution_dir("two_layer_net")
NOTEBOOK = loads((FOLDER / "two_layer_net.ipynb").read_bytes())
CELLS = {cell["id"]: cell["source"] for cell in NOTEBOOK["cells"]}


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The notebook's names after its trainings; nothing is drawn."""
    names = {"run": runpy.run_path(str(FOLDER / "checking.py"))["run"]}
    # our own solution, which every worker executes, too
    exec(without_idle_imports(reference_source(NOTEBOOK)), names)
    with chdir(FOLDER):
        for name in ("spiral", "spiral-training", "load-digits", "first-try", "tuned-net"):
            exec(CELLS[name].partition("draw_training")[0], names)
    return names


def share_right(lesson: dict[str, Any], net: Any) -> float:
    return float(np.mean(net.predict(lesson["new_points"]) == lesson["new_arms"]))


def accuracy(lesson: dict[str, Any], net: Any, part: str) -> float:
    digits = lesson["digits"]
    return float(np.mean(net.predict(digits[f"X_{part}"]) == digits[f"y_{part}"]))


@pytest.mark.slow
def test_on_the_spiral_a_linear_classifier_stops_near_half(lesson: dict[str, Any]) -> None:
    linear = deepcopy(lesson["linear"])
    assert 0.45 < share_right(lesson, linear) < 0.55
    data = [lesson[name] for name in ("points", "arms", "new_points", "new_arms")]
    linear.train(*data, **{**lesson["settings"], "num_iters": 1500})
    assert 0.45 < share_right(lesson, linear) < 0.55


def test_on_the_spiral_the_net_bends_around_the_arms(lesson: dict[str, Any]) -> None:
    assert share_right(lesson, lesson["bent"]) > 0.95


def test_the_scores_of_the_linear_classifier_are_linear_in_its_inputs(
    lesson: dict[str, Any],
) -> None:
    score = lesson["linear"].loss
    here, there = np.array([[-1.2, 0.3]]), np.array([[1.1, -1.2]])
    np.testing.assert_allclose(score((here + there) / 2), (score(here) + score(there)) / 2)


@pytest.mark.slow
def test_on_the_digits_a_linear_classifier_does_as_well_as_the_net(lesson: dict[str, Any]) -> None:
    np.random.seed(0)
    linear = lesson["LinearClassifier"](64, 10)
    linear.params["b1"][:] = 0  # no pixel is negative, so nothing has to be moved
    data = [lesson["digits"][name] for name in ("X_train", "y_train", "X_val", "y_val")]
    linear.train(*data, learning_rate=1, reg=0, num_iters=500, batch_size=50)
    right = accuracy(lesson, linear, "test")
    assert 0.95 <= right <= 0.97
    assert abs(right - accuracy(lesson, lesson["tuned_net"], "test")) < 0.02


def test_the_first_try_is_still_learning_when_it_stops(lesson: dict[str, Any]) -> None:
    losses = lesson["first"]["loss_history"]
    assert np.mean(losses[-23:]) < np.mean(losses[-46:-23]) < np.mean(losses[:23])
    train, val = (accuracy(lesson, lesson["first_net"], part) for part in ("train", "val"))
    assert abs(train - val) < 0.05
    assert max(train, val) < accuracy(lesson, lesson["tuned_net"], "val") - 0.05


def test_the_sizes_of_updates_in_the_table_tell_good_rates_from_bad(lesson: dict[str, Any]) -> None:
    digits, settings = lesson["digits"], lesson["first_settings"]
    sizes = {}
    for rate in (0.01, 1.0):
        np.random.seed(0)
        net = lesson["TwoLayerNet"](64, 32, 10, std=0.01)
        grads = net.loss(digits["X_train"], digits["y_train"], settings["reg"])[1]["W1"]
        sizes[rate] = rate * np.linalg.norm(grads) / np.linalg.norm(net.params["W1"])
    assert sizes[0.01] < 0.001
    assert 0.02 < sizes[1.0] < 0.1
