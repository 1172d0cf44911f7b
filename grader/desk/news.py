"""News of an attempt or of the class as server-sent events, for browsers that run our script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from grader.course.roster import Person
from grader.desk.bell import Bell
from grader.desk.desk import Desk
from grader.desk.frame import desk_of, not_found, session_of
from grader.desk.numbers import NUMBER
from grader.desk.receipt import Place, Receipt
from grader.locale.translations import gettext, in_language, ngettext

__all__ = ["ROUTES"]

STILL_HERE_S = 15  # proxies cut a line on which nothing comes
MOST_S = 1800  # then the browser asks anew
AT_MOST_EVERY_S = 2  # a page of the class is made anew, however many hand in
ASK_AGAIN_MS = 15_000  # who has too many lines open


async def _events(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    student = await run_in_threadpool(desk.by_session, session_of(request))
    receipt = await run_in_threadpool(_receipt, request, desk, student)
    if receipt is None:
        return await run_in_threadpool(not_found, request)
    return _line(request, receipt.student, _news(desk, request.app.state.bell, receipt))


async def _class_events(request: Request) -> Response:
    """Tell a teacher's page that something has changed; what that is, it asks for itself."""
    desk: Desk = request.app.state.desk
    person = await run_in_threadpool(desk.by_session, session_of(request))
    if person is None or person.is_student:
        return await run_in_threadpool(not_found, request)
    return _line(request, person.id, _class_news(request.app.state.bell))


def _line(request: Request, person: str, news: AsyncIterator[str]) -> Response:
    kind, headers = "text/event-stream", {"X-Accel-Buffering": "no"}
    if request.method == "HEAD":  # asks only whether there is news to be had
        return Response(media_type=kind, headers=headers)
    told = _told(desk_of(request), person, news)
    return StreamingResponse(told, media_type=kind, headers=headers)


async def _told(desk: Desk, person: str, news: AsyncIterator[str]) -> AsyncIterator[str]:
    with desk.rates.lines.one(person) as is_free:
        if not is_free:
            yield f"retry: {ASK_AGAIN_MS}\n\n"
            return
        async for piece in news:
            yield piece


async def _class_news(bell: Bell) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    until, count = loop.time() + MOST_S, bell.count
    yield ": here\n\n"
    while not bell.is_over and loop.time() < until:
        if not await bell.wait(count, STILL_HERE_S):
            yield ": still here\n\n"
            continue
        count = bell.count
        yield "event: news\ndata:\n\n"
        await asyncio.sleep(AT_MOST_EVERY_S)


async def _news(desk: Desk, bell: Bell, receipt: Receipt) -> AsyncIterator[str]:
    until, before = asyncio.get_running_loop().time() + MOST_S, ""
    while not bell.is_over and asyncio.get_running_loop().time() < until:
        count = bell.count
        place = (await bell.queue()).get(receipt.id)
        if place is None:
            yield "event: over\ndata:\n\n"
            return
        now = _in_words(desk, place)
        if now != before:
            yield f"event: state\ndata: {now}\n\n"
        before = now
        if not await bell.wait(count, STILL_HERE_S):
            yield ": still here\n\n"


def _receipt(request: Request, desk: Desk, student: Person | None) -> Receipt | None:
    if student is None or not student.is_student:
        return None
    theirs = desk.receipts.of(student.id, request.path_params["assignment"])
    return next((r for r in theirs if r.number == request.path_params["number"]), None)


def _in_words(desk: Desk, place: Place) -> str:
    with in_language(desk.files.now().course.language):
        if place.is_running:
            return gettext("Your notebook is here, and is being graded now.")
        if place.ahead:
            return ngettext(
                "Your notebook is here. It waits behind one other.",
                "Your notebook is here. It waits behind {count} others.",
                place.ahead,
            )
        return gettext("Your notebook is here. It is the next to be graded.")


ROUTES = [
    Route(f"/assignments/{{assignment}}/attempts/{NUMBER}/events", _events),
    Route("/news", _class_events),
]
