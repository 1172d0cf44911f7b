"""Where the judge's time goes, in milliseconds of processor time for one submission.

    python benchmarks/judging.py [ID ...] [--course FOLDER] [--rounds N]

Judges the sample class, and executes its bare cells in a warm process in turn. Prints one JSON
object: for each assignment the judge's time, that of the bare cells, their ratio, and how often the
judge asks a box; and what pytest adds to a hidden test that does nothing. Best on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from floor import Floor, floor

from grader.box.callbacks import evaluate
from grader.box.client import Box
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.grading.submission import judge_session, session_of
from grader.intake.submissions import Submission, read_submission, with_content
from grader.judge.reference import Reference
from grader.judge.student import Student
from grader.judge.suite import HiddenTests

ROOT = Path(__file__).resolve().parents[1]
TESTS = 100
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
        rows = [of_one(bundle, submission, bare, rounds) for submission in submissions]
    means = {key: statistics.mean(row[key] for row in rows) for key in rows[0]}
    ratio = means["judge_ms"] / means["bare_cells_ms"]
    return {key: round(mean, 1) for key, mean in means.items()} | {"ratio": round(ratio, 2)}


def sample_class(course: Course, name: str) -> Iterator[Submission]:
    """Submissions whose cells run to their end, and which are notebooks of the assignment."""
    for path in sorted((course.root / "examples" / "submitted").glob(f"*/{name}/{name}.ipynb")):
        student = path.parent.parent.name
        if student not in ("igor", "jia", "olu"):
            yield with_content(Submission(student, name, path))


def of_one(bundle: Bundle, submission: Submission, bare: Floor, rounds: int) -> dict[str, float]:
    """Medians of one submission, in milliseconds, and how often the judge asked."""
    seen = questions_asked(bundle, submission)
    pairs = [(judged_s(bundle, submission), bare([submission])) for _ in range(rounds)]
    judge_s, bare_s = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"judge_ms": 1000 * judge_s, "bare_cells_ms": 1000 * bare_s, **seen}


def judged_s(bundle: Bundle, submission: Submission) -> float:
    """Processor time of the judge, in seconds."""
    notebook = read_submission(submission, bundle.release).notebook or {}
    with session_of(bundle, notebook) as session:
        session.execute_cells()
        start = time.process_time()
        judge_session(bundle, submission.student, notebook, session)
        return time.process_time() - start


def questions_asked(bundle: Bundle, submission: Submission) -> dict[str, float]:
    """How often the judge asks a box, and a box the judge; counted apart, since it takes time."""
    with (
        mock.patch("grader.box.client.Box.call", autospec=True, side_effect=Box.call) as requests,
        mock.patch("grader.box.client.evaluate", side_effect=evaluate) as callbacks,
    ):
        judged_s(bundle, submission)
    return {"requests": requests.call_count, "callbacks": callbacks.call_count}


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


if __name__ == "__main__":
    main()
