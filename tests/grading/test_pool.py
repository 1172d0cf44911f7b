"""Many submissions on several processes: each comes back once, even if workers die."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.box.jail import family
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.errors import GraderError
from grader.grading.crew import LocalCrew, Workers
from grader.grading.pool import grade_all
from grader.intake.submissions import Submission, with_content
from grader.results import Status, SubmissionResult
from tests.kit.course import ID, hand_in, release_by_hand, write_course
from tests.kit.notebooks import answered
from tests.kit.processes import is_alive, is_worker, new_nurseries, nurseries, open_boxes
from tests.kit.results import by_student

STUDENTS = ["amy", "bob", "cyd"]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = write_course(tmp_path_factory.mktemp("course"))
    release = release_by_hand(made)
    for number, student in enumerate(STUDENTS):
        code = f"def double(x):\n    return {number % 3} * x"
        hand_in(made, student, answered(release, double=code))
    for student, sleep_s in (("slow", 2), ("endless", 40)):
        code = f"import time\ntime.sleep({sleep_s})\ndef double(x): return 2 * x"
        hand_in(made, student, answered(release, double=code))
    return made


def path_of(course: Course, student: str) -> Path:
    return course.submitted_dir / student / ID / f"{ID}.ipynb"


@pytest.fixture(scope="module")
def bundle(course: Course) -> Bundle:
    return load_bundle(course, ID)


def submissions(course: Course, *students: str) -> list[Submission]:
    return [Submission(name, ID, path_of(course, name), None) for name in students]


def rejected(course: Course, number: int) -> list[Submission]:
    """Submissions without a file, which are quick to grade: no box is opened."""
    return submissions(course, *(f"absent{n}" for n in range(number)))


@pytest.mark.slow
def test_one_worker_and_two_give_the_same_records(course: Course, bundle: Bundle) -> None:
    given = submissions(course, *STUDENTS)
    one, two = (by_student(grade_all(bundle, given, LocalCrew(workers))) for workers in (1, 2))
    assert one == two
    assert set(one) == set(STUDENTS)
    assert [one[name].question("double").score for name in STUDENTS] == [1.0, 1.0, 4.0]


def test_no_submissions_give_no_results_and_start_no_worker(bundle: Bundle) -> None:
    assert list(grade_all(bundle, [], LocalCrew(2))) == []
    assert not workers_of_this_process()


@pytest.mark.slow
@pytest.mark.linux
def test_a_gentle_crew_lets_other_processes_go_first(bundle: Bundle) -> None:
    """Its workers do, and so do the nursery and all boxes, which are forks of it."""
    before, others = os.getpriority(os.PRIO_PROCESS, 0), nurseries(os.getpid())
    with LocalCrew(1, niceness=3) as crew, crew.at_work(bundle, 1) as workers:
        theirs = workers.executor.submit(os.getpriority, os.PRIO_PROCESS, 0).result()
        (nursery,) = new_nurseries(os.getpid(), others)
        assert theirs == os.getpriority(os.PRIO_PROCESS, nursery) == before + 3
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@pytest.mark.slow
def test_no_collection_in_a_worker_looks_at_what_is_there_for_all_submissions(
    bundle: Bundle,
) -> None:
    with LocalCrew(1) as crew, crew.at_work(bundle, 1) as workers:
        assert workers.executor.submit(gc.get_freeze_count).result() > 10_000


@pytest.mark.slow
def test_a_crew_that_is_kept_starts_one_nursery_and_another_if_that_is_killed(
    course: Course, bundle: Bundle
) -> None:
    def nurseries_after_grading(crew: LocalCrew) -> set[int]:
        assert all(result.score is not None for result in grade_all(bundle, [bela], crew))
        return nurseries(os.getpid()) - others

    others = nurseries(os.getpid())  # a fixture of other tests may hold one
    [bela] = submissions(course, "bela")
    with LocalCrew(1) as crew:
        first = nurseries_after_grading(crew)
        assert len(first) == 1
        assert nurseries_after_grading(crew) == first
        for pid in first:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert not nurseries_after_grading(crew) & first
    assert nurseries(os.getpid()) == others


@pytest.mark.slow
@pytest.mark.linux
def test_what_was_warmed_up_serves_all_workers(course: Course, bundle: Bundle) -> None:
    others = nurseries(os.getpid())
    with LocalCrew(1) as crew:
        crew.warm_up()
        warm = new_nurseries(os.getpid(), others)
        assert len(warm) == 1
        [result] = grade_all(bundle, submissions(course, "bela"), crew)
        assert result.score is not None
        assert nurseries(os.getpid()) - others == warm


@pytest.mark.linux
def test_what_was_warmed_up_for_nothing_is_stopped_at_once() -> None:
    """Even one that could not end by itself, since it still imports."""
    others = nurseries(os.getpid())
    with LocalCrew(1) as crew:
        crew.warm_up()
        (nursery,) = new_nurseries(os.getpid(), others)
        os.kill(nursery, signal.SIGSTOP)
    assert nurseries(os.getpid()) == others


def workers_of_this_process() -> list[int]:
    return [pid for pid in family.descendants(os.getpid()) if is_worker(pid)]


@pytest.fixture
def litter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for files that killed workers cannot remove; the uid of a box may enter it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        monkeypatch.setenv("TMPDIR", name)
        yield


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Counts the submissions that were handed to workers."""
    given = threading.Semaphore(0)

    def counted(submission: Submission) -> Submission:
        given.release()
        return with_content(submission)

    monkeypatch.setattr("grader.grading.pool.with_content", counted)
    yield given


