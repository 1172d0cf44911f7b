"""`grader demo`: all steps on a sample class."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import CourseCommand

__all__ = ["demo"]


@click.command(cls=CourseCommand)
@click.option(
    "--into", type=click.Path(path_type=Path), default="demo", show_default=True, help="Folder."
)
@click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path),
    help="Folder of another course with a class in examples/submitted/.  [default: the kit's own]",
)
def demo(into: Path, root: Path | None) -> None:
    """Build the assignments and grade a sample class, in a folder of its own.

    Example: grader demo
    """
    from grader.cli.demo import run_demo
    from grader.course.sample import sample_course

    sys.exit(run_demo(root or sample_course(), into))
