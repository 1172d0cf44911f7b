"""Slow clients, on real sockets, with a server that has little patience."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from grader.desk import patience
from grader.desk.patience import Patient

WAIT_S = 60  # a test that waits so long has failed
LARGE = b"x" * (16 << 20)


class Hasty(Patient):
    head_s = body_s = write_s = 0.05


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads a body to its end, unless it is told not to; answers with little or with much."""
    more = scope["path"] != "/deaf"
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)
    body = LARGE if scope["path"] == "/large" else b"whole"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(app, http=Hasty, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
        )
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(WAIT_S)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)


def said_until_closed(port: int, sent: bytes) -> bytes:
    """What the server says before it ends a connection on which no more comes."""
    with connected(port) as client:
        client.sendall(sent)
        return rest(client)


def rest(client: socket.socket) -> bytes:
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(65536):
            said += piece
    return said


@pytest.fixture
def heads_may_be_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a busy machine does not make a whole request a late one."""
    monkeypatch.setattr(Hasty, "head_s", WAIT_S)


POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n", POST, POST + b"some"],
    ids=["nothing", "half a line", "half a head", "no body", "half a body"],
)
def test_who_sends_no_whole_request_is_cut_off_without_an_answer(port: int, sent: bytes) -> None:
    assert said_until_closed(port, sent) == b""


def test_a_whole_request_is_answered(
    port: int, heads_may_be_late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hasty, "body_s", WAIT_S)
    get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert said_until_closed(port, get).endswith(b"whole")
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
    assert said_until_closed(port, post).endswith(b"whole")


def test_a_second_request_of_a_connection_must_be_whole_too(
    port: int, heads_may_be_late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = b""
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        while not said.endswith(b"whole"):
            said += client.recv(65536)
        monkeypatch.setattr(Hasty, "head_s", 0.05)
        client.sendall(b"GET / HT")
        assert rest(client) == b""


def test_a_body_that_nobody_wants_ends_the_connection_too(
    port: int, heads_may_be_late: None
) -> None:
    deaf = b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nsome"
    assert said_until_closed(port, deaf).endswith(b"whole")


def test_who_does_not_read_is_cut_off(port: int) -> None:
    with connected(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(ConnectionError):
            while True:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")


def test_a_connection_too_many_is_refused_and_the_others_stay(
    port: int, heads_may_be_late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    monkeypatch.setattr(patience, "MOST_CONNECTIONS", 1)
    with connected(port) as first:
        assert said_until_closed(port, get) == b""
        first.sendall(get)
        assert first.recv(65536).startswith(b"HTTP/1.1 200")
