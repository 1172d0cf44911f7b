"""Warm workers that die, also at the worst moments: every attempt is graded all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.desk.crews import WarmWorkers
from grader.desk.graders import Graders
from grader.desk.watch import Journal, Watch
from grader.errors import GraderError
from grader.gradebook.records import kept_figures, load_result
from grader.grading.cluster import ClusterCrew
from grader.grading.crew import Workers
from grader.intake.submissions import Submission, find_submissions
from tests.kit.cluster import cluster
from tests.kit.course import RIGHT, hand_in, release_by_hand
from tests.kit.crew import CrewOfOne
from tests.kit.desk import Lines, TestDesk, set_course
from tests.kit.notebooks import answered


@pytest.fixture
def work(course: Course) -> tuple[Bundle, Submission]:
    hand_in(course, "mira", answered(release_by_hand(course), **RIGHT))
    (submission,) = find_submissions(course, "tiny")
    return load_bundle(course, "tiny"), submission


@dataclass
class Fragile(CrewOfOne):
    """Workers that end while they start, a few times."""

    falls: int = 0

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        self.falls -= 1
        if self.falls >= 0:
            raise GraderError("the worker processes end while they start")
        with super().at_work(bundle, size) as workers:
            yield workers


@pytest.mark.slow
def test_workers_that_are_killed_while_they_start_are_started_again(
    work: tuple[Bundle, Submission],
) -> None:
    parcel = WarmWorkers(Fragile(falls=2)).grade(*work, scores_first=False)
    assert parcel.result.score == 6
    with pytest.raises(GraderError, match="end while they start"):
        WarmWorkers(Fragile(falls=99)).grade(*work, scores_first=False)


class Dying(Executor):
    """A pool whose worker dies of the first submission while a second one is handed over."""

    def __init__(self) -> None:
        self.second_comes, self.is_closed = threading.Event(), threading.Event()
        self._turn, self._count = threading.Lock(), 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        with self._turn:
            self._count += 1
            is_first = self._count == 1
        if not is_first:
            self.second_comes.set()
            assert self.is_closed.wait(60)
            raise RuntimeError("cannot schedule new futures after shutdown")
        assert self.second_comes.wait(60)
        died: Future[Any] = Future()
        died.set_exception(BrokenProcessPool("killed"))
        return died


@dataclass
class DyingOnce(CrewOfOne):
    """The first workers die, the next ones work."""

    starts: int = 0

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        self.starts += 1
        with super().at_work(bundle, size) as workers:
            if self.starts > 1:
                yield workers
                return
            pool = Dying()
            try:
                yield Workers(pool, bundle.digest)
            finally:
                pool.is_closed.set()


@pytest.mark.slow
def test_a_pool_that_another_thread_closes_meanwhile_costs_nothing(
    work: tuple[Bundle, Submission],
) -> None:
    warm = WarmWorkers(DyingOnce(deaths=(BrokenProcessPool,)))
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(warm.grade, *work, scores_first=False) for _ in range(2)]
        assert [one.result().result.score for one in both] == [6, 6]


@pytest.mark.cluster
def test_a_cluster_grades_what_comes_to_the_desk_and_draws_figures_later(
    desk: TestDesk, tmp_path: Path
) -> None:
    """`grader serve --scheduler`."""
    pytest.importorskip("distributed", reason="Dask is not installed (extra `cluster`)")
    set_course(desk.course, "seed: 7", "seed: 7\ndesk: {grades_first_above: 1}")
    lines = Lines()
    desk.receipts.watch = Watch(Journal(lines))
    notebook = answered(release_by_hand(desk.course), **RIGHT)
    for name in ("farah", "mira"):
        desk.browser(name).hand_in(notebook)
    folder = tmp_path / "cluster"
    folder.mkdir()
    with (
        cluster(folder, 1) as address,
        ClusterCrew(address) as crew,
        Graders(desk.files, desk.receipts, crew, desk.warnings.append),
    ):
        lines.await_told("kept", 2)
        lines.await_told("drawn", 1)
    for name in ("farah", "mira"):
        result = load_result(desk.course, "tiny", name)
        assert result is not None and result.score == 6
        assert kept_figures(desk.course, "tiny", name) == "keep"
    assert desk.warnings == []
