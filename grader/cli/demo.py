"""`grader demo`: all steps on a sample class, from build to report, in a folder of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from grader.cli.demo_desk import add_roster, show_desk
from grader.cli.options import print_json
from grader.cli.terminal import TERMINAL, out
from grader.cli.views import show_build, show_pages, show_summary
from grader.course.settings import COURSE_FILE, Assignment, Course
from grader.errors import UsageError
from grader.export.export import export
from grader.grading.batch import autograde
from grader.grading.crew import Crew, LocalCrew
from grader.pages.class_feedback import write_feedback
from grader.pages.report import write_report
from grader.release.build import build
from grader.system.files import write_whole
from grader.system.processes import cores

__all__ = ["run_demo"]

MARKER = ".chainrule-demo"
CONFIG = "nbgrader_config.py"
STOPPED = 130
LIMITS = re.compile(r"^limits:.*\n(?:[ #].*\n|\n)*", re.MULTILINE)
LOOPS_END_S = {"cell_timeout_s": 2.0, "call_timeout_s": 1.0}  # ten times what others need
LOOPS = ("jia",)  # whose loops never end: who takes longest begins first, so no core waits at last
ABOUT_LIMITS = """
# One student of the sample class hands in loops without an end. Nobody has to watch them for as
# long as real work may take, so these limits are shorter than those of the course.
limits:
"""


def run_demo(root: Path, into: Path) -> int:
    """Copy the course and its sample class, build, grade, report, and print where to look.

    The last line opens the desk on that class.

    Args:
        root: folder of a course.yml with a sample class in examples/submitted/.
        into: the demo's own folder; replaced if an earlier demo made it.

    Returns:
        The exit code: 0 done, 1 something was not graded or has no page, 130 stopped.

    Raises:
        UsageError: there is no sample class, or `into` exists and no demo made it.
        GraderError: a step failed, with the error of that step.
    """
    source = Course.load(root)
    sample = source.root / "examples" / "submitted"
    if not sample.is_dir():
        raise UsageError(f"{sample}: no sample class; name a course that has one with --course")
    _make_folder(into)
    shutil.copy(source.root / CONFIG, into / CONFIG)
    write_whole(into / COURSE_FILE, _with_short_limits(source))
    shutil.copytree(source.root / "solutions", into / "solutions")
    shutil.copytree(sample, into / "submitted")
    course = Course.load(into)
    add_roster(course)
    exit_code = 0
    paths: list[Path] = []
    with LocalCrew(cores()) as crew:
        crew.warm_up()
        for assignment in course.assignments:
            code, found = _run(course, assignment, crew)
            exit_code, paths = max(exit_code, code), [*paths, *found]
            if code == STOPPED:
                return code
    for kind in ("csv", "json"):
        write_whole(course.root / f"grades.{kind}", export(course, (), kind).files[""])
    out.print("\n[bold]Look at[/]")
    pages = [*paths, course.root / "grades.csv"]
    for path in pages:
        out.print(f"  {path}", soft_wrap=True)
    desk = show_desk(course)
    print_json({"folder": course.root, "pages": pages, "desk": desk})
    return exit_code


def _with_short_limits(course: Course) -> str:
    """The course's own file, with less time for a cell and for a call."""
    limits = course.limits.model_dump()
    limits |= {name: min(limits[name], most) for name, most in LOOPS_END_S.items()}
    text = LIMITS.sub("", (course.root / COURSE_FILE).read_text(encoding="utf-8"))
    return text + ABOUT_LIMITS + "".join(f"  {name}: {limit}\n" for name, limit in limits.items())


def _make_folder(into: Path) -> None:
    if into.exists():
        if not (into / MARKER).is_file():
            raise UsageError(f"{into}: exists, but no demo made it; use --into for another folder")
        shutil.rmtree(into)
    into.mkdir(parents=True)
    (into / MARKER).touch()


def _run(course: Course, assignment: Assignment, crew: Crew) -> tuple[int, list[Path]]:
    """Build, grade and report one assignment; returns the exit code and the pages to look at."""
    out.rule(assignment.title)
    show_build(build(course, assignment.id, listener=TERMINAL))
    summary = autograde(course, assignment.id, crew=crew, first=LOOPS, listener=TERMINAL)
    show_summary(summary)
    if summary.stopped:
        return STOPPED, []
    done = write_feedback(course, assignment, listener=TERMINAL)
    show_pages(done)
    if done.left:
        return STOPPED, []
    page = [page.path for page in done.ready[:1]]
    return max(summary.exit_code, done.exit_code), [write_report(course, assignment), *page]
