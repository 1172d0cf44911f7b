"""Students at a desk, as `benchmarks/desk.py` plays them: some hand in, some read pages."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from desk_class import ID, DeskClass

__all__ = ["Seen", "Student"]

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
PAUSE_S = (1.0, 5.0)  # of a reader, between two pages
TIMEOUT_S = 120
LIMITS = httpx.Limits(keepalive_expiry=2)  # the server closes idle connections after 5 s
PLACE = f"/assignments/{ID}"


@dataclass
class Seen:
    """What all students saw, in seconds.

    Args:
        receipts: until each receipt came.
        pages: until each page came.
        feedback: until each page with score and hints, from when its notebook was sent.
        acknowledged: the receipts: student, attempt and digest.
        refused: answers that were neither a page nor a receipt.
    """

    receipts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    feedback: list[float] = field(default_factory=list)
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Student:
    """One student with a browser of their own.

    Args:
        address: of the desk.
        group: the class.
        name: the student's id.
        seen: gets what they see.
    """

    def __init__(self, address: str, group: DeskClass, name: str, seen: Seen) -> None:
        self._address, self._name, self._seen = address, name, seen
        self._token, self._notebook = group.tokens[name], group.notebooks[name]
        number = list(group.tokens).index(name)
        # Everybody has an address of their own, since the desk limits each address.
        self._from = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    async def hand_in(self, after_s: float = 0.0) -> dict[str, float]:
        """Sign in, hand in by the form, follow the news, and read the feedback.

        Args:
            after_s: when to begin.

        Returns:
            Moments of the receipt and of the feedback, by the clock and since the notebook was
            sent, and the number of the attempt.
        """
        await asyncio.sleep(after_s)
        async with self._browser() as browser:
            page = await self._page(browser, PLACE)
            form = {"csrf": CSRF.findall(page)[0]}
            files = {"notebook": (f"{ID}.ipynb", self._notebook)}
            began = time.time()
            answer = await browser.post(f"{PLACE}/attempts", data=form, files=files)
            receipt_s = time.time() - began
            if answer.status_code != 303:
                self._seen.refused.append(f"receipt: {answer.status_code}")
                return {}
            place = answer.headers["location"]
            self._seen.receipts.append(receipt_s)
            page = await self._page(browser, place)
            digest = re.findall(r"<code>([0-9a-f]{64})</code>", page)[0]
            number = int(place.rpartition("/")[2])
            self._seen.acknowledged.append((self._name, number, digest))
            while "data-events" in page:
                await self._news(browser, f"{place}/events")
                page = await self._page(browser, place)
            shown = time.time()
            self._seen.feedback.append(shown - began)
            return {"began": began, "receipt_s": receipt_s, "shown": shown, "number": number}

    async def hand_in_by_program(self) -> dict[str, float]:
        """The same over the interface for programs, as `grader submit` does it."""
        headers = {"Authorization": f"Bearer {self._token}", "X-Forwarded-For": self._from}
        client = httpx.AsyncClient(
            base_url=self._address, timeout=TIMEOUT_S, headers=headers, limits=LIMITS
        )
        async with client as browser:
            began = time.time()
            files = {"notebook": (f"{ID}.ipynb", self._notebook)}
            answer = await browser.post(f"/api/v1{PLACE}/attempts", files=files)
            receipt_s = time.time() - began
            if answer.status_code != 202:
                self._seen.refused.append(f"receipt: {answer.status_code}")
                return {}
            told = answer.json()
            self._seen.receipts.append(receipt_s)
            self._seen.acknowledged.append((self._name, told["attempt"], told["sha256"]))
            state: dict[str, Any] = {"state": "waiting"}
            while state["state"] in ("waiting", "running"):
                there = answer.headers["location"]
                state = (await browser.get(there, headers={"Prefer": "wait=20"})).json()
            shown = time.time()
            self._seen.feedback.append(shown - began)
            number = told["attempt"]
            return {"began": began, "receipt_s": receipt_s, "shown": shown, "number": number}

    async def read(self, until: asyncio.Event, chance: random.Random) -> None:
        """Read one page after the other, with pauses.

        Args:
            until: set when it is enough.
            chance: which page, and how long a pause.
        """
        async with self._browser() as browser:
            while not until.is_set():
                page = chance.choice(("/", PLACE, f"{PLACE}/attempts/1"))
                await self._page(browser, page)
                pause = asyncio.create_task(until.wait())
                await asyncio.wait([pause], timeout=chance.uniform(*PAUSE_S))
                pause.cancel()

    @asynccontextmanager
    async def _browser(self) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"X-Forwarded-For": self._from}
        client = httpx.AsyncClient(
            base_url=self._address, timeout=TIMEOUT_S, headers=headers, limits=LIMITS
        )
        async with client as browser:
            answer = await browser.get(f"/in/{self._token}")
            if answer.status_code != 303:
                self._seen.refused.append(f"sign in: {answer.status_code}")
            yield browser

    async def _page(self, browser: httpx.AsyncClient, path: str) -> str:
        began = time.perf_counter()
        try:
            answer = await browser.get(path)
        except httpx.RemoteProtocolError:  # closed at that moment; a browser asks again, too
            self._seen.refused.append("page: connection closed, asked again")
            answer = await browser.get(path)
        if answer.status_code == 200:
            self._seen.pages.append(time.perf_counter() - began)
        elif not path.endswith("attempts/1"):  # which a reader may not have yet
            self._seen.refused.append(f"page: {answer.status_code}")
        return answer.text

    async def _news(self, browser: httpx.AsyncClient, path: str) -> None:
        async with browser.stream("GET", path) as answer:
            async for line in answer.aiter_lines():
                if line == "event: over":
                    return
