"""What code in a box cannot do: every promise of a tier is tried from inside."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.box.client import Box, BoxDied, CellOutcome
from grader.box.jail import family
from grader.box.launch import Launcher, WarmLauncher
from grader.box.tiers import Tier
from grader.course.settings import Limits
from grader.errors import BoxError
from tests.kit.processes import is_alive

LIMITS = Limits(
    cell_timeout_s=5, submission_timeout_s=30, memory_mib=256, output_mib=1, processes=16
)
CLOSED = (Tier.NAMESPACES, Tier.LANDLOCK)


@dataclass
class Cell:
    """Runs cells in one box."""

    box: Box

    def run(self, source: str, timeout_s: float = 5) -> CellOutcome:
        return self.box.execute(source, timeout_s)

    def shown(self, source: str, timeout_s: float = 5) -> str:
        """What a cell printed; it must have run to its end."""
        outcome = self.run(source, timeout_s)
        assert outcome.ok, outcome
        return "".join(output.get("text", "") for output in outcome.outputs).strip()

    def tried(self, statement: str, setup: str = "") -> str:
        """ "done", or the name of the exception that a statement ended with."""
        return self.shown(
            f"import os, socket, subprocess, signal, ctypes, sys, resource, time\n{setup}\n"
            f"try:\n    {statement}\n    print('done')\n"
            "except BaseException as error:\n    print(type(error).__name__)"
        )


@pytest.fixture(scope="module", params=CLOSED, ids=lambda tier: tier.name.lower())
def closed(request: pytest.FixtureRequest, warm: Launcher) -> Iterator[Launcher]:
    """A launcher for each tier that closes boxes off, if it works on this machine."""
    tier = request.param
    box_launcher = WarmLauncher(tier)
    reason = refusal(box_launcher)
    if reason:
        box_launcher.close()
        pytest.skip(f"tier {tier.name} does not work here: {reason}")
    yield box_launcher
    box_launcher.close()


def refusal(box_launcher: Launcher) -> str:
    """Why no box opens; "" if one does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # about the socket of the refused box
        try:
            box_launcher.open({}, LIMITS).close()
        except BoxError as error:
            return str(error)
        finally:
            gc.collect()
    return ""


@pytest.fixture
def cell(closed: Launcher) -> Iterator[Cell]:
    box = closed.open({"helper.py": b"ANSWER = 42\n"}, LIMITS)
    yield Cell(box)
    box.close()


REFUSED = {"PermissionError", "OSError", "FileNotFoundError", "NotADirectoryError"}


@pytest.mark.parametrize(
    "family_name", "AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET AF_VSOCK AF_ALG".split()
)
def test_no_socket_of_any_family_can_be_made(cell: Cell, family_name: str) -> None:
    for kind in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"):
        assert cell.tried(f"socket.socket(socket.{family_name}, socket.{kind})") in REFUSED


def test_the_channel_cannot_be_connected_anywhere_else(cell: Cell) -> None:
    statement = (
        "[socket.socket(fileno=os.dup(fd)).connect('/tmp/x') for fd in range(3, 20) "
        "if os.path.exists(f'/proc/self/fd/{fd}') or fd < 12]"
    )
    assert cell.tried(statement) in REFUSED


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/etc/hostname", "/root", "/home", "/proc/1/environ", "/var/log", "/sys"],
)
def test_files_of_the_machine_are_not_there(cell: Cell, path: str) -> None:
    assert (
        cell.tried(f"os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r})")
        in REFUSED
    )


def test_a_course_folder_is_not_there(cell: Cell, tmp_path: Path) -> None:
    secret = tmp_path / "hidden_tests.py"
    secret.write_text("secret")
    tmp_path.chmod(0o777)
    secret.chmod(0o666)
    for statement in (f"open({str(secret)!r})", f"os.listdir({str(tmp_path)!r})"):
        assert cell.tried(statement) in REFUSED
    assert cell.tried(f"os.symlink({str(secret)!r}, 'link'); open('link')") in REFUSED
    assert cell.tried(f"open({str(secret)!r}, 'w')") in REFUSED
    assert secret.read_text() == "secret"


def test_the_kits_own_tests_solutions_and_gradebook_are_not_there(cell: Cell) -> None:
    root = Path(__file__).parents[3]
    for name in ("solutions", "gradebook.db", "course.yml", "tests", "results", "submitted"):
        path = str(root / name)
        assert (
            cell.tried(f"os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r})")
            in REFUSED
        )


def test_climbing_out_of_the_scratch_folder_finds_nothing(cell: Cell) -> None:
    statement = "[open('../' * n + 'etc/passwd') for n in range(12)]"
    assert cell.tried(statement) in REFUSED
    assert cell.tried("os.chroot('.')") in REFUSED


