"""A process that worker processes are forked from, so that what they need is imported once.

multiprocessing has such a server, too, but finds it by a path in the folder for temporary files:
that is left behind by a kill, and may be longer than the path of a socket can be. Ours inherits one
end of a pair of sockets. The rest is as in multiprocessing: a worker reads from a pipe what it
shall do, and another pipe tells its process id, and later its exit code.

The server has no threads, so a fork of it is safe. It ends when the driver has gone.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from multiprocessing import connection, forkserver, popen_forkserver, reduction, spawn, util
from multiprocessing.context import set_spawning_popen
from multiprocessing.process import BaseProcess

from grader.system.reaping import reap, reap_all

__all__ = ["ForkServer", "main"]

FORK = b"f"
KILLED = 255
MAX_FDS = 16  # of one worker: its two pipes, and what its arguments hold
START = "import sys; sys.path[:] = {}; from grader.system.fork_server import main; main({}, {})"


class ForkServer:
    """Starts the server, without waiting for its imports.

    Args:
        modules: names of what it imports for all workers.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._is_used = False
        with theirs:
            code = START.format(sys.path, theirs.fileno(), list(modules))
            flags = util._args_from_interpreter_flags()  # type: ignore[attr-defined]
            self._process = subprocess.Popen(
                [sys.executable, *flags, "-c", code],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    @property
    def has_ended(self) -> bool:
        """Whether it can fork no worker any more."""
        return self._process.poll() is not None

    def started(self, process: BaseProcess) -> _Started:
        """Fork a worker that does what a process object of multiprocessing says.

        Raises:
            EOFError: the server has ended.
            OSError: the same.
        """
        self._is_used = True
        return _Started(process, self._orders)

    def close(self) -> None:
        """Wait until it ends, which it does after its last worker; at once if it had none."""
        self._orders.close()
        if not self._is_used:
            self._process.kill()
        self._process.wait()


class _Started(popen_forkserver.Popen):
    """A worker, as multiprocessing handles it."""

    _fds: list[int]

    def __init__(self, process: BaseProcess, orders: socket.socket) -> None:
        self._orders = orders
        super().__init__(process)  # calls `_launch`

    def _launch(self, process: BaseProcess) -> None:
        told = io.BytesIO()
        set_spawning_popen(self)  # collects in `_fds` what the arguments hold
        try:
            reduction.dump(spawn.get_preparation_data(process.name), told)
            reduction.dump(process, told)
        finally:
            set_spawning_popen(None)
        self.sentinel, status = os.pipe()
        work, to_worker = os.pipe()
        lasting = os.dup(to_worker)  # when it closes, the worker sees that the driver has gone
        self.finalizer = util.Finalize(self, _close, (lasting, self.sentinel))
        with os.fdopen(to_worker, "wb") as stream:
            with os.fdopen(work), os.fdopen(status, "wb"):
                socket.send_fds(self._orders, [FORK], [work, status, *self._fds])
            stream.write(told.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """Its exit code, 255 if it was killed; None if it still runs and nobody shall wait."""
        if self.returncode is None and connection.wait([self.sentinel], _timeout(flag)):
            told = b""
            while piece := os.read(self.sentinel, forkserver.SIGNED_STRUCT.size):
                told += piece  # until its end, not only until it has told its exit code
            self.returncode = forkserver.SIGNED_STRUCT.unpack(told)[0] if told else KILLED
        return self.returncode


def _timeout(flag: int) -> float | None:
    return 0 if flag == os.WNOHANG else None


def main(fd: int, modules: Sequence[str]) -> None:
    """Import the modules, then fork a worker for each order; end after the last one.

    Args:
        fd: a socket, where orders come.
        modules: their names.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # an eighth of the imports' time
    for name in modules:
        import_module(name)
    gc.freeze()  # what was imported stays, so no worker's collection need look at it
    gc.enable()
    orders = socket.socket(fileno=fd)
    while fds := socket.recv_fds(orders, len(FORK), MAX_FDS)[1]:
        if (pid := os.fork()) == 0:
            orders.close()
            _become_worker(*fds)
        with contextlib.suppress(BrokenPipeError):  # the driver has gone
            forkserver.write_signed(fds[1], pid)
        _close(*fds)
        reap()
    reap_all()


def _close(*fds: int) -> None:
    for fd in fds:
        os.close(fd)


def _become_worker(work: int, status: int, *fds: int) -> None:
    code = 1
    try:
        forkserver._forkserver._inherited_fds = list(fds)  # type: ignore[attr-defined]
        code = spawn._main(work, os.dup(work))
        forkserver.write_signed(status, code)
    except Exception:  # as an interpreter does at its end
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)
