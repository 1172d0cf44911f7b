"""The command `grader`: parse, call, print, exit code.

Nothing heavy is imported before a command needs it. Exit codes: 0 done; 1 something was not
graded, or a gate or check failed; 2 wrong use; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader import __version__
from grader.errors import GraderError

if TYPE_CHECKING:  # nothing heavy is imported before a command needs it
    from grader.grading.pool import Crew

__all__ = ["main"]

COURSE = click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder of course.yml.",
)


Command = TypeVar("Command", bound=Callable[..., None])


def _hush(context: click.Context, option: click.Parameter, is_given: bool) -> None:
    if is_given:
        from grader.cli.terminal import out

        out.quiet = True
        context.meta[f"grader.{option.name}"] = True


def _with_output_flags(command: Command) -> Command:
    """Add --quiet and --json, for commands that tell how it went."""
    helps = {"--json": "Print one JSON value instead.", "--quiet": "Print nothing but errors."}
    for flag, text in helps.items():
        command = click.option(flag, is_flag=True, expose_value=False, callback=_hush, help=text)(
            command
        )
    return command


def _tell(value: Any) -> None:
    """What went on, for programs; people have read it by now."""
    if click.get_current_context().meta.get("grader.json"):
        click.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def _complete_assignment(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Ids that begin like what has been typed, for the shell's completion."""
    from grader.course.settings import Course

    try:
        course = Course.load(context.params.get("root") or ".")
    except GraderError:
        return []
    return [a.id for a in course.assignments if a.id.startswith(start)]


class _Count(click.IntRange):
    """A number in a range, called so in errors."""

    name = "whole number"


ONE = click.argument("assignment_id", metavar="ID", shell_complete=_complete_assignment)
WORKERS = click.option(
    "--workers", type=_Count(1, 256), default=None, help="Processes.  [default: cores]"
)
SOME = click.argument("ids", nargs=-1, metavar="[ID…]", shell_complete=_complete_assignment)


def _crew(workers: int | None, scheduler: str | None) -> AbstractContextManager[Crew]:
    """The workers of a cluster, or as many processes as asked for or as there are cores."""
    if scheduler:
        from grader.grading.cluster import ClusterCrew

        return ClusterCrew(scheduler)
    from grader.grading.pool import LocalCrew
    from grader.system.processes import cores

    return nullcontext(LocalCrew(workers or cores()))


