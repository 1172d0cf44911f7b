"""How many submissions a minute: this kit against stock nbgrader, and against the bare cells.

    python benchmarks/throughput.py [--submissions N] [--assignment ID]

Makes a class of N from examples/submitted (only those that stock nbgrader can grade), and grades it
in blocks of ten: each block by stock nbgrader first, then by this kit with the figures kept, left
for later, and skipped, and at last as bare cells. So what else the machine does hits all alike. In
the middle, this kit also grades the whole class in one command each. Prints one JSON object.

`ratio` has stock's seconds over ours: `blocks`, whose start-up both pay for every ten;
`without_start_up`; and `class`, the whole class with one start-up each, where stock's time is that
of its blocks less the start-ups that one command would not pay for. `figures: later` is measured
until all grades are there; its second pass stands apart. Stock nbgrader runs only the visible
cells, which favours it. `over_bare` compares parts of our work with the bare cells of the same
block in one process, and `over_floor` our whole time with that of the bare cells in one warm
process per core. `visible_checks` compares the visible checks of each submission: whether they
passed in stock nbgrader, where it gives a verdict, and whether they passed in our box.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floor import floor
from measuring import (
    Load,
    Signs,
    Times,
    after_start_up,
    as_one_command,
    column,
    graded_by_us,
    ratios,
    spread,
    timed,
)
from nbgrader.api import Gradebook

from grader import notebook
from grader.box.client import Box, CellOutcome
from grader.box.launch import WarmLauncher
from grader.box.session import Session
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.grading import submission as autograde
from grader.intake.submissions import Submission, find_submissions, with_content
from grader.judge.suite import HiddenTests
from grader.release.generate import generate_assignment
from grader.results import SubmissionResult

COURSE = Path(__file__).parent.parent
PYTHON = Path(sys.executable)
BLOCK = 10
UNFAIR = {"igor", "jia", "olu"}  # end, hang or break stock nbgrader's whole run
WAYS = {
    "ours": ("--figures", "keep"),
    "figures_later": ("--figures", "later", "--grades-only"),
    "figures_skipped": ("--figures", "skip"),
}
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
"""


@dataclass
class Measured:
    """What the blocks took, each list in the order of the blocks.

    Args:
        times: by way, `stock` among them.
        floor_s: the bare cells, in one process per core.
        bare_s: the bare cells, in one process.
        phases: seconds of each phase of our work, in one process.
        passed: whether a cell ran without an error in our box, by student and grade id.
        returned: bytes that a worker returns for each submission.
    """

    times: dict[str, list[Times]] = field(
        default_factory=lambda: {name: [] for name in ("stock", *WAYS)}
    )
    floor_s: list[float] = field(default_factory=list)
    bare_s: list[float] = field(default_factory=list)
    phases: list[dict[str, float]] = field(default_factory=list)
    passed: dict[tuple[str, str | None], bool] = field(default_factory=dict)
    returned: list[int] = field(default_factory=list)


@dataclass
class Classes:
    """The whole class, graded in one command in each of our ways.

    Args:
        times: by way.
        same_scores: whether all ways gave the same scores, also after the second pass.
        kept_kib: KiB of disk for each submission.
    """

    times: dict[str, Times] = field(default_factory=dict)
    same_scores: bool = False
    kept_kib: float = 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--assignment", default="two_layer_net")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        Path(folder).chmod(0o711)  # boxes with uids of their own must get through
        report = measure(Path(folder), arguments.assignment, arguments.submissions)
    print(json.dumps(report, indent=1))


