"""A grader killed at any moment loses nothing, does nothing twice and leaves nothing behind.

`GRADER_KILLS` says how often it is killed; `make nightly` asks for 50.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.box.jail import family
from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.gradebook.records import fingerprint
from grader.intake.submissions import find_submissions
from grader.notebook import Notebook
from grader.results import SubmissionResult
from tests.kit.course import ID, hand_in, release_by_hand, write_course
from tests.kit.files import content
from tests.kit.notebooks import answered
from tests.kit.processes import GRADER, is_worker, zygotes
from tests.kit.results import scores

pytestmark = [pytest.mark.linux, pytest.mark.slow]

KILLS = int(os.environ.get("GRADER_KILLS", "6"))
KILLS_PER_COURSE = 10  # then a new one, so that the making of a gradebook is hit too
SEED = 20260110
STUDENTS = [f"student{n}" for n in range(8)]
ORPHANS_END_WITHIN_S = 120  # at once, but what is importing sees only afterwards that it is alone
RUN_TIMEOUT_S = 180


@dataclass
class Class:
    """A course in a folder of its own, and the scratch space of everything that grades it."""

    root: Path
    course: Course = field(init=False)
    release: Notebook = field(init=False)
    version: int = 0

    def __post_init__(self) -> None:
        self.temporary.mkdir(parents=True)
        self.temporary.chmod(0o711)  # a box has a uid of its own
        self.course = write_course(self.root / "course")
        self.release = release_by_hand(self.course)
        self.hand_in(STUDENTS)

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    def hand_in(self, students: list[str]) -> None:
        """New versions of the same work, with the same score."""
        self.version += 1
        for student in students:
            factor = STUDENTS.index(student) % 3
            code = f"def double(x):\n    return {factor} * x  # version {self.version}"
            hand_in(self.course, student, answered(self.release, double=code))

    def start(self) -> subprocess.Popen[bytes]:
        """The command, as an instructor would start it."""
        words = ["autograde", ID, "--course", str(self.course.root), "--workers", "2"]
        with (self.root / "log").open("ab") as log:
            return subprocess.Popen(
                [*GRADER, *words],
                env={**os.environ, "TMPDIR": str(self.temporary)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run_to_the_end(self) -> None:
        exit_code = self.start().wait(RUN_TIMEOUT_S)
        assert exit_code == 0, (self.root / "log").read_text()[-3000:]

    def processes(self) -> list[int]:
        """All that was started with our scratch space in its environment, wherever it hangs."""
        mark = os.fsencode(self.temporary)
        return [
            int(p.parent.name) for p in Path("/proc").glob("[0-9]*/environ") if mark in content(p)
        ]

    def scores(self) -> dict[str, dict[str, float | None]]:
        return {student: scores(result) for student, result in sorted(self.results().items())}

    def results(self) -> dict[str, SubmissionResult]:
        """Every record; each must be whole."""
        texts = [path.read_text(encoding="utf-8") for path in self.records()]
        return {result.student: result for result in map(SubmissionResult.from_json, texts)}

    def records(self) -> list[Path]:
        return sorted((self.course.root / "results").glob("*/[!.]*"))

    def finished(self) -> dict[str, int]:
        """Students whose newest version is graded, and when that record was written."""
        bundle = load_bundle(self.course, ID)
        results = self.results()
        return {
            submission.student: self.course.result_path(ID, submission.student).stat().st_mtime_ns
            for submission in find_submissions(self.course, ID)
            if submission.student in results
            and results[submission.student].fingerprint == fingerprint(bundle, submission)
        }

    def grades(self) -> dict[str, list[tuple[str, float | None]]]:
        """The gradebook's automatic scores by student; it must be whole, with no row twice."""
        path = self.course.root / "gradebook.db"
        if not path.exists():
            return {}
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if not database.execute(HAS_GRADES).fetchall():
                return {}
            rows = database.execute(GRADES).fetchall()
        found: dict[str, list[tuple[str, float | None]]] = {}
        for student, cell, score in rows:
            found.setdefault(student, []).append((cell, score))
        return found

    def files(self) -> Iterator[Path]:
        for name in ("results", "autograded"):
            yield from (p for p in (self.course.root / name).rglob("*") if p.is_file())


