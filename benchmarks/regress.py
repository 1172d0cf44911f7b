"""Compare this checkout with another commit in one paired run.

    python benchmarks/regress.py BASE [--rounds N] [--submissions N] [--assignment ID]

Makes a work tree of BASE, and for each of the two checkouts an interpreter of its own that takes
all packages but the kit from this environment; both are removed in the end. Then it grades the same
class with one and the other in turn, and prints one JSON object: the load of the machine, and for
each figure the medians of both and the ratios of the pairs (this checkout over BASE), with their
smallest and largest. `start_up_s` is the time until the first submission is in work. Processor time
is that of all processes of the command, so it tells more than seconds do if the machine is busy.
`driver_ms` is the processor time of the command's own process for each submission after the first,
with what the command does at its end; with a small class, that end is most of it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from measuring import Load, graded_by_us, ratios

CHECKOUT = Path(__file__).parent.parent


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
        load = Load()
        pairs = [
            [
                _grade(python, course, arguments.assignment)
                for python, course in zip(pythons, courses, strict=True)
            ]
            for _ in range(arguments.rounds + 1)
        ][1:]  # the first pair compiles modules and warms the disk
    report = {"base": arguments.base, "load": load.report(), **compared(pairs)}
    print(json.dumps(report, indent=1))


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
    """Grade the class from scratch."""
    for name in ("results", "autograded"):
        shutil.rmtree(course / name, ignore_errors=True)
    for path in course.glob("gradebook.db*"):
        path.unlink()
    return graded_by_us(python, course, assignment)


def compared(pairs: Sequence[Sequence[Mapping[str, float]]]) -> dict[str, dict[str, Any]]:
    """For each figure both medians, and the ratios of the pairs.

    A figure that is 0 in one run was not seen in it; such pairs say nothing about it.

    Args:
        pairs: the figures of BASE and of this checkout, for each round.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in pairs[0][0]:
        seen = [(old[name], new[name]) for old, new in pairs if old[name] and new[name]]
        if seen:
            olds, news = zip(*seen, strict=True)
            medians = {"base": median(olds), "this": median(news)}
            found[name] = {**medians, "ratio": ratios(news, olds)}
    return found


if __name__ == "__main__":
    main()
