"""Ctrl-C that lets running work finish."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["stop_on_interrupt"]


@contextmanager
def stop_on_interrupt(warn: Callable[[str], None]) -> Iterator[threading.Event]:
    """Make the first Ctrl-C set an event; a second one interrupts as usual.

    Only the main thread hears of Ctrl-C. In another thread, whoever started it has to stop it.

    Args:
        warn: called at the first Ctrl-C, with one line that says what it does.

    Yields:
        The event. Code that starts work checks it, and starts no more once it is set.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        warn("finishing what is running; press Ctrl-C again to give that up too")

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
