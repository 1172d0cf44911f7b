"""What the command itself does for each submission, without any grading.

    python benchmarks/driver.py [--submissions N] [--assignment ID] [--rounds N] [--profile]

Grades each notebook of the sample class once, then lets `autograde` run on a class of N copies with
a crew that knows all results, and hands each over as the pipe of a worker would, as bytes. Prints
one JSON object: milliseconds of processor time of this process for each submission (reading it,
handing it out, taking its result, rows, files), without what it imports; the median of the rounds
with the smallest and the largest, and how many workers it could keep busy with submissions that
take them 100 ms and 250 ms. With `--profile`, the functions that take the most.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pickle
import pstats
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import Load, spread
from throughput import make_course

from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.gradebook.parcel import Parcel
from grader.grading.batch import KEEPING, autograde
from grader.grading.crew import LocalCrew, Workers
from grader.grading.pool import done_by
from grader.intake.submissions import Submission, find_submissions

TAKES_MS = (100, 250)  # one submission, of a worker


class Knowing(Executor):
    """Answers at once with a known result, which has come through a pipe.

    Args:
        known: results as a worker would send them, by the first letters of the student's id.
    """

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._known = known

    def submit(self, _: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The result of the submission that is the last argument."""
        _bundle, submission = args
        pickle.dumps(args)  # on its way to the worker
        parcel: Parcel = pickle.loads(self._known[sample_of(submission)])
        answer = Future[Any]()
        answer.set_result(parcel.for_student(submission.student))
        return answer


class KnowingCrew:
    """A crew of such workers, as many as one driver shall keep busy.

    Args:
        known: as for `Knowing`.
    """

    size = 50
    deaths: tuple[type[BaseException], ...] = ()

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._known = known

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        """They are there already."""
        yield Workers(Knowing(self._known), bundle.digest)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--assignment", default="two_layer_net")
    parser.add_argument("--figures", choices=["keep", "later"], default="keep")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="driver-") as folder:
        Path(folder).chmod(0o711)  # boxes with uids of their own must get through
        course = make_course(Path(folder) / "course", options.assignment, options.submissions)
        course = course.model_copy(update={"figures": options.figures})
        known = graded(course, options.assignment)
        drive(course, options.assignment, known)  # imports what it needs
        load = Load()
        each_ms = [
            drive(course, options.assignment, known) / options.submissions * 1000
            for _ in range(options.rounds)
        ]
        if options.profile:
            profile(lambda: drive(course, options.assignment, known))
    found = spread(each_ms)
    workers = {f"of_{ms}_ms": round(ms / found["median"]) for ms in TAKES_MS}
    report = {
        "assignment": options.assignment,
        "submissions": options.submissions,
        "figures": options.figures,
        "load": load.report(),
        "driver_ms_per_submission": found,
        "workers_kept_busy": workers,
    }
    print(json.dumps(report, indent=1))


def graded(course: Course, assignment_id: str) -> dict[str, bytes]:
    """Results of one submission of each sample, as a worker sends them.

    Args:
        course: the course.
        assignment_id: the assignment.
    """
    first: dict[str, Submission] = {}
    for submission in find_submissions(course, assignment_id):
        first.setdefault(sample_of(submission), submission)
    bundle = load_bundle(course, assignment_id)
    parcels = list(done_by(LocalCrew(2), bundle, first.values(), KEEPING))
    return {parcel.result.student[:-4]: pickle.dumps(parcel) for parcel in parcels}


def sample_of(submission: Submission) -> str:
    """The name of the sample that a submission is a copy of."""
    return submission.student[:-4]  # without the number that `make_course` adds


def drive(course: Course, assignment_id: str, known: Mapping[str, bytes]) -> float:
    """Grade the class from scratch; returns the processor time of this process in seconds.

    Args:
        course: the course.
        assignment_id: the assignment.
        known: what the crew knows.
    """
    for folder in (course.results_dir(assignment_id), course.autograded_dir):
        shutil.rmtree(folder, ignore_errors=True)
    for path in course.root.glob("gradebook.db*"):
        path.unlink()
    begun = time.process_time()
    autograde(course, assignment_id, crew=KnowingCrew(known))
    return time.process_time() - begun


def profile(run: Callable[[], object]) -> None:
    """Print where the time of a run goes; of its threads, too.

    Args:
        run: what is looked at.
    """
    import threading

    profiles: list[cProfile.Profile] = []
    begin = threading.Thread.run

    def profiled(thread: threading.Thread) -> None:
        own = cProfile.Profile(time.thread_time)
        profiles.append(own)
        own.runcall(begin, thread)

    threading.Thread.run = profiled  # type: ignore[method-assign, assignment]
    ours = cProfile.Profile(time.thread_time)
    profiles.append(ours)
    ours.runcall(run)
    threading.Thread.run = begin  # type: ignore[method-assign]
    for one in profiles:
        pstats.Stats(one).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    main()
