"""Around the whole application: an id for each request, its line, and 503 while the desk closes."""

from __future__ import annotations

import hmac
import os
import secrets
import time
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from grader.desk.frame import desk_of, language, not_found, problem
from grader.desk.receipts import Receipts
from grader.desk.watch import REQUEST
from grader.locale.translations import gettext

__all__ = ["ROUTES", "Watched"]

TOKEN = "GRADER_METRICS_TOKEN"  # noqa: S105 — the name of a variable
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
COME_BACK_S = "15"  # by then the next server is there
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Watched:
    """Tells the desk's watch of each request.

    Only the patterns of addresses are told, since addresses may hold tokens.

    Args:
        app: what answers.
    """

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self._receipts: Receipts = app.state.desk.receipts
        self._patterns = {r.endpoint: r.path for r in app.routes if isinstance(r, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began, status = secrets.token_hex(6), time.perf_counter(), 500
        mark = REQUEST.set(request)

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", request.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            if self._receipts.closing.is_set() and scope["path"] != "/healthz":
                answer = await run_in_threadpool(_closing, Request({**scope, "app": self._app}))
                await answer(scope, receive, sent)
            else:
                await self._app(scope, receive, sent)
        finally:
            self._tell(scope, status, time.perf_counter() - began)
            REQUEST.reset(mark)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = self._patterns.get(scope["endpoint"], "other") if "endpoint" in scope else "other"
        client = str((scope.get("client") or ("",))[0])
        self._receipts.watch.answered(method, route, status, seconds, client)


def _closing(request: Request) -> Response:
    """For who comes while the desk closes; a page that was only read is asked for anew."""
    later = {"Retry-After": COME_BACK_S, "Cache-Control": "no-store"}
    if request.url.path.startswith("/api/"):
        told = "The desk is being restarted; try again in a moment."
        return JSONResponse({"error": told}, 503, later)
    with language(request):
        text = gettext("Nothing that you handed in is lost. Try again in a moment.")
        answer = problem(request, 503, gettext("The desk is being restarted"), text)
    answer.headers.update(later | ({"Refresh": COME_BACK_S} if request.method == "GET" else {}))
    return answer


def _metrics(request: Request) -> Response:
    """Figures, for who may read them; for all others there is no such page."""
    if not _may_read(request):
        return not_found(request)
    text = desk_of(request).receipts.watch.figures.text()
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _may_read(request: Request) -> bool:
    """With the token of the environment; without one, from this machine and through no proxy.

    Behind a proxy everybody seems to come from this machine, if it does not say otherwise. So where
    the address of the desk is one of a proxy, only the token opens the figures.
    """
    token = os.environ.get(TOKEN, "")
    if token:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    if desk_of(request).files.now().course.desk.address.startswith("https://"):
        return False
    is_direct = not any(name in request.headers for name in FORWARDED)
    return is_direct and request.client is not None and _is_here(request.client.host)


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


ROUTES = [Route("/metrics", _metrics)]
