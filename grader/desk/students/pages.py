"""What students see: their assignments, the files of one, an attempt, and its feedback."""

from __future__ import annotations

import io
import zipfile

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.course.folder import is_released
from grader.course.roster import Person
from grader.desk.access import for_students, signed_in
from grader.desk.desk import Desk, Tried, Work
from grader.desk.feedback import feedback_of
from grader.desk.frame import language, not_found, page
from grader.desk.numbers import NUMBER
from grader.desk.regrades import MAX_TEXT, Regrades

__all__ = ["ROUTES", "attempt_page", "found"]


@signed_in
def _first(request: Request, desk: Desk, person: Person) -> Response:
    """The first page of everybody who is signed in."""
    if not person.is_student:
        return RedirectResponse("/class", 303)
    return _overview(request, desk, person)


def _overview(request: Request, desk: Desk, student: Person) -> Response:
    works = [desk.work(student, assignment) for assignment in desk.assignments()]
    with language(request) as course:
        return page(
            request,
            "desk/overview.html",
            title=course.name,
            person=student,
            works=works,
        )


@for_students
def _release(request: Request, desk: Desk, student: Person) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    folder = desk.files.now().course.release_dir(assignment.id)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if is_released(name) and path.is_file() and not path.is_symlink():
                archive.write(path, f"{assignment.id}/{name.as_posix()}")
    named = {"Content-Disposition": f'attachment; filename="{assignment.id}.zip"'}
    return Response(data.getvalue(), media_type="application/zip", headers=named)


@for_students
def _attempt(request: Request, desk: Desk, student: Person) -> Response:
    there = found(request, desk, student)
    return attempt_page(request, desk, student, there) if there else not_found(request)


def attempt_page(
    request: Request,
    desk: Desk,
    student: Person,
    there: tuple[Work, Tried],
    status: int = 200,
    refusal: str = "",
) -> Response:
    """The page of one attempt.

    Args:
        request: what it answers.
        desk: the desk.
        student: whose attempt it is.
        there: the student's work, and the attempt.
        status: of the answer.
        refusal: why a request for a regrade was not kept; "" if none was sent.
    """
    work, tried = there
    ahead = desk.receipts.ahead_of(tried.receipt) if tried.receipt else 0
    names = work.now.roster.known_as(student.id)
    asked = Regrades(desk.state).of(names, work.assignment.id, tried.number)
    with language(request):
        return page(
            request,
            "desk/attempt.html",
            status,
            title=work.assignment.title,
            person=student,
            work=work,
            tried=tried,
            ahead=ahead,
            result=work.shown(tried),
            is_open=tried.state in ("waiting", "running"),
            refusal=refusal,
            asked={(r.about.question, r.about.test): r for r in asked},
            staff=work.now.roster.staff,
            most=MAX_TEXT,
        )


@for_students
def _feedback(request: Request, desk: Desk, student: Person) -> Response:
    """All that feedback pages have, once the student may read all."""
    there = found(request, desk, student)
    if there is None or there[1].result is None or there[0].level != "full":
        return not_found(request)
    work, tried = there
    return feedback_of(work, tried, f"/assignments/{work.assignment.id}/attempts/{tried.number}")


def found(request: Request, desk: Desk, student: Person) -> tuple[Work, Tried] | None:
    """The student's work and the attempt that an address names; None if it names none of theirs."""
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return None
    work = desk.work(student, assignment)
    same = [tried for tried in work.tried if tried.number == request.path_params["number"]]
    return (work, same[0]) if same else None


PLACE = "/assignments/{assignment}"
ROUTES = [
    Route("/", _first),
    Route(PLACE + "/release.zip", _release),
    Route(f"{PLACE}/attempts/{NUMBER}", _attempt),
    Route(f"{PLACE}/attempts/{NUMBER}/feedback", _feedback),
]
