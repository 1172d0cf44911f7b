"""The untrusted side: executes cells and calls functions, and answers with plain values.

Student code shares this process, so the judge believes nothing that it says. It holds no test, no
reference and no score, and imports nothing of the trusted side.
"""

from __future__ import annotations

import dis
import math
import os
import random
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from grader.box.channel import Channel, ChannelClosed, Deadline
from grader.box.inside.shell import BoxShell, OutputLog, warm_up
from grader.box.protocol import Decoder, Encoder, Formula, Frame, ProtocolError

__all__ = ["Runner", "main"]

FOREVER = Deadline(math.inf)
CELL = "<ipython-input-"  # the beginning of the shell's file name for a cell
SEED = 0  # of what a notebook draws without a seed of its own: the same each time
MAX_NUMBERS = 10_000  # in an argument of a formula; the judge has words for more
MAX_EVALUATED = 1000  # values of formulas, for each request; the judge ends what asks on and on
_MISSING = object()


class Runner:
    """Serves one submission over one socket, until the other end closes it.

    Args:
        sock: connected to the judge.
        shell: a warmed shell that has run nothing yet.
        output_mib: how much one cell may print.
    """

    def __init__(self, sock: socket.socket, shell: BoxShell, output_mib: int) -> None:
        self._channel = Channel(sock)
        self._shell = shell
        self._shell.log_to(OutputLog(output_mib << 20))

    def serve(self) -> None:
        """Answer requests until the judge hangs up."""
        handlers: dict[str, Callable[[Frame], Any]] = {
            "files": self._write_files,
            "skip_figures": self._skip_figures,
            "enter_space": self._enter_space,
            "execute": self._execute,
            "call": self._call,
        }
        while True:
            try:
                frame = self._channel.receive(FOREVER)
            except ChannelClosed:
                return
            answer = handlers[frame.header["op"]](frame)
            try:
                self._send("done", frame.header["id"], answer)
            except ProtocolError:  # there are too many parts; no byte has been sent yet
                self._send("done", frame.header["id"], {"status": "unsendable"})

    def _send(self, op: str, number: int, value: Any) -> None:
        encoder = Encoder()
        self._channel.send(op, number, encoder.encode(value), encoder, FOREVER)

    def _write_files(self, frame: Frame) -> None:
        for name, data in Decoder(frame).decode(frame.header["value"]).items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.tobytes())

    def _skip_figures(self, frame: Frame) -> None:
        self._shell.skip_figures()

    def _enter_space(self, frame: Frame) -> None:
        self._shell.enter_space(Decoder(frame).decode(frame.header["value"]))

    def _execute(self, frame: Frame) -> dict[str, Any]:
        return self._shell.execute(Decoder(frame).decode(frame.header["value"]))

    def _call(self, frame: Frame) -> dict[str, Any]:
        ask = _Asking(self._channel, frame.header["id"])
        decoder = Decoder(frame, np.random.default_rng, ask.function, ask.formula)
        request = frame.header["value"]
        namespace = self._shell.user_ns
        stand_ins = decoder.decode(request["globals"])
        saved = {name: namespace.get(name, _MISSING) for name in stand_ins}
        namespace.update(stand_ins)
        try:
            return self._call_each(decoder, request)
        finally:
            for name, value in saved.items():
                if value is _MISSING:
                    namespace.pop(name, None)
                else:
                    namespace[name] = value

    def _call_each(self, decoder: Decoder, request: dict[str, Any]) -> dict[str, Any]:
        function = self._shell.user_ns.get(request["name"], _MISSING)
        if function is _MISSING:
            return {"status": "undefined"}
        values, effects = [], []
        for tree in request["calls"]:
            decoder.start_afresh()
            arguments = decoder.decode(tree)
            try:
                values.append(function(*arguments))
            except BaseException as error:  # whatever student code raises is data
                return {"status": "error", **_describe(error), "index": len(values)}
            finally:
                self._shell.output_log.start()  # nobody needs what the function printed
            effects.append(arguments if request["echo"] else None)
        return {"status": "ok", "values": values, "arguments": effects}


