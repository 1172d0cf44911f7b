"""Serves the desk until it is asked to stop: one server for a course, or several on PostgreSQL."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from grader import __version__
from grader.course.settings import Course
from grader.desk.app import desk_app
from grader.desk.course_now import CourseFiles
from grader.desk.desk import Desk
from grader.desk.graders import LEASE_S, Graders
from grader.desk.openid.provider import check_openid, check_provider
from grader.desk.patience import MOST_CONNECTIONS, Patient
from grader.desk.receipts import Receipts
from grader.desk.state import open_state
from grader.desk.trouble import without_failing
from grader.desk.watch import Journal, Watch
from grader.errors import GraderError, UsageError
from grader.grading.crew import Crew
from grader.system.files import hide_from_others

try:
    import fcntl
except ImportError:  # on Windows, where nobody grades
    fcntl = None  # type: ignore[assignment]

__all__ = ["config_of", "serve"]

LOCK = ".desk.lock"  # in the course folder
PROXIES = ("127.0.0.1", "::1")  # that may say from whom a request comes: on this machine
STOPPING = (signal.SIGINT, signal.SIGTERM)
FAREWELL_S = 5  # for answers that are under way when the server is asked to stop


def serve(
    root: Path,
    crew: Crew,
    host: str,
    port: int,
    *,
    unsafe: bool,
    warn: Callable[[str], None],
    opened: Callable[[str], None],
    journal: Journal | None = None,
) -> None:
    """Serve a course until SIGINT or SIGTERM; what is being graded then is finished and kept.

    Meanwhile everybody who comes is told to come back.

    Args:
        root: the course folder.
        crew: who grades.
        host: address to listen at.
        port: its port; 0 for one that is free.
        unsafe: whether to grade where boxes cannot be closed off.
        warn: told in one line what goes wrong on our side.
        opened: told the address once the desk takes requests.
        journal: where a line for each event goes; None for nowhere.

    Raises:
        UsageError: the address is in use, another server has this course, or the secret for the
            university's sign-in is missing.
        GraderError: the course or its database cannot be opened.
    """
    files, warn = CourseFiles(root), without_failing(warn)
    course = files.now().course
    check_openid(course)
    with (
        _one_of(course) as hold,
        _listening(host, port) as sock,
        closing(open_state(course)) as state,
    ):
        watch = Watch(journal)
        receipts = Receipts(state, watch, LEASE_S if _may_share(course) else None)
        config = config_of(desk_app(Desk(files, state, receipts, warn)))
        with Graders(files, receipts, crew, warn, unsafe=unsafe, alone=hold.is_alone) as graders:
            hold.share()
            threading.Thread(target=_warm_up, args=(graders, files, warn), daemon=True).start()
            threading.Thread(target=check_provider, args=(course, warn), daemon=True).start()
            shown = f"[{host}]" if ":" in host else host
            opened(f"http://{shown}:{sock.getsockname()[1]}")
            watch.tell("opened", version=__version__, workers=crew.size)
            with _signals_only_stop():
                _Server(config, receipts, graders).run(sockets=[sock])
        watch.tell("closed", queue=receipts.length())


class _Server(uvicorn.Server):
    """Closes in two steps: while the graders finish, it still answers, and takes nothing in."""

    def __init__(self, config: uvicorn.Config, receipts: Receipts, graders: Graders) -> None:
        super().__init__(config)
        self._receipts, self._graders = receipts, graders

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to close at the first signal; stop answering at a second one."""
        if self._receipts.closing.is_set():
            self.should_exit = True
            return
        self._receipts.closing.set()
        threading.Thread(target=self._finish, name="desk closing").start()

    def _finish(self) -> None:
        self._receipts.watch.tell("closing")
        self._receipts.tell()  # whoever waits for news goes away
        self._graders.finish()
        self.should_exit = True


def config_of(app: ASGIApp) -> uvicorn.Config:
    """How requests reach the application: within limits, and from whom the proxy says.

    Args:
        app: the desk's application.
    """
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # addresses of links hold tokens
        server_header=False,
        http=Patient,
        forwarded_allow_ips=list(PROXIES),  # whatever the environment says
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=FAREWELL_S,
        ws="none",
    )


@contextmanager
def _signals_only_stop() -> Iterator[None]:
    """Keep this process alive when uvicorn has stopped: it then sends itself the signal again."""
    before = {number: signal.signal(number, lambda *_: None) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _warm_up(graders: Graders, files: CourseFiles, warn: Callable[[str], None]) -> None:
    """Start workers for what students are working on: the released assignment that is due next."""
    course = files.now().course
    released = [a for a in course.assignments if course.release_dir(a.id).is_dir()]
    now = datetime.now(UTC)
    open_ones = [a for a in released if a.due is None or a.due > now] or released[-1:]
    open_ones.sort(key=lambda a: (a.due is None, a.due or now))
    try:
        for assignment in open_ones[:1]:
            graders.warm_up(assignment.id)
    except GraderError as error:
        warn(str(error))


def _may_share(course: Course) -> bool:
    """Whether several servers can work on one queue: they can in PostgreSQL."""
    return not course.desk_url.startswith("sqlite")


@dataclass(frozen=True)
class _Hold:
    """How this process holds the course.

    Args:
        is_alone: whether no other server had it.
        may_share: whether others may come.
        descriptor: of the file whose lock stands for it.
    """

    is_alone: bool
    may_share: bool
    descriptor: int

    def share(self) -> None:
        """Let others in, once what was left behind is back in the queue."""
        if self.may_share and fcntl is not None:
            fcntl.flock(self.descriptor, fcntl.LOCK_SH)


@contextmanager
def _one_of(course: Course) -> Iterator[_Hold]:
    """Hold the course; the system lets go of it when this process ends, however it does."""
    path, may_share = course.root / LOCK, _may_share(course)
    hide_from_others(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        is_alone = True
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not may_share:
                    problem = "another `grader serve` has this course; stop that one first"
                    raise UsageError(f"{course.root}: {problem}") from None
                is_alone = False
                fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits for one that is starting
        yield _Hold(is_alone, may_share, descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        problem = f"cannot listen there ({error.strerror}); name another --host or --port"
        raise UsageError(f"{host}, port {port}: {problem}") from None
    with sock:
        yield sock
