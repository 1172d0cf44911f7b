"""The report on the class, made anew when a teacher asks for it, as `grader report` makes it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.course.settings import Assignment, Course
from grader.desk.access import Fields, Scope, for_teachers, teacher_form
from grader.desk.desk import Desk
from grader.desk.frame import language, not_found, problem, see_other
from grader.errors import UsageError
from grader.locale.translations import gettext
from grader.pages.rendering import inline_script
from grader.pages.report import write_report
from grader.system.processes import worker_processes

__all__ = ["ROUTES", "made_at"]

MAX_BYTES = 64 << 20
ONE_AT_A_TIME = threading.Lock()


def made_at(course: Course, assignment: Assignment) -> datetime | None:
    """When the report was made that is there; None if none is."""
    path = course.reports_dir / f"{assignment.id}.html"
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


@for_teachers
def _report(request: Request, desk: Desk, scope: Scope) -> Response:
    assignment = desk.assignment(request.path_params["assignment"])
    path = scope.now.course.reports_dir / f"{assignment.id}.html" if assignment else None
    if path is None or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return not_found(request)
    return HTMLResponse(path.read_bytes(), headers={"Content-Security-Policy": _policy()})


def _policy() -> str:
    """Our own script that sorts tables, and no other; as a document of no origin."""
    _, script = inline_script("sort.js")
    return (
        "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src {script}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@teacher_form
def _make(request: Request, desk: Desk, scope: Scope, _: Fields) -> Response:
    """In a process of its own, since comparing a class would hold up everybody's pages."""
    assignment = desk.assignment(request.path_params["assignment"])
    if assignment is None:
        return not_found(request)
    with language(request):
        title = gettext("There is no report yet")
        if not ONE_AT_A_TIME.acquire(blocking=False):
            text = gettext("A report is being made. Try again in a minute.")
            return problem(request, 409, title, text)
        try:
            with worker_processes(1) as executor:
                executor.submit(write_report, scope.now.course, assignment).result()
        except UsageError:
            text = gettext("Nothing is graded yet.")
            return problem(request, 409, title, text)
        finally:
            ONE_AT_A_TIME.release()
    return see_other(f"/class/{assignment.id}/report")


ROUTES = [
    Route("/class/{assignment}/report", _report),
    Route("/class/{assignment}/report", _make, methods=["POST"]),
]
