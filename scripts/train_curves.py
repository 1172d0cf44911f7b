"""Train a net on digits in six ways, right and wrong, and keep its losses for `layers`.

    python scripts/train_curves.py solutions/layers/curves.npz

The net is that of the solution notebook, and each curve gets the number that `diagnose_curves`
gives to its name there. The file holds numbers alone, so that it does not tell students which
curve is which.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.course.solution import reference_source
from grader.judge.reference import Reference
from grader.notebook import loads

SOLUTIONS = Path(__file__).parents[1] / "solutions"
SEED, EPOCHS = 7, 40


@dataclass(frozen=True)
class Run:
    """How a net is trained; a negative rate walks uphill."""

    rate: float = 0.3
    images: int = 400
    batch: int = 50
    std: float = 0.05
    random_labels: float = 0.0  # the share of the training images


RUNS = {
    "right": Run(),
    "rate too low": Run(rate=0.02),
    "rate too high": Run(rate=1.2, images=300, batch=20),
    "bug in the update": Run(rate=-0.013),
    "no learning": Run(std=0.0),
    "overfitting": Run(images=60, batch=10, random_labels=0.5),
}


def losses(run: Run, two_layers: Any, digits: Any, epochs: int) -> tuple[list[float], list[float]]:
    """The losses on training and validation images, before training and after each epoch."""
    rng = np.random.default_rng(SEED)
    X, y = digits["X_train"][: run.images] / 16, digits["y_train"][: run.images].copy()
    is_random = rng.random(run.images) < run.random_labels
    y[is_random] = rng.integers(10, size=is_random.sum())
    params = {"W1": run.std * rng.normal(size=(64, 50)), "b1": np.zeros(50)}
    params |= {"W2": run.std * rng.normal(size=(50, 10)), "b2": np.zeros(10)}
    training, validation = [], []
    for _ in range(epochs + 1):
        training.append(two_layers(X, y, **params)[0])
        validation.append(two_layers(digits["X_val"] / 16, digits["y_val"], **params)[0])
        for rows in np.split(rng.permutation(run.images), run.images // run.batch):
            for key, gradient in two_layers(X[rows], y[rows], **params)[1].items():
                params[key] = params[key] - run.rate * gradient
    return training, validation


def curves(epochs: int = EPOCHS) -> dict[str, Any]:
    """The arrays `training` and `validation`, each with one row for each curve."""
    folder = SOLUTIONS / "layers"
    notebook = loads((folder / "layers.ipynb").read_bytes())
    reference = Reference(reference_source(notebook), folder)
    with np.load(SOLUTIONS / "two_layer_net" / "digits.npz") as file:
        digits = dict(file)
    names = [name for _, name in sorted(reference.diagnose_curves().items())]
    both = [losses(RUNS[name], reference.two_layers, digits, epochs) for name in names]
    training, validation = np.round(both, 4).astype(np.float32).swapaxes(0, 1)
    return {"training": training, "validation": validation}


if __name__ == "__main__":
    np.savez_compressed(Path(sys.argv[1]), **curves())
