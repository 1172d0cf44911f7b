"""Where the judge's time goes, in milliseconds of processor time for one submission.

    python benchmarks/judging.py [ID ...] [--course FOLDER] [--rounds N]

Judges the sample class, and executes its bare cells in a warm process in turn. Prints one JSON
object. For each assignment it has the time of the judge's process, that of the student's code which
the judge calls in the box, that of the bare cells, and the ratio of the first two to the third;
how often the judge asks a box, and a box the judge; and how the judge's time divides among its
parts, measured in a run of its own, since clocks take time too. Then it tells what pytest adds to a
hidden test that does nothing, and what a round trip takes that brings nothing. Best on an idle
machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from floor import Floor, floor
from parts import PARTS, measured

from grader.box.client import CallRequest
from grader.box.session import CodeCell, Session
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course, Limits
from grader.grading.submission import judge_session, session_of
from grader.grading.workshop import launcher_of
from grader.intake.submissions import Submission, read_submission, with_content
from grader.judge.reference import Reference
from grader.judge.student import Student
from grader.judge.suite import HiddenTests

ROOT = Path(__file__).resolve().parents[1]
TESTS = 100
CALLS = 1000
HIDDEN_TEST = """
@pytest.mark.question("q", points=1)
def test_{}(student, reference, rng):
    "Nothing."
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # numpy reads it once: begin again
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in a worker
        os.execv(sys.executable, [sys.executable, *sys.argv])
    course = Course.load(options.course)
    ids = options.ids or [assignment.id for assignment in course.assignments]
    report: dict[str, Any] = {name: measure(course, name, options.rounds) for name in ids}
    report["pytest_ms_per_test"] = round(pytest_ms(options.rounds), 3)
    report["round_trip_ms"] = round(round_trip_ms(options.rounds), 3)
    print(json.dumps(report, indent=1))


def measure(course: Course, name: str, rounds: int) -> dict[str, Any]:
    """Judge a class and execute its bare cells, submission by submission in turn.

    Args:
        course: has the sample class in `examples/submitted`.
        name: assignment id.
        rounds: how often each submission is measured.

    Returns:
        Means over the class of the medians of each submission.
    """
    bundle = load_bundle(course, name)
    submissions = list(sample_class(course, name))
    with floor(bundle, submissions[:2], 1, processor=True) as bare:
        judged_s(bundle, submissions[0])
        gc.freeze()  # as in a worker
        rows = [of_one(bundle, submission, bare, rounds) for submission in submissions]
    means = {key: statistics.mean(row[key] for row in rows) for key in rows[0]}
    all_ms = means["judge_ms"] + means["student_code_ms"]
    report: dict[str, Any] = {key: round(mean, 1) for key, mean in means.items()}
    report["parts_ms"] = {part: report.pop(part) for part in PARTS}
    return report | {"ratio": round(all_ms / means["bare_cells_ms"], 2)}


def sample_class(course: Course, name: str) -> Iterator[Submission]:
    """Submissions whose cells run to their end, and which are notebooks of the assignment."""
    for path in sorted((course.root / "examples" / "submitted").glob(f"*/{name}/{name}.ipynb")):
        student = path.parent.parent.name
        if student not in ("igor", "jia", "olu"):
            yield with_content(Submission(student, name, path))


def of_one(bundle: Bundle, submission: Submission, bare: Floor, rounds: int) -> dict[str, float]:
    """Medians of one submission in milliseconds, how often the judge asked, and its parts."""
    with measured() as parts:
        judged_s(bundle, submission)
    rows = [(*judged_s(bundle, submission), bare([submission])) for _ in range(rounds)]
    names = ("judge_ms", "student_code_ms", "bare_cells_ms")
    medians = (1000 * statistics.median(column) for column in zip(*rows, strict=True))
    return {
        **dict(zip(names, medians, strict=True)),
        "requests": parts.counts["round_trips"],
        "callbacks_asked": parts.counts["callbacks"],
        **{part: 1000 * parts.seconds[part] for part in PARTS},
    }


def judged_s(bundle: Bundle, submission: Submission) -> tuple[float, float]:
    """Processor time of the judge, and of the box that it asks, in seconds."""
    notebook = read_submission(submission, bundle.release).notebook or {}
    with session_of(bundle, notebook) as session:
        session.execute_cells()
        before = used_s(bundle.unsafe)
        judge_session(bundle, submission.student, notebook, session)
        after = used_s(bundle.unsafe)
    return after[0] - before[0], after[1] - before[1]


def used_s(unsafe: bool = False) -> tuple[float, float]:
    """Processor time so far, of this process and of all its boxes."""
    used = launcher_of(unsafe).used_time
    return time.process_time(), used().processor_s if used else math.nan


def pytest_ms(rounds: int) -> float:
    """What pytest and its fixtures take for a hidden test that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hidden_tests.py"
        path.write_text("import pytest\n" + "".join(map(HIDDEN_TEST.format, range(TESTS))))
        student, reference = Student(SimpleNamespace(call=None)), Reference("", path.parent)
        times = []
        with HiddenTests(path) as tests:
            for _ in range(1 + 5 * rounds):
                start = time.process_time()
                tests.run(student, reference, seed="")
                times.append(time.process_time() - start)
    return 1000 * statistics.median(times[1:]) / TESTS


def round_trip_ms(rounds: int) -> float:
    """What a call takes beside what it takes together with others in one request, on both sides."""
    call = CallRequest("f", [()], {})
    cells = [CodeCell(0, "f", "def f():\n    pass")]
    times = []
    with Session(launcher_of(unsafe=False), {}, cells, Limits()) as session:
        session.execute_cells()
        for _ in range(1 + 5 * rounds):
            start = sum(used_s())
            for _ in range(CALLS):
                session.call(call)
            middle = sum(used_s())
            session.call(replace(call, calls=[()] * CALLS))
            times.append(2 * middle - start - sum(used_s()))
    return 1000 * statistics.median(times[1:]) / CALLS


if __name__ == "__main__":
    main()
