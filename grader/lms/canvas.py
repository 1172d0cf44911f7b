"""What we read of a course in Canvas: people, groups, an assignment, and all that was handed in.

Answers are not trusted: each value is read by its type, and nothing that the server says becomes a
path or an address of ours, but the addresses from which it lets files be fetched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.course.settings import Course
from grader.errors import LmsError, UsageError
from grader.lms.access import Access, Place, find_access, find_place

__all__ = [
    "NOTHING",
    "Attachment",
    "Attempt",
    "Canvas",
    "Member",
    "Submission",
    "Task",
    "connect",
    "read_submission",
]

MAX_ITEMS = 100_000
NOTHING = "Canvas's answer is not understood; is the address that of a Canvas?"
MISSING = "Canvas's interface needs canvasapi; type: pip install 'chainrule[canvas]'"


@dataclass(frozen=True)
class Member:
    """A student of the course, as Canvas knows them.

    Args:
        id: Canvas's number.
        name: as people write it.
        sortable_name: `Family, Given`.
        email, sis_id, login: "" if the token's owner may not see it.
        sections: names of the sections.
        is_test: whether it is Canvas's test student.
    """

    id: int
    name: str
    sortable_name: str = ""
    email: str = ""
    sis_id: str = ""
    login: str = ""
    sections: tuple[str, ...] = ()
    is_test: bool = False


@dataclass(frozen=True)
class Attachment:
    """One file of an attempt; without a `url` it was deleted or is locked."""

    id: int
    name: str
    url: str = ""


@dataclass(frozen=True)
class Attempt:
    """One hand-in.

    Args:
        number: from 1.
        submitted_at: when, as Canvas writes it.
        kind: `online_upload`, `online_text_entry`, `online_url` and others.
        is_late: whether Canvas marks it as late.
        attachments: the files.
    """

    number: int
    submitted_at: str
    kind: str
    is_late: bool
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True)
class Submission:
    """What Canvas has of one student at one assignment.

    Args:
        user: the student's number; 0 if Canvas hides it.
        anonymous: the id under which an anonymous marker sees the student; "" if not told.
        attempts: everything that was handed in, by number.
        excused, is_late: as Canvas marks it.
        late_status: how it was set: `late`, `missing`, `none` and others; "" if nobody set it.
        score: the score before Canvas's own late policy; None if there is none.
        deducted: the points that this policy took.
        is_posted: whether the student can see the score.
        files: names of the files on its comments.
    """

    user: int
    anonymous: str
    attempts: tuple[Attempt, ...] = ()
    excused: bool = False
    is_late: bool = False
    late_status: str = ""
    score: float | None = None
    deducted: float = 0.0
    is_posted: bool = False
    files: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The last part of its address in Canvas's interface."""
        return (
            f"submissions/{self.user}" if self.user else f"anonymous_submissions/{self.anonymous}"
        )


@dataclass(frozen=True)
class Task:
    """An assignment in Canvas.

    Args:
        name: its title.
        points: the most that can be reached; None if it has none.
        grading: `points`, `percent`, `pass_fail`, `letter_grade`, `gpa_scale`, `not_graded`.
        is_anonymous: whether markers must not know whose work they see.
        is_moderated: whether several markers grade, and the final grade is not published yet.
        is_closed: whether its grading period is over.
        is_hidden: whether scores are hidden until somebody posts them.
        group_set: number of the set of groups that hand in; 0 if each student does.
        one_grade: whether all of a group get the same grade.
    """

    name: str
    points: float | None
    grading: str
    is_anonymous: bool = False
    is_moderated: bool = False
    is_closed: bool = False
    is_hidden: bool = False
    group_set: int = 0
    one_grade: bool = False


def connect(course: Course, place: str, *, only_course: bool = False) -> Canvas:
    """Open the assignment that was named.

    Args:
        course: where to find the address; the token is never in it.
        place: `COURSE/ASSIGNMENT`, or the address of the assignment's page.
        only_course: whether the course alone was named, to ask for its people.

    Raises:
        UsageError: canvasapi, address or token is missing, or the place is none.
    """
    access = find_access(course)
    return Canvas(access, find_place(place, access.url, only_course=only_course))


