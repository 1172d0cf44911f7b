"""How requests travel: canvasapi's objects make them, and this sends them, with care.

canvasapi's own sender waits for ever, reads answers of any size, gives up at the first refusal,
and hands the token to whatever host a file is on. This one has limits for time and size, asks
again after a throttled or broken request, and sends the token to Canvas alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.cookies import RequestsCookieJar
from requests.utils import parse_header_links
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from grader.errors import LmsError
from grader.lms.access import Access
from grader.system.loopback import is_loopback

__all__ = ["Answer", "Wire"]

TIMEOUT_S = (15, 60)  # to connect, and between two pieces
WHOLE_S = 900  # for one answer
TRIES = 6
LONGEST_PAUSE_S = 120.0
PIECE_BYTES = 64 << 10
MAX_JSON_BYTES = 64 << 20
MAX_REDIRECTS = 5
MAX_PAGES = 5000  # of one list, which may be empty and still name a next one
UNSAFE = 400  # in place of an answer to a request that we do not send
REDIRECTS = (301, 302, 303, 307, 308)
PLAIN = {"Accept-Encoding": "identity", "User-Agent": "chainrule"}  # packed data has no known size
LONG_ENOUGH = 8  # letters of a token that can be no part of anything else
HIDDEN = "[token]"
Pairs = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What came back, whole and within its limit.

    Args:
        status: the HTTP status.
        headers: by name, in any case.
        body: the content.
        url: who answered.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""

    def json(self) -> Any:
        """The content as JSON.

        Raises:
            LmsError: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            place = urlsplit(self.url).netloc
            raise LmsError(
                f"{place} answers, but not as Canvas does; is the address right?", self.status
            ) from None

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """The links to other pages of a list, by their `rel`."""
        found = parse_header_links(self.headers.get("Link") or "")
        return {link["rel"]: link for link in found if link.get("rel") and link.get("url")}


@dataclass(frozen=True)
class _Place:
    """The part of an address that decides who gets to read the request."""

    scheme: str
    host: str
    port: int


