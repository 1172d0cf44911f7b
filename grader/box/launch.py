"""Opens boxes: forks of a warm zygote on Linux, plain child processes elsewhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.box.channel import Channel
from grader.box.client import Box
from grader.box.stopwatch import Used
from grader.box.tiers import Tier
from grader.course.settings import Limits
from grader.errors import BoxError
from grader.locale.translations import Sentence
from grader.system.scratch import new_folder, remove_tree

if TYPE_CHECKING:
    from grader.box.jail.confine import JailSpec  # imports modules that only Linux has

__all__ = ["Launcher", "PlainLauncher", "WarmLauncher", "launcher"]

START_TIMEOUT_S = 60


class Launcher(Protocol):
    """Opens boxes, one at a time.

    Attributes:
        tier: how well they are closed off.
        refusals: why each better tier does not work here.
        cgroup_version: version of the control groups that bound them, 1 or 2; 0 without.
    """

    tier: Tier
    refusals: tuple[str, ...]
    cgroup_version: int

    def open(self, files: Mapping[str, bytes], limits: Limits) -> Box:
        """Open a fresh box whose scratch folder holds exactly these files.

        Args:
            files: contents by name, relative to the folder.
            limits: what the submission may use.

        Raises:
            BoxError: the box cannot be started, or the files do not fit.
        """

    @property
    def used_time(self) -> Callable[[], Used] | None:
        """Reads what all boxes have used so far; None if nothing can read it."""

    def close(self) -> None:
        """End everything that still runs."""


class WarmLauncher:
    """Boxes forked from a zygote and jailed, for other people's code.

    Args:
        tier: how well boxes are closed off; by default as well as this machine can.
        orders: of the `Nursery` that zygotes come from; by default, each has one of its own.

    Attributes:
        zygote: forks the next box.

    Raises:
        BoxError: the zygote does not start.
    """

    def __init__(self, tier: Tier | None = None, orders: socket.socket | None = None) -> None:
        from grader.box.jail.zygote import Zygote  # imports modules that only Linux has

        self._orders = orders
        self.zygote = Zygote(orders)
        self.tier = tier or self.zygote.tier
        self.refusals = self.zygote.refusals
        self.cgroup_version = self.zygote.cgroup_version
        self._ended = Used()

    def open(self, files: Mapping[str, bytes], limits: Limits) -> Box:
        """See `Launcher.open`."""
        from grader.box.jail.confine import JailSpec

        scratch = new_folder("box")

        try:
            sock = self._fork(JailSpec.of(self.tier, scratch, limits))
        except BoxError:
            remove_tree(scratch)
            raise
        zygote = self.zygote

        def kill(hung_up: bool) -> Sentence | None:
            self._ended = self._used_by_boxes()  # nobody can read it later
            cause = zygote.kill_all(hung_up)
            remove_tree(scratch)
            return cause

        box = Box(Channel(sock, limits.output_mib << 20), kill, self.used_time)
        return _with_files(box, files)

    def used_time(self) -> Used:
        """What all boxes have used so far.

        A box that asks the judge for something also waits while the judge gets no processor.
        """
        from grader.box.jail.family import own_queued_s  # reads what only Linux has

        return self._used_by_boxes().plus(Used(queued_s=own_queued_s()))

    def _used_by_boxes(self) -> Used:
        return self._ended.plus(self.zygote.used_time())

    def _fork(self, spec: JailSpec) -> socket.socket:
        """Fork a box; if the zygote is gone, start a new one and try once more.

        An earlier submission may have ended the zygote, and this one must not suffer from it.
        """
        from grader.box.jail.zygote import Zygote, ZygoteGone

        try:
            return self.zygote.fork(spec)
        except ZygoteGone:
            self.zygote.close()
            self.zygote = Zygote(self._orders)
            return self.zygote.fork(spec)

    def close(self) -> None:
        """Stop the zygote and all its descendants."""
        self.zygote.close()


class PlainLauncher:
    """Boxes as plain child processes without a jail, for the user's own code only."""

    tier = Tier.BOUNDS_ONLY
    refusals: tuple[str, ...] = ()
    cgroup_version = 0
    used_time = None  # without Linux there is no /proc, so limits are in wall time

    def open(self, files: Mapping[str, bytes], limits: Limits) -> Box:
        """See `Launcher.open`."""
        scratch = new_folder("box")
        ours, theirs = socket.socketpair()
        with theirs:
            process = _start_runner(theirs, scratch, limits.output_mib)

        def kill(hung_up: bool) -> Sentence | None:
            if not hung_up:
                process.kill()
            status = process.wait()
            remove_tree(scratch)
            return Sentence("exit status {status}", {"status": status}) if hung_up else None

        return _with_files(Box(Channel(ours, limits.output_mib << 20), kill), files)

    def close(self) -> None:
        """Do nothing: each box has ended its own process."""


def launcher(
    *, own_code: bool = False, unsafe: bool = False, orders: socket.socket | None = None
) -> Launcher:
    """The right launcher for this machine.

    Args:
        own_code: whether the code belongs to the person who runs the command. Then a plain
            child process is good enough if this machine offers nothing better.
        unsafe: accept boxes that are bounded but not closed off.
        orders: of the `Nursery` that zygotes come from, if workers share one.

    Raises:
        BoxError: other people's code cannot be confined here, or no zygote starts.
    """
    if sys.platform != "linux":
        if own_code:
            return PlainLauncher()
        raise BoxError(
            f"grading other people's code needs Linux, not {sys.platform}; "
            "use WSL2, a virtual machine or a Linux server"
        )
    warm = WarmLauncher(orders=orders)
    if warm.tier is Tier.BOUNDS_ONLY and not (own_code or unsafe):
        warm.close()
        raise BoxError(
            f"boxes cannot be closed off here ({'; '.join(warm.refusals)}); "
            "see `grader doctor`, or accept the risk with --unsafe"
        )
    return warm


def _with_files(box: Box, files: Mapping[str, bytes]) -> Box:
    box.write_files(files, START_TIMEOUT_S)
    return box


def _start_runner(theirs: socket.socket, scratch: Path, output_mib: int) -> subprocess.Popen[bytes]:
    module = "grader.box.inside.runner"
    command = [sys.executable, "-P", "-s", "-m", module, str(output_mib)]
    keep = ("SYSTEMROOT", "TEMP", "TMP", "PATH")  # without these Windows cannot open sockets
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env |= dict.fromkeys(("HOME", "MPLCONFIGDIR", "IPYTHONDIR"), str(scratch))
    env["PYTHONHASHSEED"] = "0"  # as in every box
    if sys.platform == "win32":
        process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=scratch, env=env)
        assert process.stdin is not None  # noqa: S101 — told to mypy; it is a pipe
        with process.stdin as pipe:
            pipe.write(theirs.share(process.pid))
        return process
    fd = theirs.fileno()
    return subprocess.Popen([*command, str(fd)], pass_fds=[fd], cwd=scratch, env=env)
