"""Frames on a socket: hostile headers, slow and silent ends."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.box.channel import (
    MAGIC,
    MAX_HEADER_BYTES,
    PREFIX,
    Channel,
    ChannelClosed,
    ChannelTimeout,
    Deadline,
)
from grader.box.protocol import (
    Decoder,
    Encoder,
    ProtocolError,
)
from tests.kit.fuzzing import FUZZ
from tests.kit.values import same

EXPECTED = (ProtocolError, ChannelClosed, ChannelTimeout)


def soon(seconds: float = 5.0) -> Deadline:
    return Deadline(time.monotonic() + seconds)


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """The judge's channel, and the raw socket at its other end."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours, max_body_bytes=1 << 20)
    with theirs:
        yield channel, theirs
        channel.close()


F8 = ["<f8", 2]


@given(st.binary(max_size=200))
@settings(max_examples=100 * FUZZ, deadline=None)
def test_random_bytes_give_no_other_error(data: bytes) -> None:
    receive_all(data)


@given(st.binary(max_size=100), st.integers(0, 1 << 32 - 1), st.integers(0, 1 << 63))
@settings(max_examples=100 * FUZZ, deadline=None)
def test_random_bytes_behind_a_right_magic_give_no_other_error(
    data: bytes, header: int, body: int
) -> None:
    receive_all(PREFIX.pack(MAGIC, header % (1 << 32), body) + data)


def receive_all(data: bytes) -> None:
    """Send raw bytes and hang up."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    theirs.sendall(data)
    theirs.close()
    with pytest.raises(EXPECTED):
        while True:
            channel.receive(soon())
    channel.close()


def packed(header: Any, body: bytes = b"", size: int | None = None) -> bytes:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return PREFIX.pack(MAGIC, len(data), len(body) if size is None else size) + data + body


def message(*parts: Any, **changes: Any) -> dict[str, Any]:
    return {"op": "done", "id": 1, "value": None, "parts": list(parts), **changes}


BAD_HEADERS = {
    "not JSON": b"{]",
    "not UTF-8": b"\xff\xff\xff\xff",
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "an endless integer": b'{"op":"done","id":' + b"9" * 5000 + b',"value":null,"parts":[]}',
    "a list": [],
    "no operation": {"id": 1, "value": None, "parts": []},
    "an id that is text": message(id="1"),
    "parts that are a dict": {**message(), "parts": {}},
    "a part that is a dict": message({"dtype": "<f8", "shape": [0]}),
    "a part without a dtype": message([]),
    "object dtype": message(["|O"]),
    "void dtype": message(["|V8", 1]),
    "big-endian dtype": message([">f8", 0]),
    "a dtype that is a list": message([[["a", "<f8"]], 0]),
    "a negative size": message(["<f8", -1]),
    "a size that is true": message(["|u1", True]),
    "a float size": message(["<f8", 1.0]),
    "an absurd size": message(["<f8", 1 << 62]),
    "an absurd product": message(["<f8", *[1 << 26] * 16]),
    "too many dimensions": message(["<f8", *[1] * 64]),
    "a text of two dimensions": message(["utf8", 0, 0]),
    "more described than sent": message(F8),
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_a_malformed_header_is_refused(pair: tuple[Channel, socket.socket], header: Any) -> None:
    channel, theirs = pair
    sender = threading.Thread(target=theirs.sendall, args=(packed(header),))
    sender.start()
    with pytest.raises(ProtocolError):
        channel.receive(soon())
    sender.join(5)


def test_bytes_that_nothing_describes_are_refused(pair: tuple[Channel, socket.socket]) -> None:
    channel, theirs = pair
    theirs.sendall(packed(message(F8), bytes(17)))
    with pytest.raises(ProtocolError):
        channel.receive(soon())


@pytest.mark.parametrize(
    "sizes", [(MAX_HEADER_BYTES + 1, 0), (2, (1 << 20) + 1), (2, (1 << 64) - 1)]
)
def test_a_claim_above_the_bound_is_refused_before_anything_is_read(
    pair: tuple[Channel, socket.socket], sizes: tuple[int, int]
) -> None:
    channel, theirs = pair
    theirs.sendall(PREFIX.pack(MAGIC, *sizes))
    with pytest.raises(ProtocolError, match="too large"):
        channel.receive(soon())


def test_a_claimed_size_without_bytes_ends_at_the_deadline(
    pair: tuple[Channel, socket.socket],
) -> None:
    channel, theirs = pair
    theirs.sendall(packed(message(), size=1 << 20))
    with pytest.raises(ChannelTimeout):
        channel.receive(soon(0.1))


def test_a_slow_drip_ends_at_the_deadline(pair: tuple[Channel, socket.socket]) -> None:
    channel, theirs = pair
    done = threading.Event()

    def drip() -> None:
        for byte in packed(message(), size=500) + bytes(500):
            if done.wait(0.02):
                return
            theirs.send(bytes([byte]))

    sender = threading.Thread(target=drip)
    sender.start()
    with pytest.raises(ChannelTimeout):
        channel.receive(soon(0.2))
    assert sender.is_alive()  # it would drip for ten seconds
    done.set()
    sender.join()


def test_a_reader_that_never_reads_ends_at_the_deadline(
    pair: tuple[Channel, socket.socket],
) -> None:
    channel, _ = pair
    encoder = Encoder()
    tree = encoder.encode(np.zeros(1 << 20))
    with pytest.raises(ChannelTimeout):
        channel.send("done", 1, tree, encoder, soon(0.2))


def test_a_deadline_in_the_past_is_a_timeout(pair: tuple[Channel, socket.socket]) -> None:
    with pytest.raises(ChannelTimeout):
        pair[0].receive(soon(-1))


def test_a_closed_end_and_a_slow_end_differ_in_their_error(
    pair: tuple[Channel, socket.socket],
) -> None:
    channel, theirs = pair
    theirs.sendall(packed(message())[:-1])
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel.receive(soon())


def test_what_one_channel_sends_the_other_receives() -> None:
    ours, theirs = (Channel(end) for end in socket.socketpair())
    value = {"X": np.arange(6.0).reshape(2, 3), "text": "é" * 300, "nan": [math.nan]}
    encoder = Encoder()
    ours.send("done", 7, encoder.encode(value), encoder, soon())
    frame = theirs.receive(Deadline(math.inf))
    assert (frame.header["op"], frame.header["id"]) == ("done", 7)
    assert same(Decoder(frame).decode(frame.header["value"]), value)
    ours.close()
    theirs.close()


def test_a_value_with_too_many_parts_is_refused_by_the_sender() -> None:
    ours, theirs = (Channel(end) for end in socket.socketpair())
    encoder = Encoder()
    tree = encoder.encode([0.123456789] * 200_000)
    with pytest.raises(ProtocolError):
        ours.send("done", 1, tree, encoder, soon())
    ours.close()
    theirs.close()