class _Bearer:
    """Sends the token, or nothing; either way, no password from a .netrc file is added."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Wire:
    """Sends requests; has the interface of `canvasapi.requester.Requester`.

    Args:
        access: address and token.
        pause: waits for that many seconds; a test passes one that only counts.
    """

    def __init__(self, access: Access, pause: Callable[[float], None] = time.sleep) -> None:
        self.base_url = f"{access.url}/api/v1/"
        self.new_quizzes_url = f"{access.url}/api/quiz/v1/"  # canvasapi looks at it for links
        self._access = access
        self._pause = pause
        self._pages = 0
        self._session = requests.Session()
        self._session.cookies = RequestsCookieJar()
        # Even where requests does not follow a redirect, it would read all of it.
        self._session.get_redirect_target = lambda response: None

    def request(
        self,
        method: str,
        endpoint: str | None = None,
        headers: None = None,
        use_auth: bool = True,
        _url: None = None,
        _kwargs: Pairs | None = None,
        json: bool = False,
        **kwargs: Any,
    ) -> Answer:
        """Ask Canvas for something, as canvasapi's objects do.

        Raises:
            LmsError: it cannot be reached, or refuses.
        """
        pairs = [(key, _plain(value)) for key, value in (*(_kwargs or ()), *kwargs.items())]
        url = urljoin(self.base_url, endpoint or "")
        if not url.startswith(self.base_url):
            raise LmsError(f"{self._access.host} leads to another place; is the address right?")
        how: dict[str, Any] = {"params" if method == "GET" else "data": pairs}
        # A comment that was on its way when the connection broke may be there; asked again, it
        # would be there twice. All else that we send can be sent twice.
        repeats = not any(key.startswith("comment") for key, _ in pairs)
        answer = self._asked(method, url, MAX_JSON_BYTES, repeats=repeats, **how)
        self._pages = self._pages + 1 if "next" in answer.links else 0
        if self._pages > MAX_PAGES:
            raise LmsError(f"{self._access.host}: more than {MAX_PAGES} pages of one list")
        return answer

    def download(self, url: str, max_bytes: int) -> bytes:
        """Fetch a file, wherever Canvas keeps it.

        Args:
            url: its address; other hosts than Canvas do not get the token.
            max_bytes: how large it may be.

        Raises:
            LmsError: it cannot be had, or is larger.
        """
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._asked("GET", url, max_bytes)
            if answer.status not in REDIRECTS:
                return answer.body
            url = urljoin(url, answer.headers.get("Location", ""))
        raise LmsError("its address leads from one place to the next without end", answer.status)

    def send_file(self, url: str, params: Pairs, name: str, content: bytes) -> str | Any:
        """Send a file to where Canvas said; the second step of an upload.

        Args:
            url: the address that Canvas gave.
            params: what Canvas wants to be sent with it, in that order.
            name: the file's name.
            content: the file.

        Returns:
            The address that completes the upload, or what there is to know if it is complete.

        Raises:
            LmsError: it cannot be sent.
        """
        data = [(key, (None, str(value))) for key, value in params]
        files = [*data, ("file", (name, content))]  # the file must come last
        answer = self._asked("POST", url, MAX_JSON_BYTES, files=files, token=False)
        if location := answer.headers.get("Location"):
            return urljoin(url, location)
        return answer.json()

    def confirm(self, url: str) -> Any:
        """Complete an upload by a request to the address that it led to; the third step.

        Raises:
            LmsError: Canvas refuses.
        """
        return self._asked("GET", url, MAX_JSON_BYTES).json()

    def _asked(
        self,
        method: str,
        url: str,
        max_bytes: int,
        *,
        repeats: bool = True,
        token: bool = True,
        **how: Any,
    ) -> Answer:
        """Send a request until it is answered, a few times at most."""
        place = _place(url)
        self._refuse_unsafe(place)
        is_ours = token and place == _place(self._access.url)
        auth = _Bearer(self._access.token if is_ours else None)
        for pause in _pauses():
            answer = self._tried(method, url, max_bytes, auth, how)
            problem, may_repeat = _problem(answer, repeats)
            if isinstance(answer, Answer) and not problem:
                return self._accepted(answer, place.host)
            if not may_repeat:
                break
            if pause:
                self._pause(max(pause, self._wanted_pause(answer)))
        raise LmsError(f"{place.host}: {problem}; run the same command again to go on")

    def _accepted(self, answer: Answer, host: str) -> Answer:
        """The answer, unless it is a refusal."""
        status = answer.status
        if status < 300 or status in REDIRECTS:
            return answer
        reason = {
            401: "the token is not valid there, or its owner may not do this",
            403: "the token's owner may not do this",
            404: "there is no such thing, or the token's owner may not see it",
        }.get(status, "Canvas refuses this")
        if said := _said(answer):
            reason += f": {self._hidden(said)}"
        raise LmsError(f"{host}: {reason} ({status})", status)

    def _hidden(self, text: str) -> str:
        """The text without the token, which some servers repeat when they tell of errors."""
        token = self._access.token
        return text.replace(token, HIDDEN) if len(token) >= LONG_ENOUGH else text

    def _tried(
        self, method: str, url: str, max_bytes: int, auth: _Bearer, how: dict[str, Any]
    ) -> Answer | Exception:
        """An answer, or what broke on the way."""
        try:
            return self._once(method, url, max_bytes, auth, how)
        except (requests.RequestException, HTTPError, OSError) as error:
            return error

    def _wanted_pause(self, answer: Answer | Exception) -> float:
        """How long Canvas asks us to wait, in seconds."""
        try:
            told = answer.headers.get("Retry-After", "0") if isinstance(answer, Answer) else "0"
            seconds = float(told)
        except ValueError:
            return 0.0
        if seconds > LONGEST_PAUSE_S:
            raise LmsError(
                f"{self._access.host} asks us to wait {min(seconds, 1e6):.0f} s; run it again then"
            )
        return max(seconds, 0.0)

    def _once(
        self, method: str, url: str, max_bytes: int, auth: _Bearer, how: dict[str, Any]
    ) -> Answer:
        with self._session.request(
            method,
            url,
            auth=auth,
            headers=PLAIN,
            allow_redirects=False,
            stream=True,
            timeout=TIMEOUT_S,
            **how,
        ) as response:
            self._session.cookies.clear()
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise LmsError(f"{urlsplit(url).netloc} packs its answers, though not asked to")
            body = _bounded(response, max_bytes)
            if self._access.token.encode() in body:
                body = self._hidden(body.decode("latin-1")).encode("latin-1")
            return Answer(response.status_code, response.headers, body, url)

    def _refuse_unsafe(self, place: _Place) -> None:
        is_here = is_loopback(place.host)
        is_safe = place.scheme == "https" and not is_here
        if not is_safe and not (is_here and is_loopback(_place(self._access.url).host)):
            raise LmsError("Canvas names an address that is not safe (no https)", UNSAFE)


def _bounded(response: requests.Response, max_bytes: int) -> bytes:
    body = bytearray()
    end = time.monotonic() + WHOLE_S
    # `read1` gives what is there; `read` would wait for a whole piece, however slowly it comes
    while piece := response.raw.read1(PIECE_BYTES, decode_content=False):
        body += piece
        if len(body) > max_bytes:
            raise LmsError(f"larger than {max_bytes >> 20} MiB", response.status_code)
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout
    return bytes(body)


def _pauses() -> Iterator[float]:
    """Seconds before the next try, each twice the last; none after the last try."""
    yield from (2.0**number for number in range(TRIES - 1))
    yield 0.0


def _is_throttled(answer: Answer) -> bool:
    return answer.status == 429 or (
        answer.status == 403 and b"rate limit exceeded" in answer.body[:2000].lower()
    )


def _said(answer: Answer) -> str:
    """What Canvas said of a refusal, in letters that a terminal may show."""
    try:
        found = json.loads(answer.body[:20_000])
    except (ValueError, RecursionError):
        return ""
    errors = found.get("errors", found) if isinstance(found, dict) else found
    first = errors[0] if isinstance(errors, list) and errors else errors
    text = first.get("message", first.get("error", "")) if isinstance(first, dict) else first
    plain = text if isinstance(text, str) else ""
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:200])


def _problem(answer: Answer | Exception, repeats: bool) -> tuple[str, bool]:
    """What is wrong for now ("" if nothing is), and whether to ask again.

    The text holds no address, since that of a file may open it to everybody.
    """
    if isinstance(answer, requests.exceptions.SSLError):
        return "its certificate cannot be trusted", False
    if isinstance(answer, requests.exceptions.Timeout):
        return "it does not answer", repeats
    if isinstance(answer, Exception):
        return "it cannot be reached, or the connection broke", repeats
    if _is_throttled(answer):  # so it was not done
        return "too many requests in a short time", True
    return (f"an error of the server ({answer.status})" if answer.status >= 500 else ""), repeats


def _place(url: str) -> _Place:
    """Where a request goes, as read by the library that will send it."""
    try:
        parts = parse_url(url)
    except ValueError:
        raise LmsError("Canvas names an address that cannot be read", UNSAFE) from None
    scheme, host = parts.scheme or "", (parts.host or "").strip("[]")
    if parts.auth or not host or scheme not in ("https", "http"):
        raise LmsError("Canvas names an address that is not safe (no https)", UNSAFE)
    return _Place(scheme, host, parts.port or {"http": 80, "https": 443}[scheme])


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else value
