"""A class at the desk for attacks: everybody in it, and whatever belongs to one of them.

Mira is the victim: she is a student of another section than Farah and the assistant Tom, and has
an attempt with a number that nobody else has, a written answer, and a request for a regrade.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import httpx
from sqlalchemy import select

from grader.course.settings import Course
from grader.desk.app import ROUTES
from grader.desk.rates import Bucket, Rates
from grader.desk.tables import ATTEMPTS, LOG, MESSAGES, QUEUE, RELEASED, REQUESTS
from tests.kit.answers import WITH_RUBRIC, answered
from tests.kit.attempts import KEY, graded_attempt
from tests.kit.course import release_by_hand
from tests.kit.desk import STAFF, Browser, TestDesk, due_tomorrow, set_course

VICTIM = "mira"
NUMBER = 2  # of the attempt that only she has
ALL, PROGRAMS = frozenset({"", "farah", "mira", "ada", "tom", "eve"}), frozenset({"a program"})
STUDENTS, TEACHERS = frozenset({"farah", "mira"}), frozenset({"ada"})
STAFF_ONLY = frozenset({"ada", "tom", "eve"})
HERS, HER_TEACHERS = frozenset({VICTIM}), TEACHERS

A = "/assignments/{assignment}"
C, S = "/class/{assignment}", "/class/{assignment}/students/{student}"
W = "/answers/{assignment}/{question}"
API = "/api/v1/assignments/{assignment}/attempts"

# Who may ask for an address that stands for something of the victim's.
MAY: Mapping[tuple[str, str], frozenset[str]] = {
    ("GET", "/healthz"): ALL,
    ("GET", "/style.css"): ALL,
    ("GET", "/desk.js"): ALL,
    ("GET", "/metrics"): ALL,  # of this machine
    ("GET", "/in/{token}"): ALL,
    ("GET", "/out"): ALL,
    ("POST", "/out"): ALL,
    ("GET", "/openid"): ALL,
    ("GET", "/openid/back"): ALL,
    ("GET", "/"): ALL - {""},
    ("GET", A): STUDENTS,
    ("GET", f"{A}/release.zip"): STUDENTS,
    ("POST", f"{A}/attempts"): STUDENTS,
    ("GET", f"{A}/attempts/{{number:short}}"): HERS,
    ("GET", f"{A}/attempts/{{number:short}}/events"): HERS,
    ("GET", f"{A}/attempts/{{number:short}}/feedback"): HERS,
    ("POST", f"{A}/attempts/{{number:short}}/requests"): HERS,
    ("GET", "/class"): STAFF_ONLY,
    ("GET", "/news"): STAFF_ONLY,
    ("GET", "/requests"): STAFF_ONLY,
    ("GET", "/changes"): STAFF_ONLY,
    ("GET", "/answers"): STAFF_ONLY,
    ("GET", C): STAFF_ONLY,
    ("GET", W): STAFF_ONLY,
    ("GET", f"{W}/next"): STAFF_ONLY,
    ("GET", f"{W}/{{token}}"): HER_TEACHERS,
    ("POST", f"{W}/{{token}}"): HER_TEACHERS,
    ("POST", "/requests/{id:short}"): HER_TEACHERS,
    ("POST", f"{C}/released"): TEACHERS,
    ("GET", f"{C}/report"): TEACHERS,
    ("POST", f"{C}/report"): TEACHERS,
    ("GET", S): HER_TEACHERS,
    ("GET", f"{S}/attempts/{{number:short}}"): HER_TEACHERS,
    ("POST", f"{S}/extension"): HER_TEACHERS,
    ("POST", f"{S}/held"): HER_TEACHERS,
    ("POST", f"{S}/again"): HER_TEACHERS,
    ("POST", API): PROGRAMS,
    ("GET", f"{API}/{{number:short}}"): PROGRAMS,
}
# What a form would need to change something; the token of the session comes to it.
FIELDS: Mapping[str, dict[str, str]] = {
    f"{A}/attempts/{{number:short}}/requests": {"question": "square", "text": "Why?"},
    f"{W}/{{token}}": {"points": "1", "comment": "evil"},
    "/requests/{id:short}": {"text": "No.", "seen": "1"},
    f"{C}/released": {"released": "yes"},
    f"{C}/report": {},
    f"{S}/extension": {"until": "2099-01-01T12:00"},
    f"{S}/held": {"reason": "evil"},
    f"{S}/again": {"attempt": str(NUMBER)},
}
OFTEN = Bucket(1_000_000, 1)
UNLIMITED = Rates(OFTEN, OFTEN, OFTEN, OFTEN, OFTEN)  # limits have tests of their own
KEPT = (ATTEMPTS, LOG, MESSAGES, QUEUE, RELEASED, REQUESTS)
SAME = re.compile(r"^(date|x-request-id)$")  # headers that differ by nature


def every_address() -> Iterator[tuple[str, str]]:
    """Method and pattern of every address that the desk has; HEAD is GET without a body."""
    for route in ROUTES:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path


class School:
    """A desk with a class.

    Args:
        course: a course with an assignment that nobody has handed in.
    """

    def __init__(self, course: Course) -> None:
        course = due_tomorrow(course)
        course.roster_path.write_text(STAFF, encoding="utf-8")
        set_course(course, "manual: true", WITH_RUBRIC)
        course = Course.load(course.root)
        release_by_hand(course)
        self.desk = TestDesk(course)
        self.desk.limit(UNLIMITED)
        answered(course, {"farah": "ANSWER of one", VICTIM: "ANSWER of another"})
        for student in ("farah", VICTIM, VICTIM):
            graded_attempt(self.desk, student)
        self._browsers: dict[str, Browser] = {}
        asked = {"question": "double", "test": KEY, "text": "SECRET words"}
        place = f"/assignments/tiny/attempts/{NUMBER}/requests"
        hers = self.as_(VICTIM)
        assert hers.ask("POST", place, data=asked | hers.form()).status_code == 303

    def as_(self, person: str) -> Browser:
        """The browser of a person, who is signed in; "" for a stranger's."""
        if person not in self._browsers:
            self._browsers[person] = self.desk.browser(person)
        return self._browsers[person]

    def token(self, person: str) -> str:
        """The token of a new link; the person's browser signs in by it."""
        token = self.desk.token(person)
        self._browsers[person] = self.desk.browser()
        assert self._browsers[person].get(f"/in/{token}").status_code == 303
        return token

    def address(self, pattern: str) -> str:
        """An address with what is the victim's in it."""
        return re.sub(r"{(\w+)(?::short)?}", lambda found: self._hers[found[1]], pattern)

    @cached_property
    def _hers(self) -> dict[str, str]:
        (token,) = self._tokens("ada") - self._tokens("tom")
        given = {"assignment": "tiny", "student": VICTIM, "number": str(NUMBER), "question": "why"}
        with self.desk.state.reading() as connection:
            regrade = connection.scalar(select(REQUESTS.c.id))
        return {**given, "token": token, "id": str(regrade)}

    def _tokens(self, person: str) -> set[str]:
        """Of the written answers that a marker may see."""
        page = self.as_(person).get("/answers/tiny/why").text
        return set(re.findall(r"/answers/tiny/why/([\w-]{16,})", page))

    def kept(self) -> str:
        """A digest of all that is kept of people's work, in the database and in files."""
        digest = hashlib.sha256()
        with self.desk.state.reading() as connection:
            for table in KEPT:
                digest.update(repr(connection.execute(select(table)).all()).encode())
        for path in sorted(self.desk.course.root.rglob("*")):
            if path.is_file() and not path.name.startswith(("desk.db", ".", "gradebook.db")):
                digest.update(f"{path.relative_to(self.desk.course.root)}".encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()


def seen(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """All that tells one answer from another."""
    headers = [(n, v) for n, v in answer.headers.multi_items() if not SAME.match(n)]
    return answer.status_code, answer.text, sorted(headers)
