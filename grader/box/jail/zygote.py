"""The zygote, a warm process that forks boxes, and the trusted handle on it.

The nursery imports numpy, matplotlib and IPython once, and forks a zygote for each worker. Neither
runs student code; every box is a fork of its worker's zygote. One zygote serves one box at a time:
all its descendants belong to that box, and to end the box is to end them all.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from grader.box.bounds import MAX_FILES, SCRATCH_MIB
from grader.box.jail import cgroup, family, fonts, kernel, namespaces, seccomp
from grader.box.jail import confine as jail
from grader.box.jail.large_pages import use_large_pages
from grader.box.jail.nursery import ORDER, Nursery
from grader.box.jail.scratch_use import is_overfull
from grader.box.stopwatch import Used
from grader.box.tiers import Tier
from grader.errors import BoxError
from grader.locale.translations import Sentence
from grader.system.reaping import reap, reap_all

__all__ = ["Zygote", "ZygoteGone", "main"]

START_TIMEOUT_S = 60
KILL_TIMEOUT_S = 20
PROBE = {"memory_mib": 64, "output_mib": 1, "processes": 8, "cpu_s": 5}
WATCH_INTERVAL_S = 0.05
# What one process may use beside what its address space grows by: memory that the warm process has
# asked for, and not touched. So a process alone meets its own limit, at the same place each time.
SLACK_MIB = 64
OWN_PROCESSES = 1  # waits for the box's: process 1 of its namespace
END_GRACE_S = 0.5
MAX_ERROR_BYTES = 4096  # a pipe takes so many at once
MAX_PASSES = 50
PR_SET_CHILD_SUBREAPER = 36
LENGTH = struct.Struct("!I")
Run = Callable[..., None]  # `grader.box.inside.runner.run` with its shell


class ZygoteGone(BoxError):
    """The zygote ended or does not answer; another one has to be started."""


class Zygote:
    """Gets a zygote from a nursery and asks it for boxes.

    Args:
        orders: of a `Nursery` that others use too; by default, this zygote has one of its own.

    Attributes:
        tier: the best tier that works here, found by trying.
        refusals: why each better tier does not work.
        cgroup_version: version of the control groups that bound its boxes, 1 or 2; 0 without.
        pid: its process id.
        home: the folder that its variable HOME names.

    Raises:
        ZygoteGone: the process does not start, or does not answer.
    """

    def __init__(self, orders: socket.socket | None = None) -> None:
        self._nursery: Nursery | None = None
        if orders is None:
            self._nursery = Nursery()
            orders = self._nursery.orders
        self._socket, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(orders, [ORDER], [theirs.fileno()])
            except OSError as error:
                raise ZygoteGone(f"no zygote starts: {error}; run the command again") from None
        self._socket.settimeout(START_TIMEOUT_S)
        answer = self._receive()
        self.tier = Tier(answer["tier"])
        self.refusals = tuple(answer["refusals"])
        self.cgroup_version = int(answer["cgroup"])
        self.pid, self.home = int(answer["pid"]), str(answer["home"])
        self._socket.settimeout(KILL_TIMEOUT_S)

    def used_time(self) -> Used:
        """What the box that runs now has used so far."""
        return family.used_time(self.pid)

    def fork(self, spec: jail.JailSpec) -> socket.socket:
        """Fork a box into a jail; returns the judge's end of its channel.

        Raises:
            ZygoteGone: the zygote ended or does not answer.
            BoxError: the box could not be closed off.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._send({"op": "fork", "spec": spec.to_json()}, [theirs.fileno()])
            self._receive()
        except BoxError:
            ours.close()
            raise
        return ours

    def kill_all(self, hung_up: bool) -> Sentence | None:
        """End every descendant of the zygote.

        Args:
            hung_up: whether the box closed its channel, so that it has ended or soon will.

        Returns:
            Why the box ended, if it ended by itself or exceeded a limit.

        Raises:
            ZygoteGone: the zygote ended or does not answer.
        """
        self._send({"op": "kill", "hung_up": hung_up}, [])
        cause = self._receive()["cause"]
        return Sentence(**cause) if cause else None

    def close(self) -> None:
        """Stop the zygote and all its descendants."""
        self._hang_up()
        if self._nursery is not None:
            self._nursery.close()

    def _hang_up(self) -> None:
        """Close the channel, which ends the zygote; one that does not notice is killed."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(KILL_TIMEOUT_S)
            while self._socket.recv(LENGTH.size):
                pass
            self._socket.close()
            return
        self._socket.close()
        _kill_descendants(self.pid)  # nobody would end them without it
        _send_signal(self.pid, signal.SIGKILL)

    def _send(self, message: dict[str, Any], fds: list[int]) -> None:
        data = json.dumps(message).encode()
        try:
            socket.send_fds(self._socket, [LENGTH.pack(len(data)) + data], fds)
        except OSError as error:
            raise ZygoteGone(f"the zygote is gone: {error}; run the command again") from None

    def _receive(self) -> dict[str, Any]:
        try:
            reply = _read_message(self._socket)[0]
        except OSError as error:
            self._socket.close()  # a late answer would be taken for that to the next request
            raise ZygoteGone(f"the zygote does not answer: {error}; see `grader doctor`") from None
        if reply is None:
            raise ZygoteGone("the zygote ended; see `grader doctor`")
        if "error" in reply:
            raise BoxError(
                f"the box could not be closed off: {reply['error']}; see `grader doctor`"
            )
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

    def __init__(self, sock: socket.socket, run: Run) -> None:
        self._socket, self._run = sock, run
        self._own_memory = family.private_bytes(os.getpid())
        self._group: cgroup.ControlGroup | None = None
        self._group_bounds = (0, 0)  # memory in MiB, processes
        self._oom_kills = 0
        self._spec: jail.JailSpec | None = None
        self._box_pid = 0
        self._cause: Sentence | None = None

    def serve(self, tiers: dict[str, Any]) -> None:
        """Answer requests until the other end closes; watch the box in between.

        Args:
            tiers: what `probe` found.
        """
        self._group = cgroup.enter()
        version = self._group.version if self._group else 0
        about = {"pid": os.getpid(), "home": os.environ["HOME"], "cgroup": version}
        self._reply({**tiers, **about})
        while True:
            if self._box_pid and not select.select([self._socket], [], [], WATCH_INTERVAL_S)[0]:
                self._watch()
                continue
            message, fds = _read_message(self._socket)
            if message is None:
                self._kill_all()
                return
            if message["op"] == "fork":
                error = self._fork(jail.JailSpec.from_json(message["spec"]), fds[0])
                self._reply({"error": error} if error else {})
            else:
                if message["hung_up"]:
                    self._await_end()
                cause = self._kill_all()
                self._reply({"cause": vars(cause) if cause else None})

    def _reply(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self._socket.sendall(LENGTH.pack(len(data)) + data)

    def probe(self) -> dict[str, Any]:
        """Try the tiers, the best first, with boxes that run nothing."""
        refusals: list[str] = []
        for tier in (Tier.NAMESPACES, Tier.LANDLOCK):
            with tempfile.TemporaryDirectory(prefix="grader-probe-") as folder:
                error = self._fork(jail.JailSpec(tier, folder, **PROBE), None)
                self._kill_all()
            if not error:
                return {"tier": tier, "refusals": refusals}
            refusals.append(f"tier {tier}: {error}")
        return {"tier": Tier.BOUNDS_ONLY, "refusals": refusals}

    def _fork(self, spec: jail.JailSpec, fd: int | None) -> str:
        """Fork a box that serves the socket `fd`; returns why it could not be jailed, or ""."""
        status_read, status_write = os.pipe()
        self._bound_group(spec)
        owner = os.getuid(), os.getgid()  # new namespaces begin without them
        try:
            self._box_pid = jail.fork(spec)
        except OSError as error:
            os.close(status_read)
            os.close(status_write)
            return f"{type(error).__name__}: {error}"
        self._spec, self._cause = spec, None
        if self._box_pid == 0:
            self._become_box(spec, owner, fd, status_read, status_write)
        os.close(status_write)
        if fd is not None:
            os.close(fd)
        failure = os.read(status_read, MAX_ERROR_BYTES)  # empty as soon as the box has closed it
        os.close(status_read)
        if failure:
            self._kill_all()
        return failure.decode(errors="replace")

    def _bound_group(self, spec: jail.JailSpec) -> None:
        if self._group:
            bounds = (spec.memory_mib, spec.processes)
            if bounds != self._group_bounds:  # else they are those of the last box
                self._group.bound(self._own_memory, *bounds)
                self._group_bounds = bounds
            self._oom_kills = self._group.oom_kills()

    def _become_box(
        self, spec: jail.JailSpec, owner: tuple[int, int], fd: int | None, unused: int, status: int
    ) -> None:
        try:
            jail.enter(spec, *owner, dies_first=self._group is not None)
            self._socket.close()
            os.close(unused)
        except BaseException as error:  # the judge must learn that the jail failed
            os.write(status, f"{type(error).__name__}: {error}".encode()[:MAX_ERROR_BYTES])
            os._exit(1)
        os.close(status)
        code = 1  # of an exception that nobody caught: it must not climb into the zygote's own loop
        try:
            if fd is not None:
                self._run(socket.socket(fileno=fd), output_mib=spec.output_mib)
            code = 0
        finally:
            os._exit(code)

    def _watch(self) -> None:
        """Bound what all processes of the box use together; rlimits bind only each process."""
        spec = self._spec
        if spec is None:
            return
        pids = list(family.descendants(os.getpid()))
        if sum(map(family.threads, pids)) > spec.processes + OWN_PROCESSES:
            limits = {"count": spec.processes}
            self._stop(Sentence("it had more than {count} processes and threads", limits))
            return
        used = sum(max(family.private_bytes(pid) - self._own_memory, 0) for pid in pids)
        slack_mib = SLACK_MIB if len(pids) <= 1 + OWN_PROCESSES else 0
        if used + family.buffer_bytes(pids) > (spec.memory_mib + slack_mib) << 20:
            self._stop(_too_much_memory(spec))
        elif spec.tier is not Tier.NAMESPACES and is_overfull(
            spec.scratch, pids, SCRATCH_MIB << 20, MAX_FILES
        ):
            limits = {"size": SCRATCH_MIB, "files": MAX_FILES}
            self._stop(Sentence("it wrote more than {size} MiB or {files} files", limits))

    def _stop(self, cause: Sentence) -> None:
        self._kill_all()
        self._cause = cause

    def _await_end(self) -> None:
        """Wait for the box's outermost process, which ends a moment after the channel closes."""
        until = time.monotonic() + END_GRACE_S
        while self._box_pid and not _has_ended(self._box_pid) and time.monotonic() < until:
            time.sleep(0.001)

    def _kill_all(self) -> Sentence | None:
        if self._box_pid and _has_ended(self._box_pid):
            _, status = os.waitpid(self._box_pid, 0)
            self._cause = self._cause or _describe(os.waitstatus_to_exitcode(status))
        elif self._box_pid and self._spec and self._spec.tier is Tier.NAMESPACES:
            _send_signal(self._box_pid, signal.SIGKILL)  # process 1: all others there die with it
            os.waitpid(self._box_pid, 0)
        while children := family.children(os.getpid()):
            _kill_descendants(os.getpid())
            for pid in children:
                os.waitpid(pid, 0)
        self._box_pid = 0
        if self._group and self._spec and self._group.oom_kills() > self._oom_kills:
            self._cause = _too_much_memory(self._spec)
        return self._cause