class _Asking:
    """Functions of the judge, as one request hands them to student code.

    Args:
        channel: to the judge.
        number: of the request.
    """

    def __init__(self, channel: Channel, number: int) -> None:
        self._channel, self._number = channel, number
        self._formulas: dict[int, Callable[..., Any]] = {}
        self._evaluated = 0

    def function(self, index: int) -> Callable[..., Any]:
        """The function of that number: a formula if it is known as one, else one that asks."""

        def ask_the_judge(*arguments: Any, **named: Any) -> Any:
            encoder = Encoder()
            tree = encoder.encode([index, list(arguments), named])
            self._channel.send("callback", self._number, tree, encoder, FOREVER)
            reply = self._channel.receive(FOREVER)
            answer = Decoder(reply).decode(reply.header["value"])
            if "error" in answer:
                raise ValueError(answer["error"])
            return answer["value"]

        return self._formulas.get(index, ask_the_judge)

    def formula(self, index: int, text: str, constants: dict[str, Any]) -> Callable[..., Any]:
        """A formula, which gives what the judge would give; it asks where that is not certain."""
        own, ask = Formula(text, **constants), self.function(index)

        def evaluate(*arguments: Any, **named: Any) -> Any:
            self._evaluated += 1
            is_ours = not named and self._evaluated <= MAX_EVALUATED
            value = _number(own, arguments) if is_ours else None
            return ask(*arguments, **named) if value is None else value

        self._formulas[index] = evaluate
        return evaluate


def _number(formula: Formula, arguments: tuple[Any, ...]) -> float | None:
    """The value of a formula for arrays of doubles, if it is one number."""
    for array in arguments:
        if type(array) is not np.ndarray or array.dtype != float or array.size > MAX_NUMBERS:
            return None
    try:
        with np.errstate(all="ignore"):
            value = formula(*[array.copy() for array in arguments])  # in order, as they are sent
    except Exception:  # the judge has words for it
        return None
    return value if type(value) in (float, np.float64) else None


def _describe(error: BaseException) -> dict[str, Any]:
    try:
        message = str(error)
    except Exception:  # a student's __str__ may do anything
        message = ""
    own = [step for step in _steps(error) if step.tb_frame.f_code.co_filename.startswith(CELL)]
    line = _line(own[-1], error) if own else None
    return {"error": type(error).__name__, "message": message[:500], "line": line}


def _steps(error: BaseException) -> Iterator[TracebackType]:
    step = error.__traceback__
    while step is not None:
        yield step
        step = step.tb_next


def _line(step: TracebackType, error: BaseException) -> int | None:
    """Where a frame stopped.

    After some calls of a function, Python 3.11 takes a store and the load that follows as one
    instruction, and tells the line of the store if the load finds no value.
    """
    if sys.version_info < (3, 12) and isinstance(error, UnboundLocalError):
        code, known = step.tb_frame.f_code, step.tb_frame.f_locals
        for instruction in dis.get_instructions(code):
            is_load = instruction.opname == "LOAD_FAST" and instruction.argval not in known
            if is_load and instruction.offset in (step.tb_lasti, step.tb_lasti + 2):
                return instruction.positions and instruction.positions.lineno
    return step.tb_lineno


def run(sock: socket.socket, shell: BoxShell, output_mib: int) -> None:
    """Serve one submission, with the standard streams of this process on the null device.

    The scratch folder holds the helper files, so it comes first on the import path, as the folder
    of a notebook does.

    Args:
        sock: connected to the judge.
        shell: a warmed shell that has run nothing yet.
        output_mib: how much one cell may print.
    """
    sys.path.insert(0, "")
    random.seed(SEED)
    np.random.seed(SEED)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    Runner(sock, shell, output_mib).serve()


def main() -> None:
    """A box in a plain child process: ``python -m grader.box.inside.runner OUTPUT_MIB [FD]``.

    It is for the user's own code, and the only kind of box without Linux. On Windows, a socket
    cannot be inherited by number, so its description comes through standard input.
    """
    output_mib = int(sys.argv[1])
    if sys.platform == "win32":
        sock = socket.fromshare(sys.stdin.buffer.read())
    else:
        sock = socket.socket(fileno=int(sys.argv[2]))
    shell = warm_up()
    run(sock, shell, output_mib)


if __name__ == "__main__":
    main()
