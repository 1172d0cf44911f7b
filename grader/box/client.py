"""The trusted end of one box: send a cell or a call, wait, get data.

Anything that a submission does becomes a value. If it ends the box, `BoxDied` is raised here, and
`grader.box.session` turns that into a failed cell or call.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.box.callbacks import evaluate
from grader.box.channel import Channel, ChannelClosed, ChannelTimeout
from grader.box.endings import BoxDied, BoxTimedOut, Ending
from grader.box.outputs import clean_outputs, error_in_words
from grader.box.protocol import Decoder, Encoder, Frame, ProtocolError, find_unknown
from grader.box.stopwatch import WALL_FACTOR, Stopwatch, Used
from grader.errors import BoxError
from grader.locale.translations import Sentence, gettext
from grader.notebook import error_text

__all__ = [
    "Box",
    "BoxDied",
    "BoxTimedOut",
    "CallFailure",
    "CallRequest",
    "CallSuccess",
    "CellOutcome",
]

# In one request. Honest work asks some hundred times; so few take a fraction of the shortest limit,
# and an endless loop that asks has the same end on a fast machine as on a slow one.
MAX_CALLBACKS = 5_000
ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+\b")  # of an object; another one each time
MAX_LINE = 1_000_000  # no cell has more lines


@dataclass(frozen=True)
class CellOutcome:
    """What one cell did.

    Args:
        ok: whether it ran to its end.
        outputs: its outputs, as in nbformat.
        count: its execution count, if it has one.
        died: why it ended the box or was not run, in a sentence for the student; else empty.
    """

    ok: bool
    outputs: tuple[dict[str, Any], ...] = ()
    count: int | None = None
    died: str = ""

    @property
    def exception(self) -> dict[str, Any] | None:
        """The last exception among its outputs, as in nbformat; None if there is none."""
        errors = [output for output in self.outputs if output["output_type"] == "error"]
        return errors[-1] if errors else None

    @property
    def error(self) -> str:
        """Why it did not run to its end, on one line; empty if it did."""
        if self.died or self.ok or self.exception is None:
            return self.died
        return f"{_clip(self.exception['ename'])}: {_clip(error_text(self.exception), 300)}"


@dataclass(frozen=True)
class CallRequest:
    """Calls of one student function, made in one round trip.

    Args:
        name: the function's name in the notebook.
        calls: the positional arguments of each call.
        stand_ins: functions of the judge that replace the student's during the calls, by name.
        echo: whether to send back the arguments as they are after the calls.
        within_s: processor time that all calls may use, if that is less than the course allows.
    """

    name: str
    calls: Sequence[tuple[Any, ...]]
    stand_ins: Mapping[str, Callable[..., Any]]
    echo: bool = False
    within_s: float = math.inf


@dataclass(frozen=True)
class CallSuccess:
    """What the calls of one request gave.

    Args:
        values: the returned value of each call.
        arguments: the arguments after each call; None unless the request has `echo`.
    """

    values: tuple[Any, ...]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class CallFailure:
    """Why a call gave no value.

    Args:
        reason: one sentence for the student.
        error: the type of the exception that ended it, if one did.
        index: the number of the failed call in the request, from 0.
        is_undefined: whether there is no function of that name.
        took_s: how long the calls took, in wall time; 0 if none was made.
    """

    reason: str
    error: str = ""
    index: int = 0
    is_undefined: bool = False
    took_s: float = field(default=0.0, compare=False)


class Box:
    """One running box.

    Args:
        channel: connected to a `grader.box.inside.runner.Runner`.
        kill: ends every process of the box. Its argument is whether the box closed the channel
            by itself; if so, it returns the cause, or None if the cause is unknown.
        used: reads what this box and those before it have used. None if that cannot be read: then
            limits are in wall time.
    """

    def __init__(
        self,
        channel: Channel,
        kill: Callable[[bool], Sentence | None],
        used: Callable[[], Used] | None = None,
    ) -> None:
        self._channel = channel
        self._kill = kill
        self._used = used
        self._number = 0

    def write_files(self, files: Mapping[str, bytes], timeout_s: float) -> None:
        """Put helper files into the box's scratch folder, before anything runs there.

        Args:
            files: contents by name, relative to the folder.
            timeout_s: how long this may take.

        Raises:
            BoxError: they do not fit. No student code has run yet, so the fault is ours.
        """
        arrays = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
        encoder = Encoder()
        try:
            self._exchange("files", encoder.encode(arrays), encoder, timeout_s)
        except BoxDied as death:
            size_mib = sum(map(len, files.values())) / (1 << 20)
            raise BoxError(
                f"the helper files ({size_mib:.1f} MiB) could not be put into the box: it {death}"
            ) from None

    def skip_figures(self, timeout_s: float) -> None:
        """From now on, show each figure's name and size instead of drawing it.

        Raises:
            BoxDied: that ended the box.
        """
        self._exchange("skip_figures", None, Encoder(), timeout_s)

    def enter_space(self, name: str, timeout_s: float) -> None:
        """From now on, execute and call in the namespace of that name, at first an empty one.

        Args:
            name: any text.
            timeout_s: processor time that this may use.

        Raises:
            BoxDied: that ended the box.
        """
        encoder = Encoder()
        self._exchange("enter_space", encoder.encode(name), encoder, timeout_s)

    def execute(self, source: str, timeout_s: float) -> CellOutcome:
        """Run one cell.

        Args:
            source: its code.
            timeout_s: processor time that it may use.

        Raises:
            BoxDied: it ended the box.
            BoxTimedOut: it did not finish in time, so the box was killed.
        """
        encoder = Encoder()
        reply = self._exchange("execute", encoder.encode(source), encoder, timeout_s)
        answer = self._decode(reply)
        outputs = clean_outputs(answer.get("outputs"))
        count = answer.get("count")
        return CellOutcome(
            ok=_status(answer) == "ok",
            outputs=tuple(outputs),
            count=count if type(count) is int and count >= 0 else None,
        )

    def call(self, request: CallRequest, timeout_s: float) -> CallSuccess | CallFailure:
        """Call a student's function.

        Args:
            request: the function and the arguments of each call.
            timeout_s: processor time that all calls together may use.

        Raises:
            BoxDied: a call ended the box.
            BoxTimedOut: the calls did not finish in time, or called arguments without end, so the
                box was killed.
        """
        callbacks: list[Callable[..., Any]] = []
        encoder = Encoder(callbacks)
        tree = {
            "name": request.name,
            "calls": [encoder.encode(arguments) for arguments in request.calls],
            "globals": encoder.encode(dict(request.stand_ins)),
            "echo": request.echo,
        }
        start = time.monotonic()
        answer = self._decode(self._exchange("call", tree, encoder, timeout_s, callbacks))
        outcome = _call_outcome(request, answer)
        if isinstance(outcome, CallFailure):
            return replace(outcome, took_s=time.monotonic() - start)
        return outcome

    def close(self, *, hung_up: bool = False) -> Sentence | None:
        """End the box and everything in it.

        Args:
            hung_up: whether the box closed the channel by itself.

        Returns:
            Why it did so, if that is known.
        """
        self._channel.close()
        return self._kill(hung_up)

    def _exchange(
        self,
        op: str,
        tree: Any,
        encoder: Encoder,
        timeout_s: float,
        callbacks: Sequence[Callable[..., Any]] = (),
    ) -> Frame:
        self._number += 1
        watch = Stopwatch(timeout_s, self._used)
        try:
            self._channel.send(op, self._number, tree, encoder, watch)
            return self._await_done(watch, callbacks)
        except ChannelTimeout:
            self.close()
            raise _timed_out(watch, timeout_s) from None
        except ChannelClosed:
            cause = self.close(hung_up=True)
            ending = Ending.ENDED_BECAUSE if cause else Ending.ENDED
            raise BoxDied(ending, cause=cause) from None
        except ProtocolError as error:
            self.close()
            raise BoxDied(Ending.UNREADABLE, problem=error) from None

    def _await_done(self, watch: Stopwatch, callbacks: Sequence[Callable[..., Any]]) -> Frame:
        for _ in range(MAX_CALLBACKS):
            frame = self._channel.receive(watch)
            if frame.header["id"] != self._number:
                raise ProtocolError(Sentence("an answer to a different request"))
            if frame.header["op"] == "done":
                return frame
            if frame.header["op"] != "callback":
                raise ProtocolError(Sentence("an unknown kind of message"))
            self._answer(frame, callbacks, watch)
        self.close()
        raise BoxTimedOut(Ending.ASKED_ON, count=MAX_CALLBACKS)

    def _answer(
        self, frame: Frame, callbacks: Sequence[Callable[..., Any]], watch: Stopwatch
    ) -> None:
        match Decoder(frame).decode(frame.header["value"]):
            case [int() as index, list() as arguments, dict() as named] if (
                0 <= index < len(callbacks)
            ):
                with watch.answering():
                    answer = evaluate(callbacks[index], arguments, named)
            case _:
                raise ProtocolError(
                    Sentence("a call of a function that it did not get as an argument")
                )
        encoder = Encoder()
        self._channel.send("value", self._number, encoder.encode(answer), encoder, watch)

    def _decode(self, frame: Frame) -> dict[str, Any]:
        try:
            answer = Decoder(frame).decode(frame.header["value"])
        except ProtocolError as error:
            self.close()
            raise BoxDied(Ending.UNREADABLE, problem=error) from None
        return answer if isinstance(answer, dict) else {}


def _timed_out(watch: Stopwatch, timeout_s: float) -> BoxTimedOut:
    ending = Ending.WAITED if watch.is_waiting else Ending.TOO_SLOW
    return BoxTimedOut(ending, seconds=round(timeout_s, 2), wall=round(WALL_FACTOR * timeout_s, 2))


def _status(answer: dict[str, Any]) -> str:
    """The status if it is text; comparing an array with text gives an array."""
    status = answer.get("status")
    return status if isinstance(status, str) else ""


def _call_outcome(request: CallRequest, answer: dict[str, Any]) -> CallSuccess | CallFailure:
    name = request.name
    # comparing an array with text gives an array, so only plain values are looked at
    match {key: value for key, value in answer.items() if isinstance(value, str | list)}:
        case {"status": "ok", "values": list() as values, "arguments": list() as arguments}:
            if len(values) == len(arguments) == len(request.calls):
                unknown = find_unknown(values)
                if unknown is None:
                    return CallSuccess(tuple(values), tuple(arguments))
                text = gettext(
                    "{name} returned a value of type {type}, which cannot be graded",
                    name=name,
                    type=_clip(unknown.type_name),
                )
                return CallFailure(text)
        case {"status": "unsendable"}:
            text = gettext("{name} returned a value that is too large to be graded", name=name)
            return CallFailure(text)
        case {"status": "undefined"}:
            return CallFailure(gettext("{name} is not defined", name=name), is_undefined=True)
        case {"status": "error", "error": "NotImplementedError"}:
            text = gettext("{name} is not implemented yet", name=name)
            return CallFailure(text, "NotImplementedError")
        case {"status": "error", "error": str() as error, "message": str() as message}:
            index, told = answer.get("index"), ADDRESS.sub("", error_in_words(error, message))
            return CallFailure(
                _raised(name, _clip(error), _clip(told, 300), answer.get("line")),
                _clip(error),
                index if type(index) is int and 0 <= index < len(request.calls) else 0,
            )
    return CallFailure(gettext("{name} returned something that the grader cannot read", name=name))


def _raised(name: str, error: str, message: str, line: Any) -> str:
    told = {"name": name, "error": error, "message": message}
    if type(line) is int and 0 < line < MAX_LINE:
        return gettext("{name} raised {error}: {message} at line {line}", line=line, **told)
    return gettext("{name} raised {error}: {message}", **told)


def _clip(text: str, length: int = 80) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text[:length])
    return shown if len(text) <= length else shown[:-1] + "…"
