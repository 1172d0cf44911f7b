"""Frames on a socket: whole messages in, whole messages out, bounded in size and time."""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from grader.box.protocol import (
    ITEM_BYTES,
    MAX_BODY_BYTES,
    MAX_NDIM,
    TEXT,
    Encoder,
    Frame,
    Part,
    ProtocolError,
)

__all__ = [
    "Channel",
    "ChannelClosed",
    "ChannelTimeout",
    "Deadline",
    "Patience",
]

MAGIC = b"CRB1"
TO_JSON = json.JSONEncoder(check_circular=False).encode  # an encoded tree holds no cycle
PREFIX = struct.Struct("!4sIQ")
MAX_HEADER_BYTES = 1 << 20  # a parsed header may take thirty times its size in memory
PIECE_BYTES = 1 << 20
RECEIVE_BYTES = 1 << 16


class ChannelClosed(Exception):
    """The other side is gone."""


class ChannelTimeout(Exception):
    """The other side did not answer in time."""


T = TypeVar("T")


class Patience(Protocol):
    """How long to wait for the other side."""

    def left_s(self) -> float:
        """Seconds to wait before this is asked again; with 0 or less, the time is up."""


class Deadline:
    """Waits until a moment.

    Args:
        moment: in seconds of `time.monotonic`; infinity for no end.
    """

    def __init__(self, moment: float) -> None:
        self._moment = moment

    def left_s(self) -> float:
        """See `Patience.left_s`."""
        return self._moment - time.monotonic()


class Channel:
    """One end of the connection between judge and box.

    Args:
        sock: a connected stream socket; the channel owns it.
        max_body_bytes: the largest body that is accepted from the other side.
    """

    def __init__(self, sock: socket.socket, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._sock = sock
        self._max_body_bytes = max_body_bytes
        self._unread = bytearray()

    def send(self, op: str, number: int, tree: Any, encoder: Encoder, patience: Patience) -> None:
        """Send one frame.

        Args:
            op: the operation, such as `call`.
            number: of the request; its answer has the same.
            tree: what `encoder` made of the value.
            encoder: holds the parts that the tree refers to.
            patience: how long this may take.

        Raises:
            ChannelClosed: the other side is gone.
            ChannelTimeout: the other side does not read.
            ProtocolError: the frame is too large for the protocol.
        """
        message = {"op": op, "id": number, "value": tree, "parts": encoder.specs}
        header = TO_JSON(message).encode()
        if len(header) > MAX_HEADER_BYTES:
            raise ProtocolError("the value has too many parts to be sent")
        size = sum(map(len, encoder.parts))
        pieces = [PREFIX.pack(MAGIC, len(header), size), header, *encoder.parts]
        if size <= PIECE_BYTES:  # at once, so that the other side wakes up once
            pieces = [b"".join(pieces)]
        for data in pieces:
            self._write(memoryview(data), patience)

    def receive(self, patience: Patience) -> Frame:
        """The next frame, if all of it arrives in time.

        Args:
            patience: how long this may take.

        Raises:
            ChannelClosed: the other side is gone.
            ChannelTimeout: the frame did not arrive in time.
            ProtocolError: what came is not a frame, or is too large.
        """
        magic, header_size, body_size = PREFIX.unpack(self._read(PREFIX.size, patience))
        if magic != MAGIC:
            raise ProtocolError("what came is not a frame")
        if header_size > MAX_HEADER_BYTES or body_size > self._max_body_bytes:
            raise ProtocolError("a value is too large")
        header = _parse_header(self._read(header_size, patience))
        body = memoryview(self._read(body_size, patience))
        return Frame(header, _cut(body, header["parts"]))

    def close(self) -> None:
        """Close this end; the other side reads end-of-file."""
        self._sock.close()

    def _write(self, data: memoryview, patience: Patience) -> None:
        while data:
            sent = self._in_time(partial(self._sock.send, data), patience)
            data = data[sent:]

    def _read(self, size: int, patience: Patience) -> bytearray:
        while len(self._unread) < size:  # grows as bytes arrive: a claimed size costs no memory
            wanted = max(RECEIVE_BYTES, min(size - len(self._unread), PIECE_BYTES))
            chunk = self._in_time(partial(self._sock.recv, wanted), patience)
            if not chunk:
                raise ChannelClosed
            self._unread += chunk
        if len(self._unread) == size:  # large data is not copied
            data, self._unread = self._unread, bytearray()
        else:
            data, self._unread = self._unread[:size], self._unread[size:]
        return data

    def _in_time(self, operation: Callable[[], T], patience: Patience) -> T:
        while (left := patience.left_s()) > 0:
            try:
                self._sock.settimeout(None if math.isinf(left) else left)
                return operation()
            except TimeoutError:
                continue
            except OSError:
                raise ChannelClosed from None
        raise ChannelTimeout


def _parse_header(data: bytearray) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the header is not JSON") from error
    match header:
        case {"op": str(), "id": int(), "value": _, "parts": list()}:
            return dict(header)
    raise ProtocolError("the header lacks a field")


def _cut(body: memoryview, specs: list[Any]) -> list[Part]:
    parts, start = [], 0
    for spec in specs:
        size = _size(spec)
        parts.append(Part(spec[0], spec[1:], body[start : start + size]))
        start += size
    if start != len(body):
        raise ProtocolError("the body does not fit its description")
    return parts


def _size(spec: Any) -> int:
    """The bytes of a part, by its description: a dtype, then its shape."""
    is_known = type(spec) is list and spec and type(spec[0]) is str and spec[0] in ITEM_BYTES
    if not is_known or len(spec) > 1 + MAX_NDIM or (spec[0] == TEXT and len(spec) != 2):
        raise ProtocolError("the header describes no array or text")
    size = ITEM_BYTES[spec[0]]
    for n in spec[1:]:
        if type(n) is not int or not 0 <= n <= MAX_BODY_BYTES:
            raise ProtocolError("an array has an impossible shape")
        size *= n
    return size