def test_no_other_process_can_be_seen_or_signalled(cell: Cell) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        for number in (victim.pid, os.getpid(), -1):
            for sig in ("SIGKILL", "SIGTERM"):
                cell.tried(f"os.kill({number}, signal.{sig})") if number > 0 else None
        assert cell.tried(f"open('/proc/{victim.pid}/cmdline')") in REFUSED
        assert cell.tried(f"os.pidfd_open({victim.pid})") in {*REFUSED, "ProcessLookupError"}
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_killing_everything_reaches_nothing_outside(closed: Launcher) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    box = closed.open({}, LIMITS)
    try:
        box.execute("import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass", 5)
    except BoxDied:
        pass
    finally:
        box.close()
        alive = victim.poll() is None
        victim.kill()
        victim.wait()
    assert alive
    assert opens_again(closed)


def opens_again(box_launcher: Launcher) -> bool:
    box = box_launcher.open({}, LIMITS)
    try:
        return box.execute("1", 5).ok
    finally:
        box.close()


@pytest.mark.parametrize(
    "statement",
    [
        "os.execv('/bin/sh', ['sh'])",
        "os.execv(sys.executable, ['python'])",
        "subprocess.run([sys.executable, '-c', '1'], check=True)",
        "subprocess.run('true', shell=True, check=True)",
        "os.posix_spawn('/bin/true', ['true'], {})",
    ],
)
def test_no_program_can_be_started(cell: Cell, statement: str) -> None:
    assert cell.tried(statement) in {*REFUSED, "CalledProcessError"}


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.mount(b'none', b'.', b'tmpfs', 0, None)",
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 1 << 20, 0o1600)",
        "libc.personality(0x0040000)",
        "libc.setuid(0)",
        "libc.setns(3, 0)",
        "libc.syscall(425, 8, 0)",
        "libc.syscall(321, 0, 0, 0)",
        "libc.syscall(250, 0, 0)",
    ],
)
def test_kernel_interfaces_are_shut(cell: Cell, call: str) -> None:
    setup = "libc = ctypes.CDLL(None, use_errno=True)"
    assert cell.shown(f"import ctypes, os\n{setup}\nprint({call})") == "-1"


def test_no_privilege_is_left(cell: Cell) -> None:
    assert cell.shown(
        "import os\nprint(os.getuid() != 0, os.geteuid() != 0, os.getgroups())"
    ).startswith("True True")
    assert cell.tried("os.setuid(0)") == "PermissionError"


def test_no_privilege_can_be_gained_again(closed: Launcher) -> None:
    """Of root's capabilities, none is left in the set that bounds those of later programs."""
    if os.getuid() != 0:
        pytest.skip("only root has capabilities to lose")
    cell = Cell(closed.open({}, LIMITS))
    shown = cell.shown(
        "import ctypes\nlibc = ctypes.CDLL(None)\nPR_CAPBSET_READ = 23\n"
        "print(sum(libc.prctl(PR_CAPBSET_READ, n) > 0 for n in range(64)))"
    )
    assert shown == "0"
    cell.box.close()


def test_each_box_has_an_account_of_its_own_when_root_grades(closed: Launcher) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give accounts")
    accounts = set()
    for _ in range(3):
        cell = Cell(closed.open({}, LIMITS))
        accounts.add(int(cell.shown("import os; print(os.getuid())")))
        cell.box.close()
    assert len(accounts) == 3
    assert min(accounts) > 2_000_000


def test_beside_a_box_only_process_1_of_its_namespace_runs(closed: Launcher) -> None:
    """Each fork of the warm process costs milliseconds."""
    box = closed.open({}, LIMITS)
    expected = 2 if closed.tier is Tier.NAMESPACES else 1
    assert len(list(family.descendants(zygote_pid(closed)))) == expected
    box.close()


