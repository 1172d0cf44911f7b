"""`grader export`: grades for people, programs and LMSs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, SOME, CourseCommand, print_json, write_output

__all__ = ["export"]


@click.command(cls=CourseCommand)
@SOME
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "json", "canvas", "moodle", "gradescope"]),
    required=True,
    help="gradescope writes a folder with one results.json for each student.",
)
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that Canvas or Moodle exported; a copy with the scores is written.",
)
@click.option("--output", type=click.Path(path_type=Path), help="File to write.  [default: stdout]")
@COURSE
def export(
    ids: tuple[str, ...],
    kind: str,
    into: Path | None,
    output: Path | None,
    root: Path,
) -> None:
    """Print grades, or write them to a file.

    Example: grader export two_layer_net --format csv --output grades.csv
    """
    from grader.cli import log
    from grader.cli.terminal import out, warn
    from grader.course.settings import Course
    from grader.export.export import as_file
    from grader.export.export import export as run

    if kind == "gradescope" and output is None:
        raise click.UsageError("--format gradescope needs --output, a folder")
    if kind != "gradescope" and output is not None and output.is_dir():
        raise click.UsageError(f"--output {output}: a folder; name a file in it")
    if log.active() and output is None:
        raise click.UsageError("--json needs --output, since stdout would hold two things")
    exported = run(Course.load(root), ids, kind, into)
    for name, content in exported.files.items():
        if output is None:
            click.echo(content, nl=False)
        else:
            write_output(output / name if name else output, as_file(kind, content))
    if not out.quiet or log.active():
        for remark in exported.remarks:
            warn(remark)
    if output is not None and not out.quiet:
        click.echo(f"wrote {output}", err=True)
    print_json({"wrote": output, "remarks": exported.remarks})
