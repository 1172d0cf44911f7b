"""Options that several commands share, and output for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click

from grader.errors import GraderError, UsageError
from grader.system.files import write_whole

__all__ = [
    "COURSE",
    "ONE",
    "SOME",
    "WORKERS",
    "CourseCommand",
    "output_flags",
    "print_json",
    "write_output",
]

Command = TypeVar("Command", bound=Callable[..., None])


def _complete_assignment(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Ids that begin with the typed text, for the shell's completion."""
    from grader.course.settings import Course

    try:
        course = Course.load(context.params.get("root") or ".")
    except GraderError:
        return []
    return [a.id for a in course.assignments if a.id.startswith(start)]


class CourseCommand(click.Command):
    """A command for those who run a course: it needs what the extra `course` installs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            UsageError: only what students need is installed.
        """
        if find_spec("nbgrader") is None:
            remedy = "type: pip install 'chainrule[course]'"
            raise UsageError(f"grader {self.name} needs what a course is run with; {remedy}")
        return super().invoke(ctx)


class _Count(click.IntRange):
    """A whole number in a range; click shows the name in errors."""

    name = "whole number"


COURSE = click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder of course.yml.",
)

ONE = click.argument("assignment_id", metavar="ID", shell_complete=_complete_assignment)

SOME = click.argument("ids", nargs=-1, metavar="[ID…]", shell_complete=_complete_assignment)

WORKERS = click.option(
    "--workers", type=_Count(1, 256), default=None, help="Processes.  [default: cores]"
)


def _hush(context: click.Context, option: click.Parameter, is_given: bool) -> None:
    if is_given:
        from grader.cli.terminal import out

        out.quiet = True
        context.meta[f"grader.{option.name}"] = True


def output_flags(command: Command) -> Command:
    """Add --quiet and --json to a command that reports results."""
    helps = {"--json": "Print one JSON value instead.", "--quiet": "Print nothing but errors."}
    for flag, text in helps.items():
        command = click.option(flag, is_flag=True, expose_value=False, callback=_hush, help=text)(
            command
        )
    return command


def print_json(value: Any) -> None:
    """Print a value as JSON, if --json was given."""
    if click.get_current_context().meta.get("grader.json"):
        click.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def write_output(path: Path, content: bytes) -> None:
    """Write the file of `--output`.

    Args:
        path: the file; its folders are made.
        content: what to write.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); name another file with --output"
        raise UsageError(f"{path}: {problem}") from None
