"""Keeps results as `grader autograde` does, with a gradebook that stays open between batches.

To read the assignment, open the gradebook and close it again costs more than to keep one result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack

from grader.course.bundle import Bundle
from grader.desk.bundles import Bundles
from grader.desk.course_now import CourseNow
from grader.desk.crews import KnownCrew
from grader.gradebook.on_demand import GradebookOnDemand
from grader.gradebook.parcel import Parcel
from grader.grading.batch import grade_changed
from grader.grading.crew import Crew
from grader.grading.run import Run
from grader.system.listener import Listener

__all__ = ["OpenBook"]


class OpenBook:
    """Results go through here into the course; for one thread, which closes it.

    Args:
        bundles: the assignments.
        crew: who grades what is not known yet.
        warn: told in one line what a teacher has to see to, each once while a gradebook is open.
    """

    def __init__(self, bundles: Bundles, crew: Crew, warn: Callable[[str], None]) -> None:
        self._bundles, self._crew, self._warn = bundles, crew, warn
        self._closing = ExitStack()
        self._open: tuple[CourseNow, Bundle, GradebookOnDemand] | None = None
        self._told: set[str] = set()

    def keep(
        self,
        now: CourseNow,
        assignment_id: str,
        students: Iterable[str],
        known: Mapping[str, Parcel],
    ) -> list[str]:
        """Choose the attempts that count, and keep their results.

        Args:
            now: the course.
            assignment_id: which assignment.
            students: who handed in.
            known: the results of what they handed in, by fingerprint; also those that failed.

        Returns:
            Whose results may have changed: the students, and those who work with them.

        Raises:
            GraderError: what `grader autograde` raises.
        """
        mine = set(students)
        members = set(now.groups.with_members(assignment_id, sorted(mine)))
        everybody = sorted(mine | (members & set(now.roster.people)))
        run = self._run(now, assignment_id, KnownCrew(self._crew, known))
        try:
            grade_changed(run, everybody)
        except BaseException:
            self.close()  # whatever is wrong with the gradebook, the next batch opens it anew
            raise
        return everybody

    def close(self) -> None:
        """Close the gradebook."""
        self._closing.close()
        self._open = None

    def _run(self, now: CourseNow, assignment_id: str, crew: Crew) -> Run:
        bundle = self._bundles.of(now, assignment_id)
        if self._open is None or self._open[0] is not now or self._open[1] is not bundle:
            self.close()
            self._told.clear()
            book = GradebookOnDemand(now.course, now.deadlines, [bundle])
            self._open = now, bundle, self._closing.enter_context(book)
            for remark in (*now.deadlines.remarks, *now.groups.remarks):
                self._warn_once(remark)
        listener = Listener(self._warn_once)
        return Run(now.course, bundle, now.deadlines, now.groups, self._open[2], crew, listener)

    def _warn_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._warn(line)
