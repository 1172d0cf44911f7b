"""What commands share: their classes with the options of all, other options, and output."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from grader.cli import log
from grader.errors import GraderError, UsageError
from grader.system.files import write_whole

__all__ = [
    "COURSE",
    "INPUT_FILE",
    "ONE",
    "SOME",
    "WORKERS",
    "CourseCommand",
    "GraderCommand",
    "needs_desk",
    "print_json",
    "write_output",
]


def _complete_assignment(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Ids that begin with the typed text, for the shell's completion."""
    from grader.course.settings import Course

    try:
        course = Course.load(context.params.get("root") or ".")
    except GraderError:
        return []
    return [a.id for a in course.assignments if a.id.startswith(start)]


def _hush(context: click.Context, option: click.Parameter, is_given: bool) -> None:
    if is_given:
        from grader.cli.terminal import out

        out.quiet = True


class GraderCommand(click.Command):
    """A command of ours: it has `--quiet` and `--json` without asking for them."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        helps = {
            "--quiet": "Print nothing but errors.",
            log.FLAG: "Print one JSON value instead, and a log of JSON lines on stderr.",
        }
        for flag, text in helps.items():
            option = click.Option(
                [flag], is_flag=True, expose_value=False, callback=_hush, help=text
            )
            self.params.append(option)


class CourseCommand(GraderCommand):
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


class _InputFile(click.Path):
    """A file that can be read to its end: a pipe may have none, and a device has none."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.is_file():
            told = f"{str(path)!r} is not a file; save what is in it, and name that."
            self.fail(told, param, ctx)
        return path


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

INPUT_FILE = _InputFile(exists=True, dir_okay=False, path_type=Path)

ONE = click.argument("assignment_id", metavar="ID", shell_complete=_complete_assignment)

SOME = click.argument("ids", nargs=-1, metavar="[ID…]", shell_complete=_complete_assignment)

WORKERS = click.option(
    "--workers", type=_Count(1, 256), default=None, help="Processes.  [default: cores]"
)


def needs_desk(command: str) -> None:
    """Say which extra is missing, before anything of it is imported.

    Args:
        command: its name.

    Raises:
        UsageError: the extra `desk` is not installed.
    """
    made_of = (
        "starlette",
        "uvicorn",
        "python_multipart",
        "prometheus_client",
        "authlib",
        "joserfc",
    )
    if not all(find_spec(name) for name in made_of):
        remedy = "type: pip install 'chainrule[desk]'"
        raise UsageError(f"grader {command} needs what the desk is made of; {remedy}")


def print_json(value: Any) -> bool:
    """Give the command's value to a program, if `--json` was given.

    Args:
        value: plain data; paths become text. Not None.

    Returns:
        Whether `--json` was given.
    """
    programs = log.active()
    if programs is None:
        return False
    programs.value = value
    return True


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
