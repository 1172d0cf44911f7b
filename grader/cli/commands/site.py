"""`grader site`: students work in the browser, without an installation."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, INPUT_FILE, SOME, CourseCommand, print_json

__all__ = ["site"]


@click.command(cls=CourseCommand)
@SOME
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the site; an earlier site in it is replaced.",
)
@click.option(
    "--pyodide",
    type=INPUT_FILE,
    help="Archive of the Python runtime, so that nothing is loaded from elsewhere.",
)
@COURSE
def site(ids: tuple[str, ...], output: Path, pyodide: Path | None, root: Path) -> None:
    """Write a static site where students work in the browser.

    Any web server can serve it. It holds released files only.

    Example: grader site --output public
    """
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.release.site import write_site

    write_site(Course.load(root), ids, output, pyodide)
    show_line(f"wrote {output}; to try it: python -m http.server --directory {output}")
    print_json({"wrote": output})
