"""`grader serve`: the desk, where students hand in."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.commands.autograde import crew_of
from grader.cli.options import COURSE, WORKERS, CourseCommand, needs_desk, print_json

__all__ = ["serve"]


@click.command(cls=CourseCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler instead."
)
@click.option("--unsafe", is_flag=True, help="Grade even if boxes cannot be closed off here.")
@COURSE
def serve(
    host: str, port: int, workers: int | None, scheduler: str | None, unsafe: bool, root: Path
) -> None:
    """Serve the desk: pages on which students hand in and read their feedback.

    Students sign in by personal links, which `grader invite` makes. Ctrl-C stops the desk when what
    is being graded is kept.

    Example: grader serve --port 8000
    """
    needs_desk("serve")
    from grader.cli.terminal import TERMINAL, show_line
    from grader.desk.server import serve as run

    def opened(address: str) -> None:
        show_line(f"the desk is open at {address}; Ctrl-C closes it")

    with crew_of(workers, scheduler) as crew:
        run(root, crew, host, port, unsafe=unsafe, warn=TERMINAL.warn, opened=opened)
    print_json({"closed": True})
