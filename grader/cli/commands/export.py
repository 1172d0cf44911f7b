"""`grader export`: grades for people, programs and LMSs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import COURSE, INPUT_FILE, SOME, CourseCommand, print_json, write_output

__all__ = ["export"]


@click.command(cls=CourseCommand)
@SOME
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "json", "canvas", "moodle", "gradescope", "xlsx"]),
    help="gradescope writes a folder with one results.json for each student; xlsx a grade sheet "
    "(学号, 姓名, 分数).",
)
@click.option(
    "--into",
    type=INPUT_FILE,
    help="Export of Canvas or Moodle, or a grade sheet; a copy with the scores is written.",
)
@click.option(
    "--missing",
    type=click.Choice(["zero", "blank"]),
    help="What stands for who handed nothing in.  [default: LMS files leave them out]",
)
@click.option("--output", type=click.Path(path_type=Path), help="File to write.  [default: stdout]")
@click.option(
    "--canvas",
    "place",
    metavar="COURSE/ASSIGNMENT",
    help="Write one assignment's scores into Canvas itself; shows them and asks before.",
)
@click.option("--yes", is_flag=True, help="With --canvas: write without asking.")
@click.option("--dry-run", is_flag=True, help="With --canvas: show what would change, no more.")
@click.option(
    "--no-canvas-lateness",
    "no_lateness",
    is_flag=True,
    help="With --canvas: let Canvas's own late policy take nothing from these scores.",
)
@COURSE
def export(
    ids: tuple[str, ...],
    kind: str | None,
    into: Path | None,
    missing: str | None,
    output: Path | None,
    place: str | None,
    yes: bool,
    dry_run: bool,
    no_lateness: bool,
    root: Path,
) -> None:
    """Print grades, write them to a file, or into Canvas.

    Example: grader export two_layer_net --format csv --output grades.csv

    Example: grader export two_layer_net --canvas 1234/56789
    """
    from grader.cli import log
    from grader.cli.terminal import out, warn
    from grader.course.settings import Course
    from grader.export.export import as_file
    from grader.export.export import export as run

    if (kind is None) == (place is None):
        raise click.UsageError("give either --format or --canvas")
    if place is not None:
        if into or output:
            raise click.UsageError("--canvas writes into Canvas; leave --into and --output out")
        if missing == "blank":
            raise click.UsageError(
                "--canvas leaves who handed nothing in as is; no --missing blank"
            )
        from grader.cli.into_canvas import export_into_canvas

        how = {"yes": yes, "dry_run": dry_run, "no_lateness": no_lateness}
        export_into_canvas(root, ids, place, **how, zeros=missing == "zero")
        return
    if yes or dry_run or no_lateness:
        raise click.UsageError("--yes, --dry-run and --no-canvas-lateness are for --canvas")
    assert kind is not None  # noqa: S101 — else --canvas was given
    if kind == "gradescope" and output is None:
        raise click.UsageError("--format gradescope needs --output, a folder")
    if kind == "xlsx" and output is None:
        raise click.UsageError("--format xlsx needs --output, such as --output grades.xlsx")
    if kind != "gradescope" and output is not None and output.is_dir():
        raise click.UsageError(f"--output {output}: a folder; name a file in it")
    if log.active() and output is None:
        raise click.UsageError("--json needs --output, since stdout would hold two things")
    exported = run(Course.load(root), ids, kind, into, missing=missing)
    is_table = exported.suffix == ".xlsx" or kind == "xlsx"
    if output and is_table and output.suffix.lower() != exported.suffix:
        problem = f"the file is written as {exported.suffix}; give it a name with that ending"
        raise click.UsageError(f"--output {output}: {problem}")
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
