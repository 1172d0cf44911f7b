"""How work reports its progress: to a terminal, a page, or nobody.

The rooms below `cli` print nothing themselves.
"""

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
    """Takes warnings and progress.

    Args:
        warn: takes one line that a person has to read.
        progress: used as `with progress(total, what) as advance:` around work on `total` things,
            where `what` names the work ("grading backprop"); `advance(thing)` reports that one
            more thing is done.
    """

    warn: Callable[[str], None] = lambda line: None
    progress: Callable[[int, str], AbstractContextManager[Advance]] = _unseen


NOBODY = Listener()
