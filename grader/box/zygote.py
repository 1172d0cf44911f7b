"""A warm process that forks boxes, and the trusted handle on it.

The zygote imports numpy, matplotlib and IPython once and never runs student code; every box
is a fork of it. It is started by exec, with an empty environment, so it holds nothing of the
grader's memory. One zygote serves one box at a time: whatever descends from it belongs to
that box, and ending the box means ending all of its descendants.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.box import jail
from grader.errors import BoxError

__all__ = ["Zygote", "main"]

START_TIMEOUT_S = 60
KILL_TIMEOUT_S = 20
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LENGTH = struct.Struct("!I")


class Zygote:
    """Starts a zygote process and asks it for boxes.

    Raises:
        BoxError: the process does not start, or stops answering.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-m", "grader.box.zygote", str(theirs.fileno())]
            self._home = tempfile.TemporaryDirectory(prefix="grader-zygote-")
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=jail.environment(Path(self._home.name)),
                start_new_session=True,  # Ctrl-C is the driver's to handle
            )
        self._socket = ours
        self._socket.settimeout(START_TIMEOUT_S)
        self._receive()
        self._socket.settimeout(KILL_TIMEOUT_S)

    def fork(self, spec: jail.JailSpec) -> socket.socket:
        """Fork a box into a jail; returns the judge's end of its channel."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._send({"op": "fork", "spec": spec.to_json()}, [theirs.fileno()])
        self._receive()
        return ours

    def kill_all(self) -> str:
        """End every descendant of the zygote; says how the box itself had ended, if it had."""
        self._send({"op": "kill"}, [])
        return str(self._receive()["cause"])

    def close(self) -> None:
        """Stop the zygote and everything below it."""
        self._socket.close()
        try:
            self._process.wait(KILL_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._home.cleanup()

    def _send(self, message: dict[str, Any], fds: list[int]) -> None:
        data = json.dumps(message).encode()
        try:
            socket.send_fds(self._socket, [LENGTH.pack(len(data)) + data], fds)
        except OSError as error:
            raise BoxError(f"the box server is gone: {error}; run the command again") from None

    def _receive(self) -> dict[str, Any]:
        try:
            reply = _read_message(self._socket)[0]
        except OSError as error:
            raise BoxError(f"the box server does not answer: {error}") from None
        if reply is None:
            raise BoxError("the box server ended; see `grader doctor`")
        if "error" in reply:
            raise BoxError(f"the box could not be closed off: {reply['error']}")
        return reply


def _read_message(sock: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    data, fds, _, _ = socket.recv_fds(sock, LENGTH.size, 1)
    if len(data) < LENGTH.size:
        return None, fds
    remaining = LENGTH.unpack(data)[0]
    body = b""
    while len(body) < remaining:
        chunk = sock.recv(remaining - len(body))
        if not chunk:
            return None, fds
        body += chunk
    return json.loads(body), fds


class _Server:
    """The loop inside the zygote process."""

    def __init__(self, sock: socket.socket) -> None:
        from grader.box.shell import warm_up

        self._socket = sock
        self._shell = warm_up()
        self._box_pid = 0

    def serve(self) -> None:
        self._reply({})
        while True:
            message, fds = _read_message(self._socket)
            if message is None:
                self._kill_all()
                return
            if message["op"] == "fork":
                self._fork(jail.JailSpec.from_json(message["spec"]), fds[0])
            else:
                self._reply({"cause": self._kill_all()})

    def _reply(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self._socket.sendall(LENGTH.pack(len(data)) + data)

    def _fork(self, spec: jail.JailSpec, fd: int) -> None:
        status_read, status_write = os.pipe()
        self._box_pid = os.fork()
        if self._box_pid == 0:
            os.close(status_read)
            self._become_box(spec, fd, status_write)
        os.close(fd)
        os.close(status_write)
        with os.fdopen(status_read) as status:
            error = status.read()
        if error:
            self._kill_all()
        self._reply({"error": error} if error else {})

    def _become_box(self, spec: jail.JailSpec, fd: int, status: int) -> None:
        from grader.box.runner import run

        try:
            self._socket.close()
            jail.enter(spec)
        except BaseException as error:  # reported to the judge, who must know that it failed
            os.write(status, f"{type(error).__name__}: {error}".encode())
            os._exit(1)
        os.close(status)
        try:
            run(socket.socket(fileno=fd), self._shell, spec.output_mib)
        finally:
            os._exit(0)

    def _kill_all(self) -> str:
        cause = ""
        while children := _children():
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    if _has_ended(pid):
                        cause = self._reap(pid) or cause
                    else:
                        os.kill(pid, signal.SIGKILL)
                        self._reap(pid)
        self._box_pid = 0
        return cause

    def _reap(self, pid: int) -> str:
        _, status = os.waitpid(pid, 0)
        return _cause(status) if pid == self._box_pid else ""


def _children() -> list[int]:
    """Direct children of this process; orphans below them become direct ones."""
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in text.split()]


def _has_ended(pid: int) -> bool:
    info = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return info is not None


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f" (killed by {name})"
    return f" (exit status {os.WEXITSTATUS(status)})"


def main() -> None:
    """``python -m grader.box.zygote FD``: serve boxes until the socket closes."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _Server(socket.socket(fileno=int(sys.argv[1]))).serve()


if __name__ == "__main__":
    main()
