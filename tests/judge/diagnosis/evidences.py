"""Evidence made from what came and what is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.judge.diagnosis.evidence import Evidence
from grader.judge.diagnosis.replay import same

E = [np.random.default_rng(i).normal(size=(4, 3)) for i in range(3)]


def evidence(
    actual: Sequence[Any],
    expected: Sequence[Any],
    arguments: Sequence[dict[str, Any]] | None = None,
    **more: Any,
) -> Evidence:
    """Evidence on `dW1`, an entry of what `backward` returned."""
    pairs = zip(actual, expected, strict=True)
    wrong = tuple(i for i, (left, right) in enumerate(pairs) if not same(left, right))
    rows = tuple(arguments or [{} for _ in actual])
    return Evidence("backward", "dW1", tuple(actual), tuple(expected), wrong, rows, **more)
