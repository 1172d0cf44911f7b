"""Pages for a class are the same on any number of processes, and never half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.cli.views import show_pages
from grader.course.settings import Course
from grader.errors import GraderError
from grader.gradebook.book import CourseGradebook
from grader.gradebook.grades import Standing
from grader.gradebook.late import Lateness
from grader.gradebook.mark import Tick
from grader.gradebook.records import save_result
from grader.pages import class_feedback
from grader.pages.class_feedback import write_feedback
from grader.results import Note, NoteKind
from grader.system.processes import worker_processes
from tests.kit.course import ID, make_result, release_by_hand, write_course
from tests.kit.files import contents

STUDENTS = [f"student{n:02}" for n in range(12)]
AWAITED = STUDENTS[3:5]  # whose records come late, if a test says so


@pytest.fixture(autouse=True)
def _every_page_is_worth_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_feedback, "WORTH_A_WORKER", 1)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return graded(tmp_path, STUDENTS)


def graded(root: Path, students: list[str]) -> Course:
    """A course in which these students have been graded, each with another score and answer."""
    course = write_course(root)
    release = release_by_hand(course)
    with CourseGradebook(course) as book:
        book.register(release, course.assignment(ID))
    for number, student in enumerate(students):
        result = make_result(student, release, double=number % 5, square=1.0)
        save_result(
            course, replace(result, notes=(Note(NoteKind.REPAIRED, f"This is page {number}."),))
        )
    return course


def page(course: Course, student: str) -> Path:
    return course.feedback_dir / student / ID / f"{ID}.html"


def stamps(course: Course) -> dict[str, tuple[int, int]]:
    found = {student: page(course, student).stat() for student in STUDENTS}
    return {student: (stat.st_ino, stat.st_mtime_ns) for student, stat in found.items()}


def written(course: Course, workers: int = 1) -> list[str]:
    done = write_feedback(course, course.assignment(ID), workers=workers)
    return [page.student for page in done.pages if page.is_new]


@pytest.mark.slow
def test_two_processes_write_what_one_writes_byte_for_byte(course: Course) -> None:
    assert written(course, workers=1) == STUDENTS
    alone = contents(course.feedback_dir)
    assert len(alone) == len(STUDENTS)
    for student in STUDENTS:
        page(course, student).unlink()
    assert written(course, workers=2) == STUDENTS
    assert contents(course.feedback_dir) == alone


@pytest.mark.slow
def test_the_work_is_done_by_as_many_processes_as_asked_for(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def counted(size: int, *rest: Any) -> AbstractContextManager[Executor]:
        sizes.append(size)
        return worker_processes(size, *rest)

    monkeypatch.setattr(class_feedback, "worker_processes", counted)
    written(course, workers=2)
    assert sizes == [2]


def test_a_small_class_starts_no_process(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(class_feedback, "worker_processes", None)
    assert written(course, workers=2) == STUDENTS


def test_a_second_run_writes_nothing(course: Course) -> None:
    written(course)
    before = stamps(course)
    assert written(course, workers=2) == []
    assert stamps(course) == before


def test_only_the_page_of_a_new_grade_is_written(course: Course) -> None:
    written(course)
    before = stamps(course)
    release = release_by_hand(course)
    save_result(course, make_result("student03", release, double=4.0))
    assert written(course) == ["student03"]
    after = stamps(course)
    assert {s for s in STUDENTS if before[s] != after[s]} == {"student03"}


def test_a_page_that_somebody_changed_or_cut_is_written_again(course: Course) -> None:
    written(course)
    before = contents(course.feedback_dir)
    changed, cut = page(course, "student01"), page(course, "student02")
    changed.write_bytes(changed.read_bytes().replace(b"This is page 1.", b"This is page 7."))
    cut.write_bytes(cut.read_bytes()[:2000])
    assert written(course) == ["student01", "student02"]
    assert contents(course.feedback_dir) == before


@pytest.mark.parametrize(
    "standing",
    [
        Standing({"why": 2.0}),
        Standing(comments={"why": "Well put."}),
        Standing(rubrics={"why": (Tick(2.0, "Says why.", True),)}),
        Standing(lateness=Lateness(90_000.0, 1, 0, 0.1)),
    ],
    ids=["a score by hand", "a comment", "a rubric", "a late penalty"],
)
def test_what_the_gradebook_says_reaches_the_page(
    course: Course, monkeypatch: pytest.MonkeyPatch, standing: Standing
) -> None:
    written(course)
    everyone = {s: standing if s == "student05" else Standing() for s in STUDENTS}
    monkeypatch.setattr(class_feedback, "standings", lambda *_: everyone)
    assert written(course) == ["student05"]


@pytest.mark.slow
def test_only_the_page_of_a_new_name_in_the_roster_is_written(course: Course) -> None:
    written(course)
    course.roster_path.write_text("id,first_name\nstudent05,Ada\nnobody,Bob\n")
    assert written(course, workers=2) == ["student05"]
    assert "Ada" in page(course, "student05").read_text()
    assert written(course) == []


def test_another_title_or_template_writes_every_page_again(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(course)
    text = (course.root / "course.yml").read_text()
    (course.root / "course.yml").write_text(text.replace("title: Tiny", "title: Small"))
    renamed = Course.load(course.root)
    assert written(renamed) == STUDENTS
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "feedback.html").write_text("another one")
    monkeypatch.setattr(class_feedback, "TEMPLATES", tmp_path / "templates")
    assert written(renamed) == STUDENTS


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_cannot_be_made_stops_no_other(
    course: Course, capsys: pytest.CaptureFixture[str], workers: int
) -> None:
    bad = {"student01": b"{", "student04": b'{"notebook": 1}', "student07": b"\xff\xfe"}
    for student, record in bad.items():
        course.result_path(ID, student).write_bytes(record)
    course.feedback_dir.mkdir()
    (course.feedback_dir / "student09").touch()  # where a folder has to be
    done = write_feedback(course, course.assignment(ID), workers=workers)
    show_pages(done)
    broken = [*bad, "student09"]
    assert [p.student for p in done.ready] == [s for s in STUDENTS if s not in broken]
    assert all(p.path.is_file() for p in done.ready)
    assert done.exit_code == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(broken)
    for student, line in zip(broken, lines, strict=True):
        assert f"grader: {student}: {course.root}" in line
        assert f"run `grader feedback {ID}`" in line or f"then `grader feedback {ID}`" in line
    assert f"run `grader autograde {ID} --student student01 --force`" in lines[0]


@pytest.mark.slow
def test_a_worker_that_is_ended_from_outside_is_told_in_one_line(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_feedback, "worker_processes", doomed_processes)
    with pytest.raises(GraderError, match="run the same command again, with --workers 1") as caught:
        written(course, workers=2)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    assert written(course) == STUDENTS


@contextmanager
def doomed_processes(*given: Any) -> Iterator[Executor]:
    with worker_processes(*given) as executor:
        yield Doomed(executor)


class Doomed(Executor):
    """Workers that end instead of doing their work."""

    def __init__(self, workers: Executor) -> None:
        self.workers = workers

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        return self.workers.submit(end_with_your_process)


def end_with_your_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Run:
    """The command on two processes, which soon wait for the records of two students."""

    def __init__(self, course: Course) -> None:
        self.course = course
        paths = [course.result_path(ID, student) for student in AWAITED]
        self.records = {path: path.read_bytes() for path in paths}
        for path in paths:
            path.unlink()
            os.mkfifo(path)

    def start(self) -> subprocess.Popen[str]:
        code = (
            "from grader.cli import app\nfrom grader.pages import class_feedback\n"
            "class_feedback.WORTH_A_WORKER = 1\napp.main()"
        )
        words = ["feedback", ID, "--workers", "2", "--course", str(self.course.root)]
        return subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def pages(self) -> list[Path]:
        return list(self.course.feedback_dir.rglob("*.html"))

    def await_first(self, process: subprocess.Popen[str]) -> None:
        while not self.pages():
            assert process.poll() is None
            time.sleep(0.01)

    def give_records(self) -> None:
        """Let the two processes read what they wait for."""
        for path, record in self.records.items():
            path.write_bytes(record)

    def keep_records(self) -> None:
        """Put the records where nobody has to wait for them."""
        for path, record in self.records.items():
            path.unlink()
            path.write_bytes(record)

    def group_is_gone(self, group: int) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.02)
        return False


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(graded(tmp_path, STUDENTS))


@pytest.mark.slow
def test_ctrl_c_leaves_whole_pages_and_says_how_to_go_on(run: Run) -> None:
    process = run.start()
    run.await_first(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    assert process.stderr
    assert process.stderr.readline().startswith("grader: finishing what is running")
    run.give_records()
    stdout, last = process.communicate(timeout=300)
    assert process.returncode == 130, last
    made = run.pages()
    assert len(AWAITED) < len(made) < len(STUDENTS)
    assert last == (
        f"grader: stopped with {len(STUDENTS) - len(made)} still to write; "
        "run the same command again to go on\n"
    )
    assert f"{len(made)} pages in" in stdout
    assert all(path.read_bytes().endswith(b" -->\n") for path in made)
    assert not list(run.course.feedback_dir.rglob(".*"))  # nothing half-written
    assert run.group_is_gone(process.pid)
    run.keep_records()
    again = run.start()
    stdout, stderr = again.communicate(timeout=300)
    assert again.returncode == 0
    (hint,) = stderr.splitlines()
    assert hint.startswith("next: grader give-back ")
    assert f"{len(STUDENTS) - len(made)} written, {len(made)} unchanged" in stdout


@pytest.mark.slow
def test_a_killed_run_leaves_whole_pages_and_no_process(run: Run) -> None:
    process = run.start()
    run.await_first(process)
    process.kill()
    process.communicate(timeout=300)
    assert run.group_is_gone(process.pid)
    made = run.pages()
    assert len(made) < len(STUDENTS)
    assert all(path.read_bytes().endswith(b" -->\n") for path in made)
    run.keep_records()
    again = run.start()
    stdout, stderr = again.communicate(timeout=300)
    assert again.returncode == 0
    (hint,) = stderr.splitlines()
    assert hint.startswith("next: grader give-back ")
    assert f"{len(made)} unchanged" in stdout
    assert len(run.pages()) == len(STUDENTS)
    assert not list(run.course.feedback_dir.rglob(".*"))  # what was left half-written is used up
