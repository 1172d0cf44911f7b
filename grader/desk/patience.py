"""Ends connections on which nothing comes or goes, and refuses those that are too many.

uvicorn itself waits for ever for the head of a request, for its body, and for a client that does
not read. A proxy in front has limits of its own; these hold without one, too.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from grader.system.loopback import is_loopback

try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

__all__ = ["MOST_CONNECTIONS", "Patient"]

MOST_CONNECTIONS = 1000
MOST_FROM_ONE_ADDRESS = 250  # a lecture hall; a proxy on this machine brings everybody
SPARE_FILES = 256  # that we need for other things than connections


class Patient(H11Protocol):
    """A connection, as uvicorn serves it, whose patience has an end."""

    head_s = 10.0  # until the whole head of a request is there
    body_s = 30.0  # between two pieces of its body; `receiving` has limits for the whole
    write_s = 60.0  # for the client to take what waits for it

    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or end it at once."""
        super().connection_made(transport)
        if len(self.connections) > _most() or self._has_too_many():
            transport.abort()
        else:
            self._late = self.loop.call_later(self.head_s, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._in_time()
        self._goes()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait for what is still missing of the request, but not for ever."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            # The whole head in `head_s`, however it trickles. What is left of the body of a
            # request that is answered already gets no more time than that either.
            if self._late is None:
                self._late = self.loop.call_later(self.head_s, self.transport.abort)
            return
        self._in_time()
        if self.cycle.more_body:
            self._late = self.loop.call_later(self.body_s, self._body_is_late)

    def pause_writing(self) -> None:
        """Too much waits to be read by the client."""
        super().pause_writing()
        self._must_go()

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        self._goes()

    def on_response_complete(self) -> None:
        """Do not wait for ever for a client that does not read the end of an answer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._must_go()

    def timeout_keep_alive_handler(self) -> None:
        """The same, when the connection is closed later."""
        super().timeout_keep_alive_handler()
        self._must_go()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _goes(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _must_go(self) -> None:
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.write_s, self.transport.abort)

    def _body_is_late(self) -> None:
        if self.flow.read_paused:  # it is we who do not read
            self._late = self.loop.call_later(self.body_s, self._body_is_late)
        else:
            self.transport.abort()

    def _has_too_many(self) -> bool:
        host = self.client[0] if self.client else None
        if host is None or is_loopback(host):
            return False
        clients = (getattr(other, "client", None) for other in self.connections)
        theirs = [c for c in clients if c is not None and c[0] == host]
        return len(theirs) > MOST_FROM_ONE_ADDRESS


def _most() -> int:
    """As many connections as leave us files for the database and the work."""
    if resource is None:
        return MOST_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, files - SPARE_FILES))
