"""Commands, and the processes that they start."""

from __future__ import annotations

import io
import os
import random
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from grader.box.jail import family
from grader.cli import terminal
from grader.cli.app import main
from tests.kit.files import content

GRADER = (sys.executable, "-m", "grader")
# a server that cannot open: one that should be refused, and is not, ends all the same
NOWHERE = ("serve", "--host", "192.0.2.1", "--port", "80")
# as its script does, but without a second for a grammar that no notebook's schema needs
NBGRADER = (
    "import sys; sys.modules['rfc3987_syntax'] = None; sys.argv[0] = 'nbgrader'\n"
    "from nbgrader.apps.nbgraderapp import main; main()"
)
TIMEOUT_S = 600  # for what hangs; on a busy machine everything takes long
SERVER = b"grader.system.fork_server"
NURSERY = b"-m\0grader.box.jail.zygote"


def run_grader(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `grader` with these arguments in `folder`."""
    return subprocess.run(
        [*GRADER, *words], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S
    )


def grader_here(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has imported already what a new one takes a second for."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["grader", *words])
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(terminal.out, "quiet", False)
        with pytest.raises(SystemExit) as ended:
            main()
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(["grader", *words], code, *told)


def run_nbgrader(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader as an instructor does, from an environment that is not activated."""
    return subprocess.run(
        [sys.executable, "-c", NBGRADER, *words],
        cwd=folder,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )


def free_ports(count: int) -> list[int]:
    """Ports that are free, and that the kernel gives to nobody who asks for any."""
    with ExitStack() as stack:
        found = []
        for port in random.sample(range(20_000, 32_000), 1000):
            with suppress(OSError):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(port)
            if len(found) == count:
                return found
    raise AssertionError("no port is free")


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody reaps does not."""
    state = content(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()[:1]
    return state not in ([], [b"Z"])


def is_asleep(pid: int) -> bool:
    """Whether all its threads wait, and none of them for a processor."""
    stats = filter(None, map(content, Path(f"/proc/{pid}/task").glob("*/stat")))
    return all(stat.rpartition(b")")[2].split()[0] == b"S" for stat in stats)


def is_worker(pid: int) -> bool:
    """Whether it is a process that multiprocessing spawned, or a fork of its server."""
    command = _command(pid)
    return b"spawn_main" in command or (SERVER in command and SERVER in _command(_parent(pid)))


def open_boxes(pid: int) -> list[int]:
    """The outermost processes of the boxes that commands below this process have open.

    A zygote has a child while a box is open.
    """
    inner = _below_themselves(_below_themselves(_warm(pid)))
    return [one for one in inner if not any(one in family.children(other) for other in inner)]


def zygotes(pid: int) -> list[int]:
    """The zygotes of the commands below this process: the children of their nurseries."""
    inner = _below_themselves(_warm(pid))
    return [one for one in inner if not any(one in family.children(other) for other in inner)]


def nurseries(pid: int) -> set[int]:
    """The nurseries of the commands below this process."""
    warm = _warm(pid)
    return warm - _below_themselves(warm)


def new_nurseries(pid: int, others: set[int]) -> set[int]:
    """The nurseries below a process besides others, as soon as there is one.

    What a process runs shows a moment after it has begun to run it.
    """
    at_most = time.monotonic() + TIMEOUT_S
    while not (new := nurseries(pid) - others) and time.monotonic() < at_most:
        time.sleep(0.001)
    return new


def _warm(pid: int) -> set[int]:
    """Nurseries, zygotes and boxes: all are forks of one command."""
    return {one for one in family.descendants(pid) if NURSERY in _command(one)}


def _below_themselves(pids: set[int]) -> set[int]:
    """Those of the processes whose parent is one of them."""
    return {one for one in pids if any(one in family.children(other) for other in pids)}


def _parent(pid: int) -> int:
    """Its parent; 0 if it has ended."""
    fields = content(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _command(pid: int) -> bytes:
    return content(Path(f"/proc/{pid}/cmdline"))
