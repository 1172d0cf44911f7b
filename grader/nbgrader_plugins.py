"""Plugged into nbgrader: our steps, in its own commands.

`nbgrader_config.py` names these classes and functions. Then `nbgrader autograde` and formgrader's
button grade as we do.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
import nh3
from jinja2 import pass_context
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import ExportPlugin, LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from grader.box.outputs import harmless_tex
from grader.course.bundle import load_bundle
from grader.course.settings import Course
from grader.errors import GraderError
from grader.export.export import as_file, export
from grader.gradebook.book import CourseGradebook
from grader.gradebook.records import save_result
from grader.gradebook.scorecard import graded_notebook
from grader.grading.submission import grade_submission
from grader.intake.pictures import INLINE_IMAGES
from grader.intake.submissions import Submission, find_submissions, read_submission
from grader.intake.timestamp import write_timestamp
from grader.locale.translations import in_language
from grader.pages.markdown import markdown_as_html
from grader.pages.rendering import Allowance
from grader.results import Status, SubmissionResult
from grader.system.files import write_whole

__all__ = [
    "CanvasExporter",
    "ExecuteAndJudge",
    "GradescopeExporter",
    "KeepResult",
    "LatePolicyPlugin",
    "LmsExporter",
    "MoodleExporter",
    "RebuildFromRelease",
    "SpreadsheetExporter",
    "SubmissionExporter",
    "accept_any_name",
    "clean_html",
    "clean_markdown",
    "markdown_to_html",
]

# A student's HTML keeps no class, id or role: a page's scripts and styles go by them.
LANDMARKS = {"area", "article", "aside", "footer", "header", "hgroup", "map", "nav"}
KEPT_TAGS = nh3.ALLOWED_TAGS - LANDMARKS
HIGHLIGHTED = re.compile(
    r'<div class=" ?highlight hl-[a-z0-9]+"><pre>'
    r'(?:[^<]++|<span(?: class="[a-z0-9]{1,4}")?>[^<]*+</span>)*+</pre></div>\s*'
)
OUTSIDE = ("http:", "https:", "mailto:")
ALLOWANCE = "grader_allowance"


class NotGraded(Exception):
    """There can be no score: nbgrader logs this, removes what it made, and goes on to the next."""


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Holds what one run of `nbgrader autograde` needs, and opens notebooks for it.

    It does not open submitted files, because nbformat fails on a broken notebook before any
    preprocessor can run. It starts from the release, and `RebuildFromRelease` puts the answers in.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        directory = self.parent.coursedir
        try:
            self.course = Course.load(directory.root)
            self.bundle = load_bundle(self.course, directory.assignment_id)
            with CourseGradebook(self.course) as gradebook:
                gradebook.register(self.bundle.release, self.bundle.assignment)
        except GraderError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **settings: Any
    ) -> Any:
        """Start from the release for a submitted file, and from the file itself for any other.

        Args:
            filename: path of the notebook.
            resources: nbgrader's; they name the student.
            settings: passed on to nbconvert.
        """
        if Path(filename).is_relative_to(self.course.submitted_dir):
            release = nbformat.from_dict(self.bundle.release)
            return self.from_notebook_node(release, resources, **settings)
        return super().from_filename(filename, resources, **settings)

    def submission(self, resources: dict[str, Any]) -> Submission:
        """The submission that nbgrader is grading now.

        Raises:
            NotGraded: its folder is not named after a student, so nobody can get the score.
        """
        submission = self._submissions[resources["nbgrader"]["student"]]
        if submission.refusal:
            raise NotGraded(str(submission.refusal))
        return submission

    @cached_property
    def _submissions(self) -> dict[str, Submission]:
        """By the folder that nbgrader grades, which of a group's members may be another's work."""
        found = find_submissions(self.course, self.bundle.assignment.id)
        return {s.student if s.shared else s.path.parent.parent.name: s for s in found}

    def of_everyone(
        self, result: SubmissionResult, submission: Submission
    ) -> list[SubmissionResult]:
        """The result, and the same for members of the group who have no folder for nbgrader.

        Args:
            result: of the submission.
            submission: one that nbgrader grades.
        """
        root, name = self.course.submitted_dir, submission.assignment
        others = [
            replace(result, student=other.student)
            for other in self._submissions.values()
            if other.shared and other.shared == submission.shared
            if not (root / other.student / name).exists()
        ]
        return [result, *others]


def accept_any_name(assignment: str, student: str, notebooks: list[str]) -> None:
    """Make nbgrader grade a renamed notebook, which it would skip; it calls this before grading.

    Args:
        assignment: which assignment.
        student: whose submission; not used.
        notebooks: paths of the submitted notebooks; changed in place.
    """
    expected = f"{assignment}.ipynb"
    if expected not in (Path(notebook).name for notebook in notebooks):
        notebooks[:] = [str(Path(notebooks[0]).with_name(expected))]


class RebuildFromRelease(NbGraderPreprocessor):  # type: ignore[misc]
    """Sanitizes: the release with the student's answers, or without them if it was rejected."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace the notebook that the exporter opened.

        Args:
            nb: the release.
            resources: nbgrader's; they name the student.

        Raises:
            NotGraded: the folder is not named after a student.
        """
        release = self.parent.bundle.release
        intake = read_submission(self.parent.submission(resources), release)
        return nbformat.from_dict(intake.notebook or release), resources


class ExecuteAndJudge(NbGraderPreprocessor):  # type: ignore[misc]
    """Autogrades: does what `grader autograde` does with one submitted file."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the executed notebook, with the score of each check cell as its result.

        Args:
            nb: not used: the submitted file is read again.
            resources: nbgrader's; they name the student, and take the result to `KeepResult`.

        Raises:
            NotGraded: our side failed, or the folder is not named after a student.
        """
        run = self.parent
        submission = run.submission(resources)
        if doubt := submission.doubt_about_time:
            self.log.warning("%s", doubt)
        result = grade_submission(run.bundle, submission)
        if result.status is Status.NOT_GRADED:
            everyone = run.of_everyone(result, submission)
            with CourseGradebook(run.course) as gradebook:
                gradebook.store_all((one, submission.submitted_at) for one in everyone)
            for one in everyone:
                save_result(run.course, one)
            raise NotGraded(f"{submission.student}: {' '.join(result.note_texts)}")
        resources["grader"] = (result, submission)
        with in_language(run.bundle.language):
            notebook = graded_notebook(result, run.bundle.release)
        return nbformat.from_dict(notebook), resources


class KeepResult(NbGraderPreprocessor):  # type: ignore[misc]
    """Keeps what nbgrader does not; it runs after SaveAutoGrades and before the penalties."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Keep the time, the reason of a rejection, and the record that feedback is made of.

        The other members of a group get the same, unless nbgrader comes to them by itself.

        Args:
            nb: the graded notebook, which is returned unchanged.
            resources: nbgrader's, with the result that `ExecuteAndJudge` put there.

        Raises:
            GradebookError: the gradebook refuses.
        """
        course = self.parent.course
        result, submission = resources.pop("grader")
        submitted_at = submission.submitted_at
        _, *others = everyone = self.parent.of_everyone(result, submission)
        with CourseGradebook(course) as gradebook:
            gradebook.annotate(result, submitted_at)
            gradebook.store_all((other, submitted_at) for other in others)
        write_timestamp(course.autograded_dir / result.student / result.assignment, submitted_at)
        for one in everyone:
            save_result(course, one)
        return nb, resources


class LatePolicyPlugin(LateSubmissionPlugin):  # type: ignore[misc]
    """The late policy of course.yml, for nbgrader's AssignLatePenalties."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points to take off; None if nothing is lost.

        Args:
            student_id: whose submission.
            score: not used, like the next: `KeepResult` has stored the penalty already.
            total_seconds_late: not used.

        Raises:
            GradebookError: the gradebook refuses.
        """
        course = self.parent.parent.course  # of the exporter
        with CourseGradebook(course) as gradebook:
            return gradebook.stored_penalty(self.parent.assignment_id, student_id) or None


class LmsExporter(ExportPlugin):  # type: ignore[misc]
    """Base of our exporters for `nbgrader export`; they write the same as `grader export`.

    A subclass sets `kind` (the format) and `default_to` (the file or folder without `--to`).
    """

    into = Unicode("", help="file that the LMS exported, to be filled in").tag(config=True)
    kind = ""
    default_to = ""

    def export(self, gradebook: Any) -> None:
        """Write the grades to `--to`; the given gradebook is not used, since `export` opens it."""
        target = Path(self.to or self.default_to)
        try:
            course = Course.load(self.parent.coursedir.root)
            into = Path(self.into) if self.into else None
            students = [str(student) for student in self.student]
            exported = export(course, list(self.assignment), self.kind, into, students)
        except GraderError as error:
            self.log.error("%s", error)
            self.parent.exit(error.exit_code)
        for remark in exported.remarks:
            self.log.warning("%s", remark)
        for name, content in exported.files.items():
            write_whole(target / name if name else target, as_file(self.kind, content))
        self.log.info("Wrote %s", target)


class CanvasExporter(LmsExporter):
    """Grades for Canvas's gradebook."""

    kind, default_to = "canvas", "canvas.csv"


