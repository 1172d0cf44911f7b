"""`grader collect --canvas`: every attempt that Canvas has → attempts/ and submitted/.

Files go the way of a download. What is in `attempts/` already is not fetched again, so a run that
was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.roster import load_roster
from grader.course.settings import Course
from grader.errors import LmsError
from grader.intake.archive import Archive
from grader.intake.attempts import StudentAttempts, students_with_attempts
from grader.intake.canvas_groups import take_over_groups
from grader.intake.canvas_people import ANONYMOUS, People, origin_of, people_of
from grader.intake.collect import take_over
from grader.intake.collected import Collected, missing
from grader.intake.identity import Unknown
from grader.intake.naming.handed import Handed, is_notebook, shown
from grader.lms.canvas import Attachment, Attempt, Canvas, Submission, Task
from grader.notebook import MAX_BYTES
from grader.system.listener import NOBODY, Advance, Listener

__all__ = ["collect_from_canvas", "submissions_of"]

ENOUGH = 3  # files in a row that did not come: Canvas is down, and each more takes half a minute
KINDS = {
    "online_text_entry": "as text in Canvas",
    "online_url": "as a link",
    "media_recording": "as a recording",
    "student_annotation": "as an annotation",
    "basic_lti_launch": "in another program",
}


def collect_from_canvas(
    course: Course, assignment_id: str, canvas: Canvas, listener: Listener = NOBODY
) -> Iterator[Collected]:
    """Take over everything that was handed in; yields one line for each hand-in, taken or not.

    Args:
        course: the course.
        assignment_id: which assignment of the course it is.
        canvas: which assignment it is in Canvas.
        listener: sees the progress.

    Raises:
        LmsError: Canvas refuses, or cannot be reached; what was taken stays.
        UsageError: the roster or the deadlines cannot be read.
    """
    roster, task = load_roster(course), canvas.task()
    people = people_of(canvas, roster)
    submissions = list(submissions_of(canvas, task))
    files: dict[str, Attachment] = {}
    handed = [
        file
        for submission in submissions
        if submission.user not in people.tests
        for file in _handed(canvas, people, submission, files)
    ]
    if task.is_anonymous:
        yield Collected("", _told_of_anonymity(submissions))
    else:
        for remark in take_over_groups(course, assignment_id, canvas, task, people):
            yield Collected("", remark)
    with listener.progress(len(files), f"fetching {assignment_id}") as advance:
        source = _Files(files, canvas, _kept(course, assignment_id), advance)
        yield from take_over(course, assignment_id, source, "canvas", handed)
    yield from _not_taken(people, submissions)
    if roster is not None and not task.is_anonymous:
        yield from missing(course, assignment_id, roster)


class _Files(Archive):
    """The notebooks that Canvas has; each is fetched when it is read.

    Args:
        files: by what stands for their paths.
        canvas: where they are.
        kept: those that were collected before.
        advance: is told of each that was read.
    """

    def __init__(
        self,
        files: dict[str, Attachment],
        canvas: Canvas,
        kept: dict[str, Path],
        advance: Advance,
    ) -> None:
        super().__init__(iter(()))
        self.entries = sorted(files)
        self._files, self._canvas, self._kept = files, canvas, kept
        self._advance = advance
        self._unreached = 0

    def read(self, name: str) -> bytes | str:
        """Fetch one file: its content, or the reason why it has none.

        Raises:
            LmsError: Canvas cannot be reached.
        """
        self._advance(name)
        if path := self._kept.get(name):
            return path.read_bytes()
        url = self._files[name].url
        if not url:
            return "deleted or locked in Canvas, so there is nothing to fetch"
        try:
            data = self._canvas.wire.download(url, MAX_BYTES)
        except LmsError as error:
            self._unreached += not error.status
            if self._unreached >= ENOUGH:
                raise
            return f"cannot be fetched ({error})"
        self._unreached = 0
        return data


def submissions_of(canvas: Canvas, task: Task) -> Iterator[Submission]:
    """Everyone's submission; of anonymous work, by its anonymous id alone.

    Args:
        canvas: the assignment.
        task: what Canvas says of it.

    Raises:
        LmsError: Canvas refuses, or cannot be reached.
    """
    found = list(canvas.submissions())
    if not task.is_anonymous:
        yield from found
    elif all(submission.anonymous for submission in found):
        yield from (replace(submission, user=0) for submission in found)
    else:
        yield from (replace(s, user=0) for s in canvas.anonymous_submissions())


def _handed(
    canvas: Canvas, people: People, submission: Submission, files: dict[str, Attachment]
) -> Iterator[Handed]:
    """What was handed in as files; `files` gets each notebook."""
    for attempt in submission.attempts:
        for file in attempt.attachments:
            entry = f"{origin_of(canvas, submission)}{attempt.number}/{_name(submission, file)}"
            if is_notebook(entry):
                files[entry] = file
            yield replace(
                people.handed(submission, entry, _own_name(file)),
                attempt=f"{attempt.number:09}",
                time=attempt.submitted_at,
                order=file.id,
                is_late=attempt.is_late,
            )


def _name(submission: Submission, file: Attachment) -> str:
    """The name that the file would have in a download, where nobody takes it for another's."""
    who = f"student_{submission.user}" if submission.user else ANONYMOUS + submission.anonymous
    return f"{who}_{file.id}_{_own_name(file)}"


def _own_name(file: Attachment) -> str:
    """The student's name for the file, without what could be a path."""
    return file.name.replace("\\", "/").rpartition("/")[2][:200] or "file"


def _kept(course: Course, assignment_id: str) -> dict[str, Path]:
    """The notebooks that were collected before, by where they came from."""
    return {
        attempt.origin: attempt.path
        for student in students_with_attempts(course, assignment_id)
        for attempt in StudentAttempts(course, assignment_id, student).attempts
        if attempt.path.is_file()
    }


def _not_taken(people: People, submissions: Sequence[Submission]) -> Iterator[Collected]:
    """What is no file, and who handed in nothing or need not."""
    excused = []
    for submission in submissions:
        if submission.user in people.tests:
            if submission.attempts:
                yield Collected("", "left out: the work of Canvas's test student")
            continue
        name = _called(people, submission)
        excused += [name] if submission.excused else []
        for attempt in submission.attempts:
            if reason := _without_file(attempt):
                text = f"left out: attempt {attempt.number}: {reason}"
                yield Collected(name, text, ok=False, outcome="left out")
    if excused:
        yield Collected("", f"excused in Canvas: {', '.join(sorted(excused))}")


def _without_file(attempt: Attempt) -> str:
    """Why there is no file in an attempt; "" if there is one."""
    if attempt.attachments:
        return ""
    if attempt.kind == "online_upload":
        return "its files were deleted in Canvas"
    how = KINDS.get(attempt.kind, f"as {shown(attempt.kind)}")
    return f"handed in {how}, not as a file; ask for the notebook"


def _called(people: People, submission: Submission) -> str:
    try:
        return people.student(submission)
    except Unknown:
        handed = people.handed(submission)
        return handed.name or handed.key


def _told_of_anonymity(submissions: Iterable[Submission]) -> str:
    handed_in = sum(1 for submission in submissions if submission.attempts)
    return (
        f"anonymous marking in Canvas: {handed_in} students get ids such as {ANONYMOUS}x1Y2z; "
        "extensions, groups and names of the roster do not apply to them"
    )
