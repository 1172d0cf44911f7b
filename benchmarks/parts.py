"""Divides the judge's time among its parts, by a clock around each of them.

A part's time is its own: that of a part inside it is not counted twice. What the reference works
out for the diagnosis counts as diagnosis, and for a callback as callback. The way of a callback
through the kernel, there and back, is that of a round trip. What is left of the hidden tests counts
as `tests`: they draw inputs and work out tolerances.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import FunctionType
from typing import Any
from unittest import mock

import pytest

from grader.box.client import Box
from grader.judge import assertions, verdict
from grader.judge.reference import Reference
from grader.judge.suite import HiddenTests

__all__ = ["PARTS", "Parts", "measured"]

PARTS = ("callbacks", "round_trips", "reference", "comparing", "tests", "pytest", "diagnosis")
WHOLE = {"callbacks", "diagnosis"}  # parts that keep what the reference does for them


class Parts:
    """How often each part was entered, and the seconds of processor time that it took.

    Attributes:
        seconds: by part.
        counts: by part.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.counts: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count processor time for this part, and not for the one around it."""
        if name == "reference" and {*self._open} & {*WHOLE, name}:
            yield
            return
        self._note()
        self.counts[name] += 1
        self._open.append(name)
        try:
            yield
        finally:
            self._note()
            self._open.pop()

    def _note(self) -> None:
        now = time.process_time()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def within(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, as a part of this name."""

        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.part(name):
                return function(*arguments, **named)

        return timed


@contextmanager
def measured() -> Iterator[Parts]:
    """Measure what is judged while the block lasts; the hidden tests have to be collected."""
    parts, known = Parts(), {}
    own, plain = vars(sys.modules["hidden_tests"]), Reference.__getattr__

    def timed_reference(reference: Reference, name: str) -> Any:
        value = plain(reference, name)
        if not isinstance(value, FunctionType):
            return value
        if value not in known:
            known[value] = parts.within("reference", value)
        return known[value]

    compare = {
        name: parts.within("comparing", value)
        for name, value in own.items()
        if getattr(value, "__module__", "") == assertions.__name__
    }
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(own, compare))
        stack.enter_context(mock.patch.object(Reference, "__getattr__", timed_reference))
        for owner, name, part in (
            (Box, "call", "round_trips"),
            (Box, "_answer", "callbacks"),
            (HiddenTests, "_judge", "pytest"),
            (pytest.Function, "runtest", "tests"),
            (verdict, "diagnose", "diagnosis"),
            (verdict, "_with_examples", "diagnosis"),
        ):
            timed = parts.within(part, getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, timed))
        yield parts