HAS_GRADES = "SELECT 1 FROM sqlite_master WHERE name = 'grade'"
GRADES = """
SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score
FROM submitted_assignment
JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN grade ON grade.notebook_id = submitted_notebook.id
JOIN base_cell ON base_cell.id = grade.cell_id
ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def space() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


@dataclass(frozen=True)
class Undisturbed:
    """What a run leaves that nobody kills, and how long it takes."""

    scores: dict[str, dict[str, float | None]]
    grades: dict[str, list[tuple[str, float | None]]]
    names: list[str]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(space: Path) -> Undisturbed:
    graded = Class(space / "undisturbed")
    start = time.monotonic()
    graded.run_to_the_end()
    seconds = time.monotonic() - start
    return Undisturbed(graded.scores(), graded.grades(), names(graded), seconds)


def assert_nothing_runs(graded: Class) -> None:
    at_most = time.monotonic() + ORPHANS_END_WITHIN_S
    while graded.processes() and time.monotonic() < at_most:
        time.sleep(0.02)
    assert [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in graded.processes()] == []


def assert_whole(graded: Class) -> None:
    """What can be said at any moment: nothing is half there."""
    grades = graded.grades()
    for student, result in graded.results().items():
        stored = {cell.removeprefix("test_"): score for cell, score in grades[student]}
        assert stored == scores(result)
    for path in graded.files():
        if path.suffix == ".ipynb":
            json.loads(path.read_text(encoding="utf-8"))


def assert_complete(graded: Class, undisturbed: Undisturbed) -> None:
    """What can be said once the command has come to its end."""
    assert_whole(graded)
    assert_nothing_runs(graded)
    assert set(graded.finished()) == set(STUDENTS)
    assert graded.scores() == undisturbed.scores
    assert graded.grades() == undisturbed.grades
    assert names(graded) == undisturbed.names
    assert list(graded.temporary.iterdir()) == []


def names(graded: Class) -> list[str]:
    return sorted(str(path.relative_to(graded.course.root)) for path in graded.files())


def run_and_kill(graded: Class, dice: random.Random, usual_s: float) -> bool:
    """Start the command and kill it somewhere; False if it ended before that."""
    before = graded.finished()
    records = graded.records()
    process = graded.start()
    if dice.random() < 0.5:
        time.sleep(dice.uniform(0, usual_s))
    else:
        wait_for_a_result(graded, process)
        time.sleep(dice.uniform(0, 0.1 * usual_s))
    was_running = process.poll() is None
    process.kill()
    process.wait()
    assert_nothing_runs(graded)
    assert_whole(graded)
    assert set(records) <= set(graded.records())
    after = graded.finished()
    assert {student: after[student] for student in before} == before
    return was_running


def wait_for_a_result(graded: Class, process: subprocess.Popen[bytes]) -> None:
    times = {path: path.stat().st_mtime_ns for path in graded.records()}
    while process.poll() is None:
        if {path: path.stat().st_mtime_ns for path in graded.records()} != times:
            return
        time.sleep(0.01)


def test_killed_at_random_moments_it_goes_on_where_it_was(
    space: Path, undisturbed: Undisturbed
) -> None:
    dice = random.Random(SEED)
    kills = 0
    while kills < KILLS:
        graded = Class(space / f"killed-{kills}")
        target = min(KILLS, kills + KILLS_PER_COURSE)
        while kills < target:
            if len(graded.finished()) > len(STUDENTS) - 3:
                graded.hand_in(dice.sample(STUDENTS, 6))
            kills += run_and_kill(graded, dice, undisturbed.seconds)
        graded.run_to_the_end()
        assert_complete(graded, undisturbed)


def test_a_killed_worker_and_a_killed_zygote_leave_nothing_either(
    space: Path, undisturbed: Undisturbed
) -> None:
    """The grader goes on without them."""
    graded = Class(space / "worker")
    process = graded.start()
    (worker, _), both = wait_for_two_workers(process)
    os.kill(worker, signal.SIGKILL)
    for pid in both:  # that of the killed worker may have ended by now
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert process.wait(RUN_TIMEOUT_S) in (0, 1)
    graded.run_to_the_end()
    assert_complete(graded, undisturbed)


def wait_for_two_workers(process: subprocess.Popen[bytes]) -> tuple[list[int], list[int]]:
    """Both workers and their zygotes; results are kept later, once the gradebook is open."""
    while process.poll() is None:
        workers = [pid for pid in family.descendants(process.pid) if is_worker(pid)]
        warm = zygotes(process.pid)
        if len(workers) == len(warm) == 2:
            return workers, warm
        time.sleep(0.01)
    raise AssertionError("the run ended before it had two workers")
