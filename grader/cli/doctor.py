"""`grader doctor`: what works on this machine, and how to repair what does not."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from grader.box.launch import launcher
from grader.box.tiers import Tier
from grader.course.settings import Course
from grader.errors import BoxError, GraderError

__all__ = ["Finding", "examine"]


@dataclass(frozen=True)
class Finding:
    """One thing that was examined.

    Args:
        name: what it is.
        ok: whether it works.
        text: its version or state; if it does not work, why, and what to do.
    """

    name: str
    ok: bool
    text: str


def examine(root: Path) -> Iterator[Finding]:
    """Examine Python, nbgrader, alembic, the box, the course and its gradebook, in this order.

    Args:
        root: folder of the course.yml.
    """
    is_new_enough = sys.version_info >= (3, 11)
    remedy = "" if is_new_enough else "; 3.11 or later is needed"
    yield Finding("Python", is_new_enough, f"{platform.python_version()}, {sys.platform}{remedy}")
    yield _nbgrader()
    yield _alembic()
    yield _box()
    yield from _course(root)


def _nbgrader() -> Finding:
    try:
        return Finding("nbgrader", True, version("nbgrader"))
    except PackageNotFoundError:
        remedy = "to run a course, type: pip install 'chainrule[course]'"
        return Finding("nbgrader", False, f"not installed; {remedy}")


def _alembic() -> Finding:
    beside = Path(sys.executable).with_name("alembic")
    found = str(beside) if beside.exists() else shutil.which("alembic")
    return Finding("alembic", bool(found), found or "not found; nbgrader needs it on the PATH")


def _box() -> Finding:
    try:
        box_launcher = launcher(unsafe=True)
    except BoxError as error:
        return Finding("box", False, str(error))
    tier = box_launcher.tier
    box_launcher.close()
    why = "".join(f"; no {refusal}" for refusal in box_launcher.refusals)
    ok = tier is not Tier.BOUNDS_ONLY
    version = box_launcher.cgroup_version
    group = f"control groups (version {version})" if version else "watching, without control groups"
    text = f"tier {int(tier)}: {tier.protection}; its processes are bounded by {group}{why}"
    return Finding("box", ok, text)


def _course(root: Path) -> Iterator[Finding]:
    try:
        course = Course.load(root)
    except GraderError as error:
        yield Finding("course", False, str(error))
        return
    names = ", ".join(assignment.id for assignment in course.assignments)
    yield Finding("course", True, f"{course.name}: {names}")
    if find_spec("nbgrader") is None:
        return
    from grader.gradebook.book import CourseGradebook  # takes seconds to import

    try:
        with CourseGradebook(course) as gradebook:
            yield Finding("gradebook", True, gradebook.shown)
    except GraderError as error:
        yield Finding("gradebook", False, str(error))
