"""News of the queue: server-sent events for browsers, a patient answer for programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from grader.desk.rates import Rates, Slots
from grader.desk.receipt import Receipt
from tests.kit.course import make_source
from tests.kit.desk import Browser, TestDesk, awake

PLACE = "/assignments/tiny/attempts/1/events"
API = "/api/v1/assignments/tiny/attempts/1"


def in_a_loop(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread of its own, since a browser's loop may run in ours."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(asyncio.wait_for(scenario(), 60))).result()


async def taken(desk: TestDesk) -> Receipt:
    """The next attempt, as a thread that grades takes it."""
    receipt = await asyncio.to_thread(desk.receipts.take)
    assert receipt is not None
    return receipt


@asynccontextmanager
async def line(
    desk: TestDesk, browser: Browser, place: str = PLACE
) -> AsyncIterator[Callable[[], Any]]:
    """An open stream of events; call what it yields for the next one, or for "" at the end."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": place,
        "raw_path": place.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "asgi": {"spec_version": "2.4"},
    }

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await heard.put(message["body"].decode())

    never = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        await never.wait()
        return {}

    async def asked() -> None:
        await desk.app(scope, receive, send)

    task = asyncio.create_task(asked())
    try:
        yield heard.get
    finally:
        task.cancel()


def test_a_browser_hears_of_each_step_and_then_that_it_is_over(desk: TestDesk) -> None:
    farah, mira = desk.browser("farah"), desk.browser("mira")
    farah.hand_in(make_source())
    mira.hand_in(make_source())

    async def scenario() -> None:
        async with awake(desk.app), line(desk, mira) as heard:
            assert "behind one other" in await heard()
            first = await taken(desk)
            await asyncio.to_thread(desk.receipts.end, [first], "done")
            assert "the next to be graded" in await heard()
            second = await taken(desk)
            await asyncio.to_thread(desk.receipts.tell)
            assert "being graded now" in await heard()
            await asyncio.to_thread(desk.receipts.end, [second], "done")
            assert await heard() == "event: over\ndata:\n\n"
            assert await heard() == ""

    in_a_loop(scenario)


def test_a_failed_attempt_is_over_too_and_its_page_says_so(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(make_source())

    async def scenario() -> None:
        async with awake(desk.app), line(desk, mira) as heard:
            await heard()
            receipt = await taken(desk)
            await asyncio.to_thread(desk.receipts.end, [receipt], "failed")
            while "event: over" not in (told := await heard()):
                assert "being graded now" in told

    in_a_loop(scenario)
    page = mira.get("/assignments/tiny/attempts/1").text
    assert "Your teacher will see to it" in page and "data-events" not in page


def test_all_who_wait_share_one_look_at_the_queue(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = desk.browser("mira")
    mira.hand_in(make_source())
    looks: list[int] = []
    places = desk.receipts.places
    desk.limit(Rates(lines=Slots(20)))

    def counted() -> Any:
        looks.append(1)
        return places()

    monkeypatch.setattr(desk.receipts, "places", counted)

    async def scenario() -> None:
        async with awake(desk.app):
            lines = [line(desk, mira) for _ in range(20)]
            hear = [await one.__aenter__() for one in lines]
            await asyncio.gather(*(one() for one in hear))
            before = len(looks)
            await taken(desk)
            await asyncio.to_thread(desk.receipts.tell)
            told = await asyncio.gather(*(one() for one in hear))
            assert all("being graded now" in one for one in told)
            assert len(looks) == before + 1
            for one in lines:
                await one.__aexit__(None, None, None)

    in_a_loop(scenario)


@pytest.mark.parametrize("wish", ["wait=20", "respond-async, wait=20"])
def test_a_program_that_prefers_to_wait_gets_its_answer_when_there_is_one(
    desk: TestDesk, wish: str
) -> None:
    desk.browser("mira").hand_in(make_source())
    token = desk.token("mira")
    headers = {"Authorization": f"Bearer {token}", "Prefer": wish}

    async def scenario() -> None:
        transport = httpx.ASGITransport(desk.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        async with awake(desk.app), client:
            asked = asyncio.create_task(client.get(API, headers=headers))
            receipt = await taken(desk)
            await asyncio.to_thread(desk.receipts.end, [receipt], "failed")
            answer = await asked
            assert answer.json()["state"] == "failed"

    in_a_loop(scenario)


def test_a_program_that_does_not_prefer_to_wait_is_answered_at_once(desk: TestDesk) -> None:
    desk.browser("mira").hand_in(make_source())
    for wish in ({}, {"Prefer": "wait=0"}, {"Prefer": "handling=lenient; await=20"}):
        token = desk.token("mira")
        answer = desk.browser().get(API, Authorization=f"Bearer {token}", **wish)
        assert answer.json()["state"] == "waiting"
        assert "preference-applied" not in answer.headers


def test_who_has_too_many_lines_open_is_asked_to_come_back_later(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(make_source())
    desk.limit(Rates(lines=Slots(1)))

    async def scenario() -> None:
        async with awake(desk.app), line(desk, mira) as heard:
            assert "the next to be graded" in await heard()
            async with line(desk, mira) as too_many:
                assert await too_many() == "retry: 15000\n\n"
                assert await too_many() == ""

    in_a_loop(scenario)


def test_a_look_at_the_head_of_news_holds_no_line(desk: TestDesk) -> None:
    mira = desk.browser("mira")
    mira.hand_in(make_source())
    desk.course.roster_path.write_text("id,role\nmira,\npat,teacher\n", encoding="utf-8")
    pat = desk.browser("pat")

    async def scenario() -> None:
        async with awake(desk.app):
            events = "/assignments/tiny/attempts/1/events"
            for browser, path in ((mira, events), (pat, "/news")):
                answer = await asyncio.to_thread(browser.ask, "HEAD", path)
                assert answer.headers["content-type"].startswith("text/event-stream")
                assert not answer.content

    in_a_loop(scenario)


def test_a_page_of_the_class_hears_that_something_has_changed(desk: TestDesk) -> None:
    """And nothing else: what a teacher may see of it, the page asks for."""
    mira = desk.browser("mira")
    desk.course.roster_path.write_text("id,role\nmira,\npat,teacher\n", encoding="utf-8")
    pat = desk.browser("pat")

    async def scenario() -> None:
        async with awake(desk.app), line(desk, pat, "/news") as heard:
            assert await heard() == ": here\n\n"
            await asyncio.to_thread(mira.hand_in, make_source())
            assert await heard() == "event: news\ndata:\n\n"

    in_a_loop(scenario)
