"""The trusted handle on the nursery, a warm process that forks zygotes (`grader.box.jail.zygote`).

It imports numpy, matplotlib and IPython once for all workers of a run. It is started by exec, with
an environment of its own, so it holds nothing of the grader's memory or variables, and it never
runs student code. A zygote is a fork of it, so no worker pays for these imports again.

Orders travel one way: whoever holds `Nursery.orders` sends one end of a new socket, and a zygote
answers at the other end. No box holds either.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

from grader.box.jail import cgroup, confine, fonts
from grader.system.scratch import new_folder

__all__ = ["ORDER", "Nursery"]

END_TIMEOUT_S = 20
ORDER = b"z"


class Nursery:
    """Starts the process, without waiting for its imports.

    Args:
        niceness: how far it, its zygotes and their boxes let other processes go first.

    Attributes:
        orders: asks for zygotes; a worker process may have a copy.
        home: the folder that the variable HOME of all zygotes names.
    """

    def __init__(self, niceness: int = 0) -> None:
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.home = new_folder("zygote")
        self.home.chmod(0o711)  # a box with its own uid must reach the folder of a probe
        with theirs:
            module, arguments = "grader.box.jail.zygote", (str(theirs.fileno()), fonts.kept_in())
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", module, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=confine.environment(self.home),
                start_new_session=True,  # Ctrl-C is the driver's to handle
            )
        if niceness:
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, self._process.pid, ours + niceness)

    @property
    def has_ended(self) -> bool:
        """Whether it can start no zygote any more."""
        return self._process.poll() is not None

    def close(self, *, is_used: bool = True) -> None:
        """Wait until the process ends, which it does when nobody holds `orders` or a zygote.

        Args:
            is_used: whether anybody may have ordered; if not, the process is stopped at once.
        """
        self.orders.close()
        if not is_used:
            self._process.kill()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cgroup.remove_leftovers()
        shutil.rmtree(self.home, ignore_errors=True)