def main() -> None:
    """Run the command; every error is one line, a traceback only with GRADER_DEBUG=1."""
    try:
        sys.exit(cli(prog_name="grader", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        sys.exit(asked.exit_code)
    except click.ClickException as error:
        _fail(_one_line(error))
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("grader: stopped; run the same command again to go on", err=True)
        sys.exit(130)
    except GraderError as error:
        _fail(str(error))
        sys.exit(error.exit_code)
    except Exception as error:  # the edge of the program: say it in one line, keep the rest
        _fail(f"{type(error).__name__}: {error}; for the traceback set GRADER_DEBUG=1")
        sys.exit(1)


def _one_line(error: click.ClickException) -> str:
    """What click found wrong with the command line, and where its right use is told."""
    text = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    if not command:
        return text
    return f"{text}{' See' if text.endswith('?') else '; see'}: {command} --help"


def _fail(message: str) -> None:
    for line in message.splitlines():
        click.echo(f"grader: error: {line}", err=True)
    if os.environ.get("GRADER_DEBUG") == "1":
        traceback.print_exc()


class _InOrder(click.Group):
    """Lists the commands in the order of this file, each with its whole first sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(200)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Release, collect and grade the notebooks of a course.

    Start with `grader demo`, which grades a sample class into ./demo.
    """


@cli.command()
@SOME
@click.option("--check", is_flag=True, help="Change nothing; fail if a release is out of date.")
@click.option("--prove", is_flag=True, help="Grade all variants again, also if nothing changed.")
@_with_output_flags
@COURSE
def build(ids: tuple[str, ...], check: bool, prove: bool, root: Path) -> None:
    """Turn solutions/ into assignments/, through the gates that a release must pass.

    Example: grader build two_layer_net
    """
    from grader.cli.terminal import TERMINAL
    from grader.cli.views import show_build
    from grader.course.settings import Course
    from grader.release.build import build as build_one

    course = Course.load(root)
    built = []
    for assignment in course.chosen(ids):
        built.append(
            build_one(course, assignment.id, check=check, prove_again=prove, listener=TERMINAL)
        )
        show_build(built[-1])
    _tell([asdict(report) for report in built])


@cli.command()
@ONE
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "naming",
    type=click.Choice(["moodle", "nbgrader", "github", "canvas", "folder"]),
    help="How its files are named.  [default: recognised]",
)
@click.option(
    "--times",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file with columns student and submitted_at.",
)
@_with_output_flags
@COURSE
def collect(
    assignment_id: str, source: Path, naming: str | None, times: Path | None, root: Path
) -> None:
    """Copy submissions from a folder or zip into submitted/.

    SOURCE is a folder or zip with one folder per student, a download of all submissions from
    Canvas or Moodle, a folder of GitHub Classroom clones, or nbgrader's inbound folder. Exits
    with 1 if something was left out.

    Example: grader collect two_layer_net downloads/week3.zip
    """
    from grader.cli.terminal import show_line
    from grader.cli.views import show_collected
    from grader.course.settings import Course
    from grader.intake.collect import collect as collect_all

    course = Course.load(root)
    course.assignment(assignment_id)
    lines = []
    for line in collect_all(course, assignment_id, source, naming, times):
        lines.append(line)
        show_line(str(line))
    show_collected(line.outcome for line in lines)
    _tell([asdict(line) for line in lines])
    sys.exit(0 if all(line.ok for line in lines) else 1)


@cli.command()
@ONE
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@WORKERS
@click.option(
    "--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler instead."
)
@click.option("--force", is_flag=True, help="Grade again what has not changed, too.")
@click.option("--unsafe", is_flag=True, help="Grade even where boxes cannot be closed off.")
@_with_output_flags
@COURSE
def autograde(
    assignment_id: str,
    students: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    force: bool,
    unsafe: bool,
    root: Path,
) -> None:
    """Grade what is new or changed in submitted/.

    Example: grader autograde two_layer_net --workers 4
    """
    from grader.cli.terminal import TERMINAL
    from grader.cli.views import show_summary
    from grader.course.settings import Course
    from grader.grading.batch import autograde as run

    if scheduler and workers:
        raise click.UsageError("--workers is for this machine, --scheduler for a cluster; choose")
    with _crew(workers, scheduler) as crew:
        summary = run(
            Course.load(root),
            assignment_id,
            students=students,
            crew=crew,
            force=force,
            unsafe=unsafe,
            listener=TERMINAL,
        )
    show_summary(summary)
    _tell(summary.as_data())
    sys.exit(summary.exit_code)


@cli.command()
@SOME
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "json", "canvas", "moodle", "gradescope"]),
    required=True,
    help="gradescope writes a folder with a results.json for each student.",
)
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that Canvas or Moodle exported, to be filled in; it stays as it is.",
)
@click.option("--output", type=click.Path(path_type=Path), help="File to write; else the screen.")
@click.option("--quiet", is_flag=True, help="Do not tell who has no grade, and why.")
@COURSE
def export(
    ids: tuple[str, ...],
    kind: str,
    into: Path | None,
    output: Path | None,
    quiet: bool,
    root: Path,
) -> None:
    """Print grades, or write them to a file.

    Example: grader export two_layer_net --format csv --output grades.csv
    """
    from grader.course.settings import Course
    from grader.export.export import export as run

    if kind == "gradescope" and output is None:
        raise click.UsageError("--format gradescope needs --output, a folder")
    if kind != "gradescope" and output is not None and output.is_dir():
        raise click.UsageError(f"--output {output}: a folder; name a file in it")
    exported = run(Course.load(root), ids, kind, into)
    said = [f"grader: {remark}" for remark in exported.remarks]
    for name, content in exported.files.items():
        if output is None:
            click.echo(content, nl=False)
        else:
            _write(output / name if name else output, content)
    said += [f"wrote {output}"] if output is not None else []
    for line in () if quiet else said:
        click.echo(line, err=True)


