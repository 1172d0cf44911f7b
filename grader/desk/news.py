"""News of an attempt as server-sent events, for browsers that run our script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from grader.course.roster import Person
from grader.desk.desk import Desk
from grader.desk.frame import not_found, session_of
from grader.desk.receipts import Receipt
from grader.locale.translations import gettext, in_language, ngettext

__all__ = ["ROUTES", "Bell"]

STILL_HERE_S = 15  # proxies cut a line on which nothing comes
MOST_S = 1800  # then the browser asks anew


class Bell:
    """Wakes waiting connections when a thread has news; made and awaited in the server's loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait; called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for the next ring, or until the time is over.

        Args:
            timeout_s: in seconds.

        Returns:
            Whether it rang.
        """
        try:
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()


async def _events(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    student = await run_in_threadpool(desk.by_session, session_of(request))
    receipt = await run_in_threadpool(_receipt, request, desk, student)
    if receipt is None:
        return await run_in_threadpool(not_found, request)
    return StreamingResponse(_told(desk, request, receipt), media_type="text/event-stream")


async def _told(desk: Desk, request: Request, receipt: Receipt) -> AsyncIterator[str]:
    until, before = asyncio.get_running_loop().time() + MOST_S, ""
    while asyncio.get_running_loop().time() < until:
        now = await run_in_threadpool(_state, desk, receipt)
        if not now:
            yield "event: over\ndata:\n\n"
            return
        if now != before:
            yield f"event: state\ndata: {now}\n\n"
        before = now
        bell: Bell = request.app.state.bell
        if not await bell.wait(STILL_HERE_S):
            yield ": still here\n\n"


def _receipt(request: Request, desk: Desk, student: Person | None) -> Receipt | None:
    if student is None or not student.is_student:
        return None
    theirs = desk.receipts.of(student.id, request.path_params["assignment"])
    return next((r for r in theirs if r.number == request.path_params["number"]), None)


def _state(desk: Desk, receipt: Receipt) -> str:
    """What the student reads; "" once the attempt is no longer in the queue."""
    mine = desk.receipts.of(receipt.student, receipt.assignment)
    state = next(r.state for r in mine if r.id == receipt.id)
    with in_language(desk.files.now().course.language):
        if state == "running":
            return gettext("Your notebook is here, and is being graded now.")
        if state != "waiting":
            return ""
        if ahead := desk.receipts.ahead_of(receipt):
            return ngettext(
                "Your notebook is here. It waits behind one other.",
                "Your notebook is here. It waits behind {count} others.",
                ahead,
            )
        return gettext("Your notebook is here. It is the next to be graded.")


ROUTES = [Route("/assignments/{assignment}/attempts/{number:int}/events", _events)]
