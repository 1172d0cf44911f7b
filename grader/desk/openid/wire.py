"""How a provider is asked: nothing is followed, and each answer is bounded in time and size."""

from __future__ import annotations

import io
import time
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from grader.errors import GraderError

__all__ = ["MAX_BYTES", "Down", "bounded_session", "cause_of", "unsigned"]

TIMEOUT_S = (5, 10)  # to connect, and between two pieces
WHOLE_S = 15  # for one answer
MAX_BYTES = 256 << 10
PIECE_BYTES = 64 << 10


def bounded_session(**named: Any) -> OAuth2Session:
    """A session of Authlib's with our bounds.

    Args:
        named: what Authlib's `OAuth2Session` takes.
    """
    session = OAuth2Session(**named)
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Bounded())
    session.headers["Accept-Encoding"] = "identity"  # packed data has no known size
    session.get_redirect_target = lambda response: None
    return session


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no password, not even one that a .netrc file has for the host."""
    return request


class Down(GraderError):
    """The provider does not answer, or not as a provider does; the text is for the terminal.

    Args:
        text: what is wrong.
        is_news: whether it was asked, and not left alone because it did not answer just before.
    """

    def __init__(self, text: str, *, is_news: bool = True) -> None:
        super().__init__(text)
        self.is_news = is_news


class _Bounded(HTTPAdapter):  # type: ignore[misc]  # mypy knows nothing of requests
    """Reads an answer to its end or to our bounds, before anything looks at it."""

    def send(self, request: requests.PreparedRequest, *_: Any, **named: Any) -> requests.Response:
        """Send a request.

        Raises:
            requests.RequestException: there is no whole answer within the bounds.
        """
        named.update(stream=True, timeout=TIMEOUT_S)
        response = super().send(request, **named)
        with response.raw as raw:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise requests.exceptions.ContentDecodingError("packed")
            body = _read(raw)
        response.raw = io.BytesIO(body)
        return response


def cause_of(error: Exception) -> str:
    """What broke on the way, without an address, which may hold a code."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be trusted"
    if isinstance(error, requests.exceptions.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "its answer is too large, or packed"
    return "it cannot be reached"


def _read(raw: Any) -> bytes:
    body, end = bytearray(), time.monotonic() + WHOLE_S
    # `read1` gives what is there; `read` would wait for a whole piece, however slowly it comes
    while piece := raw.read1(PIECE_BYTES, decode_content=False):
        body += piece
        if len(body) > MAX_BYTES:
            raise requests.exceptions.ContentDecodingError("too large")
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout("too slow")
    return bytes(body)
