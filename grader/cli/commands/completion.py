"""`grader completion`: a script for the shell's completion."""

from __future__ import annotations

import click

from grader.cli.options import GraderCommand, print_json

__all__ = ["completion"]


@click.command(cls=GraderCommand)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that makes a shell complete commands, options and assignment ids.

    Example: grader completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    group = click.get_current_context().find_root().command
    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 — for mypy; click has all three
    script = complete(group, {}, "grader", "_GRADER_COMPLETE").source()
    if not print_json({"shell": shell, "script": script}):
        click.echo(script)
