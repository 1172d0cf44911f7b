"""The trusted end of a box against an other end that lies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.box.channel import Channel, Deadline
from grader.box.client import (
    Box,
    BoxDied,
    BoxTimedOut,
    CallFailure,
    CallRequest,
    CallSuccess,
    CellOutcome,
)
from grader.box.endings import CALL
from grader.box.protocol import Encoder
from grader.errors import BoxError
from grader.locale.translations import Sentence


class OtherEnd(Channel):
    """A channel on which anything can be sent."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.socket = sock


Peer = Callable[[OtherEnd, int], None]


def with_peer(peer: Peer, use: Callable[[Box], Any]) -> Any:
    """Let `use` work with a box whose other end is a thread that runs `peer` on each frame."""
    ours, theirs = socket.socketpair()
    channel = OtherEnd(theirs)

    def serve() -> None:
        try:
            while True:
                peer(channel, channel.receive(Deadline(time.monotonic() + 5)).header["id"])
        except Exception:  # the judge hung up, as it should
            channel.close()

    thread = threading.Thread(target=serve)
    thread.start()
    box = Box(Channel(ours), lambda hung_up: Sentence("gone") if hung_up else None)
    try:
        return use(box)
    finally:
        box.close()
        thread.join(5)


def say(value: Any, op: str = "done", shift: int = 0) -> Peer:
    """A peer that answers everything with one value."""

    def peer(channel: OtherEnd, number: int) -> None:
        encoder = Encoder()
        channel.send(
            op, number + shift, encoder.encode(value), encoder, Deadline(time.monotonic() + 5)
        )

    return peer


def speak_http(channel: OtherEnd, number: int) -> None:
    channel.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")


def execute(box: Box) -> CellOutcome:
    return box.execute("1", 2)


def call(box: Box, **options: Any) -> CallSuccess | CallFailure:
    return box.call(CallRequest("f", [(1,)], {}, **options), 2)


def answer(value: Any) -> dict[str, Any]:
    return {"status": "ok", "values": [value], "arguments": [None]}


def test_an_honest_answer_is_a_success() -> None:
    assert with_peer(say(answer(3)), call) == CallSuccess((3,), (None,))


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "ok",
        [],
        {},
        {"status": "ok"},
        {"status": "ok", "values": [], "arguments": []},
        {"status": "ok", "values": [1, 2], "arguments": [1, 2]},
        {"status": "ok", "values": 1, "arguments": [None]},
        {"status": "fine", "values": [1], "arguments": [None]},
        {"status": "error", "error": 5, "message": "x"},
        {"status": "error", "error": "E", "message": None},
    ],
    ids=str,
)
def test_an_answer_out_of_form_is_a_failed_call(value: Any) -> None:
    assert isinstance(with_peer(say(value), call), CallFailure)


@pytest.mark.parametrize("index", [-1, 1, 10**9, True, "0", 0.5, None])
def test_the_index_of_a_failed_call_is_one_that_was_asked(index: Any) -> None:
    value = {"status": "error", "error": "E", "message": "m", "index": index}
    assert with_peer(say(value), call).index == 0


def test_a_status_that_is_an_array_is_a_failed_call() -> None:
    value = {"status": np.arange(3), "values": [1], "arguments": [None], "error": "", "message": ""}
    assert isinstance(with_peer(say(value), call), CallFailure)


def test_a_cell_whose_status_is_an_array_did_not_run_to_its_end() -> None:
    outcome = with_peer(say({"status": np.arange(3), "outputs": [], "count": 1}), execute)
    assert outcome.ok is False


def test_a_reason_holds_no_control_characters_and_is_short() -> None:
    value = {"status": "error", "error": "E\x1b[2J" * 99, "message": "a\n\x00\ud800" * 999}
    reason = with_peer(say({**value, "line": "p\r" * 999}), call).reason
    assert reason.isprintable()
    assert len(reason) < 600


@pytest.mark.parametrize("line", [10**900, -1, 0, True, 1.5, [3], None])
def test_a_line_number_that_no_cell_has_is_left_out(line: Any) -> None:
    value = {"status": "error", "error": "E", "message": "m", "line": line}
    assert with_peer(say(value), call).reason == "f raised E: m"


