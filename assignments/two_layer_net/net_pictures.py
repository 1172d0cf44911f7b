"""Draws what nets learn: regions of the plane, the course of a training, weights as images."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, ORANGE, PALE

__all__ = ["draw_regions", "draw_training", "draw_weights"]

LOOKS = [(BLUE, "o"), (ORANGE, "^"), (GREEN, "s")]  # colour and marker of each class
REACH = 1.2  # of the plane, from the middle to each side
EXAMPLES = 1197  # in the training split of the digits
TILES = 16


def draw_regions(points, classes, nets):
    """Draw which class each net names at each place of the plane, side by side.

    Args:
        points: what the nets learned from, shape (N, 2).
        classes: their classes in 0..2, shape (N,).
        nets: dict from a title to a net, whose `loss(X)` gives the scores (N, 3).

    Returns:
        The matplotlib figure.
    """
    figure, (row,) = plt.subplots(1, len(nets), squeeze=False, figsize=(3.7 * len(nets), 4))
    figure.subplots_adjust(left=0.07, bottom=0.19, right=0.99, top=0.94, wspace=0.2)
    for axes, (title, net) in zip(row, nets.items(), strict=True):
        _draw_plane(axes, points, classes, net)
        axes.set(title=title, xlabel="x₀", ylabel="x₁", aspect="equal")
        axes.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    figure.legend(*row[0].get_legend_handles_labels(), loc="lower center", ncol=len(LOOKS))
    return figure


def _draw_plane(axes, points, classes, net):
    ticks = np.linspace(-REACH, REACH, 61)
    places = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    scores = net.loss(places.reshape(-1, 2)).reshape(*places.shape[:2], len(LOOKS))
    for label, (color, marker) in enumerate(LOOKS):
        lead = scores[:, :, label] - np.delete(scores, label, axis=2).max(axis=2)
        axes.contourf(ticks, ticks, lead, levels=[0, np.inf], colors=[PALE[label]])
        own = points[classes == label]
        axes.plot(*own.T, marker, color=color, linestyle="none", label=f"class {label}")


def draw_training(runs):
    """Draw loss and accuracies of trainings on the digits, a row for each, on the same scales.

    Args:
        runs: dict from a title to (history, settings), as `train` gives and takes them.

    Returns:
        The matplotlib figure.
    """
    high = 0.6 + 1.9 * len(runs)
    figure, grid = plt.subplots(
        len(runs), 2, sharex=True, sharey="col", squeeze=False, figsize=(7, high)
    )
    figure.subplots_adjust(
        left=0.08, bottom=0.5 / high, right=0.99, top=1 - 0.3 / high, wspace=0.22
    )
    for (left, right), (title, (history, settings)) in zip(grid, runs.items(), strict=True):
        _draw_loss(left, history["loss_history"], settings.get("batch_size", 200))
        _draw_accuracies(right, history)
        left.set_title(title)
    for axes in grid[-1]:
        axes.set_xlabel("epoch")
    grid[0, 1].legend(loc="lower right")
    return figure


def _draw_loss(axes, losses, batch_size):
    per_epoch = max(EXAMPLES // batch_size, 1)
    axes.plot(np.arange(len(losses)) / per_epoch, losses, linewidth=1)
    axes.axhline(np.log(10), color=GREY, linestyle=":")  # what guessing one of ten classes costs
    axes.set(ylabel="loss (nats)", ylim=(0, None))
    axes.locator_params(nbins=4)


def _draw_accuracies(axes, history):
    axes.plot(100 * np.array(history["train_acc_history"]), "o-", label="training")
    axes.plot(100 * np.array(history["val_acc_history"]), "s--", label="validation")
    axes.set(ylabel="accuracy (%)", ylim=(0, 100), yticks=(0, 50, 100))


def draw_weights(images, W1):
    """Draw sixteen images, and beside them the weights of the strongest hidden units.

    Args:
        images: at least sixteen digits, shape (N, 64), from 0 (paper) to 1 (ink).
        W1: weights of the hidden layer, shape (64, H).

    Returns:
        The matplotlib figure.
    """
    strongest = W1.T[np.argsort(-np.linalg.norm(W1, axis=0))[:TILES]]
    strongest = np.pad(strongest, [(0, TILES - len(strongest)), (0, 0)])  # if there are fewer
    black = np.quantile(np.abs(strongest), 0.98) or 1
    left, right = _tiles(2 * images[:TILES] - 1), _tiles(strongest / black)
    gap = np.full((len(left), 3), np.nan)
    figure, axes = plt.subplots(figsize=(7.3, 3.7))
    figure.subplots_adjust(left=0, bottom=0, right=1, top=0.92)
    axes.imshow(np.hstack([left, gap, right]), cmap="gray_r", vmin=-1, vmax=1)
    axes.set_title(f"sixteen digits, and weights from −{black:.2f} (white) to {black:.2f} (black)")
    axes.axis("off")
    return figure


def _tiles(images):
    """8×8 images in rows of four, with gaps between them."""
    gaps = [(0, 0), (0, 0), (0, 1), (0, 1)]
    images = np.pad(np.reshape(images, (-1, 4, 8, 8)), gaps, constant_values=np.nan)
    return np.block([[*row] for row in images])[:-1, :-1]
