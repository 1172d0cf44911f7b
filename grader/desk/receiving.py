"""Takes a notebook out of a request, which is bounded before anything parses it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from grader.notebook import MAX_BYTES

__all__ = ["Refused", "Upload", "received"]

MAX_BODY = MAX_BYTES + (64 << 10)  # the rest of the form
MAX_FIELD = 4096
PATIENCE_S = 300  # for 16 MiB over a slow line


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
    bounded = Request(request.scope, _Bounded(request).receive)
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            bounded.form(max_files=1, max_fields=2, max_part_size=MAX_FIELD) as form,
        ):
            file, csrf = form.get("notebook"), form.get("csrf")
            data = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    except TimeoutError:
        raise Refused(408, "The notebook came too slowly; send it again.") from None
    except HTTPException:
        raise Refused(400, "The form cannot be read; send one file and nothing else.") from None
    if len(data) > MAX_BYTES:
        raise _too_large()
    if not data:
        raise Refused(400, "There is no notebook in the field notebook, or it is empty.")
    return Upload(data, csrf if isinstance(csrf, str) else "")


class _Bounded:
    """Counts the bytes of a body as they come."""

    def __init__(self, request: Request) -> None:
        self._receive, self._left = request.receive, MAX_BODY

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _too_large()
        return message


def _too_large() -> Refused:
    return Refused(413, f"A notebook may have at most {MAX_BYTES >> 20} MiB.")
