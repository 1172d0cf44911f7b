"""The program `grader`: its commands in order, its exit codes, its errors in one line.

Large modules are imported only when a command needs them. Exit codes: 0 done; 1 something was not
graded, a time cannot be read, or a gate or check failed; 2 wrong use; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from grader import __version__
from grader.cli import commands, log
from grader.cli.printable import printable
from grader.errors import GraderError

__all__ = ["cli", "main"]

STOPPED = 130


def main() -> None:
    """Run the command; an error is shown in one line, with GRADER_DEBUG=1 also the traceback."""
    words = sys.argv[1:]
    sys.exit(log.for_programs(words, _run) if log.is_for_programs(words) else _run())


def _run() -> int:
    """Run the command and return its exit code; an error has been shown."""
    try:
        return cli(prog_name="grader", standalone_mode=False) or 0
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return asked.exit_code
    except click.ClickException as error:
        return _fail(_one_line(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _fail("stopped; run the same command again to go on", STOPPED)
    except GraderError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        problem = error.strerror or type(error).__name__
        return _fail(f"{place}{problem}; when that is mended, run the same command again", 1)
    except Exception as error:  # the edge of the program: nobody else could report it
        remedy = "for the traceback set GRADER_DEBUG=1"
        return _fail(f"{type(error).__name__}: {error}; {remedy}", 1)


def _one_line(error: click.ClickException) -> str:
    """What click found wrong with the command line, and which help to read."""
    text = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    if not command:
        return text
    return f"{text}{' See' if text.endswith('?') else '; see'}: {command} --help"


def _fail(message: str, exit_code: int) -> int:
    """Show an error; returns the exit code."""
    if programs := log.active():
        programs.say("error", text=message, exit_code=exit_code)
    else:
        kind = "" if exit_code == STOPPED else "error: "
        for line in message.splitlines():
            click.echo(f"grader: {kind}{printable(line)}", err=True)
    if os.environ.get("GRADER_DEBUG") == "1" and exit_code != STOPPED:
        traceback.print_exc()
    return exit_code


class _InGroups(click.Group):
    """Lists the commands as `commands.GROUPS` has them, each with its whole first sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.commands))
        for heading, group in commands.GROUPS.items():
            rows = [(f"{one.name or '':{width}}", one.get_short_help_str(200)) for one in group]
            with formatter.section(heading):
                formatter.write_dl(rows)


@click.group(cls=_InGroups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Release, collect and grade the notebooks of a course.

    To look around, type `grader demo`: it grades a sample class into ./demo. For a course of your
    own, type `grader init DIR`; each command then ends with the one that comes next.
    """


for command in commands.ALL:
    cli.add_command(command)
