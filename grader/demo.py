"""`grader demo`: the whole story on a sample class, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.batch import autograde
from grader.build import build
from grader.class_feedback import write_feedback
from grader.course import COURSE_FILE, Assignment, Course
from grader.errors import UsageError
from grader.export import export
from grader.files import write_whole
from grader.pool import LocalCrew
from grader.processes import cores
from grader.report import write_report
from grader.terminal import out, show_build

__all__ = ["run_demo"]

MARKER = ".chainrule-demo"
CONFIG = "nbgrader_config.py"


def run_demo(root: Path, into: Path) -> None:
    """Copy the course and its sample class to `into`, build, grade, report, and print paths.

    Raises:
        UsageError: there is no sample class, or `into` is a folder that no demo made.
    """
    source = Course.load(root)
    sample = source.root / "examples" / "submitted"
    if not sample.is_dir():
        raise UsageError(f"{sample}: no sample class there; name its course with --course")
    _make_folder(into)
    for name in (COURSE_FILE, CONFIG):
        shutil.copy(source.root / name, into / name)
    shutil.copytree(source.root / "solutions", into / "solutions")
    shutil.copytree(sample, into / "submitted")
    course = Course.load(into)
    paths = [_run(course, assignment) for assignment in course.assignments]
    for kind in ("csv", "json"):
        write_whole(course.root / f"grades.{kind}", export(course, (), kind).files[""])
    out.print("\n[bold]Look at[/]")
    for path in (*(p for pair in paths for p in pair), course.root / "grades.csv"):
        out.print(f"  {path}", soft_wrap=True)


def _make_folder(into: Path) -> None:
    if into.exists():
        if not (into / MARKER).is_file():
            raise UsageError(f"{into}: exists and is no demo; name another folder with --into")
        shutil.rmtree(into)
    into.mkdir(parents=True)
    (into / MARKER).touch()


def _run(course: Course, assignment: Assignment) -> tuple[Path, Path]:
    """Build, grade and report one assignment; returns where to look."""
    out.rule(assignment.title)
    show_build(build(course, assignment.id, check=False))
    autograde(course, assignment.id, crew=LocalCrew(cores()))
    pages = write_feedback(course, assignment).ready
    return write_report(course, assignment), pages[0].path
