"""`grader package`: an assignment for a system that grades by itself."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, ONE, CourseCommand, print_json, write_output

__all__ = ["package"]


@click.command(cls=CourseCommand)
@click.argument("system", type=click.Choice(["gradescope"]))
@ONE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.  [default: ID-gradescope.zip]",
)
@click.option("--unsafe", is_flag=True, help="Grade there even if boxes cannot be closed off.")
@COURSE
def package(system: str, assignment_id: str, output: Path | None, unsafe: bool, root: Path) -> None:
    """Pack an assignment for a system that grades by itself.

    The file holds hidden tests and solutions: upload it to that system only.

    Example: grader package gradescope two_layer_net
    """
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.export.gradescope_package import gradescope_zip

    content = gradescope_zip(Course.load(root), assignment_id, unsafe=unsafe)
    path = output or Path(f"{assignment_id}-{system}.zip")
    write_output(path, content)
    show_line(f"wrote {path}")
    print_json({"wrote": path})
