"""What lies outside the box, watched for the slightest change while an attack runs."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import uuid
import venv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import grader
from grader.box.jail import family
from grader.box.launch import WarmLauncher
from grader.box.tiers import Tier
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course, Limits
from grader.errors import BoxError
from grader.grading import workshop
from grader.grading.submission import grade_submission
from grader.intake.submissions import Submission
from grader.notebook import Notebook
from grader.results import SubmissionResult
from tests.attacks.course import (
    HONEST,
    ID,
    INVENTORY,
    SECRET,
    TIMEOUT_S,
    make_submission,
    write_course,
)
from tests.kit.course import hand_in
from tests.kit.files import content

__all__ = ["AS_OWNER", "AS_WE_ARE", "Judge", "World", "name_of", "open_doors", "open_world"]

PUBLIC_FOLDERS = tuple(map(Path, ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")))
JUDGE_TIMEOUT_S = 600
TICKS = os.sysconf("SC_CLK_TCK")
OWNER = 65_432  # a uid that nobody has: an unprivileged account that owns the installation
AS_WE_ARE = [(tier, 0) for tier in (Tier.NAMESPACES, Tier.LANDLOCK)]
AS_OWNER = [(tier, OWNER) for tier, _ in AS_WE_ARE]


def name_of(world: tuple[Tier, int]) -> str:
    """A tier and an account, in the name of a test."""
    return world[0].name.lower() + ("-owner" if world[1] else "")


@dataclass
class World:
    """A course, a home, a neighbouring process and open doors that nobody may come through.

    Args:
        root: an empty folder for all of it.
        mark: part of every name that an attack leaves outside, should it succeed.
        sentinel: a process that no signal may reach.
        owner: the uid that grades, and that owns the installation; 0 if that is our own.
    """

    root: Path
    mark: str
    sentinel: subprocess.Popen[bytes]
    course: Course
    owner: int = 0
    doors: dict[str, socket.socket] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def installation(self) -> Path:
        """A virtual environment of the owner's, whose packages are ours."""
        return self.root / "installation"

    def outside(self, judge_pid: int) -> dict[str, Any]:
        """Everything that an attacker may have found out about the machine."""
        return {
            "course": str(self.course.root),
            "assignment": ID,
            "home": str(self.home),
            "temporary": str(self.temporary),
            "port": self.doors["tcp"].getsockname()[1],
            "udp_port": self.doors["udp"].getsockname()[1],
            "abstract": self.mark,
            "socket": str(self.root / "door"),
            "sentinel": self.sentinel.pid,
            "judge": judge_pid,
            "mark": self.mark,
            "owned": [str(path) for path in self.installation.glob("lib/*/site-packages")],
            "site_packages": str(Path(socket.__file__).parent / "site-packages"),
            "kit": str(Path(grader.__file__).parent),
        }

    def snapshot(self) -> dict[str, tuple[Any, ...]]:
        """Every file outside, by path: mode, size, time of change and digest."""
        paths = [*self.root.rglob("*"), *_marked(self.mark)]
        return {str(path): _state(path) for path in paths}

    def visitors(self) -> list[str]:
        """The doors that somebody has come through."""
        return [name for name, door in self.doors.items() if _was_used(door)]

    def sentinel_state(self) -> str:
        """The process state of the sentinel: S while it sleeps undisturbed."""
        stat = Path(f"/proc/{self.sentinel.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0]

    def hand_in(self, student: str, notebook: Notebook) -> Submission:
        """Put a notebook into submitted/."""
        return hand_in(self.course, student, notebook, assignment=ID)


@contextmanager
def open_world(owner: int = 0) -> Iterator[World]:
    """A world whose files anybody may read and write, so that only the box protects them."""
    mark = f"grader-attack-{uuid.uuid4().hex[:12]}"
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-world-")))
        code = "import time; time.sleep(3600)"
        sentinel = stack.enter_context(subprocess.Popen([sys.executable, "-I", "-c", code]))
        stack.callback(sentinel.kill)
        doors = {
            name: stack.enter_context(door) for name, door in open_doors(mark, str(root / "door"))
        }
        world = World(root, mark, sentinel, write_course(root / "course"), owner, doors)
        _furnish(world)
        if owner:
            _install(world)
        yield world


def open_doors(mark: str, path: str) -> Iterator[tuple[str, socket.socket]]:
    """Sockets that wait for a caller: TCP and UDP on loopback, an abstract one, two in files."""
    addresses: dict[str, tuple[int, int, Any]] = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{mark}"),
        "path": (socket.AF_UNIX, socket.SOCK_STREAM, path),
        "datagrams": (socket.AF_UNIX, socket.SOCK_DGRAM, path + "-datagrams"),
    }
    for name, (kind, how, address) in addresses.items():
        door = socket.socket(kind, how)
        door.bind(address)
        door.setblocking(False)
        if how == socket.SOCK_STREAM:
            door.listen()
        yield name, door