def _write(path: Path, content: bytes) -> None:
    """Write what `--output` asked for."""
    from grader.errors import UsageError
    from grader.system.files import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        problem = f"cannot be written ({error.strerror}); name another file with --output"
        raise UsageError(f"{path}: {problem}") from None


@cli.command()
@click.argument("system", type=click.Choice(["gradescope"]))
@ONE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.  [default: ID-gradescope.zip]",
)
@click.option("--unsafe", is_flag=True, help="Grade there even where boxes cannot be closed off.")
@COURSE
def package(system: str, assignment_id: str, output: Path | None, unsafe: bool, root: Path) -> None:
    """Pack an assignment for a system that grades by itself.

    The file holds hidden tests and solutions: upload it to that system only.

    Example: grader package gradescope two_layer_net
    """
    from grader.course.settings import Course
    from grader.export.gradescope_package import gradescope_zip

    content = gradescope_zip(Course.load(root), assignment_id, unsafe=unsafe)
    path = output or Path(f"{assignment_id}-{system}.zip")
    _write(path, content)
    click.echo(f"wrote {path}")


@cli.command()
@ONE
@WORKERS
@_with_output_flags
@COURSE
def feedback(assignment_id: str, workers: int | None, root: Path) -> None:
    """Write one page per student into feedback/, where it is new or changed.

    Example: grader feedback two_layer_net
    """
    from grader.cli.terminal import TERMINAL
    from grader.cli.views import show_pages
    from grader.course.settings import Course
    from grader.pages.class_feedback import write_feedback
    from grader.system.processes import cores

    course = Course.load(root)
    assignment = course.assignment(assignment_id)
    done = write_feedback(course, assignment, workers=workers or cores(), listener=TERMINAL)
    show_pages(done)
    _tell(done.as_data())
    sys.exit(done.exit_code)


@cli.command()
@ONE
@_with_output_flags
@COURSE
def report(assignment_id: str, root: Path) -> None:
    """Write one page on the whole class into reports/.

    Example: grader report two_layer_net
    """
    from grader.cli.terminal import show_line
    from grader.course.settings import Course
    from grader.pages.report import write_report

    course = Course.load(root)
    page = write_report(course, course.assignment(assignment_id))
    show_line(str(page))
    _tell({"page": page})


@cli.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_with_output_flags
def check(notebook: Path) -> None:
    """Run your own notebook and tell which of its visible checks pass.

    Example: grader check two_layer_net.ipynb
    """
    from grader.cli.views import show_checks
    from grader.grading.visible_checks import check_notebook

    answers = check_notebook(notebook)
    show_checks(answers)
    _tell([asdict(answer) for answer in answers])
    sys.exit(0 if all(answer.passed for answer in answers) else 1)


@cli.command()
@click.argument("assignment_id", metavar="ID")
@COURSE
def new(assignment_id: str, root: Path) -> None:
    """Write a small assignment to start from: it builds and grades as it is.

    Example: grader new convolution
    """
    from grader.course.settings import Course
    from grader.release.scaffold import new_assignment

    for path in new_assignment(Course.load(root), assignment_id):
        click.echo(f"wrote {path}")
    click.echo(f"edit them, then run: grader build {assignment_id}")


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what a shell needs to complete commands, options and assignment ids.

    Example: grader completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 — told to mypy; click has all three
    click.echo(complete(cli, {}, "grader", "_GRADER_COMPLETE").source())


@cli.command()
@_with_output_flags
@COURSE
def doctor(root: Path) -> None:
    """Say what works on this machine, and what to do about the rest.

    Example: grader doctor
    """
    from grader.cli.doctor import examine
    from grader.cli.views import show_findings

    findings = list(examine(root))
    show_findings(findings)
    _tell([asdict(finding) for finding in findings])
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@cli.command()
@click.option(
    "--into", type=click.Path(path_type=Path), default="demo", show_default=True, help="Folder."
)
@COURSE
def demo(into: Path, root: Path) -> None:
    """Build both assignments and grade a sample class, in a folder of its own.

    Example: grader demo
    """
    from grader.cli.demo import run_demo

    sys.exit(run_demo(root, into))
