"""Export scikit-learn's bundled handwritten digits to a small .npz file.

Run it once by hand. scikit-learn goes into an environment of its own, so that the course does not
need it:

    python -m venv /tmp/digits && /tmp/digits/bin/pip install scikit-learn
    /tmp/digits/bin/python scripts/export_digits.py solutions/two_layer_net/digits.npz

The seed below fixes the order and the split. The same version of NumPy always writes the same
bytes.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

SEED = 1797
N_TRAIN, N_VAL = 1197, 300  # the other 300 images are the test split


def main(path: Path) -> None:
    """Write the images (N, 64) in 0..16 and the labels (N,), as train, val and test arrays."""
    digits = load_digits()
    order = np.random.RandomState(SEED).permutation(len(digits.target))
    arrays = {}
    for name, rows in zip(
        ("train", "val", "test"), np.split(order, [N_TRAIN, N_TRAIN + N_VAL]), strict=True
    ):
        arrays[f"X_{name}"] = digits.data[rows].astype(np.uint8)
        arrays[f"y_{name}"] = digits.target[rows].astype(np.int64)
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