def kill_when_a_box_sleeps(
    stop: threading.Event, times: int, handed_over: threading.Semaphore
) -> threading.Thread:
    """Kill workers while they run the slow submission, as an out-of-memory killer would."""

    def watch() -> None:
        for _ in range(times):
            while not handed_over.acquire(timeout=0.05):  # spare workers that still start
                if stop.is_set():
                    return
            while not stop.wait(0.05):
                if open_boxes(os.getpid()):
                    stop.wait(0.1)
                    os.kill(workers_of_this_process()[0], signal.SIGKILL)
                    break

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.slow
def test_what_a_killed_worker_had_is_graded_again(
    course: Course, bundle: Bundle, litter: None, handed_over: threading.Semaphore
) -> None:
    stop = threading.Event()
    thread = kill_when_a_box_sleeps(stop, times=1, handed_over=handed_over)
    given = [*submissions(course, "slow"), *rejected(course, 2)]
    try:
        found = by_student(grade_all(bundle, given, LocalCrew(1)))
    finally:
        stop.set()
        thread.join()
    statuses = {student: result.status for student, result in found.items()}
    rejections = dict.fromkeys(["absent0", "absent1"], Status.REJECTED)
    assert statuses == {"slow": Status.GRADED, **rejections}


@pytest.mark.slow
def test_a_worker_that_dies_between_two_results_ends_nothing(
    course: Course, bundle: Bundle
) -> None:
    """It dies while a result is being stored, when nobody waits for it."""
    results = grade_all(bundle, rejected(course, 5), LocalCrew(1))
    found = [next(results)]
    (worker,) = workers_of_this_process()
    os.kill(worker, signal.SIGKILL)
    at_most = time.monotonic() + 120
    while is_alive(worker) and time.monotonic() < at_most:
        time.sleep(0.02)
    found += results
    assert sorted(result.student for result in found) == [f"absent{n}" for n in range(5)]
    assert {result.status for result in found} == {Status.REJECTED}


class DyingExecutor(Executor):
    """An executor whose worker dies with the second submission; all others are graded."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        _, submission = args
        self.given.append(submission.student)
        future: Future[Any] = Future()
        if len(self.given) == 2:
            future.set_exception(BrokenProcessPool())
        else:
            result = SubmissionResult(submission.student, ID, Status.GRADED, 9.0)
            future.set_result(result)
        return future


@dataclass
class DyingCrew:
    """A crew with such an executor."""

    executor: DyingExecutor
    size: int = 2
    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        yield Workers(self.executor, bundle)


def test_what_was_graded_when_a_worker_died_is_not_graded_again(
    course: Course, bundle: Bundle
) -> None:
    executor = DyingExecutor()
    found = by_student(grade_all(bundle, rejected(course, 4), DyingCrew(executor)))
    assert len(found) == 4
    assert executor.given == ["absent0", "absent1", "absent2", "absent3", "absent1"]


def die_at_once(bundle: Bundle, orders: object) -> None:
    os._exit(3)


@pytest.mark.slow
def test_workers_that_cannot_start_end_the_run(
    course: Course, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.worker.become_worker", die_at_once)
    with pytest.raises(GraderError, match="end while they start"):
        list(grade_all(bundle, rejected(course, 5), LocalCrew(2)))
    assert not workers_of_this_process()


@pytest.mark.slow
def test_a_submission_whose_worker_dies_twice_is_not_graded(
    course: Course, bundle: Bundle, litter: None, handed_over: threading.Semaphore
) -> None:
    stop = threading.Event()
    thread = kill_when_a_box_sleeps(stop, times=2, handed_over=handed_over)
    try:
        found = by_student(grade_all(bundle, submissions(course, "endless"), LocalCrew(1)))
    finally:
        stop.set()
        thread.join()
    assert found["endless"].status is Status.NOT_GRADED
    assert "died twice" in found["endless"].notes[0].text


@pytest.mark.slow
def test_once_stopped_nothing_new_starts_and_what_runs_still_comes(
    course: Course, bundle: Bundle
) -> None:
    stop = threading.Event()
    taken: list[str] = []

    def lazily() -> Iterator[Submission]:
        for submission in rejected(course, 6):
            taken.append(submission.student)
            yield submission

    results = grade_all(bundle, lazily(), LocalCrew(1), stop)
    first = next(results)
    stop.set()
    rest = list(results)
    started = {first.student, *(result.student for result in rest)}
    assert len(started) <= 2
    assert len(taken) <= 4  # the queue reads one ahead
    assert not workers_of_this_process()


def test_a_stop_before_the_start_grades_nothing(course: Course, bundle: Bundle) -> None:
    stop = threading.Event()
    stop.set()
    assert list(grade_all(bundle, submissions(course, "amy"), LocalCrew(1), stop)) == []


@pytest.mark.slow
def test_submissions_are_taken_only_as_far_as_workers_can(course: Course, bundle: Bundle) -> None:
    """So a class of thousands is never in memory at once."""
    taken = 0

    def endless() -> Iterator[Submission]:
        nonlocal taken
        while True:
            taken += 1
            yield rejected(course, 1)[0]

    results = grade_all(bundle, endless(), LocalCrew(1))
    assert isinstance(results, Generator)
    next(results)
    results.close()
    assert taken <= 5
