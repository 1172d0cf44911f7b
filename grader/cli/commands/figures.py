"""`grader figures`: draws what `figures: later` left out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.commands.autograde import crew_of
from grader.cli.options import COURSE, ONE, WORKERS, CourseCommand, print_json

__all__ = ["figures"]


@click.command(cls=CourseCommand)
@ONE
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Draw on the workers of this Dask scheduler instead."
)
@click.option("--unsafe", is_flag=True, help="Draw even if boxes cannot be closed off here.")
@COURSE
def figures(
    assignment_id: str,
    students: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    unsafe: bool,
    root: Path,
) -> None:
    """Draw the figures of graded notebooks that do not have them yet.

    Scores stay as they are.

    Example: grader figures two_layer_net
    """
    from grader.cli.terminal import TERMINAL
    from grader.cli.views import show_drawn
    from grader.course.settings import Course
    from grader.grading.drawing import draw_figures

    with crew_of(workers, scheduler) as crew:
        drawn = draw_figures(
            Course.load(root),
            assignment_id,
            students=students,
            crew=crew,
            unsafe=unsafe,
            listener=TERMINAL,
        )
    show_drawn(drawn, is_alone=True)
    print_json(drawn.as_data())
    sys.exit(drawn.exit_code)
