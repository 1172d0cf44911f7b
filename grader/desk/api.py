"""The desk for programs: version 1 of its HTTP interface, which `grader submit` uses.

Every answer is JSON. An error is `{"error": "one sentence"}`.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.course.roster import Person
from grader.desk.bell import Bell
from grader.desk.desk import Desk, Tried, Work
from grader.desk.numbers import NUMBER
from grader.desk.rates import address_of
from grader.desk.receipts import NotYet
from grader.desk.receiving import Refused, received

__all__ = ["ROUTES", "attempt_data", "error"]

WAIT = re.compile(r"(?:^|[\s,;])wait=([0-9]{1,4})(?![0-9])")
MOST_WAIT_S = 30  # proxies cut a line on which nothing comes for a minute


async def _post(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    student = await run_in_threadpool(_person, request)
    if student is None or not student.is_student:
        return _no_student(student)
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return error(404, "There is no such assignment.")
    desk.rates.upload(student.id, address_of(request))
    try:
        upload = await received(request)
        receipt = await run_in_threadpool(
            desk.receipts.hand_in, desk.files.now(), assignment, student.id, upload.notebook
        )
    except Refused as refused:
        return error(refused.status, refused.reason)
    except NotYet as wait:
        return _not_yet(wait.opens.astimezone(UTC))
    return JSONResponse(
        {
            "attempt": receipt.number,
            "received_at": receipt.received_at.isoformat(),
            "sha256": receipt.sha256,
        },
        202,
        {"Location": f"/api/v1/assignments/{assignment.id}/attempts/{receipt.number}"},
    )


async def _get(request: Request) -> Response:
    """How an attempt is; with `Prefer: wait=…`, as soon as it has left the queue."""
    student = await run_in_threadpool(_person, request)
    if student is None or not student.is_student:
        return _no_student(student)
    found = await run_in_threadpool(_found, request, student)
    applied, wait_s = {}, _patience_s(request)
    if found and found[1].state in ("waiting", "running") and found[1].receipt and wait_s:
        desk: Desk = request.app.state.desk
        bell: Bell = request.app.state.bell
        with desk.rates.lines.one(student.id) as is_free:
            if is_free:
                await bell.gone(found[1].receipt.id, wait_s)
        found = await run_in_threadpool(_found, request, student)
        applied = {"Preference-Applied": f"wait={wait_s}"}
    if found is None:
        return error(404, "There is no such attempt.")
    return JSONResponse(attempt_data(*found), headers=applied)


def _found(request: Request, student: Person) -> tuple[Work, Tried] | None:
    desk: Desk = request.app.state.desk
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return None
    work = desk.work(student, assignment)
    number = request.path_params["number"]
    same = [tried for tried in work.tried if tried.number == number and tried.receipt]
    return (work, same[0]) if same else None


def _patience_s(request: Request) -> int:
    """How long a program wants to wait for the answer (RFC 7240); 0 without a wish."""
    wish = WAIT.search(request.headers.get("prefer", ""))
    return min(int(wish[1]), MOST_WAIT_S) if wish else 0


def attempt_data(work: Work, tried: Tried) -> dict[str, Any]:
    """An attempt as the interface tells it, within what the student may read."""
    found = work.shown(tried)
    shown = found.as_data() if found else {}
    return {
        "state": tried.state,
        "attempt": tried.number,
        "counts": tried.counts,
        "score": shown.get("score"),
        "max_score": work.assignment.max_score,
        "questions": shown.get("questions", {}),
        "notes": shown.get("notes", ()),
    }


def error(status: int, sentence: str, **more: str) -> JSONResponse:
    """An answer that says what is wrong."""
    return JSONResponse({"error": sentence, **more}, status)


def _person(request: Request) -> Person | None:
    """Whose token it is, in whatever role; None if it opens nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    desk: Desk = request.app.state.desk
    address = address_of(request)
    desk.rates.may_sign_in(address)
    person = desk.by_link(token.strip()) if scheme.lower() == "bearer" else None
    if person is None:
        desk.rates.failed.take(address)
    return person


def _not_yet(opens: datetime) -> Response:
    seconds = math.ceil((opens - datetime.now(UTC)).total_seconds())
    told = f"The next attempt opens at {opens:%Y-%m-%d %H:%M:%S} UTC."
    answer = error(429, told, opens_at=opens.isoformat())
    answer.headers["Retry-After"] = str(max(seconds, 1))
    return answer


def _no_student(person: Person | None) -> Response:
    if person is not None:
        return error(403, "Only students hand in; the desk has pages for teachers and assistants.")
    answer = error(401, "Send the token of your personal link as Authorization: Bearer.")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


PLACE = "/api/v1/assignments/{assignment}/attempts"
ROUTES = [
    Route(PLACE, _post, methods=["POST"]),
    Route(f"{PLACE}/{NUMBER}", _get, methods=["GET"]),
]
