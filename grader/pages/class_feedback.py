"""Feedback for a class: writes the pages that are new or changed, on several processes if it pays.

A page ends with a seal: a digest of the page and of everything that it was made from. While the
seal fits, writing the page again would give the same page, so the page is left alone.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.course.bundle import kit_digest
from grader.course.roster import Person, Roster, load_roster
from grader.course.settings import Assignment, Course
from grader.errors import GraderError
from grader.gradebook.grades import Standing, grade_of, standings
from grader.gradebook.on_demand import GradebookOnDemand
from grader.pages.feedback import feedback_page
from grader.results import SubmissionResult
from grader.system.files import write_whole
from grader.system.listener import NOBODY, Listener
from grader.system.processes import worker_processes
from grader.system.stopping import stop_on_interrupt

__all__ = ["ClassFeedback", "Page", "without_seal", "write_feedback"]

WORTH_A_WORKER = 32 << 20  # bytes of records; while a process starts, this many become pages
SEAL = b"<!-- "
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """How one student's page ended.

    Args:
        student: student id.
        path: where the page is.
        is_new: whether it was written now; False if the page was up to date.
        problem: why there is no page, and what to do about it; "" if there is one.
    """

    student: str
    path: Path
    is_new: bool = False
    problem: str = ""


@dataclass(frozen=True)
class ClassFeedback:
    """The result of writing the pages of one assignment.

    Args:
        assignment: assignment id.
        folder: where the pages are.
        pages: those that were up to date, were written, or could not be made.
        left: how many were not written yet when Ctrl-C stopped it.
    """

    assignment: str
    folder: Path
    pages: tuple[Page, ...]
    left: int = 0

    @property
    def ready(self) -> list[Page]:
        """Pages that a student can be given."""
        return [page for page in self.pages if not page.problem]

    @property
    def exit_code(self) -> int:
        """0 done, 1 a page could not be made, 130 stopped."""
        return 130 if self.left else int(len(self.ready) < len(self.pages))

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        written = sum(page.is_new for page in self.pages)
        return {
            "folder": self.folder,
            "pages": [page.path for page in self.ready],
            "written": written,
            "unchanged": len(self.ready) - written,
            "failed": {page.student: page.problem for page in self.pages if page.problem},
            "stopped": bool(self.left),
        }


@dataclass(frozen=True)
class _Shared:
    """What all pages of a run have in common; made once and kept by each worker."""

    course: Course
    assignment: Assignment
    roster: Roster

    @cached_property
    def digest(self) -> bytes:
        """Of course.yml and of the kit: if one of them changes, any page may change."""
        digest = hashlib.sha256(kit_digest().encode())
        for path in sorted((*TEMPLATES.glob("*.html"), *TEMPLATES.glob("*.css"))):
            digest.update(path.read_bytes())
        digest.update(self.course.model_dump_json().encode() + self.assignment.id.encode())
        return digest.digest()

    def page(self, student: str) -> Path:
        name = f"{self.assignment.id}.html"
        return self.course.feedback_dir / student / self.assignment.id / name

    def record(self, student: str) -> Path:
        return self.course.result_path(self.assignment.id, student)


def write_feedback(
    course: Course, assignment: Assignment, *, workers: int = 1, listener: Listener = NOBODY
) -> ClassFeedback:
    """Bring `feedback/<student>/<assignment>/<assignment>.html` up to date for every result.

    A page that cannot be made does not stop the others.

    Args:
        course: the course.
        assignment: which assignment.
        workers: the most processes to use; fewer are used if starting one would take longer.
        listener: is told of each page that is written.

    Raises:
        GradebookError: the gradebook cannot be read.
        UsageError: the extensions or the roster cannot be read.
        GraderError: a worker died.
    """
    shared = _Shared(course, assignment, load_roster(course) or Roster())
    with GradebookOnDemand(course) as gradebook:
        everyone = standings(gradebook, assignment)
    todo = {s: standing for s, standing in everyone.items() if not _is_sealed(shared, s, standing)}
    pages = [Page(student, shared.page(student)) for student in everyone if student not in todo]
    with (
        stop_on_interrupt(listener.warn) as stop,
        listener.progress(len(todo), "writing pages") as advance,
    ):
        for page in _written(shared, todo, _worthwhile(shared, todo, workers), stop):
            pages.append(page)
            advance(page)
    pages.sort(key=lambda page: page.student)
    left = len(everyone) - len(pages)
    return ClassFeedback(assignment.id, course.feedback_dir, tuple(pages), left)


def without_seal(page: bytes) -> bytes:
    """The page without its last line, which another version of the kit would write anew."""
    return page.rpartition(SEAL)[0]


def _is_sealed(shared: _Shared, student: str, standing: Standing) -> bool:
    """Whether the existing page is the one that would be written."""
    try:
        there = shared.page(student).read_bytes()
        record = shared.record(student).read_bytes()
    except OSError:
        return False
    return there == _sealed(
        without_seal(there), shared, shared.roster.get(student), standing, record
    )


def _sealed(
    page: bytes, shared: _Shared, person: Person, standing: Standing, record: bytes
) -> bytes:
    by_hand = sorted(standing.by_hand.items()), sorted(standing.comments.items())
    ticks = sorted(standing.rubrics.items())
    given = f"{by_hand}{ticks}{standing.lateness!r}{person.full_name!r}".encode()
    digest = hashlib.sha256()
    for part in (shared.digest, given, record, page):
        digest.update(hashlib.sha256(part).digest())
    return page + SEAL + digest.hexdigest().encode() + b" -->\n"


def _write(shared: _Shared, student: str, standing: Standing) -> Page:
    """Write one page; an error becomes its `problem`."""
    path, again = shared.page(student), f"grader feedback {shared.assignment.id}"
    person = shared.roster.get(student)
    try:
        record = shared.record(student).read_bytes()
        grade = grade_of(SubmissionResult.from_json(record), standing)
        page = feedback_page(shared.course, shared.assignment, grade, person).encode()
        write_whole(path, _sealed(page, shared, person, standing, record))
    except OSError as error:
        place, reason = error.filename or path, error.strerror or error
        return Page(student, path, problem=f"{place}: {reason}; repair that, then run `{again}`")
    except Exception as error:  # a damaged record can raise anything; other pages must go on
        grading = f"grader autograde {shared.assignment.id} --student {student} --force"
        problem = f"{shared.record(student)}: damaged ({type(error).__name__}); "
        return Page(student, path, problem=problem + f"run `{grading}`, then `{again}`")
    return Page(student, path, is_new=True)


def _worthwhile(shared: _Shared, students: Iterable[str], workers: int) -> int:
    """How many processes have enough work to be worth starting."""
    paths = map(shared.record, students)
    size = sum(path.stat().st_size for path in paths if path.exists())
    return min(workers, 1 + size // WORTH_A_WORKER)


def _written(
    shared: _Shared, todo: Mapping[str, Standing], workers: int, stop: threading.Event
) -> Iterator[Page]:
    """Yield pages as they are written; after Ctrl-C, only those that have been begun."""
    if workers > 1:
        yield from _written_by(workers, shared, todo, stop)
        return
    for student, standing in todo.items():
        if stop.is_set():
            return
        yield _write(shared, student, standing)


def _written_by(
    workers: int, shared: _Shared, todo: Mapping[str, Standing], stop: threading.Event
) -> Iterator[Page]:
    try:
        with worker_processes(workers, _become_worker, (shared,)) as executor:
            pages = [executor.submit(_write_held, *job) for job in todo.items()]
            for page in as_completed(pages):
                if stop.is_set():
                    for waiting in pages:
                        waiting.cancel()
                if not page.cancelled():
                    yield page.result()
    except BrokenProcessPool:
        raise GraderError(
            "a process that wrote pages was ended from outside; the pages that are there are "
            "whole; run the same command again, with --workers 1 if it happens again"
        ) from None


_held: list[_Shared] = []


def _become_worker(shared: _Shared) -> None:
    _held.append(shared)


def _write_held(student: str, standing: Standing) -> Page:
    return _write(_held[0], student, standing)
