"""`grader build`: solutions/ → assignments/."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.options import COURSE, SOME, CourseCommand, print_json

__all__ = ["build"]


@click.command(cls=CourseCommand)
@SOME
@click.option("--check", is_flag=True, help="Change nothing; fail if a release is out of date.")
@click.option("--prove", is_flag=True, help="Grade all variants again, even if nothing changed.")
@COURSE
def build(ids: tuple[str, ...], check: bool, prove: bool, root: Path) -> None:
    """Turn solutions/ into assignments/, through the gates that a release must pass.

    Example: grader build two_layer_net
    """
    from grader.cli.terminal import TERMINAL, show_next, show_start
    from grader.cli.views import show_build
    from grader.course.settings import Course
    from grader.release.build import build as build_one

    course = Course.load(root)
    built = []
    for assignment in course.chosen(ids):
        show_start(f"{assignment.id}: making the release, and checking it …")
        built.append(
            build_one(course, assignment.id, check=check, prove_again=prove, listener=TERMINAL)
        )
        show_build(built[-1])
    if built and not check:
        one = built[0].assignment if len(built) == 1 else "ID"
        show_next(root, "release", one)
    print_json([asdict(report) for report in built])
