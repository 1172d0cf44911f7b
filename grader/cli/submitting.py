"""Hands a notebook in over HTTP, with what Python has: students install nothing for it."""

from __future__ import annotations

import codecs
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from grader.errors import GraderError, UsageError
from grader.notebook import MAX_BYTES

__all__ = ["Answer", "Link", "Receipt", "await_result", "hand_in", "read_link", "text_of"]

LINK = re.compile(r"(https?://[A-Za-z0-9.:\[\]-]+)/in/([A-Za-z0-9_-]{22})")
HERE = ("localhost", "127.0.0.1", "::1")
TIMEOUT_S = 60
MAX_ANSWER = 4 << 20
MAX_LINK_FILE = 4096
PATIENCE_S = 1800  # a queue before a deadline is long
KEYS = {"state", "counts", "score", "max_score", "questions"}
WAIT_S = 20  # how long the desk is asked to wait with its answer, if there is none yet
PAUSES_S = (0.2, 0.3, 0.5, 1.0, 2.0)  # of a desk that does not wait; the last one again and again


@dataclass(frozen=True)
class Link:
    """A personal link, taken apart.

    Args:
        address: of the desk.
        token: what opens it.
    """

    address: str
    token: str


@dataclass(frozen=True)
class Receipt:
    """What the desk acknowledged.

    Args:
        attempt: its number.
        received_at: by the clock of the desk.
        sha256: digest of what came.
        location: where to ask how it went.
    """

    attempt: int
    received_at: str
    sha256: str
    location: str

    @property
    def when(self) -> str:
        """When it came, to the second; in UTC, the clock of all desks.

        Raises:
            ValueError: the desk does not write times as we do.
        """
        return f"{datetime.fromisoformat(self.received_at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    def as_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Answer:
    """How an attempt went, as far as the student may read it.

    Args:
        data: what the desk says.
    """

    data: dict[str, Any]

    @property
    def lines(self) -> Iterator[str]:
        """The same for the terminal."""
        if self.data["state"] != "done":
            yield "not graded yet; your notebook is at the desk, look at your page later"
            return
        counts = "this attempt counts" if self.data["counts"] else "another attempt counts"
        score = self.data["score"]
        points = "graded" if score is None else f"{score:g} of {self.data['max_score']:g} points"
        yield f"{points}; {counts}"
        yield from map(_printable, self.data.get("notes", ()))
        for name, question in self.data["questions"].items():
            if question["score"] is None:
                yield f"{_printable(name)}: your teacher still has to grade it"
            elif question["score"] < question["max_score"]:
                lost = f"{question['score']:g} of {question['max_score']:g}"
                yield f"{_printable(name)}: {lost}. {_printable(question['hint'])}".rstrip()
                yield from (f"  {_printable(check['claim'])}" for check in question["checks"])


def text_of(path: Path) -> str:
    """What is in the file with the link, as editors and shells of all systems write it.

    Args:
        path: a text file, perhaps in UTF-16, as PowerShell writes it.
    """
    with path.open("rb") as file:
        data = file.read(MAX_LINK_FILE)
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")


def read_link(text: str) -> Link:
    """Take a personal link apart.

    Raises:
        UsageError: it is none, or others on the way could read it.
    """
    match = LINK.fullmatch(text.strip())
    if match is None:
        raise UsageError("that is no personal link; copy it whole, as your teacher sent it")
    address, token = match.groups()
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in HERE:
        raise UsageError("the link begins with http, so others could read it; ask for one by https")
    return Link(address, token)


def hand_in(link: Link, assignment: str, path: Path) -> Receipt:
    """Send a notebook.

    Args:
        link: of the student.
        assignment: assignment id.
        path: the notebook.

    Raises:
        UsageError: it is too large, or the desk does not take it.
        GraderError: the desk cannot be reached.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB; clear its outputs")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", assignment):
        raise UsageError(f"{repr(assignment)[:80]} is no assignment; name it with --assignment")
    boundary = secrets.token_hex(16)
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="notebook"; filename="notebook.ipynb"\r\n'
        "Content-Type: application/x-ipynb+json\r\n\r\n"
    )
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    place = f"/api/v1/assignments/{assignment}/attempts"
    data, location = _asked(link, place, body, f"multipart/form-data; boundary={boundary}")
    with suppress(KeyError, TypeError, ValueError, OverflowError):
        sent = Receipt(data["attempt"], data["received_at"], data["sha256"], location)
        if sent.when and sent.location.startswith(place + "/"):
            return sent
    raise GraderError(f"{link.address}: answers what we do not understand")


def await_result(link: Link, receipt: Receipt) -> Answer:
    """Ask until the attempt is graded.

    Args:
        link: of the student.
        receipt: of the attempt.

    Raises:
        GraderError: the desk cannot be reached.
    """
    until, asked = time.monotonic() + PATIENCE_S, 0
    while True:
        began = time.monotonic()
        data, _ = _asked(link, receipt.location)
        if not data.keys() >= KEYS:
            raise GraderError(f"{link.address}: answers what we do not understand")
        if data["state"] in ("done", "failed") or time.monotonic() > until:
            return Answer(data)
        if time.monotonic() - began < 1:
            time.sleep(PAUSES_S[min(asked, len(PAUSES_S) - 1)])
            asked += 1


class _Stay(HTTPRedirectHandler):
    """Follows nobody elsewhere: the token is for this desk only."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _asked(
    link: Link, place: str, body: bytes | None = None, kind: str = ""
) -> tuple[dict[str, Any], str]:
    """The answer of the desk, and its Location."""
    headers = {"Authorization": f"Bearer {link.token}", "Prefer": f"wait={WAIT_S}"}
    headers |= {"Content-Type": kind} if kind else {}
    request = Request(link.address + place, body, headers)  # noqa: S310 — http or https, see LINK
    try:
        with build_opener(_Stay).open(request, timeout=TIMEOUT_S) as answer:
            data = json.loads(answer.read(MAX_ANSWER))
            return dict(data), answer.headers.get("Location", "")
    except HTTPError as error:
        remedy = " Name the assignment with --assignment." if body and error.code == 404 else ""
        raise UsageError(f"{link.address}: {_sentence(error)}{remedy}") from None
    except (URLError, HTTPException, OSError, ValueError, TypeError) as error:
        reason = _printable(str(getattr(error, "reason", error)))
        raise GraderError(f"{link.address}: cannot be reached ({reason}); try again") from None


def _sentence(error: HTTPError) -> str:
    try:
        with error:
            told = error.read(MAX_ANSWER)
        return _printable(str(json.loads(told)["error"])[:300])
    except (OSError, ValueError, KeyError, TypeError):
        return f"refuses ({error.code})"


def _printable(text: str) -> str:
    """What came over the network, without what could control the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
