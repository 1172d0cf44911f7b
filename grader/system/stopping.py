"""Ctrl-C that lets what runs come to its end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["stop_on_interrupt"]


@contextmanager
def stop_on_interrupt(warn: Callable[[str], None]) -> Iterator[threading.Event]:
    """The first Ctrl-C lets what runs finish; a second one is an ordinary one.

    Args:
        warn: is told what the first one does.
    """
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        warn("finishing what is running; press Ctrl-C again to give that up too")

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
