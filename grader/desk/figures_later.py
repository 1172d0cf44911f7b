"""Figures that wait until nobody waits for a score: whose they are, and how they are drawn."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from grader.course.bundle import Bundle
from grader.desk.bundles import Bundles
from grader.desk.course_now import CourseNow
from grader.desk.crews import WarmWorkers
from grader.errors import UsageError
from grader.gradebook.records import fingerprint, kept_figures, kept_fingerprint
from grader.grading.drawing import Drawn, keep_drawn
from grader.intake.submissions import Submission, find_submissions, with_content
from grader.results import SubmissionResult

__all__ = ["FiguresLater", "Picture"]


@dataclass(frozen=True)
class Picture:
    """A submission that was drawn, and not kept yet.

    Args:
        now: the course.
        bundle: the assignment.
        submission: what was drawn.
        result: what a worker made of it.
    """

    now: CourseNow
    bundle: Bundle
    submission: Submission
    result: SubmissionResult

    def keep(self) -> bool:
        """Put it into the record that it belongs to; whether that was still there."""
        drawn = Drawn(self.submission.assignment)
        keep_drawn(self.now.course, self.bundle, self.submission, self.result, drawn)
        return bool(drawn.students)


class FiguresLater:
    """Whose figures are still to draw; used by all threads that grade.

    Args:
        bundles: the assignments.
        warm: who draws.
        most: how many are drawn at once; new attempts find the other workers free.
    """

    def __init__(self, bundles: Bundles, warm: WarmWorkers, most: int) -> None:
        self._bundles, self._warm = bundles, warm
        self._left: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._room = threading.Semaphore(most)

    def find(self, now: CourseNow) -> None:
        """Note everybody whose record waits for figures: an earlier server may have left some."""
        for assignment in now.course.assignments:
            folder = now.course.results_dir(assignment.id)
            self.note(now, assignment.id, (path.stem for path in sorted(folder.glob("*.json"))))

    def note(self, now: CourseNow, assignment_id: str, students: Iterable[str]) -> None:
        """Note those of some students whose record waits for figures."""
        for student in students:
            if kept_figures(now.course, assignment_id, student) == "later":
                self._left.put((assignment_id, student))

    def draw_next(self, now: CourseNow) -> Picture | None:
        """Draw the figures of one student; None if there is nobody's to draw.

        Raises:
            GraderError: the assignment cannot be read, or the workers end while they start.
        """
        if not self._room.acquire(blocking=False):
            return None
        try:
            while True:
                assignment_id, student = self._left.get_nowait()
                if picture := self._drawn(now, assignment_id, student):
                    return picture
        except queue.Empty:
            return None
        finally:
            self._room.release()

    def _drawn(self, now: CourseNow, assignment_id: str, student: str) -> Picture | None:
        """None if the submission has changed since, or cannot be drawn."""
        try:
            (listed,) = find_submissions(now.course, assignment_id, [student])
        except UsageError:  # somebody took it away
            return None
        bundle, submission = self._bundles.of(now, assignment_id), with_content(listed)
        if kept_fingerprint(now.course, assignment_id, student) != fingerprint(bundle, submission):
            return None
        result = self._warm.draw(bundle, submission)
        return Picture(now, bundle, submission, result) if result else None