def _too_much_memory(spec: jail.JailSpec) -> Sentence:
    return Sentence("it used more than {size} MiB of memory", {"size": spec.memory_mib})


def _kill_descendants(ancestor: int) -> None:
    """Stop all descendants before any is killed: a fork bomb replaces each process that dies.

    A stopped process forks no more but still counts as a process, so a pass or two find them all.
    """
    stopped: set[int] = set()
    for _ in range(MAX_PASSES):
        running = set(family.descendants(ancestor)) - stopped
        if not running:
            break
        for pid in running:
            _send_signal(pid, signal.SIGSTOP)
        stopped |= running
    for pid in stopped:
        _send_signal(pid, signal.SIGKILL)


def _send_signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
        os.kill(pid, number)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _describe(exit_code: int) -> Sentence:
    """How a box ended: -n, or 128 + n through the box's process 1, stands for signal n."""
    number = -exit_code if exit_code < 0 else exit_code - 128
    if number in set(signal.Signals):
        return Sentence("it was killed by {signal}", {"signal": signal.Signals(number).name})
    return Sentence("exit status {status}", {"status": exit_code})


def main() -> None:
    """``python -m grader.box.jail.zygote FD KEPT``: fork a zygote for each order that comes there.

    It ends when nobody can order any more, and no zygote is left. The folder KEPT has the list of
    fonts from the last time.
    """
    gc.disable()  # a twentieth of the imports' time; `warm_up` ends with one collection
    kept, home = Path(sys.argv[2]), Path(os.environ["MPLCONFIGDIR"])
    fonts.borrow(kept, home)  # matplotlib reads it while it is imported
    from grader.box.inside.runner import run
    from grader.box.inside.shell import warm_up

    serve = partial(run, shell=warm_up())
    fonts.give_back(kept, home)
    gc.enable()
    prepare_boxes()
    orders = socket.socket(fileno=int(sys.argv[1]))
    tiers = _Server(orders, serve).probe()
    while end := _next_order(orders):
        with end:
            if os.fork() == 0:
                orders.close()
                _become_zygote(end, serve, tiers)
        reap()
    reap_all()


def prepare_boxes() -> None:
    """Do once, for all boxes, what does not differ from one to the next."""
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 1)
    namespaces.planned_tree()
    seccomp.prepare()
    use_large_pages()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.getuid() == 0:
        kernel.bound_capabilities()


def _next_order(orders: socket.socket) -> socket.socket | None:
    """The socket that a new zygote shall serve; None if nobody can order any more."""
    order, ends, _, _ = socket.recv_fds(orders, len(ORDER), 1)
    return socket.socket(fileno=ends[0]) if order else None


def _become_zygote(end: socket.socket, run: Run, tiers: dict[str, Any]) -> None:
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 1)  # a fork does not inherit that
    try:
        _Server(end, run).serve(tiers)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
