"""Visible checks: each compares what you have with what belongs there, and says both."""

import numpy as np

__all__ = ["check", "check_close", "check_shape"]


def check(claim, holds):
    """Print the claim if it holds; raise AssertionError with it if it does not."""
    assert holds, f"✗ not so: {claim}"
    print(f"✓ {claim}")


def check_shape(name, actual, shape):
    """Check that `actual` is a numpy array of this shape."""
    wanted, found = f"an array of shape {tuple(shape)}", _kind(actual)
    assert found == wanted, f"✗ {name}: expected {wanted}, got {found}"
    print(f"✓ {name} is {wanted}")


def check_close(name, actual, expected, tolerance=1e-7):
    """Check that `actual` is `expected`, a number or an array, within the tolerance."""
    wanted, found = _kind(expected), _kind(actual)
    assert found == wanted, f"✗ {name}: expected {wanted}, got {found}"
    difference = np.abs(np.subtract(actual, expected, dtype=float))
    worst = np.unravel_index(np.nanargmax(np.append(difference, -1.0)[:-1]), difference.shape)
    place = f"[{', '.join(map(str, worst))}]" if worst else ""
    right, yours = np.asarray(expected)[worst], np.asarray(actual)[worst]
    assert np.all(difference <= tolerance), (
        f"✗ {name}{place}: expected {right:.8g}, got {yours:.8g}"
    )
    print(f"✓ {name} is as expected ({wanted}, within {tolerance:g})")


def _kind(value):
    if np.ndim(value) and isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (int, float, np.number, np.ndarray)) and not isinstance(value, bool):
        return "a number"
    return "None (is a return statement missing?)" if value is None else f"a {type(value).__name__}"
