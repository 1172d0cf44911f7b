"""How many submissions a minute: this kit against stock nbgrader, and against the bare cells.

    python benchmarks/throughput.py [--submissions N] [--assignment ID]

Makes a class of N from examples/submitted (only those that stock nbgrader can grade), grades it
in several ways on this machine, one after the other, and prints one JSON object. Stock nbgrader
runs only the visible cells, which favours it. `ratio` is our throughput over stock's with figures
kept, `ratio_figures_skipped` without; `over_floor` is our time over that of executing the same
cells bare, in one warm process per core. Times of whole commands include their start-up.
`visible_checks` compares the visible checks of each submission: whether they passed in stock
nbgrader, where it gives a verdict, and whether they passed in our box.
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
from pathlib import Path
from typing import Any

from floor import run_floor
from nbgrader.api import Gradebook

from grader import notebook
from grader.box.client import Box, CellOutcome
from grader.box.jail import family
from grader.box.launch import WarmLauncher
from grader.box.session import Session
from grader.course.bundle import Bundle, load_bundle
from grader.course.settings import Course
from grader.grading import submission as autograde
from grader.intake.submissions import Submission, find_submissions
from grader.judge.suite import HiddenTests
from grader.release.generate import generate_assignment
from grader.results import SubmissionResult

COURSE = Path(__file__).parent.parent
FEW = 5
UNFAIR = {"igor", "jia", "olu"}  # end, hang or break stock nbgrader's whole run
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--assignment", default="two_layer_net")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        report = measure(Path(folder), arguments.assignment, arguments.submissions)
    print(json.dumps(report, indent=1))


def measure(folder: Path, assignment_id: str, count: int) -> dict[str, Any]:
    """Grade the same class in all ways.

    Args:
        folder: an empty folder for the courses.
        assignment_id: the assignment.
        count: number of submissions.
    """
    cores = len(os.sched_getaffinity(0))
    course = make_course(folder / "ours", assignment_id, count)
    skipping = shutil.copytree(course.root, folder / "skipping")
    with (skipping / "course.yml").open("a") as file:
        file.write("\nfigures: skip\n")
    stock = run_stock(make_stock(folder / "stock", course, assignment_id), count)
    ours = run_ours(course.root, assignment_id, cores, count)
    skipped = run_ours(skipping, assignment_id, cores, count)
    bundle = load_bundle(course, assignment_id)
    submissions = find_submissions(course, assignment_id)
    floor_s = run_floor(bundle, submissions, cores)
    phases, passed, results = run_phases(bundle, submissions)
    few, start_up_s = run_start_up(folder, assignment_id)
    driver_ms = 1000 * (ours["driver_cpu_s"] - few["driver_cpu_s"]) / (count - FEW)
    return {
        "assignment": assignment_id,
        "submissions": count,
        "cores": cores,
        "ratio": round(stock["seconds"] / ours["seconds"], 2),
        "ratio_figures_skipped": round(stock["seconds"] / skipped["seconds"], 2),
        "over_floor": round(ours["seconds"] / floor_s, 2),
        "same_scores": scores(course.root, assignment_id) == scores(skipping, assignment_id),
        "visible_checks": compare(stock_verdicts(folder / "stock", assignment_id), passed),
        "stock": stock,
        "ours": ours,
        "figures_skipped": skipped,
        "floor": {"seconds": round(floor_s, 2), **per_minute(floor_s, count)},
        "start_up_s": start_up_s,
        "phases_s_per_submission": phases,
        "cluster": {
            "driver_ms_per_submission": round(driver_ms, 1),
            "sent_kib": mean_kib([s.path.read_bytes() for s in submissions]),
            "returned_kib": mean_kib([pickle.dumps(result) for result in results]),
            "kept_kib": kept_kib(course.root, count),
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


def make_stock(root: Path, course: Course, assignment_id: str) -> Path:
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
            if path.suffix != ".ipynb":
                shutil.copy(path, folder)
    tool = [sys.executable, "-m", "nbgrader"]
    timed([*tool, "generate_assignment", assignment_id], root)
    return root


def run_stock(root: Path, count: int) -> dict[str, float]:
    """Time stock nbgrader on the class; it may fail on some submissions and goes on.

    Args:
        root: folder of its course.
        count: number of submissions.
    """
    assignment_id = next((root / "source").iterdir()).name
    command = [sys.executable, "-m", "nbgrader", "autograde", assignment_id]
    times = timed(command, root, check=False)
    return {**times, **per_minute(times["seconds"], count)}


def run_ours(root: Path, assignment_id: str, workers: int, count: int) -> dict[str, float]:
    """Time `grader autograde` on the class.

    Args:
        root: the course's folder.
        assignment_id: the assignment.
        workers: number of processes.
        count: number of submissions.
    """
    command = [sys.executable, "-m", "grader", "autograde", assignment_id]
    times = timed([*command, "--workers", str(workers)], root)
    return {**times, **per_minute(times["seconds"], count)}


def run_start_up(folder: Path, assignment_id: str) -> tuple[dict[str, float], float]:
    """Find the start-up time from a class of `FEW` and a class of one.

    Args:
        folder: where the courses are put.
        assignment_id: the assignment.

    Returns:
        The times of the class of `FEW`, and the seconds of a run without any submission.
    """
    one, few = (
        run_ours(make_course(folder / f"class-{n}", assignment_id, n).root, assignment_id, 1, n)
        for n in (1, FEW)
    )
    return few, round(one["seconds"] - (few["seconds"] - one["seconds"]) / (FEW - 1), 2)


def mean_kib(pieces: list[bytes]) -> float:
    """Mean length of the pieces, in KiB."""
    return round(sum(map(len, pieces)) / len(pieces) / 1024, 1)


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


def timed(command: list[str], root: Path, *, check: bool = True) -> dict[str, float]:
    """Run a command, and measure it.

    Args:
        command: program and arguments.
        root: the folder to run it in.
        check: whether a failure of the command ends the benchmark.

    Returns:
        Wall time, CPU time of the process itself, and peak memory of all its processes.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    with (root / "log").open("w+") as log:
        process = subprocess.Popen(
            command, cwd=root, env={**os.environ, "PATH": path}, stdout=log, stderr=log
        )
        peak, cpu_s = 0, 0.0
        while process.poll() is None:
            cpu_s = max(cpu_s, own_cpu_s(process.pid))
            tree = [process.pid, *family.descendants(process.pid)]
            peak = max(peak, sum(map(family.private_bytes, tree)))
            time.sleep(0.2)
        seconds = time.perf_counter() - start
        log.seek(0)
        if check and process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{log.read()[-2000:]}")
    return {
        "seconds": round(seconds, 2),
        "driver_cpu_s": round(cpu_s, 2),
        "peak_memory_mib": peak >> 20,
    }