class Canvas:
    """One assignment of one course in Canvas; nothing is asked before a method is called.

    Args:
        access: address and token.
        place: course and assignment.
        pause: waits for that many seconds.

    Raises:
        UsageError: canvasapi is not installed.
    """

    def __init__(
        self, access: Access, place: Place, pause: Callable[[float], None] = time.sleep
    ) -> None:
        try:
            from canvasapi import assignment, course

            from grader.lms.wire import Wire
        except ImportError:
            raise UsageError(MISSING) from None
        self.host, self.place = access.host, place
        self.wire = Wire(access, pause)
        # Made of our own numbers: what a server says must not decide where requests go.
        self._course = course.Course(self.wire, {"id": place.course})
        ids = {"id": place.assignment, "course_id": place.course}
        self._assignment = assignment.Assignment(self.wire, ids)

    @property
    def path(self) -> str:
        """Where the assignment is in Canvas's interface."""
        return f"courses/{self.place.course}/assignments/{self.place.assignment}"

    def task(self) -> Task:
        """The assignment.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        found = _record(self.wire.request("GET", self.path).json())
        is_anonymous = found.get("anonymize_students", found.get("anonymous_grading"))
        return Task(
            _text(found.get("name")),
            _number(found.get("points_possible")),
            _text(found.get("grading_type")) or "points",
            is_anonymous is True,
            found.get("moderated_grading") is True and found.get("grades_published") is not True,
            found.get("in_closed_grading_period") is True,
            found.get("post_manually") is True,
            _whole(found.get("group_category_id")),
            found.get("grade_group_students_individually") is not True,
        )

    def members(self) -> list[Member]:
        """Everyone who is a student of the course, and Canvas's test student.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        sections = {
            _whole(s.get("id")): _text(s.get("name")) for s in _listed(self._course.get_sections())
        }
        asked = {
            "enrollment_type": ["student", "student_view"],
            "enrollment_state": ["active", "invited", "completed", "inactive"],
            "include": ["enrollments", "email"],
        }
        return [_member(user, sections) for user in _listed(self._course.get_users(**asked))]

    def submissions(self) -> Iterator[Submission]:
        """What each student handed in, and how it is graded.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        include = ["submission_history", "submission_comments", "group"]
        for found in _listed(self._assignment.get_submissions(include=include)):
            yield _submission(found)

    def anonymous_submissions(self) -> Iterator[Submission]:
        """The same by anonymous ids, for markers to whom the list does not tell them.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        students = self._assignment.get_gradeable_students(allow_new_anonymous_id=True)
        for student in _listed(students):
            if is_anonymous_id(name := _text(student.get("anonymous_id"))):
                yield self.submission(Submission(0, name))

    def submission(self, known: Submission) -> Submission:
        """One submission as it is now.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        include = [("include[]", "submission_history"), ("include[]", "submission_comments")]
        answer = self.wire.request("GET", f"{self.path}/{known.key}", _kwargs=include)
        return read_submission(answer.json(), known)

    def groups(self, group_set: int) -> dict[str, list[int]]:
        """The members of each group of a set, by the group's name.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        from canvasapi.group import Group, GroupCategory

        found: dict[str, list[int]] = {}
        for group in _listed(GroupCategory(self.wire, {"id": group_set}).get_groups()):
            number = _whole(group.get("id"))
            people = _listed(Group(self.wire, {"id": number}).get_users())
            name = _text(group.get("name")) or str(number)
            name = f"{name} ({number})" if name in found else name
            found[name] = [_whole(person.get("id")) for person in people]
        return found

    def takes_points_for_lateness(self) -> bool:
        """Whether the course's late policy in Canvas takes points.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
        """
        try:
            answer = self.wire.request("GET", f"courses/{self.place.course}/late_policy")
        except LmsError as error:
            if error.status == 404:  # the course has none
                return False
            raise
        policy = _record(_record(answer.json()).get("late_policy"))
        is_on = policy.get("late_submission_deduction_enabled") is True
        return is_on and bool(_number(policy.get("late_submission_deduction")))


