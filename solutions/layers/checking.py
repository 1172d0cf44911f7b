"""Visible checks: each compares what you have with what belongs there, and says both."""

import sys

import numpy as np

__all__ = ["check", "check_close", "check_results", "check_shape"]

# The grader has numpy, matplotlib and tqdm. Answers that need one of these would stop there.
NOT_THERE = {
    *("cupy", "cv2", "jax", "keras", "numba", "pandas", "scipy", "seaborn", "sklearn"),
    *("statsmodels", "sympy", "tensorflow", "torch"),
}


def check(claim, holds):
    """Print the claim if it holds; raise AssertionError with it if it does not."""
    assert holds, f"✗ not so: {claim}"
    _passed(claim)


def check_shape(name, actual, shape):
    """Check that `actual` is a numpy array of this shape."""
    wanted, found = f"an array of shape {tuple(shape)}", _kind(actual)
    assert found == wanted, f"✗ {name}: expected {wanted}, got {found}"
    _passed(f"{name}: {wanted}")


def check_close(name, actual, expected, tolerance=1e-7):
    """Check that `actual` is `expected`, a number or an array, within the tolerance."""
    wanted, found = _kind(expected), _kind(actual)
    assert found == wanted, f"✗ {name}: expected {wanted}, got {found}"
    expected, actual = np.asarray(expected, dtype=float), np.asarray(actual, dtype=float)
    distance = np.nan_to_num(np.abs(actual - expected), nan=np.inf)
    worst = np.unravel_index(distance.argmax(), distance.shape)
    place = f"[{', '.join(map(str, worst))}]" if worst else ""
    pair = f"expected {expected[worst]:.8g}, got {actual[worst]:.8g}"
    assert distance[worst] <= tolerance, f"✗ {name}{place}: {pair}"
    _passed(f"{name}: {f'{wanted}, as expected' if worst else f'{expected:.8g}'}")


def check_results(call, actual, tolerance=1e-7, **expected):
    """Check the values that a call returned together, each under its own name and in this order."""
    wanted = f"{len(expected)} values ({', '.join(expected)})"
    several = isinstance(actual, (tuple, list))
    found = f"{len(actual)} values" if several else _kind(actual)
    assert several and len(actual) == len(expected), f"✗ {call}: expected {wanted}, got {found}"
    for (name, value), one in zip(expected.items(), actual, strict=True):
        check_close(f"{call}: {name}", one, value, tolerance)


def _passed(claim):
    missing = ", ".join(sorted(_packages() & NOT_THERE))
    assert not missing, f"✗ the grader has no {missing}: use numpy, matplotlib or tqdm instead"
    print(f"✓ {claim}")


def _packages():
    """The packages that the notebook's names come from, and those that its functions import."""
    found = set()
    for value in list(vars(sys.modules["__main__"]).values()):
        is_module = isinstance(value, type(sys))
        names = [value.__name__ if is_module else getattr(value, "__module__", None)]
        names += getattr(getattr(value, "__code__", None), "co_names", ())
        found |= {name.split(".")[0] for name in names if isinstance(name, str)}
    return found


def _kind(value):
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, (int, float, np.number, np.ndarray)):
        return "a number"
    return "None (is a return missing?)" if value is None else f"a {type(value).__name__}"
