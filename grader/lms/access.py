"""Where Canvas is, and the token for it: from the environment or the keyring, never from a file.

Whoever has a token can do everything there that its owner can. So it is in no file of the course,
and in no message: `Access` does not show it, and nothing else here puts it into text.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from grader.course.settings import Course
from grader.errors import UsageError
from grader.system.loopback import is_loopback

__all__ = ["Access", "Place", "find_access", "find_place"]

ADDRESS, TOKEN = "CANVAS_API_URL", "CANVAS_API_TOKEN"
SERVICE = "chainrule"  # under which the keyring keeps tokens, by the host of each Canvas
FIT = re.compile(r"[\x21-\x7e]{1,500}")
PLACE = re.compile(
    r"(?:(?P<url>https?://[^\s?#]*?)/courses/)?(?P<course>\d{1,20})(?:/(?P<rest>\S*))?"
)
ASSIGNMENT = re.compile(r"(?:assignments/)?(\d{1,20})(?:[/?#]\S*)?")


@dataclass(frozen=True)
class Access:
    """A Canvas, and what opens it.

    Args:
        url: address without a slash at its end.
        token: the access token of whoever runs the command.
    """

    url: str
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """Name of the host, with its port if it has one."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True)
class Place:
    """One assignment of one course in Canvas, by its numbers there; 0 if it is no matter which."""

    course: int
    assignment: int

    def __str__(self) -> str:
        return f"{self.course}/{self.assignment}"


def find_place(text: str, url: str, *, only_course: bool = False) -> Place:
    """Read `COURSE/ASSIGNMENT`, two numbers, or the address of an assignment's page.

    Args:
        text: what was typed.
        url: address of the Canvas that is asked.
        only_course: whether the course's number alone, or its page, will do.

    Raises:
        UsageError: it is neither, or a page of another Canvas.
    """
    match = PLACE.fullmatch(text.strip())
    assignment = ASSIGNMENT.fullmatch(match["rest"] or "") if match else None
    if match is None or (assignment is None and not only_course):
        raise UsageError(
            f"--canvas {ascii(text)[:80]}: give the numbers of course and assignment, such as "
            "1234/56789; they are in the address of the assignment's page"
        )
    if match["url"] and urlsplit(match["url"]).netloc != urlsplit(url).netloc:
        raise UsageError(f"--canvas {ascii(text)[:80]}: a page of another Canvas than {url}")
    return Place(int(match["course"]), int(assignment[1]) if assignment else 0)


def find_access(course: Course) -> Access:
    """Find the address in CANVAS_API_URL or course.yml, the token in the environment or keyring.

    Raises:
        UsageError: one of them is missing or does not fit. The message never shows a token.
    """
    url = _address(os.environ.get(ADDRESS) or course.canvas)
    token = (os.environ.get(TOKEN) or _from_keyring(urlsplit(url).netloc) or "").strip()
    if not token:
        raise UsageError(
            f"no token for {urlsplit(url).netloc}; make one in Canvas (Account, Settings, New "
            f"access token) and set {TOKEN}, or type: "
            f"keyring set {SERVICE} {urlsplit(url).netloc}"
        )
    if not FIT.fullmatch(token):
        raise UsageError(f"{TOKEN}: blanks or strange letters in it; copy the token again")
    return Access(url, token)


def _address(given: str | None) -> str:
    if not given:
        raise UsageError(
            "no address of Canvas; write it into course.yml, such as "
            f"`canvas: https://canvas.example.edu`, or set {ADDRESS}"
        )
    problem = f"the address of Canvas must be like https://canvas.example.edu (in {ADDRESS} or "
    problem += "`canvas` of course.yml)"
    try:
        parts = urlsplit(given.strip())
        port, host = parts.port, parts.hostname
    except ValueError:
        raise UsageError(problem) from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"{problem}, without name, password, token or anything behind it")
    if not host or parts.scheme not in ("https", "http") or not host.isascii():
        raise UsageError(problem)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"{problem}; with http, everybody on the way could read the token")
    name = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/").removesuffix("/api/v1").rstrip("/")
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}{path}"


def _from_keyring(host: str) -> str | None:
    """What the system's keyring has for this host; None if there is none, or no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, host)
    except (KeyringError, OSError, RuntimeError):  # a server without a desktop has none
        return None
