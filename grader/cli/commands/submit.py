"""`grader submit`: a student hands in from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import INPUT_FILE, GraderCommand, print_json

__all__ = ["submit"]


@click.command(cls=GraderCommand)
@click.argument("notebook", type=INPUT_FILE)
@click.option(
    "--assignment", metavar="ID", help="What it is handed in for.  [default: the file's name]"
)
@click.option(
    "--link-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with your personal link; without it, you are asked.",
)
@click.option("--no-wait", is_flag=True, help="Stop at the receipt; do not wait for the feedback.")
def submit(notebook: Path, assignment: str | None, link_file: Path | None, no_wait: bool) -> None:
    """Hand in your own notebook at the desk of your course.

    You need your personal link, which your teacher sent you. It is asked for, so that it is not in
    your shell's history, or read from a file.

    Example: grader submit two_layer_net.ipynb --link-file link.txt
    """
    from grader.cli.submitting import await_result, hand_in, read_link, text_of
    from grader.cli.terminal import show_line

    told = text_of(link_file) if link_file else click.prompt("Your link", hide_input=True)
    link = read_link(told)
    receipt = hand_in(link, assignment or notebook.stem, notebook)
    show_line(f"handed in as attempt {receipt.attempt} at {receipt.when}; SHA-256 {receipt.sha256}")
    if no_wait:
        print_json(receipt.as_data())
        return
    result = await_result(link, receipt)
    for line in result.lines:
        show_line(line)
    print_json({**receipt.as_data(), **result.data})
    sys.exit(0 if result.data["state"] == "done" else 1)
