"""Cost against class size: seconds, and memory of the driving process and of a worker with its box.

    python benchmarks/scale.py [--sizes 10,100,500,2000] [--postgresql URL]

Grades classes of short notebooks with one and two local workers and with a Dask cluster of two,
which it starts on this machine. Prints one JSON object. With a PostgreSQL URL, the largest class is
also graded into that database, which must be empty.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import workers_of

from grader.box.jail import family
from grader.course.settings import Course
from grader.release.build import build
from grader.release.scaffold import new_assignment

HERE = Path(__file__).parent.parent
ID = "short"
COURSE_YML = """\
name: Scale
seed: 1
assignments:
  - id: placeholder
    title: Placeholder
    questions: {nothing: 1}
"""
ANSWERS = (
    "def affine(X, W, b):\n    return X @ W + b",
    "def affine(X, W, b):\n    return X @ W",
    "def affine(X, W, b):\n    return np.dot(X, W) + b.reshape(1, -1)",
    "def affine(X, W, b):\n    raise NotImplementedError()",
)
MIB = 1 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10,100,500,2000")
    parser.add_argument("--postgresql", metavar="URL")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        template = make_course(Path(name) / "template")
        print(json.dumps(measure(template, Path(name), sizes, arguments.postgresql), indent=1))


def measure(template: Path, folder: Path, sizes: list[int], postgresql: str | None) -> Any:
    """Grade classes of all sizes with every crew.

    Args:
        template: folder of a built course without submissions.
        folder: where the courses and the cluster's files are put.
        sizes: numbers of submissions.
        postgresql: URL of an empty database; None for SQLite only.

    Returns:
        A list of runs: crew, seconds and memory of each.
    """
    runs = []
    for size in sizes:
        root = make_class(template, folder / f"class-{size}", size)
        for workers in (1, 2):
            runs.append({"crew": "local", "workers": workers, **run(root, size, workers)})
        with cluster(folder, 2) as address:
            runs.append({"crew": "dask", "workers": 2, **run(root, size, 2, address)})
    if postgresql:
        with (root / "course.yml").open("a") as file:
            file.write(f"\ngradebook: {postgresql}\n")
        local = {"crew": "local", "workers": 2, "gradebook": "postgresql"}
        runs.append({**local, **run(root, sizes[-1], 2)})
    return {"cores": len(os.sched_getaffinity(0)), "runs": runs}


def make_course(root: Path) -> Path:
    """Make and build a course with the assignment that `grader new` writes."""
    root.mkdir(parents=True)
    (root / "course.yml").write_text(COURSE_YML)
    list(new_assignment(Course.load(root), ID))
    text = (root / "course.yml").read_text()
    (root / "course.yml").write_text(text.replace(COURSE_YML.split("assignments:\n")[1], ""))
    shutil.copy(HERE / "nbgrader_config.py", root)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    build(Course.load(root), ID)
    return root


def make_class(template: Path, root: Path, size: int) -> Path:
    """Copy a course and add submissions: right, wrong and untouched ones.

    Args:
        template: folder of a built course.
        root: folder of the copy.
        size: number of submissions.
    """
    shutil.copytree(template, root)
    release = json.loads((root / "assignments" / ID / f"{ID}.ipynb").read_text())
    for number in range(size):
        for cell in release["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "affine":
                cell["source"] = ANSWERS[number % len(ANSWERS)]
        path = root / "submitted" / f"student{number:05}" / ID / f"{ID}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(release))
    return root


def run(root: Path, size: int, workers: int, scheduler: str = "") -> dict[str, Any]:
    """Grade a class from the beginning, and measure time and memory.

    Args:
        root: the course's folder.
        size: number of submissions.
        workers: number of local workers, or of the cluster's.
        scheduler: address of the cluster; "" for local workers.
    """
    for name in ("results", "autograded", "gradebook.db", "gradebook.db-wal", "gradebook.db-shm"):
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "grader", "autograde", ID, "--quiet"]
    command += ["--scheduler", scheduler] if scheduler else ["--workers", str(workers)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=root)
    driver = worker = 0
    while process.poll() is None:
        driver = max(driver, family.private_bytes(process.pid))
        crew = workers_of(process.pid) if not scheduler else workers_of(os.getpid())
        worker = max([worker, *(with_its_box(pid) for pid in crew)])
        time.sleep(0.25)
    seconds = time.perf_counter() - start
    graded = len(list((root / "results" / ID).iterdir()))
    if process.returncode or graded != size:
        sys.exit(f"{' '.join(command)}: {graded} of {size} graded, exit {process.returncode}")
    return {
        "size": size,
        "seconds": round(seconds, 2),
        "ms_per_submission": round(1000 * seconds / size, 1),
        "driver_mib": driver // MIB,
        "worker_with_box_mib": worker // MIB,
    }


def with_its_box(pid: int) -> int:
    """Memory of a worker with its zygote and the box, in bytes; shared pages counted once."""
    return sum(map(proportional, (pid, *family.descendants(pid))))


def proportional(pid: int) -> int:
    """Memory of a process in bytes: its own pages, and its share of common pages."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended, or we may not read it
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a Dask scheduler with workers on this machine; yields its address.

    Args:
        folder: where the cluster's files are put.
        workers: number of workers.
    """
    note = folder / "scheduler.json"
    note.unlink(missing_ok=True)
    tool = [sys.executable, "-m"]
    scheduler = [*tool, "distributed.cli.dask_scheduler", "--no-dashboard", "--host", "127.0.0.1"]
    scheduler += ["--port", "0", "--scheduler-file", str(note)]
    worker = [*tool, "distributed.cli.dask_worker", "--no-dashboard", "--nthreads", "1"]
    worker += ["--scheduler-file", str(note), "--nworkers", str(workers)]
    worker += ["--local-directory", str(folder)]
    with (folder / "dask.log").open("ab") as log, contextlib.ExitStack() as stack:
        for command in (scheduler, worker):
            process = subprocess.Popen(command, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            while not note.exists():
                time.sleep(0.1)
        address = json.loads(note.read_text())["address"]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address


if __name__ == "__main__":
    main()