def _was_used(door: socket.socket) -> bool:
    try:
        if door.type == socket.SOCK_DGRAM:
            door.recv(1)
        else:
            door.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _furnish(world: World) -> None:
    files = {
        "course/gradebook.db": SECRET,
        f"course/submitted/somebody/{ID}/{ID}.ipynb": f'{{"note": "{SECRET}"}}',
        f"course/results/{ID}/somebody.json": f'{{"note": "{SECRET}"}}',
        f"course/feedback/somebody/{ID}/{ID}.html": SECRET,
        "home/.ssh/id_ed25519": SECRET,
        "home/.bashrc": "# nothing\n",
        "home/.ipython/profile_default/startup/00.py": "",
        "home/.config/matplotlib/matplotlibrc": "",
    }
    for name, text in files.items():
        path = world.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    world.temporary.mkdir()
    for path in [world.root, *world.root.rglob("*")]:
        path.chmod(0o777 if path.is_dir() or path.is_socket() else 0o666)


def _install(world: World) -> None:
    venv.create(world.installation, symlinks=True)
    (packages,) = world.installation.glob("lib/*/site-packages")
    paths = [path for path in sys.path if Path(path).is_dir()]
    (packages / "ours.pth").write_text("\n".join(paths) + "\n")
    for path in [world.installation, *world.installation.rglob("*")]:
        os.chown(path, world.owner, world.owner, follow_symlinks=False)


def _marked(mark: str) -> Iterator[Path]:
    """What an attack left in folders where everybody may write; others' files are none of ours."""
    for folder in filter(Path.is_dir, PUBLIC_FOLDERS):
        yield from (path for path in folder.iterdir() if mark in path.name)


def _state(path: Path) -> tuple[Any, ...]:
    status = path.lstat()
    is_file = path.is_file() and not path.is_symlink()
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
    changed = status.st_mtime_ns if is_file else 0  # a folder's changes with its entries
    return (status.st_mode, status.st_uid, status.st_size if is_file else 0, changed, digest)


