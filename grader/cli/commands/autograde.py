"""`grader autograde`: submitted/ → results and gradebook."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, ONE, WORKERS, CourseCommand, print_json

if TYPE_CHECKING:  # large modules are imported only when a command needs them
    from grader.grading.crew import Crew

__all__ = ["autograde", "crew_of"]


@click.command(cls=CourseCommand)
@ONE
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler instead."
)
@click.option(
    "--figures",
    type=click.Choice(["keep", "later", "skip"]),
    help="Draw figures at once, after all scores, or not at all.  [default: as in course.yml]",
)
@click.option("--grades-only", is_flag=True, help="Stop at the scores; draw no figures after them.")
@click.option("--force", is_flag=True, help="Also grade again what has not changed.")
@click.option("--unsafe", is_flag=True, help="Grade even if boxes cannot be closed off here.")
@COURSE
def autograde(
    assignment_id: str,
    students: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    figures: str | None,
    grades_only: bool,
    force: bool,
    unsafe: bool,
    root: Path,
) -> None:
    """Grade what is new or changed in submitted/.

    Example: grader autograde two_layer_net --workers 4
    """
    from grader.grading.crew import LocalCrew
    from grader.grading.foresight import probably_grades

    with crew_of(workers, scheduler) as crew:
        if isinstance(crew, LocalCrew) and probably_grades(root, assignment_id, students, force):
            crew.warm_up()
        exit_code = _grade(
            crew, root, assignment_id, students, figures, grades_only, force=force, unsafe=unsafe
        )
    sys.exit(exit_code)


def _grade(
    crew: Crew,
    root: Path,
    assignment_id: str,
    students: tuple[str, ...],
    figures: str | None,
    grades_only: bool,
    *,
    force: bool,
    unsafe: bool,
) -> int:
    """Grade, draw what is left to draw, and show both; returns the exit code."""
    from grader.cli.terminal import TERMINAL, show_next
    from grader.cli.views import show_drawn, show_summary
    from grader.course.settings import Course
    from grader.grading.batch import autograde as run
    from grader.grading.drawing import Drawn, draw_figures

    course = Course.load(root)
    course = course.model_copy(update={"figures": figures or course.figures})
    summary = run(
        course,
        assignment_id,
        students=students,
        crew=crew,
        force=force,
        unsafe=unsafe,
        listener=TERMINAL,
    )
    show_summary(summary)
    drawn = Drawn(assignment_id)
    if not (grades_only or summary.stopped or course.figures == "skip"):
        drawn = draw_figures(
            course, assignment_id, students=students, crew=crew, unsafe=unsafe, listener=TERMINAL
        )
        show_drawn(drawn)
    if summary.results and not summary.stopped and not drawn.left:
        show_next(root, "report", assignment_id)
    print_json({**summary.as_data(), "figures": drawn.as_data()})
    return max(summary.exit_code, drawn.exit_code)


def crew_of(
    workers: int | None, scheduler: str | None, niceness: int = 0
) -> AbstractContextManager[Crew]:
    """A cluster's workers, or local processes.

    Args:
        workers: how many processes; None for one for each core.
        scheduler: address of a Dask scheduler, whose workers are used instead.
        niceness: how far local processes let others go first.

    Raises:
        click.UsageError: both are given.
        UsageError: the cluster cannot be used.
    """
    if scheduler and workers:
        raise click.UsageError("--workers is for this machine, --scheduler for a cluster; choose")
    if scheduler:
        from grader.grading.cluster import ClusterCrew

        return ClusterCrew(scheduler)
    from grader.grading.crew import LocalCrew
    from grader.system.processes import cores

    return LocalCrew(workers or cores(), niceness)