def own_cpu_s(pid: int) -> float:
    """CPU time of a process without its children; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_phases(
    bundle: Bundle, submissions: list[Submission]
) -> tuple[dict[str, float], dict[tuple[str, str | None], bool], list[SubmissionResult]]:
    """Grade the class in one warm process, and measure each phase.

    Args:
        bundle: the assignment.
        submissions: the class.

    Returns:
        Mean seconds of each phase; whether each cell passed, by student and grade id; the results.
    """
    spent: dict[str, float] = dict.fromkeys(("intake", "open box", "cells", "judge"), 0.0)
    outcomes: dict[int, CellOutcome] = {}

    def clock(owner: Any, name: str, phase: str) -> None:
        inner = getattr(owner, name)

        def outer(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return inner(*args, **named)
            finally:
                spent[phase] += time.perf_counter() - start

        setattr(owner, name, outer)

    def execute_cells(session: Session) -> dict[int, CellOutcome]:
        outcomes.update(run_cells(session))
        return outcomes

    autograde.grade_submission(bundle, submissions[0])
    clock(autograde, "read_submission", "intake")
    clock(WarmLauncher, "open", "open box")
    clock(Box, "execute", "cells")
    clock(HiddenTests, "run", "judge")
    run_cells = Session.execute_cells
    setattr(Session, "execute_cells", execute_cells)  # noqa: B010 — a method may not be assigned
    start = time.perf_counter()
    results: list[SubmissionResult] = []
    passed: dict[tuple[str, str | None], bool] = {}
    for submission in submissions:
        outcomes.clear()
        results.append(autograde.grade_submission(bundle, submission))
        cells = (results[-1].notebook or {"cells": []})["cells"]
        passed |= {
            (submission.student, notebook.grade_id(cells[index])): outcome.ok
            for index, outcome in outcomes.items()
        }
    total = time.perf_counter() - start
    start = time.perf_counter()
    for result in results:
        notebook.dumps(result.notebook or {"cells": []})
    spent["write"] = time.perf_counter() - start
    spent["rest"] = total - sum(spent[name] for name in ("intake", "open box", "cells", "judge"))
    means = {name: round(seconds / len(submissions), 4) for name, seconds in spent.items()}
    return means, passed, results


if __name__ == "__main__":
    main()