def test_a_value_that_cannot_cross_is_named() -> None:
    failure = with_peer(say(answer([{"a": object()}])), call)
    assert failure.reason == "f returned a value of type object, which cannot be graded"


@pytest.mark.parametrize("value", [None, 1, [], {"outputs": 5}, {"status": "ok", "count": "x"}])
def test_a_cell_answer_out_of_form_is_an_empty_outcome(value: Any) -> None:
    outcome = with_peer(say(value), execute)
    assert (outcome.outputs, outcome.count) == ((), None)


@pytest.mark.parametrize(
    "peer",
    [
        say(answer(1), shift=1),
        say(answer(1), shift=-1),
        say(answer(1), op="execute"),
        say([1, [1.0], {}], op="callback"),
        say([-1, [], {}], op="callback"),
        say([0, []], op="callback"),
        say([0, [], [1]], op="callback"),
        say("f", op="callback"),
        speak_http,
    ],
    ids="next-question last-question operation callback negative short unnamed text http".split(),
)
def test_a_frame_that_does_not_answer_ends_the_box(peer: Peer) -> None:
    with pytest.raises(BoxDied, match="disturbed the connection to the grader"):
        with_peer(peer, call)


def test_a_box_that_hangs_up_says_how_it_ended() -> None:
    with pytest.raises(BoxDied, match=r"ended the Python process \(gone\)"):
        with_peer(lambda channel, number: channel.close(), call)


def test_a_box_that_says_nothing_ends_at_its_time() -> None:
    with pytest.raises(BoxDied, match=r"did not finish within 0\.2 s"):
        with_peer(lambda *_: None, lambda box: box.execute("1", 0.2))


def hang_up(channel: Channel, number: int) -> None:
    channel.close()


@pytest.mark.parametrize("peer", [hang_up, say({}, op="nonsense")])
def test_helper_files_that_cannot_be_written_are_our_error(peer: Peer) -> None:
    """No student code has run yet."""
    with pytest.raises(BoxError, match=r"^the helper files \(0\.5 MiB\) could not be put"):
        with_peer(peer, lambda box: box.write_files({"data.npz": bytes(1 << 19)}, 2))


def test_callbacks_do_not_prolong_a_call() -> None:
    def forever(channel: Channel, number: int) -> None:
        encoder = Encoder()
        tree = encoder.encode([0, [1.0], {}])
        channel.send("callback", number, tree, encoder, Deadline(time.monotonic() + 5))

    start = time.thread_time()
    with pytest.raises(BoxDied, match="did not finish"):
        with_peer(forever, lambda box: box.call(CallRequest("f", [(abs,)], {}), 0.3))
    assert time.thread_time() - start < 2


@pytest.mark.slow
def test_a_call_that_asks_without_end_ends_by_the_count_of_its_questions() -> None:
    """So it does on every machine; the time that so many take depends on the machine."""
    asked: list[int] = []

    def forever(channel: OtherEnd, number: int) -> None:
        while True:
            say([0, [1], {}], op="callback")(channel, number)
            channel.receive(Deadline(time.monotonic() + 60))

    request = CallRequest("f", [(asked.append,)], {})
    with pytest.raises(BoxTimedOut, match="called a function that it was given 5000 times") as died:
        with_peer(forever, lambda box: box.call(request, 3600))
    assert len(asked) == 5000
    assert "Does a loop in it never end?" in died.value.told(CALL, name="f")


@pytest.mark.parametrize(
    "asking",
    [
        *([[a], {}] for a in (None, "text", object(), [1, [2]], 1e300, np.zeros((2, 0)))),
        [[1], {"value": 1}],
        [[], {"other": 1}],
        [[], {"value": object()}],
        [[1], {5: 1}],
        [[1, 2, 3], {}],
    ],
)
def test_a_callback_asked_nonsense_answers_with_an_error(asking: list[Any]) -> None:
    asked: list[Any] = []

    def peer(channel: OtherEnd, number: int) -> None:
        say([0, *asking], op="callback")(channel, number)
        asked.append(channel.receive(Deadline(time.monotonic() + 2)).header["value"])
        say(answer(1))(channel, number)

    outcome = with_peer(peer, lambda box: box.call(CallRequest("f", [(int_only,)], {}), 2))
    assert isinstance(outcome, CallSuccess)
    assert list(asked[0]["dict"]) == ["error"]


def int_only(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value
