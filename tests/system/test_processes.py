"""Workers leave Ctrl-C to the driver, and end with it; tried on real commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.box.jail import family
from grader.course.settings import Course
from grader.system.processes import cores, worker_processes
from tests.kit.course import ID, hand_in, release_by_hand, write_course
from tests.kit.files import content
from tests.kit.notebooks import answered
from tests.kit.processes import is_worker, open_boxes

pytestmark = pytest.mark.linux  # looks into /proc

FINISHING = "finishing what is running"
AT_MOST_S = 60


@dataclass
class Command:
    """A command in a group of its own, as a shell would start it, with its own scratch space."""

    course: Course
    temporary: Path
    process: subprocess.Popen[bytes]

    @property
    def told(self) -> str:
        return (self.temporary.parent / "log").read_text()

    def ctrl_c(self) -> None:
        """Press Ctrl-C as in a terminal, where the workers get it too."""
        os.killpg(self.process.pid, signal.SIGINT)

    def workers(self) -> list[int]:
        return [pid for pid in family.descendants(self.process.pid) if is_worker(pid)]

    def boxes(self) -> list[int]:
        return open_boxes(self.process.pid)

    def until(self, happened: Callable[[], object]) -> None:
        at_most = time.monotonic() + AT_MOST_S
        while not happened():
            assert self.process.poll() is None and time.monotonic() < at_most, self.told
            time.sleep(0.005)

    def running(self) -> list[bytes]:
        """Command lines of all processes with our scratch space in their environment."""
        mark = os.fsencode(self.temporary)
        entries = (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return [content(e / "cmdline") for e in entries if mark in content(e / "environ")]

    def assert_nothing_is_left(self) -> None:
        at_most = (
            time.monotonic() + AT_MOST_S
        )  # a worker notices a dead driver only after its imports
        while self.running() and time.monotonic() < at_most:
            time.sleep(0.02)
        assert self.running() == []


Start = Callable[..., Command]


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a command for a class in which every answer but Ada's sleeps for `sleep_s`."""
    started = []

    def starting(*words: str, sleep_s: float = 0, before: str = "") -> Command:
        root = tmp_path_factory.mktemp("run")
        temporary = root / "tmp"
        for folder in (root.parent, root, temporary):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)  # a box has a uid of its own
        course = write_course(root / "course")
        release = release_by_hand(course)
        for student in ("ada", "bela", "cyd", "dora", "emil", "fay"):
            seconds = 0 if student == "ada" else sleep_s
            code = f"import time\ntime.sleep({seconds})\ndef double(x):\n    return 2 * x"
            hand_in(course, student, answered(release, double=code))
        start = "from grader.cli import app\nif __name__ == '__main__':\n    app.main()"
        code = f"{before}\n{start}"
        (root / "main.py").write_text(code)
        command = [sys.executable, str(root / "main.py"), *words, "--course", str(course.root)]
        with (root / "log").open("wb") as log:
            environment = {**os.environ, "TMPDIR": str(temporary)}
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        started.append(process)
        return Command(course, temporary, process)

    yield starting
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def graded(command: Command) -> list[str]:
    return [path.stem for path in (command.course.root / "results" / ID).glob("*.json")]


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", [0, 0.02, 0.1, 0.4])
def test_ctrl_c_while_workers_start_stops_the_run(start: Start, delay_s: float) -> None:
    command = start("autograde", ID, "--workers", "2", sleep_s=1)
    command.until(command.workers)
    time.sleep(delay_s)
    command.ctrl_c()
    assert command.process.wait(AT_MOST_S) == 130, command.told
    assert FINISHING in command.told
    assert "still to grade; run the same command again to go on" in command.told
    assert "end while they start" not in command.told
    assert "Traceback" not in command.told
    command.assert_nothing_is_left()


@pytest.mark.slow
def test_ctrl_c_lets_what_runs_finish(start: Start) -> None:
    command = start("autograde", ID, "--workers", "1", sleep_s=5)
    command.until(lambda: graded(command))
    command.ctrl_c()
    assert command.process.wait(AT_MOST_S) == 130, command.told
    assert 1 < len(graded(command)) < 6
    assert f"stopped with {6 - len(graded(command))} still to grade" in command.told
    assert "Traceback" not in command.told
    command.assert_nothing_is_left()
    assert list(command.temporary.iterdir()) == []


@pytest.mark.slow
def test_a_second_ctrl_c_gives_up_what_runs(start: Start) -> None:
    command = start("autograde", ID, "--workers", "2", sleep_s=40)
    command.until(lambda: graded(command))
    command.ctrl_c()
    command.until(lambda: FINISHING in command.told)
    command.ctrl_c()
    assert command.process.wait(30) == 130, command.told
    assert "Traceback" not in command.told
    assert graded(command) == ["ada"]
    command.assert_nothing_is_left()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_ended_while_it_proves_leaves_no_process(
    start: Start, how: signal.Signals
) -> None:
    pool_for_all = "from grader.release import proof\nproof.FEW = 0"
    command = start("build", ID, before=pool_for_all)
    command.until(command.boxes)
    os.kill(command.process.pid, how)
    command.process.wait(AT_MOST_S)
    command.assert_nothing_is_left()


def test_at_least_one_core_is_found() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.slow
def test_a_worker_computes_in_one_thread_unless_the_user_says_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    libraries = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    for name in libraries:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    with worker_processes(1) as workers:
        told = [workers.submit(os.getenv, name) for name in libraries]
        threads = workers.submit(_threads_after_a_product)
        assert [answer.result() for answer in told] == ["1", "1", "3"]
        assert threads.result() == 0
    assert "OMP_NUM_THREADS" not in os.environ


def test_workers_share_what_was_imported_once_and_import_no_command_line(tmp_path: Path) -> None:
    (tmp_path / "looked_at.py").write_text(
        "import sys\ndef loaded(name):\n    return name in sys.modules"
    )
    (tmp_path / "main.py").write_text(
        "import looked_at\n"
        "from grader.__main__ import main\n"
        "from grader.system.processes import worker_processes\n"
        "if __name__ == '__main__':\n"
        "    import grader.cli.app\n"
        "    with worker_processes(2, modules=['colorsys']) as workers:\n"
        "        names = ['colorsys', 'colorsys', 'grader.cli.app']\n"
        "        print(*workers.map(looked_at.loaded, names))\n"
    )
    told = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, timeout=AT_MOST_S
    )
    assert (told.stdout, told.stderr) == ("True True False\n", "")


def _threads_after_a_product() -> int:
    """How many threads a large product of matrices adds to this process."""
    before = _threads()
    import numpy as np

    (np.ones((300, 300)) @ np.ones((300, 300))).sum()
    return _threads() - before


def _threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def test_after_an_exception_nobody_waits_for_what_runs() -> None:
    begun = time.monotonic()
    with pytest.raises(KeyError), worker_processes(1) as workers:
        workers.submit(time.sleep, 3600)
        workers.submit(os.getpid)
        raise KeyError
    assert time.monotonic() - begun < 600


def test_after_an_exception_work_that_fills_the_pipe_holds_nobody_up() -> None:
    code = (
        "from grader.system.processes import worker_processes\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        with worker_processes(1) as workers:\n"
        "            jobs = [workers.submit(len, bytes(1 << 20)) for _ in range(20)]\n"
        "            raise KeyError(jobs[0].result())\n"
        "    except KeyError as error:\n"
        "        print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=AT_MOST_S, check=True
    )
    assert told.stdout == f"{1 << 20}\n"
