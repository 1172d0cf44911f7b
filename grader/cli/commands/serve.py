"""`grader serve`: the desk, where students hand in."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

import click

from grader.cli.commands.autograde import crew_of
from grader.cli.options import COURSE, WORKERS, CourseCommand, needs_desk, print_json

__all__ = ["serve"]

NICENESS = 5  # receipts and pages come before grading, also where it needs all cores


@click.command(cls=CourseCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler instead."
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Append a line of JSON for each event to this file; - for stderr.",
)
@click.option("--log-people", is_flag=True, help="Name students and network addresses there.")
@click.option("--unsafe", is_flag=True, help="Grade even if boxes cannot be closed off here.")
@COURSE
def serve(
    host: str,
    port: int,
    workers: int | None,
    scheduler: str | None,
    log: str | None,
    log_people: bool,
    unsafe: bool,
    root: Path,
) -> None:
    """Serve the desk: pages on which students hand in and read their feedback.

    Students sign in by personal links, which `grader invite` makes. Ctrl-C stops the desk when what
    is being graded is kept.

    Example: grader serve --port 8000
    """
    needs_desk("serve")
    from grader.cli.terminal import TERMINAL, show_line
    from grader.desk.server import serve as run
    from grader.desk.watch import Journal

    def opened(address: str) -> None:
        show_line(f"the desk is open at {address}; Ctrl-C closes it")

    with crew_of(workers, scheduler, NICENESS) as crew, _log_file(log) as stream:
        run(
            root,
            crew,
            host,
            port,
            unsafe=unsafe,
            warn=TERMINAL.warn,
            opened=opened,
            journal=Journal(stream, log_people),
        )
    print_json({"closed": True})


def _log_file(name: str | None) -> AbstractContextManager[TextIO | None]:
    """The file of events, which others may not read; None without one."""
    if name is None:
        return nullcontext(None)
    if name == "-":
        return nullcontext(sys.stderr)
    from grader.system.files import hide_from_others

    try:
        hide_from_others(Path(name))
        return Path(name).open("a", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--log {name}: cannot be written ({error.strerror})") from None
