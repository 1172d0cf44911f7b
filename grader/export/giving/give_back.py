"""`grader give-back`: feedback pages in the form that a system takes, each to its owner.

A page is remembered as given only once its file or letter is there. What is written appears whole
or not at all, and nothing that is there is replaced.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeAlias

from grader.course.held import held_at, load_held
from grader.course.roster import Roster, load_roster
from grader.course.settings import Assignment, Course
from grader.errors import UsageError
from grader.export.envelope import refuse_existing, sender_of, write_letters
from grader.export.giving.due import Due, due_pages, given_before, keep_given
from grader.export.giving.letters import for_mail, letter, plan_digest, send
from grader.export.giving.names import Plan, for_canvas, for_moodle, for_people
from grader.gradebook.grades import Grade, grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.intake.submissions import find_submissions
from grader.pages.class_feedback import write_feedback
from grader.system.files import write_whole
from grader.system.listener import NOBODY, Listener

__all__ = ["KINDS", "Given", "Giving", "Planner", "give_back", "planned"]

Planner: TypeAlias = Callable[[Course, str, Sequence[Due], Roster], Plan]

KINDS: dict[str, Planner] = {
    "canvas": for_canvas,
    "moodle": for_moodle,
    "zip": for_people,
    "mail": for_mail,
}
DAY_ONE = (1980, 1, 1, 0, 0, 0)  # of zips, so that the same pages make the same file


@dataclass(frozen=True)
class Giving:
    """Pages that are ready to go out.

    Args:
        course: the course.
        assignment: which assignment.
        kind: the system.
        plan: who gets which page under which name, and who gets none.
        roster: who takes the course.
        left: pages that were not written yet when Ctrl-C came.
    """

    course: Course
    assignment: Assignment
    kind: str
    plan: Plan
    roster: Roster
    left: int = 0

    def keep(self, pages: Sequence[Due]) -> None:
        """Remember pages that are there now."""
        keep_given(self.course, self.assignment.id, self.kind, pages)


@dataclass(frozen=True)
class Given:
    """What was given, or would be.

    Args:
        kind: the system.
        pages: by student, why the page goes out: "new", "changed" or "again".
        names: the file of each student's page.
        problems: by student, why a page does not go out.
        output: the file or folder; None if nothing was written.
        is_dry: whether nothing was written or sent because only a list was wanted.
    """

    kind: str
    pages: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    output: Path | None = None
    is_dry: bool = False

    @property
    def exit_code(self) -> int:
        """0 done, 1 somebody gets no page."""
        return int(bool(self.problems))

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        return {
            "for": self.kind,
            "pages": [
                {"student": student, "reason": reason, "name": self.names[student]}
                for student, reason in self.pages.items()
            ],
            "counts": dict(Counter(self.pages.values())),
            "problems": self.problems,
            "output": self.output,
            "dry_run": self.is_dry,
        }


def planned(
    course: Course,
    assignment: Assignment,
    kind: str,
    planner: Planner | None = None,
    *,
    everything: bool = False,
    workers: int = 1,
    listener: Listener = NOBODY,
) -> Giving:
    """Bring all pages up to date, and plan which of them go out.

    Args:
        course: the course.
        assignment: which assignment.
        kind: the system; what was given is remembered by this name.
        planner: names the pages of this system; one of `KINDS` if it is not given.
        everything: whether pages that were given before go out again.
        workers: processes that write pages.
        listener: is told of each page that is written.

    Raises:
        GraderError: pages cannot be written, or the gradebook, roster or groups cannot be read.
    """
    roster = load_roster(course) or Roster()
    written = write_feedback(course, assignment, workers=workers, listener=listener)
    if not written.pages:
        raise UsageError(f"nothing is graded; run `grader autograde {assignment.id}` first")
    before = given_before(course, assignment.id, kind)
    held = held_at(load_held(course), assignment.id)
    free = [page for page in written.pages if page.student not in held]
    pages, refused = due_pages(assignment.id, free, before, everything=everything)
    plan = (planner or KINDS[kind])(course, assignment.id, pages, roster)
    known = {page.student for page in written.pages}
    waiting = {
        submission.student: f"not graded yet; run `grader autograde {assignment.id}`"
        for submission in find_submissions(course, assignment.id)
        if submission.student not in known
    }
    kept = dict.fromkeys(held & known, "held back by a teacher; let it go at the desk")
    problems = {**waiting, **kept, **refused, **plan.problems}
    plan = Plan(plan.parcels, dict(sorted(problems.items())))
    return Giving(course, assignment, kind, plan, roster, written.left)


def give_back(
    giving: Giving,
    output: Path | None = None,
    *,
    dry_run: bool = False,
    by_smtp: bool = False,
    is_sure: bool = False,
    wait: Callable[[float], None] | None = None,
) -> Given:
    """Write the file or folder, or send the letters.

    Args:
        giving: what `planned` returned.
        output: the zip, or for mail the folder; None with `by_smtp`.
        dry_run: only tell what would be done.
        by_smtp: send the letters instead of writing them.
        is_sure: send without a dry run before.
        wait: waits for some seconds between two letters.

    Raises:
        UsageError: `output` is there already or cannot be written; or sending was not preceded by
            a dry run.
        GraderError: the mail server cannot be reached.
    """
    if giving.kind == "mail":
        sender_of(giving.course)  # a missing one is told before anything is done
    given, plan = _summary(giving), giving.plan
    note = giving.course.given_path(giving.assignment.id, "mail").with_suffix(".seen")
    if dry_run:
        if by_smtp:
            write_whole(note, plan_digest(plan, giving.roster) + "\n")
        return Given(given.kind, given.pages, given.names, given.problems, is_dry=True)
    if not plan.parcels:
        return given
    if by_smtp:
        if not (is_sure or _was_seen(note, plan_digest(plan, giving.roster))):
            raise UsageError("look first at what would be sent, with --dry-run; or add --yes")
        problems = _send(giving, wait)
        pages = {s: reason for s, reason in given.pages.items() if s not in problems}
        return Given(given.kind, pages, given.names, {**given.problems, **problems})
    if output is None:
        raise UsageError("name what to write with --output")
    _write(giving, output)
    giving.keep([parcel.due for parcel in plan.parcels])
    return Given(given.kind, given.pages, given.names, given.problems, output)


def _summary(giving: Giving) -> Given:
    parcels = giving.plan.parcels
    return Given(
        giving.kind,
        {parcel.due.student: parcel.due.reason for parcel in parcels},
        {parcel.due.student: parcel.name for parcel in parcels},
        giving.plan.problems,
    )


def _was_seen(note: Path, digest: str) -> bool:
    return note.is_file() and note.read_bytes().strip() == digest.encode()


def _write(giving: Giving, output: Path) -> None:
    """Write the zip or the folder whole, or nothing; other accounts cannot read it."""
    refuse_existing(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if giving.kind == "mail":
            write_letters(output, _letters(giving))
        else:
            write_whole(output, _packed(giving.plan))
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); name another with --output"
        raise UsageError(f"{output}: {problem}") from None


def _packed(plan: Plan) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for parcel in plan.parcels:
            member = zipfile.ZipInfo(parcel.name, DAY_ONE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            archive.writestr(member, parcel.due.page)
    return whole.getvalue()


def _letters(giving: Giving) -> dict[str, EmailMessage]:
    course, assignment, known = giving.course, giving.assignment, _grades(giving)
    return {
        parcel.name: letter(course, assignment, parcel, giving.roster, known[parcel.due.student])
        for parcel in giving.plan.parcels
    }


def _send(giving: Giving, wait: Callable[[float], None] | None) -> dict[str, str]:
    course, assignment, known = giving.course, giving.assignment, _grades(giving)
    problems: dict[str, str] = {}

    def letters() -> Iterator[tuple[Due, EmailMessage]]:
        for parcel in giving.plan.parcels:
            grade = known[parcel.due.student]
            yield parcel.due, letter(course, assignment, parcel, giving.roster, grade)

    send(course.mail, letters(), lambda due: giving.keep([due]), problems, wait or time.sleep)
    return problems


def _grades(giving: Giving) -> dict[str, Grade]:
    with GradebookOnDemand(giving.course) as gradebook:
        found = grades(gradebook, giving.assignment)
    return {grade.result.student: grade for grade in found}