def read_submission(found: Any, asked: Submission) -> Submission:
    """Read the answer to a request about one submission; whose it is, we know better.

    Args:
        found: what Canvas says.
        asked: the submission that the request was about.

    Raises:
        LmsError: it is none.
    """
    return replace(_submission(_record(found)), user=asked.user, anonymous=asked.anonymous)


def is_anonymous_id(text: str) -> bool:
    """Whether it can be an anonymous id: a few letters and digits."""
    return text.isascii() and text.isalnum() and len(text) <= 40


def _listed(pages: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """All items of a list that comes in pages.

    Raises:
        LmsError: Canvas refuses, or the list is no list or has no end.
    """
    try:
        for count, item in enumerate(pages):
            if count >= MAX_ITEMS:
                raise LmsError(f"Canvas lists more than {MAX_ITEMS} things; the right course?")
            yield vars(item)
    except (AttributeError, KeyError, TypeError, ValueError):  # canvasapi expects other things
        raise LmsError(NOTHING) from None


def _member(found: dict[str, Any], sections: dict[int, str]) -> Member:
    enrollments = [_record(e) for e in _list(found.get("enrollments"))]
    named = [sections.get(_whole(e.get("course_section_id")), "") for e in enrollments]
    return Member(
        _whole(found.get("id")),
        _text(found.get("name")),
        _text(found.get("sortable_name")),
        _text(found.get("email")),
        _text(found.get("sis_user_id")),
        _text(found.get("login_id")),
        tuple(sorted({name for name in named if name})),
        any(e.get("type") == "StudentViewEnrollment" for e in enrollments),
    )


def _submission(found: dict[str, Any]) -> Submission:
    anonymous = _text(found.get("anonymous_id"))
    comments = [_record(comment) for comment in _list(found.get("submission_comments"))]
    files = [_record(file) for comment in comments for file in _list(comment.get("attachments"))]
    score = found.get("entered_score", found.get("score"))
    return Submission(
        _whole(found.get("user_id")),
        anonymous if is_anonymous_id(anonymous) else "",
        tuple(_attempts(found)),
        found.get("excused") is True,
        found.get("late") is True or found.get("late_policy_status") == "late",
        _text(found.get("late_policy_status")),
        _number(score),
        _number(found.get("points_deducted")) or 0.0,
        bool(found.get("posted_at")),
        frozenset(_text(file.get("display_name") or file.get("filename")) for file in files),
    )


def _attempts(found: dict[str, Any]) -> Iterator[Attempt]:
    """What was handed in; Canvas also keeps states of a submission in which nothing was."""
    attempts: dict[int, Attempt] = {}
    for entry in map(_record, _list(found.get("submission_history"))):
        number = _whole(entry.get("attempt"))
        if number and entry.get("submission_type") and entry.get("submitted_at"):
            attempts[number] = Attempt(
                number,
                _text(entry["submitted_at"]),
                _text(entry["submission_type"]),
                entry.get("late") is True,
                tuple(map(_attachment, _list(entry.get("attachments")))),
            )
    yield from (attempts[number] for number in sorted(attempts))


def _attachment(found: Any) -> Attachment:
    record = _record(found)
    name = _text(record.get("filename")) or _text(record.get("display_name"))
    is_there = record.get("locked_for_user") is not True
    return Attachment(
        _whole(record.get("id")),
        _text(record.get("display_name")) or name,
        record["url"] if is_there and isinstance(record.get("url"), str) else "",
    )


def _record(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise LmsError(NOTHING)
    return found


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _text(found: Any) -> str:
    return found[:300] if isinstance(found, str) else ""


def _whole(found: Any) -> int:
    is_one = isinstance(found, int) and not isinstance(found, bool) and 0 < found < 1 << 63
    return found if is_one else 0


def _number(found: Any) -> float | None:
    is_one = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if is_one and abs(found) < 1e9 else None
