"""What feedback for a class costs in seconds: for all pages, and again when nothing has changed.

    python benchmarks/feedback.py [--students 15 100 200] [--workers 1 2]

Grades the sample class, copies its records for as many students as asked for, and runs
`grader feedback`, start-up included. For comparison, runs `nbgrader generate_feedback` on the
sample class. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ID = "two_layer_net"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", default=[15, 100, 200])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_class(root)
        records = {path.stem: path.read_text() for path in (root / "results" / ID).glob("*.json")}
        report: dict[str, Any] = {"stock": stock(root)}
        for students in given.students:
            enlarge(root, records, students)
            report[f"{students} students"] = {
                f"{workers} workers": ours(root, workers) for workers in given.workers
            }
    print(json.dumps(report, indent=1))


def make_class(root: Path) -> None:
    """Copy the sample class and grade it."""
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name / ID, root / name / ID)
    shutil.copytree(ROOT / "examples" / "submitted", root / "submitted")
    run(root, "grader", "autograde", ID, "--quiet")


def enlarge(root: Path, records: dict[str, str], students: int) -> None:
    """Write records for many students, each a copy of one of the class under another name.

    Args:
        root: the course's folder.
        records: texts of the class's records, by student.
        students: how many students.
    """
    shutil.rmtree(root / "results" / ID)
    shutil.rmtree(root / "feedback", ignore_errors=True)
    (root / "results" / ID).mkdir()
    for number, (name, text) in enumerate(islice(cycle(records.items()), students)):
        copy = json.loads(text) | {"student": f"{name}{number}"}
        (root / "results" / ID / f"{name}{number}.json").write_text(json.dumps(copy, indent=1))


def ours(root: Path, workers: int) -> dict[str, float]:
    """Time `grader feedback` for all pages, and again when nothing has changed.

    Args:
        root: the course's folder.
        workers: number of processes.
    """
    shutil.rmtree(root / "feedback", ignore_errors=True)
    command = ("grader", "feedback", ID, "--quiet", "--workers", str(workers))
    first = run(root, *command)
    return {"first_s": round(first, 2), "again_s": round(run(root, *command), 2)}


def stock(root: Path) -> dict[str, float]:
    """Time `nbgrader generate_feedback` on the sample class."""
    option = "--CourseDirectory.feedback_directory=stock_feedback"
    seconds = run(root, "nbgrader", "generate_feedback", f"--assignment={ID}", option)
    made = len(list((root / "stock_feedback").rglob("*.html")))
    return {"pages": made, "seconds": round(seconds, 2), "per_page_s": round(seconds / made, 3)}


def run(root: Path, module: str, *arguments: str) -> float:
    """Run a command in the course; returns its seconds.

    Args:
        root: the course's folder.
        module: the module that Python runs.
        arguments: the command's arguments.
    """
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=root, check=True, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
