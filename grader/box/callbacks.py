"""Evaluates a function of the judge with arguments that a student chose.

A hidden test may hand such a function to the student's, or let it stand in for another one. It runs
in the judge's process, so the arguments are bounded before it runs, and the memory while it runs:
an outer product of two long vectors would take gigabytes.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.box.protocol import find_unknown
from grader.locale.translations import gettext

__all__ = ["evaluate"]

MAX_NUMBERS = 1_000_000  # in all arguments together, and in a result
FEW_NUMBERS = 10_000  # no product of so few takes much memory
MEMORY_MIB = 256  # that one call may take
PRECISE = {"f": np.float64, "c": np.complex128}  # NumPy multiplies others a thousand times slower


def evaluate(
    function: Callable[..., Any], arguments: list[Any], named: Mapping[Any, Any]
) -> dict[str, Any]:
    """Call a function of the judge for a student's function.

    Args:
        function: the judge's.
        arguments: what the student passes.
        named: what the student passes by name.

    Returns:
        The `value`, or the `error` in words.
    """
    unknown = find_unknown([arguments, named])
    if unknown is not None:
        text = gettext("this function does not take a value of type {type}", type=unknown.type_name)
        return {"error": text}
    numbers = _count([arguments, named])
    if numbers > MAX_NUMBERS:
        return {"error": gettext("this function does not take so many numbers")}
    arguments = _precise(arguments)
    named = {str(key): _precise(value) for key, value in named.items()}
    try:
        with np.errstate(all="ignore"), _bounded_memory(numbers):
            value = function(*arguments, **named)
    except Exception as error:  # the student chose the arguments, so the fault is data
        name = type(error).__name__
        return {
            "error": gettext("this function does not take these arguments ({error})", error=name)
        }
    if _count(value) > MAX_NUMBERS:
        return {"error": gettext("this function does not return so many numbers")}
    return {"value": value}


def _count(value: Any) -> int:
    """How many numbers a value holds; an empty axis counts as one number, since a sum fills it."""
    if isinstance(value, np.ndarray):
        return math.prod(max(length, 1) for length in value.shape)
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


def _precise(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(PRECISE.get(value.dtype.kind, value.dtype), copy=False)
    if isinstance(value, dict):
        return {key: _precise(item) for key, item in value.items()}
    return type(value)(map(_precise, value)) if isinstance(value, list | tuple) else value


@contextlib.contextmanager
def _bounded_memory(numbers: int) -> Iterator[None]:
    """Let this process grow by no more than the bound, where the system can see to it."""
    if numbers <= FEW_NUMBERS or sys.platform != "linux":
        yield
        return
    import resource  # only Unix has it

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + (MEMORY_MIB << 20)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    inner = most if soft == resource.RLIM_INFINITY else min(most, soft)
    resource.setrlimit(resource.RLIMIT_AS, (inner, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
