"""Marks for parameters of tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def first_is_fast(values: Iterable[Any]) -> list[Any]:
    """Values of a parameter; `make test-fast` tries the first, and all others are slow.

    Args:
        values: single values, or tuples if a test has several parameters.
    """
    first, *others = values
    several = [other if isinstance(other, tuple) else (other,) for other in others]
    return [first, *(pytest.param(*each, marks=pytest.mark.slow) for each in several)]
