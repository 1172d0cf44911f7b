"""Who may see a page: students their own, teachers all, assistants their sections.

To everybody else a page is not there, in the same words as a page that does not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from grader.course.roster import Person
from grader.desk.course_now import CourseNow
from grader.desk.desk import Desk
from grader.desk.frame import desk_of, not_found, session_of, stranger, too_long, too_old
from grader.desk.receiving import Refused, fields_of
from grader.desk.tokens import is_csrf_token

__all__ = [
    "Fields",
    "Scope",
    "for_staff",
    "for_students",
    "for_teachers",
    "signed_in",
    "staff_form",
    "student_form",
    "teacher_form",
]


@dataclass(frozen=True)
class Scope:
    """What a teacher or an assistant may see and change.

    Args:
        now: the course.
        person: the teacher or assistant.
    """

    now: CourseNow
    person: Person

    @cached_property
    def students(self) -> list[Person]:
        """Their students, in the order of the roster."""
        return [s for s in self.now.roster if self.now.roster.sees(self.person, s.id)]

    @cached_property
    def sections(self) -> dict[str, str]:
        """The sections of these students, as they are written, by the form of comparison."""
        found: dict[str, str] = {}
        for student in self.students:
            found = {**self.now.roster.sections_of(student), **found}
        if not self.person.is_teacher:
            mine = self.now.roster.sections_of(self.person)
            found = {key: name for key, name in found.items() if key in mine}
        return dict(sorted(found.items()))

    def student(self, student: str) -> Person | None:
        """The student with that id; None for nobody, and for students of other sections."""
        is_theirs = self.now.roster.sees(self.person, student)
        return self.now.roster.people.get(student) if is_theirs else None


Fields: TypeAlias = Mapping[str, str]  # of a form
PersonView: TypeAlias = Callable[[Request, Desk, Person], Response]
StaffView: TypeAlias = Callable[[Request, Desk, Scope], Response]
FormView: TypeAlias = Callable[[Request, Desk, Scope, Fields], Response]
StudentFormView: TypeAlias = Callable[[Request, Desk, Person, Fields], Response]
View: TypeAlias = Callable[[Request], Response]
FormAnswer: TypeAlias = Callable[[Request], Awaitable[Response]]


def signed_in(view: PersonView) -> View:
    """A view for who is signed in, in whatever role; everybody else reads how to sign in."""

    @wraps(view)
    def checked(request: Request) -> Response:
        desk = desk_of(request)
        person = desk.by_session(session_of(request))
        return view(request, desk, person) if person else stranger(request)

    return checked


def for_students(view: PersonView) -> View:
    """A view for students only."""

    @wraps(view)
    def checked(request: Request, desk: Desk, person: Person) -> Response:
        return view(request, desk, person) if person.is_student else not_found(request)

    return signed_in(checked)


def for_staff(view: StaffView) -> View:
    """A view for teachers and assistants, with what they may see."""

    @wraps(view)
    def checked(request: Request, desk: Desk, person: Person) -> Response:
        if person.is_student:
            return not_found(request)
        return view(request, desk, Scope(desk.files.now(), person))

    return signed_in(checked)


def for_teachers(view: StaffView) -> View:
    """A view for teachers only."""

    @wraps(view)
    def checked(request: Request, desk: Desk, scope: Scope) -> Response:
        return view(request, desk, scope) if scope.person.is_teacher else not_found(request)

    return for_staff(checked)


def staff_form(view: FormView) -> FormAnswer:
    """A view that changes something: for staff, with a form that came from a page of theirs.

    Args:
        view: gets the fields of the form, too.
    """
    return _with_fields(view, for_staff)


def teacher_form(view: FormView) -> FormAnswer:
    """The same for teachers only."""
    return _with_fields(view, for_teachers)


def student_form(view: StudentFormView) -> FormAnswer:
    """The same for students."""
    return _with_fields(view, for_students)


def _with_fields(
    view: Callable[[Request, Desk, Any, Fields], Response], for_whom: Callable[[Any], View]
) -> FormAnswer:
    @wraps(view)
    async def checked(request: Request) -> Response:
        refused = None
        try:
            fields = await fields_of(request)
        except Refused as told:
            fields, refused = {}, told

        def changed(request: Request, desk: Desk, who: Any) -> Response:
            if refused and refused.status == 413:
                return too_long(request)
            if not is_csrf_token(fields.get("csrf", ""), session_of(request)):
                return too_old(request)
            return view(request, desk, who, fields)

        return await run_in_threadpool(for_whom(changed), request)

    return checked
