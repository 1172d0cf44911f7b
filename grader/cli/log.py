"""What programs read, with `--json`: one value on stdout, and one JSON object a line on stderr.

It is the whole program that speaks so, not the single command: whatever a command prints besides
its value becomes a line of the log, and so does every error. Nothing heavy is imported here.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from typing import Any, TextIO

__all__ = ["FLAG", "Log", "active", "for_programs", "is_for_programs"]

VERSION = 1  # of the form of a line; a key that is new does not change it
FLAG = "--json"


class Log:
    """The log of one command.

    Args:
        command: its name.
        stream: where the lines go.
    """

    def __init__(self, command: str, stream: TextIO) -> None:
        self._command, self._stream = command, stream
        self._began, self._lock = time.monotonic(), threading.Lock()
        self.value: Any = None

    def say(self, event: str, **about: Any) -> None:
        """Write one line.

        Args:
            event: what it tells of: `progress`, `warning`, `message`, `error` or `end`.
            about: what goes with such an event.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        head = {"version": VERSION, "time": now, "command": self._command, "event": event}
        line = json.dumps({**head, **about}, default=str) + "\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()

    def end(self, exit_code: int) -> None:
        """Write the last line."""
        seconds = round(time.monotonic() - self._began, 3)
        self.say("end", exit_code=exit_code, seconds=seconds)


_logs: list[Log] = []  # of the command that runs now; one at most


def active() -> Log | None:
    """The log of the command that runs now; None if it speaks to people."""
    return _logs[-1] if _logs else None


def is_for_programs(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, even if the rest of it is wrong.

    Args:
        words: what was typed after `grader`.
    """
    ends = words.index("--") if "--" in words else len(words)
    return FLAG in words[:ends]


def for_programs(words: Sequence[str], run: Callable[[], int]) -> int:
    """Run a command with its log on stderr and its value on stdout.

    Args:
        words: what was typed after `grader`.
        run: the command; returns its exit code.

    Returns:
        The exit code.
    """
    log = Log(next((word for word in words if not word.startswith("-")), ""), sys.stderr)
    _logs.append(log)
    try:
        with _as_lines(log) as printed, redirect_stdout(printed), redirect_stderr(printed):
            exit_code = run()
        if log.value is not None:
            print(json.dumps(log.value, indent=1, default=str), flush=True)
        log.end(exit_code)
        return exit_code
    finally:
        _logs.remove(log)


class _Lines(io.TextIOBase):
    """Takes text, and passes it on line by line."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take, self._rest = take, ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(str.strip, lines):
            self._take(line)
        return len(text)


@contextmanager
def _as_lines(log: Log) -> Iterator[_Lines]:
    """A stream whose lines become messages of the log."""
    lines = _Lines(lambda line: log.say("message", text=line))
    try:
        yield lines
    finally:
        lines.write("\n")