def measure(folder: Path, assignment_id: str, count: int) -> dict[str, Any]:
    """Grade the same class in all ways.

    Args:
        folder: an empty folder for the courses.
        assignment_id: the assignment.
        count: number of submissions.
    """
    course = make_course(folder / "ours", assignment_id, count)
    roots = {name: folder / name for name in ("stock", *WAYS)}
    make_stock(roots["stock"], course, assignment_id)
    for name in ("figures_later", "figures_skipped"):
        shutil.copytree(course.root, roots[name])
    bundle = load_bundle(course, assignment_id)
    submissions = [with_content(s) for s in find_submissions(course, assignment_id)]
    cores = len(os.sched_getaffinity(0))
    blocks = [submissions[start : start + BLOCK] for start in range(0, count, BLOCK)]
    measured, classes = Measured(), Classes()
    run_ours(roots["ours"], blocks[0], "ours")  # compiles modules and warms the disk
    load = Load()
    phases = Phases(bundle, submissions[0])
    with floor(bundle, blocks[0], cores) as on_cores, floor(bundle, blocks[0], 1) as on_one:
        for number, block in enumerate(blocks):
            measure_block(measured, block, roots)
            measured.floor_s.append(on_cores(block))
            measured.bare_s.append(on_one(block))
            phases.run(block, measured)
            if number == len(blocks) // 2:
                classes = measure_classes(submissions, roots)
    return {
        "assignment": assignment_id,
        "submissions": count,
        "cores": cores,
        "load": load.report(),
        **compared(measured, classes.times, count),
        "same_scores": classes.same_scores,
        "visible_checks": compare(stock_verdicts(roots["stock"], assignment_id), measured.passed),
        "cluster": {
            "driver_ms_per_submission": classes.times["ours"]["driver_ms"],
            "sent_kib": mean_kib([len(s.content or b"") for s in submissions]),
            "returned_kib": mean_kib(measured.returned),
            "kept_kib": classes.kept_kib,
        },
    }


def measure_block(measured: Measured, block: list[Submission], roots: Mapping[str, Path]) -> None:
    """Grade one block by stock nbgrader and in all of our ways.

    Args:
        measured: what is added to.
        block: its submissions.
        roots: the folder of each way's course.
    """
    measured.times["stock"].append(run_stock(roots["stock"], block))
    for name in WAYS:
        measured.times[name].append(run_ours(roots[name], block, name))


def measure_classes(submissions: list[Submission], roots: Mapping[str, Path]) -> Classes:
    """Grade the whole class in all of our ways, each in one command.

    Args:
        submissions: the class.
        roots: the folder of each way's course.
    """
    assignment_id = submissions[0].assignment
    classes = Classes({name: run_ours(roots[name], submissions, name) for name in WAYS})
    classes.kept_kib = kept_kib(roots["ours"], len(submissions))
    ours, *others = (scores(roots[name], assignment_id) for name in WAYS)
    later = roots["figures_later"]
    classes.times["figures_later"]["second_pass_s"] = run_second_pass(later, assignment_id)
    classes.same_scores = all(other == ours for other in (*others, scores(later, assignment_id)))
    return classes


def compared(measured: Measured, classes: Mapping[str, Times], count: int) -> dict[str, Any]:
    """The ratios, and the times of each way.

    Args:
        measured: what the blocks took.
        classes: what the whole class took in one command, by way.
        count: number of submissions.
    """
    stock = measured.times["stock"]
    stock_s = as_one_command(stock)
    floor_s, bare_s = sum(measured.floor_s), measured.bare_s
    phases = {name: [phases[name] for phases in measured.phases] for name in measured.phases[0]}
    return {
        "ratio": {
            name: {
                "class": round(stock_s / classes[name]["seconds"], 2),
                "blocks": ratios(column(stock, "seconds"), column(times, "seconds")),
                "without_start_up": ratios(after_start_up(stock), after_start_up(times)),
            }
            for name, times in measured.times.items()
            if name != "stock"
        },
        "over_floor": round(classes["ours"]["seconds"] / floor_s, 2),
        "over_bare": {name: ratios(phases[name], bare_s) for name in ("cells", "judge")},
        "start_up_s": {
            name: spread(column(times, "start_up_s")) for name, times in measured.times.items()
        },
        "stock": {"seconds": round(stock_s, 2), **per_minute(stock_s, count)},
        **{
            name: {**times, **per_minute(times["seconds"], count)}
            for name, times in classes.items()
        },
        "floor": {"seconds": round(floor_s, 2), **per_minute(floor_s, count)},
        "bare_s_per_submission": round(sum(bare_s) / count, 4),
        "phases_s_per_submission": {
            name: round(sum(seconds) / count, 4) for name, seconds in phases.items()
        },
    }


