"""`grader autograde`: submitted/ → results and gradebook."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, ONE, WORKERS, CourseCommand, print_json

if TYPE_CHECKING:  # large modules are imported only when a command needs them
    from grader.grading.pool import Crew

__all__ = ["autograde"]


@click.command(cls=CourseCommand)
@ONE
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler instead."
)
@click.option("--force", is_flag=True, help="Also grade again what has not changed.")
@click.option("--unsafe", is_flag=True, help="Grade even if boxes cannot be closed off here.")
@COURSE
def autograde(
    assignment_id: str,
    students: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    force: bool,
    unsafe: bool,
    root: Path,
) -> None:
    """Grade what is new or changed in submitted/.

    Example: grader autograde two_layer_net --workers 4
    """
    from grader.cli.terminal import TERMINAL
    from grader.cli.views import show_summary
    from grader.course.settings import Course
    from grader.grading.batch import autograde as run

    if scheduler and workers:
        raise click.UsageError("--workers is for this machine, --scheduler for a cluster; choose")
    with _crew(workers, scheduler) as crew:
        summary = run(
            Course.load(root),
            assignment_id,
            students=students,
            crew=crew,
            force=force,
            unsafe=unsafe,
            listener=TERMINAL,
        )
    show_summary(summary)
    print_json(summary.as_data())
    sys.exit(summary.exit_code)


def _crew(workers: int | None, scheduler: str | None) -> AbstractContextManager[Crew]:
    """A cluster's workers, or local processes: as many as asked for, else one for each core."""
    if scheduler:
        from grader.grading.cluster import ClusterCrew

        return ClusterCrew(scheduler)
    from grader.grading.pool import LocalCrew
    from grader.system.processes import cores

    return nullcontext(LocalCrew(workers or cores()))
