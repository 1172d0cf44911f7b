"""The circle of a class through Canvas's interface for programs, against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.roster_file import open_roster
from grader.export.canvas_grades import plan_grades, write_grades
from grader.export.giving.by_canvas import ByCanvas, give_by_canvas
from grader.export.giving.give_back import planned
from grader.intake.canvas_people import listed_in_canvas
from grader.intake.enrol import joined
from grader.intake.from_canvas import collect_from_canvas
from grader.lms.canvas import Canvas
from tests.kit.canvas_class import connected
from tests.kit.canvas_server import Class, playing
from tests.kit.circle import Circle, Counts, Graded, System, canvas_zip, mark_of
from tests.kit.classes import NASTY, Nasty, class_of, work_of
from tests.kit.course import ID
from tests.kit.sheets import canvas_gradebook

__all__ = ["canvas_circle"]


class CanvasCircle(Circle):
    """One class on its way through Canvas itself.

    Args:
        scene: roster and those who hand in.
        graded: results by `mark_of`.
        folder: where course and files are written.
        is_anonymous: whether Canvas hides names until everything is graded.
    """

    def __init__(self, scene: Nasty, graded: Graded, folder: Path, *, is_anonymous: bool) -> None:
        super().__init__(System(canvas_gradebook(), canvas_zip, ()), scene, graded, folder)
        self.is_anonymous = is_anonymous

    @property
    def owners(self) -> dict[str, str]:
        """Whose id of the course is whose; anonymous work has ids of its own."""
        if not self.is_anonymous:
            return super().owners
        return {f"anon_a{p.canvas_id}Z": mark_of(p) for p in self.handing}

    def enrol(self) -> None:
        """Make the roster by what Canvas knew of the class then."""
        with self._canvas(of_roster=True) as (_, canvas):
            _, roster = joined(self.course, listed_in_canvas(canvas))
        if roster is None:
            roster = open_roster(self.course).with_people(self.scene.roster)
        roster.save()
        self.enrolled()

    def go_on(self) -> None:
        """All the rest: against the same Canvas, by what it knows now."""
        with self._canvas(of_roster=False) as (known, canvas):
            if self.is_anonymous:
                known.task = {"anonymize_students": True}
            lines = [x for x in collect_from_canvas(self.course, ID, canvas) if not x.ok]
            self.counted([str(line) for line in lines])
            self.grade()
            known.task = {}
            self._give_scores(known, canvas)
            self._give_pages(known, canvas)

    def _give_scores(self, known: Class, canvas: Canvas) -> None:
        for _ in write_grades(plan_grades(self.course, ID, canvas), canvas):
            pass
        for person in self.everyone():
            score = known.submissions[int(person.canvas_id)]["score"]
            if score is not None:
                self.scored(mark_of(person), score)

    def _give_pages(self, known: Class, canvas: Canvas) -> None:
        way = ByCanvas(canvas)
        give_by_canvas(planned(self.course, self.course.assignment(ID), "api", way.plan), way)
        pages = {
            (mark_of(person), page)
            for person in self.everyone()
            for comment in known.submissions[int(person.canvas_id)]["comments"]
            for page in comment["contents"]
        }
        self.counts.pages = sorted({self.got(*pair) for pair in pages})

    @contextmanager
    def _canvas(self, *, of_roster: bool) -> Iterator[tuple[Class, Canvas]]:
        people = self.scene.roster if of_roster else self.everyone()
        with playing(Class()) as known:
            for n, p in enumerate(people):
                number = int(p.canvas_id or 1 + n)
                ids = {"sis_user_id": p.sis_id, "login_id": p.sis_login, "email": p.email}
                known.enroll(number, p.sortable_name, **ids)
                known.users[number]["name"] = p.full_name
            for p in () if of_roster else self.handing:
                known.hand_in(int(p.canvas_id), {f"{ID}.ipynb": work_of(p)})
            yield known, connected(known)


def canvas_circle(
    nasty: str, graded: Graded, folder: Path, *, is_anonymous: bool = False
) -> Counts:
    """Go round once, through Canvas.

    Args:
        nasty: the name of a roster.
        graded: what `graded_class` returned.
        folder: where the course is written; it must be there.
        is_anonymous: whether Canvas hides names until everything is graded.
    """
    going = CanvasCircle(NASTY[nasty](class_of("en")), graded, folder, is_anonymous=is_anonymous)
    going.enrol()
    going.go_on()
    return going.counts