class GradescopeExporter(LmsExporter):
    """A results.json for each student, in a folder."""

    kind, default_to = "gradescope", "gradescope-results"


class MoodleExporter(LmsExporter):
    """Grades for Moodle's gradebook, or a grading worksheet."""

    kind, default_to = "moodle", "moodle.csv"


class SpreadsheetExporter(LmsExporter):
    """The CSV of `grader export`, safe to open in a spreadsheet."""

    kind, default_to = "csv", "grades.csv"


@pass_context
def clean_html(context: Any, html: str | bytes) -> str:
    """Replaces nbconvert's filter: keeps tables and headings, and nothing that runs or loads.

    Args:
        context: jinja's; it holds the page's resources.
        html: an output, or the source of a cell with its colours.
    """
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    if HIGHLIGHTED.fullmatch(text):  # source code with its colours, which nbconvert made
        return text
    return _clean(_allowance(context).of_html(text))


@pass_context
def markdown_to_html(context: Any, source: str) -> str:
    """Replaces nbconvert's filter `markdown2html`.

    That one takes minutes for some texts, and raises when an attachment is missing.

    Args:
        context: jinja's; it holds the cell and the page's resources.
        source: the cell's text.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    room = _allowance(context).of_markdown(source)
    return markdown_as_html(source, attachments, with_html=True, room=room)


def clean_markdown(html: str) -> str:
    """Replaces nbconvert's filter `strip_files_prefix`, the last one that a text cell passes."""
    return _clean(html)


def _allowance(context: Any) -> Allowance:
    """The allowance of the page that is being rendered, kept among its resources."""
    resources = context.get("resources")
    if resources is None:
        return Allowance()
    if ALLOWANCE not in resources:
        resources[ALLOWANCE] = Allowance()
    kept: Allowance = resources[ALLOWANCE]
    return kept


def _clean(html: str) -> str:
    kept = nh3.clean(
        html,
        tags=KEPT_TAGS,
        attributes=nh3.ALLOWED_ATTRIBUTES,
        attribute_filter=_safe_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )
    return harmless_tex(kept)


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    """Allow images only inside the page, and links only out of it.

    A server that sends an image would learn who reads the page; a link inside formgrader could be
    one of its own.
    """
    if (tag, name) == ("img", "src"):
        return value if value.startswith(INLINE_IMAGES) else None
    if (tag, name) == ("a", "href"):
        return value if value.strip().lower().startswith(OUTSIDE) else None
    return None if value.strip().lower().startswith("data:") else value
