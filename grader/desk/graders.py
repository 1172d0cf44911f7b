"""Grades what is in the queue, and keeps results where `collect` and `autograde` keep theirs.

As many threads as there are workers take attempts and wait for their results. One more thread keeps
the results that have gathered, by the same function that `grader autograde` calls. An attempt
leaves the queue when its result is kept, so a server that was killed in between starts that attempt
anew, and the outcome is the same. When nobody waits, threads draw figures that were left for later.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from grader.desk.bundles import Bundles
from grader.desk.course_now import CourseFiles, CourseNow
from grader.desk.crews import WarmWorkers
from grader.desk.figures_later import FiguresLater, Picture
from grader.desk.open_book import OpenBook
from grader.desk.receipt import Receipt
from grader.desk.receipts import Receipts
from grader.desk.trouble import in_words
from grader.errors import GradebookError
from grader.gradebook.parcel import Parcel
from grader.gradebook.records import fingerprint, outdate, save_beside
from grader.grading.crew import Crew
from grader.intake.shared import Shared
from grader.intake.submissions import Submission
from grader.results import Status

__all__ = ["LEASE_S", "Graders"]

LEASE_S = 30.0  # after that, other servers take what a killed one was grading
RENEWED_S = 5.0
TRIES = 3  # to keep a result
PAUSE_S = 5.0  # between two tries, while the database does not answer


@dataclass(frozen=True)
class _Graded:
    receipt: Receipt
    parcel: Parcel
    mark: str  # the fingerprint of what was graded; a result that failed has none itself

    @property
    def is_failed(self) -> bool:
        """Whether we could not grade it."""
        return self.parcel.result.status is Status.NOT_GRADED


class Graders:
    """The threads that empty the queue; a context manager, which finishes what runs.

    Args:
        files: the course.
        receipts: the queue.
        crew: who grades.
        warn: told in one line what goes wrong on our side; never who handed in.
        unsafe: whether to grade where boxes cannot be closed off.
        alone: whether no other server grades what is in the queue.
    """

    def __init__(
        self,
        files: CourseFiles,
        receipts: Receipts,
        crew: Crew,
        warn: Callable[[str], None],
        *,
        unsafe: bool = False,
        alone: bool = True,
    ) -> None:
        self._alone = alone
        self._files, self._receipts, self._warn = files, receipts, warn
        self._warm, self._stop = WarmWorkers(crew), threading.Event()
        self._bundles = Bundles(unsafe=unsafe)
        self._book = OpenBook(self._bundles, crew, warn)
        self._figures = FiguresLater(self._bundles, self._warm, max(crew.size - 1, 1))
        self._done: queue.SimpleQueue[_Graded | Picture | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._take, name=f"desk {n}") for n in range(crew.size)
        ]
        self._keeper = threading.Thread(target=self._keep, name="desk keeper")
        self._all_kept = threading.Event()
        self._renewer = threading.Thread(target=self._renew, name="desk lease", daemon=True)

    def __enter__(self) -> Graders:
        self._receipts.recover(alone=self._alone)
        self._figures.find(self._files.now())
        if self._receipts.is_shared:
            self._renewer.start()
        for thread in (*self._threads, self._keeper):
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()
        self._warm.close()

    def finish(self) -> None:
        """Take nothing more, and wait until what runs is graded and kept."""
        self._stop.set()
        self._receipts.tell()
        for thread in self._threads:
            thread.join()
        self._done.put(None)
        self._keeper.join()
        self._all_kept.set()

    def warm_up(self, assignment_id: str) -> None:
        """Start the workers of an assignment, so that its first attempt need not wait for them.

        Raises:
            GraderError: the assignment cannot be graded.
        """
        self._warm.warm_up(self._bundles.of(self._files.now(), assignment_id))

    def _take(self) -> None:
        while not self._stop.is_set():
            try:
                receipt = self._receipts.take()
            except Exception as error:  # the database may be there again in a moment
                self._pause(error)
                continue
            if receipt is not None:
                self._grade(receipt)
            elif not self._drew():
                with self._receipts.news:
                    self._receipts.news.wait(timeout=1)

    def _grade(self, receipt: Receipt) -> None:
        self._receipts.tell()
        try:
            self._done.put(self._graded(receipt))
        except Exception as error:  # one attempt must not end the thread that grades all
            self._give_up([receipt], in_words(error))

    def _renew(self) -> None:
        while not self._all_kept.wait(RENEWED_S):
            try:
                self._receipts.renew()
            except Exception as error:  # the database may be there again in a moment
                self._warn(f"what is being graded could not be renewed: {in_words(error)}")

    def _drew(self) -> bool:
        """Use the time in which nobody waits for a score; whether there was anything to draw."""
        try:
            picture = self._figures.draw_next(self._files.now())
        except Exception as error:  # figures must not end the thread that grades
            self._warn(f"figures could not be drawn: {in_words(error)}; a restart tries again")
            return False
        if picture is not None:
            self._done.put(picture)
        return picture is not None

    def _graded(self, receipt: Receipt) -> _Graded:
        now = self._files.now()
        most, length = now.course.desk.grades_first_above, self._receipts.length()
        scores_first = now.course.figures == "keep" and length > most
        bundle = self._bundles.of(now, receipt.assignment)
        submission = _submission(now, receipt)
        began = time.perf_counter()
        parcel = self._warm.grade(bundle, submission, scores_first=scores_first)
        seconds = time.perf_counter() - began
        self._receipts.watch.graded(receipt, str(parcel.result.status), seconds)
        if parcel.result.status is not Status.NOT_GRADED:
            save_beside(submission.path, parcel.result)
        return _Graded(receipt, parcel, fingerprint(bundle, submission))

    def _keep(self) -> None:
        while found := self._gathered():
            now = self._files.now()
            batch = [one for one in found if isinstance(one, _Graded)]
            for assignment in dict.fromkeys(graded.receipt.assignment for graded in batch):
                some = [graded for graded in batch if graded.receipt.assignment == assignment]
                self._keep_some(now, assignment, some)
            for picture in found:
                if isinstance(picture, Picture):
                    self._keep_picture(picture)
        self._book.close()

    def _keep_some(self, now: CourseNow, assignment: str, some: list[_Graded]) -> None:
        """Keep some results; where another program writes to the gradebook, not at once."""
        for is_last in (*[False] * (TRIES - 1), True):
            try:
                self._kept(now, assignment, some)
            except Exception as error:  # nor the thread that keeps what they graded
                is_passing = isinstance(error, GradebookError | DBAPIError)
                if is_last or not is_passing or self._stop.is_set():
                    self._give_up([graded.receipt for graded in some], in_words(error))
                    return
                self._pause(error)
            else:
                return

    def _keep_picture(self, picture: Picture) -> None:
        """In the thread that keeps results, so that no older notebook replaces a newer one."""
        try:
            if picture.keep():
                self._receipts.watch.tell("drawn", assignment=picture.submission.assignment)
        except Exception as error:  # the record stays as it is
            self._warn(f"figures could not be kept: {in_words(error)}; a restart tries again")

    def _gathered(self) -> list[_Graded | Picture]:
        """What has been graded by now, at least one; none at the end."""
        batch = [self._done.get()]
        while batch[-1] is not None and not self._done.empty():
            batch.append(self._done.get())
        if batch[-1] is None and len(batch) > 1:
            self._done.put(None)  # the next call has to find the end, too
        return [one for one in batch if one is not None]

    def _kept(self, now: CourseNow, assignment: str, batch: Iterable[_Graded]) -> None:
        known = {one.mark: one.parcel for one in batch}  # so that nothing is graded once more
        # One who has become an assistant since is no student any more.
        students = {one.receipt.student for one in batch} - now.roster.staff.keys()
        for one in (one for one in batch if one.receipt.is_again and not one.is_failed):
            for student in now.groups.with_members(assignment, [one.receipt.student]):
                outdate(now.course, assignment, student, one.mark)
        if students:
            self._figures.note(now, assignment, self._book.keep(now, assignment, students, known))
        self._end([one.receipt for one in batch if not one.is_failed], "done")
        if failed := [one.receipt for one in batch if one.is_failed]:
            self._give_up(failed, "the class page names them")

    def _give_up(self, receipts: list[Receipt], why: str) -> None:
        """Tell the teacher; the next start of the server tries again."""
        numbers = ", ".join(str(receipt.id) for receipt in receipts)
        self._warn(f"attempts {numbers} could not be graded: {why}; a restart tries again")
        self._end(receipts, "failed")

    def _end(self, receipts: list[Receipt], outcome: str) -> None:
        """Take attempts out of the queue, as soon as the database lets us.

        If the desk closes before that, they are in the queue, and the next start grades them again.
        """
        is_over = False
        while not is_over:
            is_over = self._stop.is_set()
            try:
                self._receipts.end(receipts, outcome)
            except Exception as error:  # else they would seem to run for ever
                self._pause(error)
            else:
                return

    def _pause(self, error: Exception) -> None:
        """Tell of trouble with a database, and wait a little before the next try."""
        self._warn(f"nothing can be kept just now: {in_words(error)}; the desk tries again")
        self._stop.wait(PAUSE_S)


def _submission(now: CourseNow, receipt: Receipt) -> Submission:
    """The attempt, with the random inputs of the student or of the student's group."""
    group = now.groups.of(receipt.assignment, receipt.student)
    person = now.roster.get(receipt.student)
    shared = Shared(group.name, person.id, person.full_name or person.id) if group else None
    path = now.course.root / receipt.path
    return Submission(receipt.student, receipt.assignment, path, shared=shared)
