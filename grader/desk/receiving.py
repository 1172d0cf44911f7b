"""Takes a notebook or a form out of a request, which is bounded before anything parses it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from grader.notebook import MAX_BYTES

__all__ = ["Refused", "Upload", "fields_of", "received"]

MAX_BODY = MAX_BYTES + (64 << 10)  # the rest of the form
MAX_FIELD = 4096
PATIENCE_S = 300  # for 16 MiB over a slow line
MAX_FORM = 64 << 10  # of a form without a file
MAX_FIELDS = 200
FORM_PATIENCE_S = 30


class Refused(Exception):
    """The request has no notebook that we take.

    Args:
        status: of the answer.
        reason: one sentence, in English; a page has its own words for it.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Upload:
    """What came with a form. The name that the student's file has is not looked at.

    Args:
        notebook: its bytes.
        csrf: what the form has in it to show that it is ours; "" without.
    """

    notebook: bytes
    csrf: str


async def received(request: Request) -> Upload:
    """Read the field `notebook` of a form.

    Raises:
        Refused: there is none, it is empty or too large, or it came too slowly.
    """
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 12 or int(length) > MAX_BODY:
        raise _too_large()
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(400, "Send the notebook as multipart/form-data, in the field notebook.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "Send the notebook as it is, without Content-Encoding.")
    bounded = Request(request.scope, _Bounded(request, MAX_BODY).receive)
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            bounded.form(max_files=1, max_fields=2, max_part_size=MAX_FIELD) as form,
        ):
            file, csrf = form.get("notebook"), form.get("csrf")
            data = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    except ClientDisconnect:
        raise _gone() from None
    except TimeoutError:
        raise Refused(408, "The notebook came too slowly; send it again.") from None
    except HTTPException:
        raise Refused(400, "The form cannot be read; send one file and nothing else.") from None
    if len(data) > MAX_BYTES:
        raise _too_large()
    if not data:
        raise Refused(400, "There is no notebook in the field notebook, or it is empty.")
    return Upload(data, csrf if isinstance(csrf, str) else "")


async def fields_of(request: Request) -> Mapping[str, str]:
    """Read a small form without files, as browsers send it unless they are told otherwise.

    Raises:
        Refused: it is too large, it came too slowly, or it is no such form.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(400, "Send the form as application/x-www-form-urlencoded.")
    try:
        async with asyncio.timeout(FORM_PATIENCE_S):
            body = await Request(request.scope, _Bounded(request, MAX_FORM).receive).body()
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ClientDisconnect:
        raise _gone() from None
    except TimeoutError:
        raise Refused(408, "The form came too slowly; send it again.") from None
    except ValueError:
        raise Refused(400, "The form cannot be read.") from None


class _Bounded:
    """Counts the bytes of a body as they come."""

    def __init__(self, request: Request, most: int) -> None:
        self._receive, self._left = request.receive, most

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _too_large()
        return message


def _gone() -> Refused:
    """For the log; whoever sent the request hears nothing any more."""
    return Refused(400, "The connection ended in the middle of the request.")


def _too_large() -> Refused:
    return Refused(413, f"A notebook may have at most {MAX_BYTES >> 20} MiB.")
