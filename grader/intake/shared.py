"""One hand-in of a group is the submission of each of its members.

`submitted/` and `attempts/` hold what each student handed in; nothing is copied from one member to
another. If members handed in different notebooks, the latest that was in time counts, as for one
student with several attempts; with `attempts: best`, the one that `grader autograde` found best. Of
the same notebook, the first hand-in counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from grader.course.deadlines import Deadlines, load_deadlines
from grader.course.groups import Group, load_groups
from grader.course.roster import Roster, load_roster
from grader.course.settings import Course
from grader.intake.attempts import StudentAttempts
from grader.locale.translations import gettext
from grader.results import Note, NoteKind
from grader.system.files import write_whole

if TYPE_CHECKING:
    from grader.intake.submissions import Submission

__all__ = ["Shared", "disagreements", "keep_best", "kept_best", "with_groups"]


@dataclass(frozen=True)
class Shared:
    """Whose work a submission of a group is.

    Args:
        group: name of the group.
        by: id of the member who handed it in.
        name: that member's name for people.
        others: members who handed in other notebooks, which are not graded.
    """

    group: str
    by: str
    name: str = ""
    others: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What each member of the group reads, in the language of the course."""
        text = gettext(
            "This is the work of the group {group}. {name} handed it in.",
            group=self.group,
            name=self.name,
        )
        told = (Note(NoteKind.SHARED, text),)
        if not self.others:
            return told
        text = gettext(
            "Other members of the group handed in other notebooks, which were not graded: {names}.",
            names=", ".join(self.others),
        )
        return (*told, Note(NoteKind.PASSED_OVER, text))


def with_groups(
    course: Course,
    assignment_id: str,
    own: Sequence[Submission],
    with_content: Callable[[Submission], Submission],
) -> list[Submission]:
    """Give each member of a group the hand-in that counts for the group.

    A member who is not in the roster, and has handed in nothing, gets none.

    Args:
        course: the course.
        assignment_id: the assignment.
        own: what each student handed in.
        with_content: reads the file of a submission.

    Raises:
        UsageError: groups, roster or extensions cannot be read.
    """
    groups = load_groups(course).at(assignment_id)
    if not groups:
        return list(own)
    roster, deadlines = load_roster(course), load_deadlines(course)
    found, best = {s.student: s for s in own}, kept_best(course, assignment_id)
    for group in groups:
        if handed := [found[member] for member in group.members if member in found]:
            facts = [_facts(course, deadlines, one, with_content) for one in handed]
            counts = _counting(facts, best.get(group.name, ""))
            shared = _shared(group, counts, facts, roster)
            for member in group.members:
                if member in found or roster is None or member in roster.people:
                    found[member] = replace(counts.submission, student=member, shared=shared)
    return list(found.values())


def disagreements(submissions: Iterable[Submission]) -> Iterator[str]:
    """Tell of each group whose members handed in different notebooks, and which one counts.

    Args:
        submissions: as `with_groups` returns them.
    """
    told = {s.shared.group: s.shared for s in submissions if s.shared and s.shared.others}
    for name, shared in sorted(told.items()):
        yield (
            f"group {name}: members handed in different notebooks; that of {shared.by} counts, "
            f"not that of {', '.join(shared.others)}"
        )


def keep_best(course: Course, assignment_id: str, best: Mapping[str, str]) -> None:
    """Keep whose hand-in is the best of each group, for `with_groups`.

    Args:
        course: the course.
        assignment_id: the assignment.
        best: student by name of the group.
    """
    path = course.best_path(assignment_id)
    if best or path.exists():
        write_whole(path, json.dumps(dict(sorted(best.items())), ensure_ascii=False) + "\n")


def kept_best(course: Course, assignment_id: str) -> dict[str, str]:
    """Whose hand-in is the best of each group; nobody's where the latest attempt counts.

    Args:
        course: the course.
        assignment_id: the assignment.
    """
    if course.attempts != "best":
        return {}
    try:
        return dict(json.loads(course.best_path(assignment_id).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


@dataclass(frozen=True)
class _Facts:
    """What decides whether a hand-in counts.

    Args:
        submission: the hand-in, unread.
        content: digest of its file, or of the reason for refusing it.
        order: a number that is greater the later the LMS received it; 0 if unknown.
        moment: when it was handed in, or else collected.
        in_time: whether it came before the deadline of who handed it in.
    """

    submission: Submission
    content: str
    order: int
    moment: datetime
    in_time: bool


def _facts(
    course: Course,
    deadlines: Deadlines,
    submission: Submission,
    with_content: Callable[[Submission], Submission],
) -> _Facts:
    data = with_content(submission).content
    told = str(submission.refusal) if data is None else sha256(data).hexdigest()
    theirs = StudentAttempts(course, submission.assignment, submission.student).attempts
    same = [a for a in theirs if a.digest == told]
    attempt = next((a for a in same if a.stamp == submission.stamp), same[-1] if same else None)
    until = deadlines.of(course.assignment(submission.assignment), submission.student)
    grace, at = timedelta(minutes=course.late_policy.grace_minutes), submission.submitted_at
    return _Facts(
        submission,
        told,
        attempt.order if attempt else 0,
        at or (attempt.collected_at if attempt else _changed(submission)),
        until is None or at is None or at <= until + grace,
    )


def _changed(submission: Submission) -> datetime:
    try:
        return datetime.fromtimestamp(submission.path.lstat().st_mtime, UTC)
    except OSError:
        return datetime.min.replace(tzinfo=UTC)


def _counting(facts: Sequence[_Facts], best: str) -> _Facts:
    """The hand-in that counts: the best if it is known, or else the latest that was in time."""
    for one in facts:
        if one.submission.student == best:
            return one
    if all(one.order for one in facts):
        ranked = sorted(facts, key=lambda f: (f.order, f.submission.student))
    else:
        ranked = sorted(facts, key=lambda f: (f.moment, f.submission.student))
    ranked = [one for one in ranked if one.in_time] or ranked
    return next(one for one in ranked if one.content == ranked[-1].content)


def _shared(group: Group, counts: _Facts, facts: Iterable[_Facts], roster: Roster | None) -> Shared:
    by = counts.submission.student
    name = roster.get(by).full_name if roster else ""
    others = [f.submission.student for f in facts if f.content != counts.content]
    return Shared(group.name, by, name or by, tuple(others))
