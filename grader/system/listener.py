"""Whom work tells what goes on: a terminal, a page, or nobody. Nothing else here is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["NOBODY", "Advance", "Listener"]

Advance: TypeAlias = Callable[[Any], None]


@contextmanager
def _unseen(total: int, what: str) -> Iterator[Advance]:
    yield lambda done: None


@dataclass(frozen=True)
class Listener:
    """Who is told.

    Args:
        warn: takes one line that a person has to read.
        progress: `with progress(total, what) as advance:` while `total` things are done, where
            `what` names them ("grading backprop"); `advance(thing)` says that one more is done.
    """

    warn: Callable[[str], None] = lambda line: None
    progress: Callable[[int, str], AbstractContextManager[Advance]] = _unseen


NOBODY = Listener()