def per_minute(seconds: float, count: int) -> dict[str, float]:
    """Calculate the throughput.

    Args:
        seconds: how long all submissions took.
        count: number of submissions.
    """
    return {"submissions_per_minute": round(60 * count / seconds, 1)}


def make_course(root: Path, assignment_id: str, count: int) -> Course:
    """Copy the course, with a class from the examples.

    Args:
        root: folder of the copy.
        assignment_id: the assignment.
        count: number of submissions.
    """
    root.mkdir(parents=True)
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(COURSE / name, root)
    for name in ("solutions", "assignments"):
        shutil.copytree(COURSE / name, root / name)
    examples = sorted(p for p in (COURSE / "examples" / "submitted").iterdir())
    usable = [p for p in examples if p.name not in UNFAIR and (p / assignment_id).is_dir()]
    for number, student in zip(range(count), itertools.cycle(usable)):
        target = root / "submitted" / f"{student.name}{number:04}" / assignment_id
        shutil.copytree(student / assignment_id, target)
    return Course.load(root)


def make_stock(root: Path, course: Course, assignment_id: str) -> None:
    """Copy the class to a course for stock nbgrader, with helper files beside each notebook.

    Args:
        root: folder of the new course.
        course: the course to copy from.
        assignment_id: the assignment.
    """
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(STOCK_CONFIG)
    release = course.release_dir(assignment_id)
    source = root / "source" / assignment_id
    generate_assignment(course, assignment_id, source)  # grading does not need the solutions
    shutil.copytree(course.submitted_dir, root / "submitted")
    for folder in (root / "submitted").glob(f"*/{assignment_id}"):
        (folder / "timestamp.txt").unlink(missing_ok=True)
        for path in release.iterdir():
            if path.is_file() and path.suffix != ".ipynb":  # tests may leave compiled modules
                shutil.copy(path, folder)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment_id]
    subprocess.run(command, cwd=root, env=environment(), check=True, capture_output=True)


def hand_in(root: Path, block: list[Submission]) -> None:
    """Let a course have these submissions and no others.

    Args:
        root: the course's folder; all submissions of the class are in `class` then.
        block: those that are handed in.
    """
    everybody, submitted = root / "class", root / "submitted"
    if not everybody.exists():
        submitted.rename(everybody)
    shutil.rmtree(submitted, ignore_errors=True)
    for submission in block:
        shutil.copytree(everybody / submission.student, submitted / submission.student)


def run_stock(root: Path, block: list[Submission]) -> Times:
    """Time stock nbgrader on a block; it may fail on some submissions and goes on.

    Args:
        root: folder of its course.
        block: the submissions.
    """
    hand_in(root, block)
    assignment_id, graded = block[0].assignment, root / "autograded"
    before = len(list(graded.glob("*")))  # it makes a student's folder when it begins with it

    def begun() -> int:
        return len(list(graded.glob("*"))) - before

    command = [sys.executable, "-m", "nbgrader", "autograde", assignment_id]
    return timed(command, root, Signs(lambda: begun() > 0, begun), environment(), may_fail=True)


