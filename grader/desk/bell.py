"""Wakes connections that wait for news of the queue, and reads the queue once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool

from grader.desk.receipt import Place
from grader.desk.receipts import Receipts

__all__ = ["Bell"]

LOOK_S = 0.5


class Bell:
    """Rung by any thread, awaited in the server's loop, where it is made.

    Args:
        receipts: the queue.
    """

    def __init__(self, receipts: Receipts) -> None:
        self._loop = asyncio.get_running_loop()
        self._receipts, self._rung = receipts, asyncio.Event()
        self._reading: asyncio.Future[dict[int, Place]] | None = None
        self.count = self._waiting = 0

    def ring(self) -> None:
        """Wake all who wait; called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    @property
    def is_over(self) -> bool:
        """Whether the desk closes, so that nobody should wait any more."""
        return self._receipts.closing.is_set()

    async def queue(self) -> Mapping[int, Place]:
        """The queue as it was at the last ring or later, by receipt; read once for all."""
        reading = self._reading
        if reading is None:
            reading = asyncio.ensure_future(run_in_threadpool(self._receipts.places))
            self._reading = reading
        return await asyncio.shield(reading)  # one who goes away must not end it for the others

    async def wait(self, count: int, timeout_s: float) -> bool:
        """Wait for the next ring.

        Args:
            count: of the rings that the caller knows of; if there was one since, nobody waits.
            timeout_s: in seconds.

        Returns:
            Whether it rang in that time.
        """
        if self.count == count:
            self._waiting += 1
            try:
                await asyncio.wait_for(self._rung.wait(), timeout_s)
            except TimeoutError:
                return False
            finally:
                self._waiting -= 1
        return True

    async def look_for_others(self) -> None:
        """Ring again and again while somebody waits: other servers ring only their own bells."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._waiting:
                self._wake()

    async def gone(self, receipt: int, timeout_s: float) -> None:
        """Wait until an attempt has left the queue, the time is over, or the desk closes.

        Args:
            receipt: id of the attempt's receipt.
            timeout_s: in seconds.
        """
        until = self._loop.time() + timeout_s
        while not self.is_over and (left_s := until - self._loop.time()) > 0:
            count = self.count
            if receipt not in await self.queue():
                return
            await self.wait(count, left_s)

    def _wake(self) -> None:
        self.count += 1
        self._reading = None
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()