def test_the_environment_holds_nothing_of_the_graders(
    closed: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_SECRET", "token")
    cell = Cell(closed.open({}, LIMITS))
    names = cell.shown("import os\nprint(*sorted(os.environ))").split()
    assert set(names) <= set(
        "HOME IPYTHONDIR LANG LC_CTYPE MKL_NUM_THREADS MPLCONFIGDIR OMP_NUM_THREADS "
        "OPENBLAS_NUM_THREADS PATH PYTHONHASHSEED TMPDIR MPLBACKEND".split()
    )
    cell.box.close()


def test_the_interpreter_cannot_be_written(cell: Cell) -> None:
    setup = "import numpy, grader.box.inside.runner as runner"
    for target in ("numpy.__file__", "runner.__file__", "os.__file__", "sys.executable"):
        assert cell.tried(f"open({target}, 'ab')", setup) in REFUSED
        assert cell.tried(f"os.unlink({target})", setup) in REFUSED
        assert cell.tried(f"os.chmod({target}, 0o777)", setup) in REFUSED
    assert cell.tried("open(os.path.dirname(os.__file__) + '/sitecustomize.py', 'w')") in REFUSED


def test_the_judges_modules_hold_no_tests_in_the_boxs_memory(cell: Cell) -> None:
    shown = cell.shown(
        "import sys\nprint([n for n in sys.modules if n.startswith(('grader.judge', 'nbgrader', "
        "'grader.grading.submission', 'grader.course.bundle', 'pytest'))])"
    )
    assert shown == "[]"


def test_open_descriptors_lead_nowhere(cell: Cell) -> None:
    """One socket, the channel; no folder to climb from; files only to be read (fonts)."""
    shown = cell.shown(
        "import fcntl, os, stat\nsockets = folders = writable = 0\n"
        "for fd in range(256):\n"
        "    try: mode = os.fstat(fd).st_mode\n"
        "    except OSError: continue\n"
        "    sockets += stat.S_ISSOCK(mode); folders += stat.S_ISDIR(mode)\n"
        "    access = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE\n"
        "    writable += stat.S_ISREG(mode) and access != os.O_RDONLY\n"
        "print(sockets, folders, writable)"
    )
    assert shown == "1 0 0"


def test_a_fork_bomb_is_bounded_and_over_with_the_box(closed: Launcher) -> None:
    cell = Cell(closed.open({}, LIMITS))
    shown = cell.shown(
        "import os, time\nn = 0\n"
        "try:\n"
        "    while n < 200:\n"
        "        if os.fork() == 0: time.sleep(30); os._exit(0)\n"
        "        n += 1\n"
        "except OSError as error: pass\n"
        "print(n)"
    )
    assert int(shown) <= LIMITS.processes
    assert len(list(family.descendants(zygote_pid(closed)))) > 2
    cell.box.close()
    assert not list(family.descendants(zygote_pid(closed)))
    assert opens_again(closed)


@pytest.mark.slow
def test_a_recursive_fork_bomb_ends_with_the_box(closed: Launcher) -> None:
    box = closed.open({}, LIMITS)
    with pytest.raises(BoxDied):
        box.execute("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", 0.5)
    assert not list(family.descendants(zygote_pid(closed)))
    assert opens_again(closed)


def zygote_pid(box_launcher: Launcher) -> int:
    assert isinstance(box_launcher, WarmLauncher)
    return box_launcher.zygote.pid


def test_daemons_do_not_outlive_the_box(closed: Launcher) -> None:
    cell = Cell(closed.open({}, LIMITS))
    cell.shown(
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(60)\n"
        "    os._exit(0)\n"
        "time.sleep(.1); print('on')"
    )
    cell.box.close()
    assert not list(family.descendants(zygote_pid(closed)))


def test_threads_are_bounded_too(cell: Cell) -> None:
    shown = cell.shown(
        "import threading, time\nn = 0\nstop = threading.Event()\n"
        "try:\n"
        "    while n < 200: threading.Thread(target=stop.wait, daemon=True).start(); n += 1\n"
        "except RuntimeError: pass\n"
        "stop.set(); print(n)"
    )
    assert int(shown) <= LIMITS.processes


def test_a_file_has_a_bounded_size(closed: Launcher, cell: Cell) -> None:
    try:
        shown = cell.shown(
            "import os\nimport signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "size = 0\n"
            "try:\n"
            "    with open('big', 'wb', 0) as file:\n"
            "        while size < 1 << 28: size += file.write(bytes(1 << 20))\n"
            "except OSError: pass\n"
            "print(size >> 20)"
        )
    except BoxDied as died:  # the watch of tier 2 also counts blocks of the file system's own
        assert closed.tier is Tier.LANDLOCK
        assert "it wrote more than 64 MiB" in str(died)
    else:
        assert int(shown) <= 64


def test_the_number_and_sum_of_files_are_bounded_where_the_tree_is_private(
    closed: Launcher, cell: Cell
) -> None:
    if closed.tier is not Tier.NAMESPACES:
        pytest.skip("tier 2 has no file system of its own")
    shown = cell.shown(
        "n = 0\n"
        "try:\n"
        "    while n < 20_000: open(f'f{n}', 'w').close(); n += 1\n"
        "except OSError: pass\n"
        "print(n)"
    )
    assert int(shown) <= 4096


@pytest.mark.slow
def test_memory_over_several_processes_ends_the_box_with_the_reason(closed: Launcher) -> None:
    box = closed.open({}, LIMITS)
    with pytest.raises(BoxDied, match="more than 256 MiB of memory"):
        box.execute(
            "import os, time\n"
            "for _ in range(6):\n"
            "    if os.fork() == 0:\n"
            "        kept = b'x' * (100 << 20); time.sleep(10); os._exit(0)\n"
            "time.sleep(10)",
            8,
        )
    assert opens_again(closed)


def test_limits_cannot_be_raised(cell: Cell) -> None:
    for kind in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE"):
        assert cell.tried(f"resource.setrlimit(resource.{kind}, (-1, -1))") in {
            "ValueError",
            "PermissionError",
        }


def test_helper_files_lie_beside_the_notebook_and_may_be_changed(cell: Cell) -> None:
    assert cell.shown("import helper; print(helper.ANSWER); open('helper.py', 'w').close()") == "42"


def test_temporary_files_lie_in_the_scratch_folder(cell: Cell) -> None:
    code = "import os, tempfile; print(tempfile.gettempdir() == os.getcwd()); tempfile.mkdtemp()"
    assert cell.shown(code).startswith("True")


def test_files_are_not_locked_leased_watched_or_changed_by_descriptor(cell: Cell) -> None:
    setup = "import fcntl; fd = os.open(os.__file__, os.O_RDONLY)"
    refused = (
        "fcntl.fcntl(fd, 1024, 0)",
        "fcntl.fcntl(fd, 1026, 1)",
        "fcntl.lockf(fd, fcntl.LOCK_SH)",
        "fcntl.flock(fd, fcntl.LOCK_SH)",
        "os.fchmod(fd, 0)",
        "os.fchown(fd, os.getuid(), os.getgid())",
        "os.setxattr(fd, 'user.x', b'1')",
        "fcntl.ioctl(fd, 0x40086602, b'0' * 8)",
    )
    for statement in refused:
        assert cell.tried(statement, setup) in REFUSED, statement


def test_what_python_itself_asks_of_a_descriptor_works(cell: Cell) -> None:
    setup = "import fcntl, subprocess; fd = os.open('x', os.O_CREAT | os.O_RDWR)"
    for statement in (
        "os.set_inheritable(fd, True)",
        "os.set_blocking(fd, False)",
        "os.get_blocking(fd)",
        "os.close(os.dup(fd))",
        "fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)",
        "socket.socketpair()[0].setblocking(False)",
        "open('y', 'w').isatty()",
        "__import__('asyncio').run(__import__('asyncio').sleep(0))",
        "__import__('shutil').copyfile('x', 'z')",
    ):
        assert cell.tried(statement, setup) == "done", statement


def test_more_threads_than_allowed_end_the_box_or_do_not_start(cell: Cell) -> None:
    code = (
        "import threading, time\n"
        "for _ in range(60):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "time.sleep(60)"
    )
    try:
        outcome = cell.run(code)
    except BoxDied as death:
        assert "more than 16 processes" in str(death)
    else:
        assert not outcome.ok


def test_what_a_box_leaves_on_disk_is_removed(
    closed: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the uid of a box may enter
        monkeypatch.setattr(tempfile, "tempdir", folder)
        cell = Cell(closed.open({}, LIMITS))
        cell.shown(
            "import os\nos.makedirs('a/b'); open('a/b/c', 'w').close()\n"
            "os.mkdir('a/shut', 0); print()"
        )
        cell.box.close()
        (of_this_process,) = Path(folder).iterdir()
        assert list(of_this_process.iterdir()) == []


@pytest.mark.slow
def test_a_zygote_that_ended_is_replaced_for_the_next_box(warm: Launcher) -> None:
    box_launcher = WarmLauncher(warm.tier)
    os.kill(zygote_pid(box_launcher), signal.SIGKILL)
    assert opens_again(box_launcher)
    box_launcher.close()


@pytest.mark.slow
def test_boxes_die_with_the_process_that_opened_them(tmp_path: Path) -> None:
    """A grader that is killed leaves no process behind."""
    script = tmp_path / "open.py"
    script.write_text(
        "import time\nfrom grader.box.launch import WarmLauncher\n"
        "from grader.course.settings import Limits\n"
        "launcher = WarmLauncher()\nbox = launcher.open({}, Limits())\n"
        "print(launcher.zygote.pid, flush=True)\ntime.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # holds what a killed process cannot remove
    )
    assert process.stdout is not None
    zygote = int(process.stdout.readline())
    boxes = list(family.descendants(zygote))
    assert boxes
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    until = time.monotonic() + 60
    while any(is_alive(pid) for pid in (zygote, *boxes)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in (zygote, *boxes) if is_alive(pid)]
