"""A real Dask cluster on this machine gives the same results, even if workers die."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import grader
from grader.box.jail import family
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.errors import UsageError
from grader.grading.cluster import ClusterCrew
from grader.grading.crew import LocalCrew
from grader.grading.pool import grade_all
from grader.intake.submissions import Submission
from grader.results import Status, SubmissionResult
from tests.kit.cluster import cluster, noted, started, wait_for
from tests.kit.course import ID, hand_in, release_by_hand, write_course
from tests.kit.notebooks import answered
from tests.kit.processes import is_asleep, is_worker
from tests.kit.results import by_student

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        find_spec("distributed") is None, reason="Dask is not installed (extra `cluster`)"
    ),
]

HONEST = [f"student{number:02}" for number in range(12)]
SLOW = "import time\ntime.sleep(40)\ndef double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = write_course(tmp_path_factory.mktemp("course"))
    release = release_by_hand(made)
    for number, student in enumerate(HONEST):
        code = f"def double(x):\n    return {number % 3} * x"
        hand_in(made, student, answered(release, double=code))
    hand_in(made, "slow", answered(release, double=SLOW))
    return made


def submissions(course: Course, *students: str) -> list[Submission]:
    folder = course.submitted_dir
    return [Submission(name, ID, folder / name / ID / f"{ID}.ipynb") for name in students]


@pytest.fixture(scope="module")
def bundle(course: Course) -> Bundle:
    return load_bundle(course, ID)


@pytest.fixture(scope="module")
def expected(course: Course, bundle: Bundle) -> dict[str, SubmissionResult]:
    return by_student(grade_all(bundle, submissions(course, *HONEST), LocalCrew(1)))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster with two workers; one that is killed is replaced by its nanny."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as address:
        yield address


@pytest.fixture
def crew_of_two(pair: str) -> Iterator[ClusterCrew]:
    """Both workers, whatever happened to one of them in another test."""
    wait_for(pair, 2)
    with ClusterCrew(pair) as crew:
        yield crew


def worker_pids(address: str) -> list[int]:
    from distributed import Client

    with Client(address, timeout=120, set_as_default=False) as client:
        return sorted(client.run(os.getpid).values())


def test_a_cluster_gives_the_same_records_as_this_machine(
    course: Course,
    bundle: Bundle,
    expected: dict[str, SubmissionResult],
    crew_of_two: ClusterCrew,
) -> None:
    assert crew_of_two.size == 2
    assert by_student(grade_all(bundle, submissions(course, *HONEST), crew_of_two)) == expected


def test_a_worker_that_is_killed_midway_costs_nothing(
    course: Course,
    bundle: Bundle,
    expected: dict[str, SubmissionResult],
    pair: str,
    crew_of_two: ClusterCrew,
) -> None:
    results = grade_all(bundle, submissions(course, *HONEST), crew_of_two)
    found = [next(results), next(results)]
    os.kill(worker_pids(pair)[0], signal.SIGKILL)
    found += results
    assert by_student(iter(found)) == expected


def test_a_submission_that_kills_its_workers_is_marked_and_its_neighbours_are_graded(
    course: Course,
    bundle: Bundle,
    expected: dict[str, SubmissionResult],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")  # each costs a start
    stop, spared = threading.Event(), frozenset(workers())
    given = submissions(course, "slow", *HONEST[:3])
    with cluster(tmp_path, 1) as address, ClusterCrew(address) as crew:
        killer = threading.Thread(target=kill_whoever_runs_the_slow_one, args=(stop, spared))
        killer.start()
        try:
            found = by_student(grade_all(bundle, given, crew))
        finally:
            stop.set()
            killer.join()
    assert found.pop("slow").status is Status.NOT_GRADED
    assert found == {name: expected[name] for name in HONEST[:3]}


def workers() -> list[int]:
    return [pid for pid in family.descendants(os.getpid()) if is_worker(pid)]


def kill_whoever_runs_the_slow_one(stop: threading.Event, spared: frozenset[int]) -> None:
    """Kill each worker whose box sleeps for a second, as an out-of-memory killer would.

    Idle workers of another test's cluster sleep too, and are spared.
    """
    asleep: dict[int, float] = {}
    while not stop.wait(0.1):
        for worker in set(workers()) - spared:
            boxes = list(family.descendants(worker))
            if len(boxes) < 2 or not all(map(is_asleep, boxes)):
                asleep.pop(worker, None)
            elif time.monotonic() - asleep.setdefault(worker, time.monotonic()) > 1.5:
                os.kill(worker, signal.SIGKILL)
                asleep.pop(worker)


@pytest.mark.parametrize(
    ("address", "words"),
    [("tcp://127.0.0.1:9", "nobody answers there"), ("nonsense://x", "not an address; write one")],
)
def test_an_address_without_a_scheduler_gives_one_line(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.cluster.CONNECT_TIMEOUT_S", 1)
    with pytest.raises(UsageError, match=words):
        ClusterCrew(address)


def test_a_cluster_without_workers_says_how_to_start_one(tmp_path: Path) -> None:
    note = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(note)]
    with (
        started("scheduler", tmp_path, *options),
        pytest.raises(UsageError, match="there is no worker; start one"),
    ):
        ClusterCrew(noted(note))


def test_a_worker_with_another_kit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(grader.__file__).parent, tmp_path / "grader")
    with (tmp_path / "grader" / "__init__.py").open("a") as file:
        file.write("# one line more\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        cluster(tmp_path, 1) as address,
        pytest.raises(UsageError, match="another version of the kit"),
    ):
        ClusterCrew(address)
