"""Derivatives by complex steps."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.oracle import complex_step_gradient


def test_the_complex_step_is_exact_to_rounding() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3))
    before = x.copy()
    gradient = complex_step_gradient(lambda v: np.sum(np.exp(v) * np.sin(v) / (1 + v**2)), x)
    exact = np.exp(x) * (np.sin(x) + np.cos(x)) / (1 + x**2)
    exact -= np.exp(x) * np.sin(x) * 2 * x / (1 + x**2) ** 2
    np.testing.assert_allclose(gradient, exact, rtol=1e-14)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("h", [1e-8, 1e-30, 1e-100])
def test_the_complex_step_hardly_depends_on_its_step(h: float) -> None:
    gradient = complex_step_gradient(lambda v: v[()] ** 3, np.array(2), h)
    assert gradient.shape == ()
    assert abs(gradient[()] - 12) < 1e-13


def test_a_relu_network_can_be_stepped() -> None:
    gradient = complex_step_gradient(lambda v: np.maximum(0, v).sum(), np.array([-2.0, 3.0, 0.5]))
    np.testing.assert_array_equal(gradient, [0, 1, 1])
