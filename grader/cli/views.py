"""Tables and summaries that commands show in a terminal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from grader.cli import terminal
from grader.locale.translations import gettext, ngettext
from grader.results import Status, SubmissionResult

if TYPE_CHECKING:  # importing these takes long; only the command that needs one imports it
    from grader.cli.doctor import Finding
    from grader.course.settings import Assignment, Course, Limits
    from grader.export.giving.give_back import Given
    from grader.grading.batch import Summary
    from grader.grading.drawing import Drawn
    from grader.grading.visible_checks import CheckedQuestion
    from grader.pages.class_feedback import ClassFeedback
    from grader.release.build import BuildReport
    from grader.release.new_course import NewCourse
    from grader.release.proof import Proof

__all__ = [
    "due_of",
    "show_build",
    "show_checks",
    "show_collected",
    "show_drawn",
    "show_findings",
    "show_given",
    "show_new_course",
    "show_pages",
    "show_summary",
]

BLOCKS = " ▁▂▃▄▅▆▇█"
MAX_SHOWN = 10


def show_collected(outcomes: Iterable[str]) -> None:
    """Print how many hand-ins had each outcome."""
    counts = Counter(filter(None, outcomes))
    terminal.out.print(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))


def show_new_course(made: NewCourse, folder: Path) -> None:
    """Print what a new course has, what stayed in an earlier one, and what to type next.

    Args:
        made: the course.
        folder: as the command named it.
    """
    course, out = made.course, terminal.out
    out.print(f"made {escape(str(folder))}: {escape(course.name)}", soft_wrap=True)
    for assignment in course.assignments:
        due = due_of(course, assignment) or "no due date yet"
        out.print(f"  {assignment.id}: {assignment.max_score:g} points, {due}")
    for line in made.replaced:
        told = f"  course.yml says {escape(line)}, so that the two courses share nothing"
        out.print(told, soft_wrap=True)
    if made.left:
        out.print(f"  left behind: {escape(', '.join(made.left))}", soft_wrap=True)
    out.print("\n[bold]Next[/]")
    if folder.resolve() != Path.cwd():
        place = f"./{folder}" if str(folder).startswith("-") else str(folder)
        out.print(f"  cd {escape(shlex.quote(place))}", soft_wrap=True)
    out.print("  set name, time zone and due dates in course.yml, if they are not right yet")
    out.print("  put your class into roster.csv, or leave that until later")
    out.print("  grader build        # makes the notebooks for students")


def due_of(course: Course, assignment: Assignment) -> str:
    """When an assignment is due, in the zone in which people read times; empty if it never is."""
    if assignment.due is None:
        return ""
    zone = course.shown_zone(assignment)
    return f"due {assignment.due.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"


def show_summary(summary: Summary) -> None:
    """Print counts, scores and a table of the questions; and a warning if the run was stopped."""
    if summary.results or not summary.stopped:
        _show_results(summary)
    if summary.stopped:
        terminal.warn(f"{summary.stopped}; run the same command again to go on")


def show_drawn(drawn: Drawn, *, is_alone: bool = False) -> None:
    """Print how many notebooks have their figures now, and why others have not.

    Args:
        drawn: how it went.
        is_alone: whether that was all there was to do, so that nothing done is told too.
    """
    if drawn.students or is_alone:
        count = len(drawn.students)
        terminal.out.print(f"[bold]{drawn.assignment}[/]: figures drawn in {count} notebooks")
    for student, why in drawn.failed.items():
        terminal.warn(f"{student}: figures not drawn: {why}")
    if drawn.left:
        again = f"grader figures {drawn.assignment}"
        terminal.warn(f"all scores are kept; {drawn.left} still without figures: run `{again}`")


def _show_results(summary: Summary) -> None:
    assignment, results, unchanged = summary.assignment, summary.results, summary.unchanged
    if not results:
        terminal.out.print(f"[bold]{assignment.id}[/]: nothing to grade, {unchanged} unchanged")
        return
    counts = Counter(str(result.status) for result in results)
    repaired = sum(1 for r in results if r.status is Status.GRADED and r.incidents)
    parts = [f"{counts['GRADED']} graded"]
    parts += [f"{repaired} of them with notes"] if repaired else []
    parts += [f"{counts['REJECTED']} rejected"] if counts["REJECTED"] else []
    parts += [f"[bold]{counts['NOT_GRADED']} not graded[/]"] if counts["NOT_GRADED"] else []
    parts += [f"{unchanged} unchanged"] if unchanged else []
    terminal.out.print(f"[bold]{assignment.id}[/]: {', '.join(parts)}")
    marked = [r.with_manual_scores(summary.by_hand.get(r.student, {})) for r in results]
    scores = [r.score for r in marked if r.score is not None]
    if scores:
        terminal.out.print(
            f"scores 0 {_histogram(scores, assignment.max_score)} {assignment.max_score:g}   "
            f"mean {fmean(scores):.1f}, median {median(scores):g}"
        )
        terminal.out.print(_question_table(assignment, marked))
    if waiting := Counter(q.question for r in marked for q in r.questions if q.waits):
        counted = ", ".join(f"{number} of {name}" for name, number in waiting.items())
        place = "at the desk (grader serve) or in formgrader (jupyter lab)"
        terminal.show_line(f"answers that wait for points by hand, {place}: {counted}")
    if changed := [r for r in results if r.previous_score not in (None, r.score)]:
        terminal.out.print(
            f"scores that changed since the last grading: {_changes(changed)}", soft_wrap=True
        )


def _changes(results: Sequence[SubmissionResult]) -> str:
    """Students with their old and new scores; of more than `MAX_SHOWN`, the first ones."""
    shown = [f"{r.student} {r.previous_score:g} → {_points(r.score)}" for r in results[:MAX_SHOWN]]
    more = len(results) - len(shown)
    return escape(", ".join(shown) + (f", and {more} more" if more else ""))


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _histogram(scores: Sequence[float], maximum: float) -> str:
    counts = [0] * 10
    for score in scores:
        counts[min(int(10 * score / maximum), 9)] += 1
    top = max(counts)
    return "".join(BLOCKS[-(-8 * count // top)] for count in counts)


def _question_table(assignment: Assignment, results: Sequence[SubmissionResult]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("question", "mean", "of", "full marks"):
        is_name = heading == "question"
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=is_name)
    for name, spec in assignment.questions.items():
        found = [q for r in results for q in r.questions if q.question == name]
        scores = [q.score for q in found if q.score is not None]
        full = sum(1 for score in scores if score == spec.points)
        mean = f"{fmean(scores):.1f}" if scores else "–"
        table.add_row(name, mean, f"{spec.points:g}", str(full))
    return table


def show_pages(done: ClassFeedback) -> None:
    """Print how many pages there are, and why some are missing."""
    counts = done.as_data()
    many = f"{len(done.ready)} pages" if len(done.ready) != 1 else "1 page"
    terminal.show_line(
        f"{many} in {done.folder}: {counts['written']} written, {counts['unchanged']} unchanged"
    )
    for student, problem in counts["failed"].items():
        terminal.warn(f"{student}: {problem}")
    if done.left:
        terminal.warn(
            f"stopped with {done.left} still to write; run the same command again to go on"
        )
    elif not done.pages:
        terminal.warn(f"nothing is graded; run `grader autograde {done.assignment}` first")


def show_given(given: Given) -> None:
    """Print which pages were given and why, and who gets none."""
    if given.is_dry:
        for student, reason in given.pages.items():
            terminal.show_line(f"{student}: {reason}, {given.names[student]}")
    many = f"{len(given.pages)} pages" if len(given.pages) != 1 else "1 page"
    counts = ", ".join(f"{n} {reason}" for reason, n in Counter(given.pages.values()).items())
    if not given.pages:
        which = "no page that can be given" if given.problems else "no page"
        terminal.show_line(f"{which} is new or changed")
    elif given.is_dry:
        terminal.show_line(f"{many} would be given: {counts}")
    else:
        place = f"in {given.output}" if given.output else "sent"
        terminal.show_line(f"{many} {place}: {counts}")
    for student, problem in given.problems.items():
        terminal.warn(f"{student}: not given: {problem}")


def show_build(report: BuildReport) -> None:
    """Print the gates that a release passed, and its proof."""
    state = "built" if report.changed else "up to date"
    terminal.out.print(f"[bold]{report.assignment}[/]: {state}, {report.path}", soft_wrap=True)
    for gate in report.gates:
        terminal.out.print(f"  ✓ {gate.gate}: {gate.seen}")
    terminal.out.print(_proof_table(report.proof))
    for students in sorted({row.students for row in report.proof.rows}):
        names = ", ".join(row.question for row in report.proof.rows if row.students == students)
        terminal.out.print(f"  each as {students} students: {names}", soft_wrap=True)


def _proof_table(proof: Proof) -> Table:
    """How many variants of each question were graded as they should be; all of them were."""
    table = Table(box=None, padding=(0, 0, 0, 2))
    table.add_column("question", no_wrap=True)
    for heading in ("mistakes\nlose", "alternatives\npass", "mutants\nkilled", "equivalent"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in proof.rows:
        mutants = row.killed + row.equivalent
        table.add_row(
            row.question,
            f"{row.mistakes} of {row.mistakes}",
            f"{row.alternatives} of {row.alternatives}",
            f"{row.killed} of {mutants}",
            str(row.equivalent),
        )
    return table


def show_checks(checked: Sequence[CheckedQuestion], limits: Limits | None = None) -> None:
    """Print which of a student's visible checks pass, and the messages of the others.

    Args:
        checked: how each went.
        limits: those of the course, if the notebook told them.
    """
    from grader.box.limits import limits_in_brief

    for message, alike in groupby(checked, key=lambda question: question.message):
        questions = list(alike)
        for question in questions:
            _show_check(question)
        if message:
            terminal.out.print(f"    {escape(_reason(message, len(questions)))}", soft_wrap=True)
    passed = sum(question.passed for question in checked)
    terminal.out.print(
        ngettext(
            "{passed} of {count} visible check passes. Hidden checks decide the grade.",
            "{passed} of {count} visible checks pass. Hidden checks decide the grade.",
            len(checked),
            passed=passed,
        )
    )
    if limits:
        terminal.show_line(limits_in_brief(limits))


def _show_check(question: CheckedQuestion) -> None:
    mark = "[green]✓[/]" if question.passed else "[red]✗[/]"
    name = f"[bold]{escape(question.question)}[/]"
    worth = gettext("{question} (points: {points:g})", question=name, points=question.points)
    terminal.out.print(f"{mark} {worth}")


def _reason(message: str, count: int) -> str:
    """The message of one check, or of several checks in a row that fail for the same reason."""
    if count == 1:
        return message
    return ngettext(
        "{count} check fails for one reason: {reason}",
        "{count} checks fail for one reason: {reason}",
        count,
        reason=message,
    )


def show_findings(findings: Sequence[Finding]) -> None:
    """Print what works on this machine, one line for each finding."""
    for finding in findings:
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]"
        terminal.out.print(
            f"{mark} [bold]{finding.name}[/]: {escape(finding.text)}", soft_wrap=True
        )
