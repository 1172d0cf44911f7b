"""How long the judge waits for a box: the processor time of the box counts.

On a busy machine a box gets only a part of a processor, and a limit in wall time would stop right
work. Code that sleeps uses no processor time, so the wall clock has a bound of its own, well above
the limit. Time in which the box could run but got no processor does not count there either.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["WALL_FACTOR", "Stopwatch", "Used"]

WALL_FACTOR = 5  # the wall-clock bound, in limits
LAST_FACTOR = 20  # the same with the time that the box waited for a processor
# Almost every request is answered before this share of its limit. Only then is processor time
# read, which takes longer than many a call; what was used until then is not counted.
FIRST_LOOK = 0.05
SHORTEST_WAIT_S = 0.02
STALE = 0.01  # share of the limit after which `remaining_s` measures anew
PROCESSORS = os.cpu_count() or 1


class Used(NamedTuple):
    """What boxes have used so far.

    Args:
        processor_s: processor time.
        queued_s: time in which they could run but got no processor.
    """

    processor_s: float = 0.0
    queued_s: float = 0.0

    def plus(self, other: Used) -> Used:
        """The sum."""
        return Used(self.processor_s + other.processor_s, self.queued_s + other.queued_s)


class Stopwatch:
    """Measures one request from now on.

    Args:
        limit_s: processor time that the request may use.
        used: reads what all boxes have used so far. None if that cannot be read on this machine:
            then the limit is one of wall time.
        clock: the wall clock.
        own_s: our processor time, in seconds.
    """

    def __init__(
        self,
        limit_s: float,
        used: Callable[[], Used] | None,
        clock: Callable[[], float] = time.monotonic,
        own_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._limit_s, self._used, self._clock, self._own_s = limit_s, used, clock, own_s
        self._ours_s = self._ours_at_look_s = 0.0
        self._start = clock()
        self._looked = self._start
        self._next_look = self._start + limit_s * (1 if used is None else FIRST_LOOK)
        self._used_before: Used | None = None
        self._remaining_s = limit_s
        self.is_waiting = False  # whether the wall clock ran out, and not the processor time

    def left_s(self) -> float:
        """Seconds to wait before this is asked again; with 0 or less, the time is up."""
        now = self._clock()
        if now >= self._next_look and self._used is not None:
            self._look(now, self._used())
        return self._next_look - now

    def remaining_s(self) -> float:
        """How much of the limit is left, for several requests that share it.

        What was used is counted from the first time that this is asked.
        """
        now = self._clock()
        if self._used is None:
            return self._next_look - now
        if self._used_before is None or now >= self._looked + STALE * self._limit_s:
            self._look(now, self._used())
        return self._remaining_s

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While the box waits for us, count our processor time, and no wall time."""
        start, own_start = self._clock(), self._own_s()
        try:
            yield
        finally:
            self._count_ours(self._clock() - start, self._own_s() - own_start)

    def _count_ours(self, wall_s: float, processor_s: float) -> None:
        self._start += wall_s
        self._ours_s += processor_s
        if self._used is None:
            self._next_look += wall_s - processor_s
        elif self._ours_s - self._ours_at_look_s > FIRST_LOOK * self._limit_s:
            self._next_look = min(self._next_look, self._clock())

    def _look(self, now: float, used: Used) -> None:
        if self._used_before is None:
            self._used_before = used
        boxes_s = used.processor_s - self._used_before.processor_s
        processor_s = self._limit_s - boxes_s - self._ours_s
        queued_s = max(used.queued_s - self._used_before.queued_s, 0)
        passed_s = now - self._start
        wall_s = min(
            WALL_FACTOR * self._limit_s + queued_s - passed_s,
            LAST_FACTOR * self._limit_s - passed_s,
        )
        self.is_waiting = wall_s <= 0 < processor_s
        self._remaining_s = min(processor_s, wall_s / WALL_FACTOR)
        wait_s = min(wall_s, max(processor_s / PROCESSORS, SHORTEST_WAIT_S))
        self._looked, self._next_look = now, now + (wait_s if self._remaining_s > 0 else 0)
        self._ours_at_look_s = self._ours_s
