"""Who is who in Canvas: its students and ours, matched by numbers and addresses, never guessed.

The same match serves three ways: hand-ins come in by it, pages and scores go out by it. So nobody
can get the page of somebody else whose work came in under another name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.course.enrolment import Listed
from grader.course.names import split_name
from grader.course.roster import CONTROL, LMS_ID, MAX_NAME, Person, Roster
from grader.course.settings import Course
from grader.errors import UsageError
from grader.intake.attempts import StudentAttempts
from grader.intake.identity import Unknown, identified
from grader.intake.naming.handed import Handed, shown
from grader.lms.canvas import Canvas, Member, Submission

__all__ = ["ANONYMOUS", "People", "listed_in_canvas", "origin_of", "people_of", "refuse_stranger"]

ANONYMOUS = "anon_"  # before an anonymous id, as in the names of Canvas's downloads
IDS = {"canvas_id": "id", "sis_id": "sis_id", "sis_login": "login", "email": "email"}


@dataclass(frozen=True)
class People:
    """The students of a course in Canvas, and who each of them is here.

    Args:
        members: by Canvas's number; the test student is left out.
        tests: numbers of Canvas's test students.
        roster: who takes the course here; None if there is no roster.
    """

    members: dict[int, Member]
    tests: frozenset[int]
    roster: Roster | None

    def handed(self, submission: Submission, entry: str = "", own: str = "") -> Handed:
        """What Canvas says of whose a submission is, as the name of a file would say it.

        Args:
            submission: a student's submission in Canvas.
            entry: what stands for a file of it.
            own: the student's name for that file.
        """
        path = PurePosixPath(own)
        if not submission.user:
            return Handed(entry, path, ANONYMOUS + submission.anonymous, "anonymous_id")
        member = self.members.get(submission.user, Member(submission.user, ""))
        found = self._by_numbers(member)
        by_number = Handed(entry, path, str(member.id), "canvas_id", member.name)
        if doubt := self._doubt(member, found):
            return replace(by_number, doubt=doubt)
        return Handed(entry, path, found.pop(), "id", "") if found else by_number

    def student(self, submission: Submission) -> str:
        """Our id of the student.

        Raises:
            Unknown: it is not known or not certain; the message says why.
        """
        return identified(self.handed(submission), self.roster)

    def by_student(self, submissions: Iterable[Submission]) -> dict[str, Submission]:
        """Submissions by our ids, without those whose student is not certain.

        Nobody is certain if two people in Canvas are the same one here. Work that was collected
        anonymously finds its owner again, where Canvas tells both of a person's ids.

        Args:
            submissions: what Canvas has.
        """
        found: dict[str, list[Submission]] = {}
        for submission in submissions:
            if submission.user in self.tests:
                continue
            try:
                found.setdefault(self.student(submission), []).append(submission)
            except Unknown:
                continue
            if submission.user and submission.anonymous:
                alias = ANONYMOUS + submission.anonymous
                found.setdefault(alias, []).append(submission)
        return {student: theirs[0] for student, theirs in found.items() if len(theirs) == 1}

    def _doubt(self, member: Member, found: set[str]) -> str:
        """Why it is not certain who in the roster a person is; "" if it is, or if nobody is."""
        if len(found) > 1:
            return f"Canvas's numbers of this person are those of {' and '.join(sorted(found))}"
        if not found or self.roster is None:
            return ""
        (student,) = found
        person, names = self.roster.get(student), self.roster.by_name(member.name)
        if person.canvas_id not in ("", str(member.id)):
            return f"by the address or SIS number {student}, whose canvas_id is another"
        if names and person not in names:
            others = " or ".join(other.id for other in names)
            return f"by the number {student}, but the name is {others}; correct the roster"
        return ""

    def _by_numbers(self, member: Member) -> set[str]:
        """Ids of everyone in the roster who has one of Canvas's numbers or addresses."""
        if self.roster is None:
            return set()
        values = {column: str(getattr(member, name)) for column, name in IDS.items()}
        people = (self.roster.by(column, value) for column, value in values.items())
        return {person.id for person in people if person}


def people_of(canvas: Canvas, roster: Roster | None) -> People:
    """Ask Canvas who takes the course.

    Args:
        canvas: the course there.
        roster: who takes it here.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
    """
    members = {member.id: member for member in canvas.members() if member.id}
    tests = frozenset(member.id for member in members.values() if member.is_test)
    return People({k: m for k, m in members.items() if k not in tests}, tests, roster)


def listed_in_canvas(canvas: Canvas) -> list[Listed]:
    """Who takes the course in Canvas, as people for the roster.

    Args:
        canvas: the course there.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
    """
    return [
        Listed(_person(member), f"Canvas's user {member.id}")
        for member in canvas.members()
        if member.id and not member.is_test
    ]


def _person(member: Member) -> Person:
    first, last = split_name(_plain(member.sortable_name or member.name))
    values = {
        "canvas_id": str(member.id),
        "sis_id": member.sis_id,
        "sis_login": member.login,
        "email": member.email,
    }
    fit = {column: text for column, text in values.items() if LMS_ID.fullmatch(text)}
    return Person("", first, last, section=_plain(", ".join(member.sections)), **fit)


def _plain(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())[:MAX_NAME]


def origin_of(canvas: Canvas, submission: Submission) -> str:
    """What the attempts of this person at this assignment begin with in `attempts/`."""
    who = submission.user or ANONYMOUS + submission.anonymous
    return f"{_place(canvas)}{who}/"


def _place(canvas: Canvas) -> str:
    return f"canvas/{canvas.host.replace(':', '.')}/{canvas.place}/"


def refuse_stranger(
    course: Course, assignment_id: str, student: str, canvas: Canvas, submission: Submission
) -> None:
    """Make sure that a student's work came from the person in Canvas who now gets something.

    Args:
        course: the course.
        assignment_id: the assignment.
        student: our id.
        canvas: the assignment there.
        submission: the person's submission there.

    Raises:
        UsageError: the work came from somebody else there: the roster was changed since.
    """
    place = _place(canvas)
    origins = [a.origin for a in StudentAttempts(course, assignment_id, student).attempts]
    theirs = [origin for origin in origins if origin.startswith(place)]
    known = {origin_of(canvas, s) for s in (submission, replace(submission, user=0))}
    if theirs and not any(o.startswith(tuple(known)) for o in theirs):
        other = shown(theirs[-1].removeprefix(place).partition("/")[0])
        now = submission.user or submission.anonymous
        raise UsageError(
            f"{student} handed in as {other} in Canvas, but by the roster is {now}; correct it"
        )