class Judge:
    """A worker process that grades on one tier, as a pool's worker does.

    Args:
        world: where it grades; the worker's home and temporary folder are in there.
        tier: how well its boxes are closed off.

    Attributes:
        refusal: why no box of its tier opens on this machine; "" where one does.
        turns_at_first: what `turns` has to stay.
    """

    def __init__(self, world: World, tier: Tier) -> None:
        self.world = world
        self.bundle: Bundle = load_bundle(world.course, ID)
        context = multiprocessing.get_context("spawn")
        settings = (tier, world.owner)
        self._executor = ProcessPoolExecutor(1, context, initializer=_grade_on, initargs=settings)
        places = {"HOME": world.home, "TMPDIR": world.temporary, "GRADER_TOKEN": SECRET}
        with _environment(**places), _interpreter(world):
            self.pid = self._executor.submit(os.getpid).result(JUDGE_TIMEOUT_S)
        self.zygote_pid, self._zygote_home = self._executor.submit(_warm_up).result(JUDGE_TIMEOUT_S)
        self._ours = set(family.descendants(self.pid))  # the nursery and its zygote
        self.turns_at_first = self.turns()
        self.refusal = self._executor.submit(_refusal).result(JUDGE_TIMEOUT_S)

    @cached_property
    def honest(self) -> SubmissionResult:
        """What honest work gets, and all that its notebook sees of its box.

        It is graded when it is first asked for, before any attack.
        """
        return self.grade_honest()

    def grade_honest(self) -> SubmissionResult:
        """Grade the honest work once more."""
        return self.grade(self.world.hand_in("honest", make_submission(HONEST, INVENTORY)))

    def grade(self, submission: Submission, timeout_s: float = TIMEOUT_S) -> SubmissionResult:
        """Grade one submission in the worker, with this limit for each cell and each call."""
        limit = {"cell_timeout_s": timeout_s, "call_timeout_s": timeout_s}
        bundle = replace(self.bundle, limits=self.bundle.limits.model_copy(update=limit))
        future = self._executor.submit(grade_submission, bundle, submission)
        return future.result(JUDGE_TIMEOUT_S)

    def processor_s(self) -> float:
        """What this process has computed, with its boxes: those that are open, and those before."""
        stats = (
            content(Path(f"/proc/{p}/stat")) for p in (self.pid, *family.descendants(self.pid))
        )
        fields = (stat.rpartition(b")")[2].split()[11:15] for stat in stats)
        return sum(int(ticks) for used in fields for ticks in used) / TICKS

    def turns(self) -> list[object]:
        """How the kernel serves this process and the sentinel: nice value, cores and limits."""
        return [
            (
                os.getpriority(os.PRIO_PROCESS, pid),
                os.sched_getscheduler(pid),
                os.sched_getaffinity(pid),
                Path(f"/proc/{pid}/limits").read_text(),
            )
            for pid in (self.pid, self.world.sentinel.pid)
        ]

    def forget_peak_memory(self) -> None:
        """Let `peak_memory_mib` count from now on."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak_memory_mib(self) -> float:
        """The most memory that the judging process has held."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024

    def leftover_processes(self) -> list[int]:
        """Processes that descend from a box, wherever they hang in the tree now."""
        home = os.fsencode(f"HOME={self._zygote_home}")
        found = {*family.descendants(self.pid), *_with_environment(home)}
        return sorted(found - self._ours)

    def close(self) -> None:
        """End the worker, and its zygote with it."""
        self._executor.shutdown()


@contextmanager
def _interpreter(world: World) -> Iterator[None]:
    """Workers that start now run the Python of the world's owner."""
    if world.owner:
        multiprocessing.set_executable(str(world.installation / "bin" / "python"))
    yield
    multiprocessing.set_executable(sys.executable)


def _grade_on(tier: Tier, owner: int) -> None:
    """In the worker: boxes of this tier, whatever better one there is, by this account."""
    if owner:
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
    box_launcher = WarmLauncher(tier)
    workshop.launcher_of = lambda unsafe: box_launcher
    Finalize(None, box_launcher.close, exitpriority=0)


def _refusal() -> str:
    try:
        workshop.launcher_of(False).open({}, Limits()).close()
    except BoxError as error:
        return str(error)
    return ""


def _warm_up() -> tuple[int, str]:
    launcher = workshop.launcher_of(False)
    assert isinstance(launcher, WarmLauncher)
    return launcher.zygote.pid, str(launcher.zygote.home)


@contextmanager
def _environment(**values: object) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in values.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _with_environment(entry: bytes) -> Iterator[int]:
    """Processes started with this in their environment, as far as we may look."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        if entry in content(path):
            yield int(path.parent.name)
