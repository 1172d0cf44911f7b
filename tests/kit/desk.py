"""A desk in the test's own process, and a browser for it that runs no script."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from grader.course.settings import Course
from grader.desk.app import desk_app
from grader.desk.course_now import CourseFiles
from grader.desk.desk import Desk
from grader.desk.links import invite
from grader.desk.rates import Rates
from grader.desk.receipts import Receipts
from grader.desk.state import State, open_state
from grader.desk.tables import ATTEMPTS, LINKS, LOGINS, QUEUE, SESSIONS
from grader.gradebook.records import save_beside, save_result
from grader.intake.attempts import StudentAttempts
from grader.notebook import Notebook, dumps
from grader.results import Note, NoteKind, Status
from tests.kit.course import make_result, make_source, release_by_hand
from tests.kit.disk import never_wait

ROSTER = "id,first_name,last_name,email\nfarah,Farah,Al-Sayed,\nmira,Mira,Lange,\n"
WAIT_S = 120
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def set_course(course: Course, old: str, new: str) -> None:
    """Change a text in course.yml."""
    path = course.root / "course.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def due_tomorrow(course: Course) -> Course:
    """The course with its assignment due tomorrow, and a roster of two."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    set_course(course, "2026-01-10T12:00:00+00:00", tomorrow)
    course.roster_path.write_text(ROSTER, encoding="utf-8")
    return Course.load(course.root)


@dataclass
class TestDesk:
    """A desk whose queue nobody empties, unless a test does.

    Args:
        course: the course, with a roster.
    """

    __test__ = False

    course: Course
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = CourseFiles(self.course.root)
        self.state: State = open_state(self.course)
        with self.state.reading() as connection:
            never_wait(connection.engine)
        self.receipts = Receipts(self.state)
        self.desk = Desk(self.files, self.state, self.receipts, self.warnings.append)
        self.app: ASGIApp = desk_app(self.desk)
        names = ("course.yml", "roster.csv")
        self._before = {n: (self.course.root / n).read_text(encoding="utf-8") for n in names}

    def close(self) -> None:
        self.state.close()

    def reset(self) -> None:
        """Forget what one test did, so that the next can have the same desk."""
        for path in self.course.root.iterdir():
            if path.suffix in (".csv", ".yml"):
                path.unlink()
            elif path.name in ("attempts", "submitted"):
                shutil.rmtree(path)
        for name, text in self._before.items():
            (self.course.root / name).write_text(text, encoding="utf-8")
        with self.state.writing() as connection:
            for table in (QUEUE, ATTEMPTS, SESSIONS, LINKS, LOGINS):
                connection.execute(table.delete())
        self.warnings.clear()
        self.limit(Rates())

    def limit(self, rates: Rates) -> None:
        """Let people try less often."""
        self.desk = replace(self.desk, rates=rates)
        self.app = desk_app(self.desk)

    def add_routes(self, *routes: BaseRoute) -> None:
        """Serve a test's own pages beside those of the desk."""
        app = Starlette(routes=[*routes, Mount("/", self.app)])
        app.state.desk = self.desk
        self.app = app

    def token(self, student: str) -> str:
        """A new token for a student, whose old one ends."""
        (link,) = invite(self.course, self.state, [student], None)
        return link.address.rpartition("/")[2]

    def browser(self, student: str = "") -> Browser:
        """A browser; one that is signed in if a student is named."""
        browser = Browser(self.app)
        if student:
            assert browser.get(f"/in/{self.token(student)}").status_code == 303
        return browser


@contextmanager
def open_desk(course: Course) -> Iterator[TestDesk]:
    """A desk on a course whose assignment is due tomorrow, and released."""
    course = due_tomorrow(course)
    release_by_hand(course)
    with closing(TestDesk(course)) as opened:
        yield opened


class Lines(io.StringIO):
    """A journal that one can wait on."""

    def __init__(self) -> None:
        super().__init__()
        self._news = threading.Condition()

    def write(self, text: str) -> int:
        with self._news:
            written = super().write(text)
            self._news.notify_all()
        return written

    def await_told(self, event: str, count: int) -> None:
        """Wait until an event has been told that many times."""
        told = f'"event": "{event}"'
        with self._news:
            assert self._news.wait_for(lambda: self.getvalue().count(told) >= count, WAIT_S)


@asynccontextmanager
async def awake(app: Any) -> AsyncIterator[None]:
    """The application between its start and its end, in the loop that asks it."""
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan", "asgi": {}}, told.get, heard.put))
    await told.put({"type": "lifespan.startup"})
    assert (await heard.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await life


def give_results(desk: TestDesk, *students: str, score: float = 4.0, rejected: str = "") -> None:
    """Give the last attempt of these students a result, and empty the queue."""
    for student in students:
        result = make_result(student, make_source(), double=score)
        if rejected:
            notes = (Note(NoteKind.REJECTED, rejected),)
            result = replace(result, status=Status.REJECTED, notes=notes)
        theirs = StudentAttempts(desk.course, "tiny", student)
        theirs.install(theirs.attempts[-1])
        save_result(desk.course, result)
        save_beside(theirs.attempts[-1].path, result)
    while receipt := desk.receipts.take():
        desk.receipts.end([receipt], "done")


class Browser:
    """Keeps cookies and follows no redirect."""

    def __init__(self, app: Any, host: str = "127.0.0.1") -> None:
        self._app, self._client, self.cookies = app, (host, 1), httpx.Cookies()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=headers)

    def hand_in(self, notebook: Notebook | bytes, csrf: str | None = None) -> httpx.Response:
        """Send the form of the page of the assignment `tiny`."""
        page = self.get("/assignments/tiny").text
        found = CSRF.search(page)
        given = csrf if csrf is not None else found[1] if found else ""
        data = notebook if isinstance(notebook, bytes) else dumps(notebook).encode()
        return self.ask(
            "POST",
            "/assignments/tiny/attempts",
            data={"csrf": given},
            files={"notebook": ("../../evil.ipynb", data)},
        )

    def form(self) -> dict[str, str]:
        """The token that every form of this session has in it."""
        home = self.get("/")
        page = home if home.status_code == 200 else self.get(home.headers["location"])
        found = CSRF.search(page.text)
        assert found
        return {"csrf": found[1]}

    def ask(self, method: str, path: str, **named: Any) -> httpx.Response:
        """One request."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(
                self._app, raise_app_exceptions=False, client=self._client
            )
            async with (
                awake(self._app),
                httpx.AsyncClient(
                    transport=transport, base_url="http://127.0.0.1:8000", cookies=self.cookies
                ) as client,
            ):
                answer = await client.request(method, path, **named)
                self.cookies = client.cookies
                return answer

        with ThreadPoolExecutor(1) as thread:  # another test may have left a loop in ours
            return thread.submit(lambda: asyncio.run(asked())).result()


STAFF = (
    "id,first_name,last_name,section,role\n"
    "farah,Farah,Al-Sayed,Mon,\nmira,Mira,Lange,Tue,student\n"
    "ada,Ada,Lovelace,,teacher\ntom,Tom,Tute,Mon,assistant\neve,Eve,Else,,assistant\n"
)
