"""Compare this checkout with another commit in one paired run.

    python benchmarks/regress.py BASE [--rounds N] [--submissions N] [--assignment ID]

Makes a work tree of BASE, and for each of the two checkouts an interpreter of its own that takes
all packages but the kit from this environment; both are removed in the end. Then it grades the same
class with one and the other in turn, and prints one JSON object: for each figure the medians of
both, the median of the ratios of the pairs (this checkout over BASE), their smallest and largest,
and the load of the machine. Processor time is that of all processes of the command, so it tells
more than seconds do if the machine is busy.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
POLL_S = 0.003


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", metavar="BASE", help="A commit, a branch or a tag.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--assignment", default="two_layer_net")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="regress-") as name,
        _checked_out(arguments.base) as old,
    ):
        folder = Path(name)
        folder.chmod(0o711)  # boxes with uids of their own must get through
        pythons = [_python_of(folder / "base-venv", old), _python_of(folder / "venv", CHECKOUT)]
        courses = [folder / "base-course", folder / "course"]
        for course, checkout in zip(courses, (old, CHECKOUT), strict=True):
            _make_course(course, checkout, arguments.assignment, arguments.submissions)
        pairs = [
            [
                _grade(python, course, arguments.assignment)
                for python, course in zip(pythons, courses, strict=True)
            ]
            for _ in range(arguments.rounds + 1)
        ][1:]  # the first pair compiles modules and warms the disk
    print(
        json.dumps({"base": arguments.base, "load": os.getloadavg(), **_compared(pairs)}, indent=1)
    )


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """A work tree of the commit, as long as the block lasts."""
    git = ["git", "-C", str(CHECKOUT), "worktree"]
    folder = Path(tempfile.mkdtemp(prefix="regress-base-"))
    folder.chmod(0o755)
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _python_of(venv: Path, checkout: Path) -> Path:
    """An interpreter with the kit of a checkout, even with -I, which ignores PYTHONPATH."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout
    paths = f"{checkout}\n{sysconfig.get_path('purelib')}\n"
    Path(own.strip(), "checkout.pth").write_text(paths)
    return python


def _make_course(course: Path, checkout: Path, assignment: str, count: int) -> None:
    """The course of a checkout, with a class that ends by itself."""
    course.mkdir(mode=0o755)
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(checkout / name, course)
    for name in ("solutions", "assignments"):
        shutil.copytree(checkout / name, course / name)
    examples = sorted((CHECKOUT / "examples" / "submitted").iterdir())
    usable = [
        p for p in examples if p.name not in {"igor", "jia", "olu"} and (p / assignment).is_dir()
    ]
    for number in range(count):
        student = usable[number % len(usable)]
        target = course / "submitted" / f"{student.name}{number:04}" / assignment
        shutil.copytree(student / assignment, target)


def _grade(python: Path, course: Path, assignment: str) -> dict[str, float]:
    """Grade the class from scratch; the first box shows when the first submission is in work."""
    with tempfile.TemporaryDirectory(prefix="regress-run-") as scratch:
        Path(scratch).chmod(0o711)
        environment = {**os.environ, "TMPDIR": scratch}
        before, start = _processor_s(), time.perf_counter()
        command = [str(python), "-m", "grader", "autograde", assignment, "--force"]
        process = subprocess.Popen(
            command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        first = 0.0
        while process.poll() is None:
            if not first and any(Path(scratch).glob("grader-scratch-*/box-*")):
                first = time.perf_counter() - start
            time.sleep(POLL_S)
        seconds = time.perf_counter() - start
        if process.returncode:
            assert process.stderr is not None
            sys.exit(f"{' '.join(command)} failed:\n{process.stderr.read().decode()[-2000:]}")
    return {
        "seconds": seconds,
        "first_submission_s": first,
        "processor_s": _processor_s() - before,
    }


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _compared(pairs: list[list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    """For each figure: both medians, and the median, smallest and largest ratio of the pairs."""
    found = {}
    for name in pairs[0][0]:
        olds, news = ([pair[side][name] for pair in pairs] for side in (0, 1))
        ratios = [new / old for old, new in zip(olds, news, strict=True)]
        found[name] = {
            "base": round(statistics.median(olds), 2),
            "this": round(statistics.median(news), 2),
            "ratio": round(statistics.median(ratios), 3),
            "smallest": round(min(ratios), 3),
            "largest": round(max(ratios), 3),
        }
    return found


if __name__ == "__main__":
    main()
