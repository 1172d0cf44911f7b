"""Feedback pages as files on comments in Canvas, each for its own student alone.

A file's name has the student's id and the digest of the page in it. So Canvas itself tells what is
there: a run that was stopped, or one by a colleague, puts no page on a comment twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.course.roster import Roster, load_roster
from grader.course.settings import Assignment, Course
from grader.errors import LmsError, UsageError
from grader.export.giving.due import Due
from grader.export.giving.give_back import Given, Giving
from grader.export.giving.names import Parcel, Plan
from grader.intake.canvas_people import people_of, refuse_stranger
from grader.intake.from_canvas import submissions_of
from grader.lms.canvas import Canvas, Submission
from grader.lms.giving import comment_with_file
from grader.locale.translations import gettext, in_language
from grader.system.listener import NOBODY, Listener

__all__ = ["ByCanvas", "give_by_canvas"]

ANONYMOUS = "marked anonymously: Canvas takes no file for somebody it hides; show the names first"
NOWHERE = "not in this course in Canvas, or it is not certain who; see the roster"
ENOUGH = 12  # letters of a digest


def give_by_canvas(
    giving: Giving, way: ByCanvas, *, dry_run: bool = False, listener: Listener = NOBODY
) -> Given:
    """Put the planned pages on comments in Canvas.

    Args:
        giving: what `planned` returned for this way.
        way: who gets which page.
        dry_run: only tell what would be done.
        listener: sees the progress, and is told if students will not see the comments yet.

    Raises:
        LmsError: Canvas cannot be reached; what is there is remembered.
    """
    parcels, problems = giving.plan.parcels, dict(giving.plan.problems)
    if not dry_run:
        problems |= way.deliver(giving.course, giving.assignment, parcels, giving.keep, listener)
        if way.are_hidden:
            listener.warn("students see the comments when you post the grades in Canvas")
    given = [parcel for parcel in parcels if parcel.due.student not in problems]
    return Given(
        giving.kind,
        {parcel.due.student: parcel.due.reason for parcel in given},
        {parcel.due.student: parcel.name for parcel in given},
        problems,
        is_dry=dry_run,
    )


class ByCanvas:
    """Plans which page goes to whom, and puts it there.

    Args:
        canvas: the assignment.
        everything: whether a page that is there already is put there once more.
    """

    def __init__(self, canvas: Canvas, *, everything: bool = False) -> None:
        self._canvas, self._everything = canvas, everything
        self._owners: dict[str, Submission] = {}
        self.there: list[Due] = []
        self.are_hidden = False

    def plan(self, course: Course, assignment_id: str, pages: Sequence[Due], _: Roster) -> Plan:
        """Find the owner of each page in Canvas; nothing is written.

        Pages that are on a comment of their owner already are left out, and listed in `there`.

        Args:
            course: the course.
            assignment_id: the assignment.
            pages: those that are new or changed.

        Raises:
            LmsError: Canvas refuses, or cannot be reached.
            UsageError: the roster cannot be read.
        """
        task = self._canvas.task()
        self.are_hidden = task.is_hidden
        people = people_of(self._canvas, load_roster(course))
        self._owners = people.by_student(submissions_of(self._canvas, task))
        parcels, problems = [], {}
        for due in pages:
            parcel = Parcel(f"{assignment_id}-{due.student}-{due.digest[:ENOUGH]}.html", due)
            if reason := self._refusal(course, assignment_id, due.student):
                problems[due.student] = reason
            elif parcel.name in self._owners[due.student].files and not self._everything:
                self.there.append(due)
            else:
                parcels.append(parcel)
        return Plan(tuple(parcels), problems)

    def deliver(
        self,
        course: Course,
        assignment: Assignment,
        parcels: Sequence[Parcel],
        keep: Callable[[Sequence[Due]], None],
        listener: Listener = NOBODY,
    ) -> dict[str, str]:
        """Put each page on a comment that its student alone sees.

        Args:
            course: the course.
            assignment: the assignment.
            parcels: of the plan.
            keep: remembers pages that are there now.
            listener: sees the progress.

        Returns:
            Why pages are not there, by student.

        Raises:
            LmsError: Canvas cannot be reached; what is there is remembered.
        """
        keep(self.there)
        problems: dict[str, str] = {}
        with in_language(course.language):
            text = gettext(
                "Your feedback on {title} is attached. Open it in a browser.",
                title=assignment.title,
            )
        with listener.progress(len(parcels), f"giving back {assignment.id}") as advance:
            for parcel in parcels:
                owner = self._owners[parcel.due.student]
                try:
                    comment_with_file(self._canvas, owner, text, parcel.name, parcel.due.page)
                except LmsError as error:
                    if not error.status:
                        raise
                    problems[parcel.due.student] = str(error)
                else:
                    keep([parcel.due])
                advance(parcel)
        return problems

    def _refusal(self, course: Course, assignment_id: str, student: str) -> str:
        """Why a student's page cannot go out; "" if it can."""
        owner = self._owners.get(student)
        if owner is None:
            return NOWHERE
        if not owner.user:
            return ANONYMOUS
        try:
            refuse_stranger(course, assignment_id, student, self._canvas, owner)
        except UsageError as error:
            return str(error)
        return ""
