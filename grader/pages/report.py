"""One page per class: scores, questions, mistakes, and who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from statistics import fmean, median

from markupsafe import Markup

from grader.course.roster import Roster, load_roster
from grader.course.settings import Assignment, Course
from grader.errors import UsageError
from grader.gradebook.grades import Grade, grades
from grader.gradebook.on_demand import GradebookOnDemand
from grader.intake.submissions import Submission, find_submissions
from grader.locale.translations import gettext, in_language, ngettext
from grader.notebook import Notebook, loads
from grader.pages.analysis import question_statistics
from grader.pages.attention import common_notes, who_needs_attention
from grader.pages.charts import bar_chart, histogram, scatter
from grader.pages.ranking import lost_checks, mistake_ranking
from grader.pages.rendering import inline_script, render
from grader.pages.similarity import Pair, SharedAnswer, compare
from grader.system.files import write_whole
from grader.system.versions import versions_of

__all__ = ["report_page", "write_report"]

LEAST_PAIRS, MOST_PAIRS = 5, 20
ALIKE = 0.5  # pairs with this similarity are shown even if many others are more alike
MOST_PARTS = 5  # questions of a pair that are shown side by side
DAY_S = 86400


@dataclass(frozen=True)
class _Row:
    """One student's line in the table of everyone."""

    student: str
    status: str
    scores: Mapping[str, float | None]
    handed_in: datetime | None
    is_late: bool
    late_penalty: float
    total: float | None


@dataclass(frozen=True)
class _Similar:
    """The most similar pairs with evidence, and the usual similarity in this class."""

    pairs: tuple[tuple[Pair, tuple[SharedAnswer, ...]], ...]
    half: float
    nearly_all: float


def write_report(course: Course, assignment: Assignment) -> Path:
    """Write `reports/<assignment>.html`, one file that loads nothing.

    Args:
        course: the course.
        assignment: which assignment.

    Returns:
        The path of the page.

    Raises:
        UsageError: nothing is graded.
        GradebookError: the gradebook cannot be read.
    """
    path = course.reports_dir / f"{assignment.id}.html"
    with GradebookOnDemand(course) as gradebook:
        class_grades = grades(gradebook, assignment)
    if not class_grades:
        raise UsageError(
            f"nothing of {assignment.id} is graded; run `grader autograde {assignment.id}` first"
        )
    page = report_page(
        course,
        assignment,
        class_grades,
        find_submissions(course, assignment.id),
        load_roster(course),
        _release(course, assignment),
    )
    write_whole(path, page)
    return path


def report_page(
    course: Course,
    assignment: Assignment,
    class_grades: Sequence[Grade],
    submissions: Sequence[Submission] = (),
    roster: Roster | None = None,
    release: Notebook | None = None,
) -> str:
    """The page as HTML.

    Args:
        course: the course.
        assignment: its part of course.yml.
        class_grades: the grade of every student who has a result.
        submissions: everything that was handed in, with the time.
        roster: the people who take the course; None if there is no roster.
        release: the released notebook; if it is None, submissions are not compared.
    """
    with in_language(course.language):
        return _page(course, assignment, class_grades, submissions, roster or Roster(), release)


def _page(
    course: Course,
    assignment: Assignment,
    class_grades: Sequence[Grade],
    submissions: Sequence[Submission],
    roster: Roster,
    release: Notebook | None,
) -> str:
    results = [grade.result for grade in class_grades]
    scores = [result.score for result in results if result.score is not None]
    times = {s.student: s.submitted_at for s in submissions}
    known = {result.student for result in results}
    script, script_source = inline_script("sort.js")
    statistics = question_statistics(assignment, results)
    shares = {q.name: 100 * q.success for q in statistics if q.success is not None}
    found = {q.name: q.discrimination for q in statistics if q.discrimination is not None}
    zone = course.shown_zone(assignment)
    rows = [_row(grade, times, zone) for grade in class_grades]
    distinct = _one_of_each_group(class_grades, submissions)
    return render(
        "report.html",
        title=gettext("{assignment}: the class", assignment=assignment.title),
        course=course.name,
        assignment=assignment,
        time_zone=zone,
        script=script,
        script_source=script_source,
        rows=rows,
        names={person.id: person.listed_name for person in roster},
        counts=Counter(str(result.status) for result in results),
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
        distribution=_distribution(assignment, scores),
        times=_times(assignment, rows),
        success=bar_chart(shares, gettext("Mean share of points by question")) if shares else None,
        separation=bar_chart(found, gettext("Discrimination by question"), "") if found else None,
        statistics=statistics,
        mistakes=mistake_ranking(results),
        checks=lost_checks(results),
        similar=_similar(release, distinct) if release else None,
        common=sorted(note.text for note in common_notes(results)),
        versions=sorted({versions_of(result.notebook) for result in results} - {""}),
        waiting=sum(question.waiting for question in statistics),
        missing=[p.id for p in roster if p.id not in known and p.id not in times],
        attention=who_needs_attention(
            assignment,
            results,
            sorted(times.keys() - known),
            {submission.student: submission.stamp for submission in submissions},
        ),
    )