def run_ours(root: Path, block: list[Submission], way: str) -> Times:
    """Time `grader autograde` on a block or on the whole class, from scratch.

    Args:
        root: the course's folder.
        block: the submissions.
        way: one of `WAYS`.
    """
    hand_in(root, block)
    for name in ("results", "autograded"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path in root.glob("gradebook.db*"):
        path.unlink()
    return graded_by_us(PYTHON, root, block[0].assignment, WAYS[way])


def run_second_pass(root: Path, assignment_id: str) -> float:
    """Seconds of `grader figures` on a class whose figures wait.

    Args:
        root: the course's folder.
        assignment_id: the assignment.
    """
    command = [sys.executable, "-m", "grader", "figures", assignment_id]
    return timed(command, root, Signs(lambda: True, lambda: 0), environment())["seconds"]


def environment() -> dict[str, str]:
    """Variables with which nbgrader finds the tools that it calls."""
    return {**os.environ, "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"}


def mean_kib(sizes: list[int]) -> float:
    """Mean of some numbers of bytes, in KiB."""
    return round(sum(sizes) / len(sizes) / 1024, 1)


def kept_kib(root: Path, count: int) -> float:
    """KiB of disk for each submission: its record, executed notebook and rows of the gradebook.

    Args:
        root: folder of a graded course.
        count: number of submissions.
    """
    files = [*root.glob("results/**/*"), *root.glob("autograded/**/*"), root / "gradebook.db"]
    return round(sum(p.stat().st_size for p in files if p.is_file()) / count / 1024, 1)


def scores(root: Path, assignment_id: str) -> dict[str, Any]:
    """Read the score of every question, by student.

    Args:
        root: folder of a graded course.
        assignment_id: the assignment.
    """
    records = (json.loads(p.read_text()) for p in (root / "results" / assignment_id).iterdir())
    return {
        record["student"]: {q["question"]: q["score"] for q in record["questions"]}
        for record in records
    }


def stock_verdicts(root: Path, assignment_id: str) -> dict[tuple[str, str], bool]:
    """Read whether stock nbgrader gave the points, by student and check cell.

    Submissions on which it failed are left out.

    Args:
        root: folder of its course.
        assignment_id: the assignment.
    """
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, grade.cell.name): grade.auto_score == grade.max_score
            for submission in gradebook.assignment_submissions(assignment_id)
            if (root / "autograded" / submission.student.id / assignment_id).is_dir()
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.cell.cell_type == "code" and grade.auto_score is not None
        }


def compare(
    stock: dict[tuple[str, str], bool], ours: dict[tuple[str, str | None], bool]
) -> dict[str, int]:
    """Count the verdicts that stock nbgrader gave, and how many of them are the same as ours.

    Args:
        stock: whether a check passed in stock nbgrader, by student and check cell.
        ours: whether a cell ran without an error in our box, by student and grade id.
    """
    same = sum(ours.get(place) == verdict for place, verdict in stock.items())
    return {"by_stock": len(stock), "same": same}


class Phases:
    """Grades submissions in this process, and measures each phase of it.

    Args:
        bundle: the assignment.
        warming: a submission that is graded once without being measured.
    """

    def __init__(self, bundle: Bundle, warming: Submission) -> None:
        self._bundle = bundle
        self._spent = dict.fromkeys(("intake", "open box", "cells", "judge"), 0.0)
        self._outcomes: dict[int, CellOutcome] = {}
        autograde.grade_submission(bundle, warming)
        self._clock(autograde, "read_submission", "intake")
        self._clock(WarmLauncher, "open", "open box")
        self._clock(Box, "execute", "cells")
        self._clock(HiddenTests, "run", "judge")
        run_cells = Session.execute_cells

        def execute_cells(session: Session) -> dict[int, CellOutcome]:
            self._outcomes.update(run_cells(session))
            return self._outcomes

        setattr(Session, "execute_cells", execute_cells)  # noqa: B010 — may not be assigned

    def _clock(self, owner: Any, name: str, phase: str) -> None:
        inner = getattr(owner, name)

        def outer(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return inner(*args, **named)
            finally:
                self._spent[phase] += time.perf_counter() - start

        setattr(owner, name, outer)

    def run(self, block: list[Submission], measured: Measured) -> None:
        """Grade a block.

        Args:
            block: its submissions.
            measured: gets the seconds of each phase, which cells passed, and how large results are.
        """
        self._spent.update(dict.fromkeys(self._spent, 0.0))
        start = time.perf_counter()
        for submission in block:
            self._outcomes.clear()
            result = autograde.grade_submission(self._bundle, submission)
            measured.passed.update(self._passed(submission.student, result))
            measured.returned.append(len(pickle.dumps(result)))
        rest = time.perf_counter() - start - sum(self._spent.values())
        measured.phases.append({**self._spent, "rest": rest})

    def _passed(self, student: str, result: SubmissionResult) -> dict[tuple[str, str | None], bool]:
        cells = (result.notebook or {"cells": []})["cells"]
        return {
            (student, notebook.grade_id(cells[index])): outcome.ok
            for index, outcome in self._outcomes.items()
        }


if __name__ == "__main__":
    main()