def _release(course: Course, assignment: Assignment) -> Notebook | None:
    path = course.release_dir(assignment.id) / f"{assignment.id}.ipynb"
    try:
        return loads(path.read_bytes())
    except (OSError, ValueError):  # the report is useful without it, too
        return None


def _one_of_each_group(
    class_grades: Sequence[Grade], submissions: Sequence[Submission]
) -> list[Grade]:
    """The grades without those of members whose group's work is there already."""
    draws = {submission.student: submission.drawn_for for submission in submissions}
    first: dict[str, Grade] = {}
    for grade in class_grades:
        student = grade.result.student
        first.setdefault(draws.get(student, student), grade)
    return list(first.values())


def _similar(release: Notebook, class_grades: Sequence[Grade]) -> _Similar | None:
    results = [grade.result for grade in class_grades]
    found = compare(release, {r.student: r.notebook for r in results if r.notebook})
    if found is None:
        return None
    shown = [
        pair
        for rank, pair in enumerate(found.pairs[:MOST_PAIRS])
        if pair.score >= ALIKE or (rank < LEAST_PAIRS and pair.score > 0)
    ]
    known = {(pair.first, pair.second) for pair in shown}
    same = [pair for pair in found.same_answers if (pair.first, pair.second) not in known]
    shown += same[: MOST_PAIRS - len(shown)]
    pairs = tuple((pair, tuple(found.evidence(pair)[:MOST_PARTS])) for pair in shown)
    return _Similar(pairs, found.usual(0.5), found.usual(0.99))


def _row(grade: Grade, times: Mapping[str, datetime | None], zone: tzinfo) -> _Row:
    result, moment = grade.result, times.get(grade.result.student)
    return _Row(
        student=result.student,
        status=str(result.status),
        scores={q.question: q.score for q in result.questions},
        handed_in=moment.astimezone(zone) if moment else None,
        is_late=grade.lateness.seconds > 0,
        late_penalty=grade.lateness.penalty,
        total=grade.final_score,
    )


def _distribution(assignment: Assignment, scores: Sequence[float]) -> Markup | None:
    if not scores:
        return None
    return histogram(scores, assignment.max_score, gettext("Distribution of scores"))


def _times(assignment: Assignment, rows: Sequence[_Row]) -> Markup | None:
    """Time of submission and score before the penalty; None without times or a due date."""
    if assignment.due is None:
        return None
    points = sorted(
        (
            (row.handed_in - assignment.due).total_seconds() / DAY_S,
            row.total + row.late_penalty,
            row.is_late,
        )
        for row in rows
        if row.handed_in is not None and row.total is not None
    )
    if len(points) < 2:
        return None
    late = sum(is_late for _, _, is_late in points)
    halves = points[: len(points) // 2], points[len(points) // 2 :]
    early_middle, late_middle = (median(p[1] for p in half) for half in halves)
    spoken = ngettext(
        "{count} submission: {in_time} on time, {late} late. The median of the earlier half is "
        "{early:.4g} points, of the later half {later:.4g} points. The last table has all times.",
        "{count} submissions: {in_time} on time, {late} late. The median of the earlier half is "
        "{early:.4g} points, of the later half {later:.4g} points. The last table has all times.",
        len(points),
        in_time=len(points) - late,
        late=late,
        early=early_middle,
        later=late_middle,
    )
    title = gettext("Time of submission and score")
    return scatter(points, assignment.max_score, title, spoken)
